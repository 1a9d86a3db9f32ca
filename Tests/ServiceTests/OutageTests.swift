import Dispatch
import Foundation
import JSON
import Postgres
import PostgresServer
import Synchronization
import TestSupport
import Testing

@Suite("When PostgreSQL goes away under load")
struct OutageTests {
    /// What writers have sent and got so far.
    private struct State: Sendable {
        /// Identifiers of comments by the key under which they were stored.
        var acknowledged: [String: String] = [:]
        var failures: [String: Int] = [:]
        var unexpected: [String] = []
        var replays = 0
    }

    private final class Ledger: Sendable {
        private let state = Mutex(State())

        func withLock<Value: Sendable>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }
    }

    private static let writers = 4
    private static let commentsOfEach = 60

    @Test("calls are answered, readiness tells, and every acknowledged comment is there once")
    func outage() throws {
        let folder = try TestFolder()
        var options = LocalCluster.Options()
        options.settings = ["shared_buffers": "16MB"]
        let cluster = LocalCluster(directory: folder.path + "/postgres", options: options)
        try cluster.start()
        let bench = try Bench(on: cluster)
        let workspace = try bench.workspace()
        let token = try bench.token(for: workspace)
        let ledger = Ledger()
        let writing = DispatchGroup()
        for writer in 0..<Self.writers {
            DispatchQueue(label: "writer \(writer)").async(group: writing) {
                do {
                    try write(as: writer, bench.service.client(workspace, token), workspace, ledger)
                } catch {
                    ledger.withLock { $0.unexpected.append("\(error)") }
                }
            }
        }
        // Some are stored, then the server is gone in the middle of others.
        try until("comments are stored") { ledger.withLock { $0.acknowledged.count } >= 20 }
        try cluster.stop(.immediate)
        let probe = try WireClient(port: bench.service.port)
        try until("readiness tells") { try readiness(probe).status == 503 }
        #expect(try readiness(probe).json["reason"] == "database_unavailable")
        #expect(try health(probe) == 200, "The process itself is alive")
        try until("calls fail") { ledger.withLock { !$0.failures.isEmpty } }
        let before = ledger.withLock { $0.acknowledged.count }
        #expect(before < Self.writers * Self.commentsOfEach, "The writers were not done before the outage")
        let refused = try bench.service.client(workspace, token).ask("tools/list")
        #expect(refused.status == 503 || refused.json["error"]?["data"]?["code"] == "unavailable", "\(refused.text)")
        try cluster.start()
        try until("readiness tells") { try readiness(probe).status == 200 }
        writing.wait()

        let outcome = ledger.withLock { $0 }
        #expect(outcome.unexpected == [])
        #expect(outcome.acknowledged.count == Self.writers * Self.commentsOfEach)
        #expect(Set(outcome.acknowledged.values).count == outcome.acknowledged.count)
        let rows = try cluster.connect().query(
            "SELECT body, public_id('com', id) FROM comments WHERE body LIKE 'key %' ORDER BY 1"
        )
        #expect(rows.rowCount == outcome.acknowledged.count, "None is stored twice, none is lost")
        for row in 0..<rows.rowCount {
            #expect(outcome.acknowledged[rows.string(row, 0) ?? ""] == rows.string(row, 1))
        }
        bench.service.stop()
    }

    /// Stores comments one by one, each under a key of its own, and sends each again until it is acknowledged.
    private func write(
        as writer: Int,
        _ client: Client,
        _ workspace: TestWorkspace,
        _ ledger: Ledger
    ) throws {
        for number in 0..<Self.commentsOfEach {
            let key = "key \(writer).\(number)"
            let arguments: JSONValue = [
                "taskId": .string(workspace.tasks[number % 4].id), "comment": .string(key),
                "idempotencyKey": .string(key),
            ]
            while true {
                let reply = try client.call("addCustomerComment", arguments)
                if let id = reply.item["id"]?.string {
                    ledger.withLock {
                        $0.acknowledged[key] = id
                        if reply.structured["replayed"] == true { $0.replays += 1 }
                    }
                    break
                }
                let code =
                    reply.code ?? reply.answer.json["error"]?["data"]?["code"]?.string
                    ?? reply.answer.json["error"]?.string ?? reply.answer.text
                ledger.withLock { state in
                    state.failures[code, default: 0] += 1
                    if !["unavailable", "timeout"].contains(code) { state.unexpected.append(reply.answer.text) }
                }
            }
        }
    }

    private func readiness(_ wire: WireClient) throws -> WireAnswer {
        try wire.exchange(WireRequest(method: "GET", path: "/readyz", headers: [WireHeader("Host", "127.0.0.1")]))
    }

    private func health(_ wire: WireClient) throws -> Int {
        try wire.exchange(WireRequest(method: "GET", path: "/healthz", headers: [WireHeader("Host", "127.0.0.1")]))
            .status
    }
}

extension LocalCluster {
    /// A connection past every policy.
    fileprivate func connect() throws -> Connection {
        try Connection(url: url(database: "workport", role: "postgres"), applicationName: "workport tests")
    }
}
