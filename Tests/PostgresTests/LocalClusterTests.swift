import Foundation
import Glibc
import Postgres
import PostgresServer
import TestSupport
import Testing

@Suite("A private cluster", .serialized, .timeLimit(.minutes(20)))
struct LocalClusterTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private var path: String { "\(folder.path)/cluster" }

    private func cluster(_ path: String? = nil, binaries: String? = nil) -> LocalCluster {
        LocalCluster(directory: path ?? self.path, binaries: binaries, options: TestServer.options)
    }

    private func connect(_ cluster: LocalCluster, database: String = "postgres") throws -> Connection {
        try Connection(url: cluster.url(database: database, role: "postgres"), applicationName: "tests")
    }

    @Test("is created once, listens on no port, and keeps its data over a restart")
    func reuse() throws {
        let cluster = cluster()
        try cluster.start()
        try cluster.start()
        let connection = try connect(cluster)
        #expect(try connection.query("SHOW listen_addresses").string(0, 0) == "")
        #expect(try connection.query("SHOW server_encoding").string(0, 0) == "UTF8")
        try connection.execute(script: "CREATE TABLE kept (id int)")
        connection.close()
        let first = cluster.process
        try cluster.stop()
        #expect(!cluster.isRunning && cluster.process == nil)
        try cluster.stop()
        try cluster.start()
        #expect(cluster.process != first)
        #expect(try connect(cluster).query("SELECT to_regclass('kept') IS NOT NULL").bool(0, 0) == true)
    }

    @Test("prepares roles and database as often as it is asked to")
    func prepare() throws {
        let cluster = cluster()
        try cluster.start()
        for _ in 0..<2 { try cluster.prepare(database: "a \"b\"", owner: "the owner", application: "app") }
        let owner = try Connection(url: cluster.url(database: "a \"b\"", role: "the owner"), applicationName: "tests")
        try owner.execute(script: "CREATE TABLE notes (id int); GRANT SELECT ON notes TO app")
        let application = try Connection(url: cluster.url(database: "a \"b\"", role: "app"), applicationName: "tests")
        #expect(try application.query("SELECT count(*) FROM notes").int64(0, 0) == 0)
        #expect(try RoleCheck.excesses(of: application).isEmpty)
        let error = try #require(throws: PostgresError.self) {
            try application.execute(script: "CREATE TABLE mine (id int)")
        }
        #expect(error.sqlState == .insufficientPrivilege)
    }

    @Test("belongs to one program at a time")
    func inUse() throws {
        let first = cluster()
        try first.start()
        let second = cluster()
        let error = try #require(throws: LocalClusterError.self) { try second.start() }
        #expect(error.code == .inUse && error.message.contains(path))
        try first.stop()
        try second.start()
    }

    @Test("goes with its last reference")
    func end() throws {
        let process = try {
            let cluster = cluster()
            try cluster.start()
            return try #require(cluster.process)
        }()
        #expect(kill(pid_t(process), 0) != 0 && errno == ESRCH)
    }

    @Test("takes over a server that a killed program left behind, and stops it")
    func adoption() throws {
        let first = cluster()
        try first.start()
        try first.stop()
        let command = [
            "/bin/sh", "-c", "\(try binaries())/postgres -D \(path)/data -k \(path)/run -h '' >/dev/null 2>&1 &",
        ]
        let launcher = Process()
        launcher.executableURL = URL(filePath: geteuid() == 0 ? "/usr/sbin/runuser" : "/usr/bin/env")
        launcher.arguments = (geteuid() == 0 ? ["-u", "postgres", "--"] : []) + command
        try launcher.run()
        let file = "\(path)/data/postmaster.pid"
        while (try? String(contentsOfFile: file, encoding: .utf8))?.contains("ready") != true {}
        let left = try #require(
            String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first.flatMap { Int($0) })
        let second = cluster()
        try second.start()
        #expect(second.process == left && second.isRunning)
        #expect(try connect(second).query("SELECT 1").int64(0, 0) == 1)
        try second.stop()
        #expect(!second.isRunning && !FileManager.default.fileExists(atPath: file))
    }

    @Test("starts although a dead server's file names a living process")
    func staleFile() throws {
        let cluster = cluster()
        try cluster.start()
        try cluster.stop()
        try "\(getpid())\n\(path)/data\n1\n5432\n\(path)/run\n".write(
            toFile: "\(path)/data/postmaster.pid", atomically: false, encoding: .utf8
        )
        try cluster.start()
        #expect(try connect(cluster).query("SELECT 1").int64(0, 0) == 1)
    }

    @Test("recovers from a server that was killed")
    func killedServer() throws {
        var options = TestServer.options
        options.settings["synchronous_commit"] = "on"
        let cluster = LocalCluster(directory: path, options: options)
        try cluster.start()
        try connect(cluster).execute(script: "CREATE TABLE kept (id int)")
        kill(pid_t(try #require(cluster.process)), SIGKILL)
        while cluster.isRunning {}
        try cluster.start()
        #expect(try connect(cluster).query("SELECT to_regclass('kept') IS NOT NULL").bool(0, 0) == true)
    }

    @Test("is created anew after an interrupted creation")
    func interruptedCreation() throws {
        try FileManager.default.createDirectory(atPath: "\(path)/data.new/base", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(path)/cluster.lock"))
        let cluster = cluster()
        try cluster.start()
        #expect(try connect(cluster).query("SELECT 1").int64(0, 0) == 1)
    }

    @Test("has its socket elsewhere when its path is too long for one")
    func longPath() throws {
        let cluster = cluster(path + "/" + String(repeating: "long", count: 30))
        try cluster.start()
        #expect(cluster.url(database: "x", role: "y").contains("%2ftmp%2fworkport-"))
        #expect(try connect(cluster).query("SELECT 1").int64(0, 0) == 1)
    }

    @Test("refuses a folder with something else in it")
    func foreignFolder() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(path)/thesis.txt"))
        let error = try #require(throws: LocalClusterError.self) { try cluster().start() }
        #expect(error.code == .notACluster && error.message.contains("thesis.txt"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["thesis.txt"])
    }

    @Test("refuses data without a version, and data of another version")
    func brokenData() throws {
        try FileManager.default.createDirectory(atPath: "\(path)/data", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(path)/cluster.lock"))
        let broken = try #require(throws: LocalClusterError.self) { try cluster().start() }
        #expect(broken.code == .notACluster && broken.message.contains("PG_VERSION"))
        try Data("9\n".utf8).write(to: URL(filePath: "\(path)/data/PG_VERSION"))
        let old = try #require(throws: LocalClusterError.self) { try cluster().start() }
        #expect(old.code == .wrongVersion && old.message.contains("postgresql-9"))
    }

    @Test("says what the server said when it does not start")
    func failedStart() throws {
        let cluster = cluster()
        try cluster.start()
        try cluster.stop()
        try Data("no_such_setting = 1\n".utf8).write(to: URL(filePath: "\(path)/data/postgresql.conf"))
        let error = try #require(throws: LocalClusterError.self) { try cluster.start() }
        #expect(error.code == .startFailed && error.message.contains("no_such_setting"))
    }

    @Test("names the package when the server's programs are missing")
    func missingBinaries() throws {
        let error = try #require(throws: LocalClusterError.self) { try cluster(binaries: folder.path).start() }
        #expect(error.code == .missingBinaries && error.message.contains("apt install postgresql"))
    }

    @Test("names the folder that the server may not enter", .enabled(if: geteuid() == 0, "only root changes accounts"))
    func unreachable() throws {
        let closed = "\(folder.path)/closed"
        try FileManager.default.createDirectory(
            atPath: closed, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
        let error = try #require(throws: LocalClusterError.self) { try cluster("\(closed)/cluster").start() }
        #expect(error.code == .unreachableFolder && error.message.contains("enter \(closed)."))
    }

    private func binaries() throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/pg_config")
        process.arguments = ["--bindir"]
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        return String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines
        )
    }
}
