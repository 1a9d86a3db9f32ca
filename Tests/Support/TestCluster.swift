import Foundation
package import PostgresServer

/// The server that all tests of one run share: private, without durability, gone when the run ends.
package enum TestCluster {
    /// The role that owns the schema, in every test database.
    package static let owner = "workport_owner"
    /// The role that the product serves with.
    package static let application = "workport_app"

    private static let prefix = "workport-tests-"
    private static var directory: String { "/tmp/\(prefix)\(getpid())" }

    private static let started = Result { () throws -> LocalCluster in
        removeLeftovers()
        var options = LocalCluster.Options()
        options.isDurable = false
        options.settings = ["max_connections": "200", "shared_buffers": "64MB"]
        let cluster = LocalCluster(directory: directory, options: options)
        try cluster.start()
        atexit { TestCluster.end() }
        return cluster
    }

    /// The running server; the first use starts it.
    package static func shared() throws -> LocalCluster { try started.get() }

    private static func end() {
        try? started.get().stop(.immediate)
        TestFolder.remove(directory)
    }

    /// Removes what runs left behind that were killed.
    private static func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let process = pid_t(name.dropFirst(prefix.count)), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            TestFolder.remove("/tmp/\(name)")
        }
    }
}
