import Dispatch
import JSON
import Postgres
import PostgresServer
import Synchronization
import TestSupport
import Testing

@Suite("When a replica goes away under load")
struct ReplicaOutageTests {
    private struct State: Sendable {
        var answers = 0
        var failures: [String] = []
        var isOver = false
    }

    private final class Ledger: Sendable {
        private let state = Mutex(State())

        func withLock<Value: Sendable>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }
    }

    @Test("every read is answered, and the replica is used again when it is back")
    func outage() throws {
        let pair = try ReplicatedBench()
        let workspace = try pair.bench.workspace("Sorrel")
        let token = try pair.bench.token(for: workspace)
        let node = try pair.node()
        let ledger = Ledger()
        let reading = DispatchGroup()
        for reader in 0..<4 {
            DispatchQueue(label: "reader \(reader)").async(group: reading) {
                do {
                    let client = try node.client(workspace, token)
                    while !ledger.withLock({ $0.isOver }) {
                        let reply = try client.call("listWorkspaceTasks")
                        ledger.withLock { state in
                            state.answers += 1
                            if reply.items.count != workspace.tasks.count { state.failures.append(reply.answer.text) }
                        }
                    }
                } catch {
                    ledger.withLock { $0.failures.append("\(error)") }
                }
            }
        }
        defer {
            ledger.withLock { $0.isOver = true }
            reading.wait()
        }
        func untilMore(_ count: Int = 50) throws {
            let now = ledger.withLock { $0.answers }
            try until("reads are answered") {
                ledger.withLock { $0.answers >= now + count || !$0.failures.isEmpty }
            }
        }
        let served = try node.served()
        try untilMore()
        #expect(try node.served() > served)
        // Its connections are cut, as an administrator or a conflict with the log may do.
        try pair.connectToStandby().execute(
            script: """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = '\(TestCluster.application)' AND application_name = 'workport'
                """
        )
        try untilMore()
        try pair.untilUsed(node)
        // The server is gone.
        try pair.standby.stop(.immediate)
        try untilMore()
        try until("the replica is left out") { try node.count("replicas_used") == 0 }
        try pair.standby.start()
        try pair.untilUsed(node)
        let again = try node.served()
        try until("the replica answers") { try node.served() > again }
        // It takes writes of its own now, which the primary knows nothing of.
        try pair.connectToStandby().execute(script: "SELECT pg_promote()")
        try until("the log says why it is left out") { node.logged.contains(#""reason":"unfit""#) }
        #expect(try node.count("replicas_used") == 0)
        try untilMore()
        ledger.withLock { $0.isOver = true }
        reading.wait()
        #expect(ledger.withLock { $0.failures } == [])
        node.stop()
        pair.bench.service.stop()
    }

    @Test("the node starts without a replica that is down, and uses it when it comes")
    func lateStart() throws {
        let pair = try ReplicatedBench()
        try pair.standby.stop(.fast)
        let node = try pair.bench.anotherNode(["replica-urls": pair.standbyURL()])
        #expect(node.logged.contains("Replica cannot be reached"))
        let workspace = try pair.bench.workspace("Tansy")
        let client = try node.client(workspace, try pair.bench.token(for: workspace))
        #expect(try client.call("listWorkspaceTasks").items.count == workspace.tasks.count)
        try pair.standby.start()
        try pair.untilUsed(node)
        #expect(try client.call("listWorkspaceTasks").items.count == workspace.tasks.count)
        node.stop()
        pair.bench.service.stop()
    }

    @Test("a node does not start with a replica that is none")
    func refusals() throws {
        let pair = try ReplicatedBench.shared.get()
        let another = try TestDatabase.make(migrations: true)
        for (url, words) in [
            (pair.bench.database.url(.application), "takes writes of its own"),
            (another.url(.application), "takes writes of its own"),
            (pair.standbyURL("postgres"), "superuser"),
            (pair.standbyURL(TestCluster.owner), "owns the table"),
            (pair.standby.url(database: "postgres", role: TestCluster.application), "lacks what the primary has"),
        ] {
            var settings = TestService.secrets
            settings["WORKPORT_DATABASE_URL"] = pair.bench.database.url(.application)
            settings["WORKPORT_REPLICA_URLS"] = url
            settings["WORKPORT_PORT"] = "0"
            let outcome = try ChildProgram.run(ChildProgram.workport, ["serve"], environment: settings)
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains(words) && outcome.errors.contains("WORKPORT_REPLICA_URLS"), "\(outcome.errors)")
        }
    }
}
