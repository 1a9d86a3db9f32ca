import Foundation
import Postgres
import PostgresServer
import Telemetry
import TestSupport

/// A primary and a streaming standby of it, with nodes that read there.
final class ReplicatedBench: Sendable {
    let bench: Bench
    let primary: LocalCluster
    let standby: LocalCluster
    private let folder: TestFolder

    /// The pair of tests that leave it as it was.
    static let shared = Result { try ReplicatedBench() }

    init() throws {
        folder = try TestFolder()
        var options = LocalCluster.Options()
        options.isDurable = false
        // As a database has it whose commits last.
        options.settings = ["shared_buffers": "16MB", "max_connections": "60", "synchronous_commit": "on"]
        primary = LocalCluster(directory: folder.path + "/primary", options: options)
        try primary.start()
        bench = try Bench(on: primary)
        options.primary = primary.url(database: "postgres", role: "postgres")
        standby = LocalCluster(directory: folder.path + "/standby", options: options)
        try standby.start()
    }

    /// Where a role connects to the standby.
    func standbyURL(_ role: String = TestCluster.application) -> String {
        standby.url(database: "workport", role: role)
    }

    /// A connection to the standby past every policy.
    func connectToStandby(as role: String = "postgres") throws -> Connection {
        try Connection(url: standbyURL(role), applicationName: "workport tests")
    }

    /// A node that reads from the standby; it does so when this returns.
    func node() throws -> TestService {
        let node = try bench.anotherNode(["replica-urls": standbyURL()])
        try untilUsed(node)
        return node
    }

    /// Returns when the node reads from the standby.
    func untilUsed(_ node: TestService) throws {
        try until("the replica is used") { try node.count("replicas_used") == 1 }
    }

    /// Stops the standby from replaying what it gets.
    func pause() throws {
        let connection = try connectToStandby()
        try connection.execute(script: "SELECT pg_wal_replay_pause()")
        try until("replay is paused") {
            try connection.query("SELECT pg_get_wal_replay_pause_state()").string(0, 0) == "paused"
        }
    }

    /// Lets the standby replay again.
    func resume() throws { try connectToStandby().execute(script: "SELECT pg_wal_replay_resume()") }
}

extension TestService {
    /// All that was logged so far.
    var logged: String {
        log.flush()
        return lines.text
    }

    /// The value of a metric; a counter that nothing was counted in is 0.
    func count(_ metric: String) throws -> Int {
        let wire = try WireClient(port: port)
        var request = WireRequest(method: "GET", path: "/metrics")
        request["Host"] = "127.0.0.1"
        let lines = try wire.exchange(request).text.split(separator: "\n")
        let line = lines.first { $0.hasPrefix(metric + " ") }
        return line.flatMap { Double($0.dropFirst(metric.count + 1)) }.map { Int($0) } ?? 0
    }

    /// How many reads the replica answered.
    func served() throws -> Int { try count(#"replica_reads_total{outcome="served"}"#) }

    /// How many reads found the replica behind.
    func behind() throws -> Int { try count(#"replica_reads_total{outcome="behind"}"#) }
}
