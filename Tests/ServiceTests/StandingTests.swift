import Glibc
import Identity
import JSON
import Postgres
import TestSupport
import Testing

/// Nodes on which the check of a token stands for longer than a test takes, so that what a call sees of a change it has
/// heard of; and what holds where nothing is heard.
@Suite("A check that stands", .timeLimit(.minutes(20)))
struct StandingTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let nodes: [TestService]

    init() throws {
        let bench = try Bench.shared.get()
        self.bench = bench
        workspace = try bench.workspace("Elder")
        nodes = try (0..<2).map { _ in try bench.anotherNode(["token-standing": "60"]) }
    }

    /// Clients of both eras at both nodes, of which a check stands.
    private func clients(_ token: String) throws -> [Client] {
        let clients = try nodes.flatMap { node in
            try WireEra.both.map { try node.client(workspace, token, era: $0) }
        }
        for client in clients {
            #expect(try client.ask("tools/list").status == 200)
            #expect(try !client.call("workspaceSummary").isError)
        }
        return clients
    }

    /// Changes what a check reads, and tells nobody.
    private func secretly(_ change: String) throws {
        try bench.database.connect(as: .superuser).execute(
            script: "SET session_replication_role = replica; " + change
                + " WHERE workspace_id = '\(workspace.id.uuid)'")
    }

    private static let methods: [(String, JSONValue)] = [
        ("ping", [:]), ("tools/list", [:]), ("tools/call", ["name": "workspaceSummary"]),
        ("resources/read", ["uri": "workspace://summary"]),
    ]

    @Test("is over at every node that has heard of a change", arguments: ["token", "member", "workspace", "server"])
    func letters(changed: String) throws {
        _ = try bench.servers(of: workspace) { try $0.create(handle: "desk", name: "Desk", .init()) }
        let token = try bench.token(for: workspace) {
            $0.name = "standing"
            $0.server = .server("desk")
        }
        let clients = try clients(token)
        switch changed {
        case "token": _ = try bench.registry(of: workspace) { try $0.revoke("standing") }
        case "member":
            _ = try bench.value(
                "UPDATE members SET status = 'deactivated' WHERE workspace_id = \(workspace.id.uuid)::uuid")
            try bench.catchUp()
        case "workspace": try bench.update(workspace) { $0.status = "suspended" }
        default:
            _ = try bench.servers(of: workspace) {
                var settings = ServerRegistry.Settings()
                settings.status = .disabled
                return try $0.update("desk", settings)
            }
        }
        for client in clients {
            for (method, params) in Self.methods {
                #expect(try [401, 403].contains(client.ask(method, params).status), "\(method)")
            }
        }
    }

    @Test("does not stand for a write")
    func writes() throws {
        let clients = try clients(try bench.token(for: workspace))
        try secretly("UPDATE credentials SET revoked_at = now()")
        for client in clients {
            #expect(try client.ask("tools/list").status == 200, "Nobody has told the node")
            let comment: JSONValue = ["taskId": .string(workspace.tasks[0].id), "comment": "Too late."]
            let answer = try client.ask("tools/call", ["name": "addCustomerComment", "arguments": comment])
            #expect(answer.json["reason"] == "revoked")
        }
        #expect(try bench.count("SELECT count(*) FROM comments WHERE body = 'Too late.'") == 0)
    }

    /// The database's processes that tell nodes of changes.
    private func listeners() throws -> Set<pid_t> {
        let rows = try bench.database.connect(as: .superuser).query(
            """
            SELECT pid::bigint FROM pg_stat_activity
            WHERE application_name = 'workport notifications' AND datname = current_database()
            """)
        return Set((0..<rows.rowCount).compactMap { rows.int64($0, 0).map { pid_t($0) } })
    }

    @Test("lasts while changes are heard, and not longer than its time where they are not")
    func silence() throws {
        let others = try listeners()
        let node = try bench.anotherNode(["token-standing": "1"])
        let client = try node.client(workspace, try bench.token(for: workspace))
        #expect(try client.ask("tools/list").status == 200)
        // The server's side of the connection on which the node listens: a network that takes everything and delivers nothing.
        var processes = Set<pid_t>()
        try until("the node listens") {
            processes = try listeners().subtracting(others)
            return !processes.isEmpty
        }
        for process in processes { #expect(kill(process, SIGSTOP) == 0) }
        defer { for process in processes { kill(process, SIGCONT) } }
        try bench.database.connect(as: .superuser).execute(
            script: "UPDATE credentials SET revoked_at = now() WHERE workspace_id = '\(workspace.id.uuid)'")
        try until("the token is refused") { try client.ask("tools/list").json["reason"] == "revoked" }
    }

    @Test("does not outlast the token's own end")
    func end() throws {
        let token = try bench.token(for: workspace)
        _ = try bench.value(
            """
            UPDATE credentials SET expires_at = clock_timestamp() + interval '2 seconds'
            WHERE workspace_id = \(workspace.id.uuid)::uuid
            """)
        let client = try nodes[0].client(workspace, token)
        _ = try client.ask("tools/list")
        try until("the token has ended") { try client.ask("ping").json["reason"] == "expired" }
    }

    @Test("is over for a session that was ended at another node")
    func session() throws {
        let token = try bench.token(for: workspace)
        let first = try nodes[0].client(workspace, token, era: WireEra.both[1])
        try first.open()
        let second = try nodes[1].client(workspace, token, era: WireEra.both[1])
        second.resume(first.session)
        #expect(try second.ask("tools/list").status == 200)
        var request = first.envelope("DELETE")
        request["Mcp-Session-Id"] = first.session
        #expect(try first.wire.exchange(request).status / 100 == 2)
        #expect(try first.ask("ping").status == 404, "At the same node at once")
        try bench.catchUp()
        #expect(try second.ask("ping").status == 404)
    }

    @Test("is made with every call where it shall not stand")
    func never() throws {
        let node = try bench.anotherNode(["token-standing": "0"])
        let client = try node.client(workspace, try bench.token(for: workspace))
        #expect(try client.ask("tools/list").status == 200)
        try secretly("UPDATE credentials SET revoked_at = now()")
        for (method, params) in Self.methods {
            #expect(try client.ask(method, params).json["reason"] == "revoked", "\(method)")
        }
    }
}
