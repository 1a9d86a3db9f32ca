import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// Named sets of tools to which tokens belong.
@Suite("A server")
struct ServerTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Juniper")
    }

    @discardableResult
    private func server(
        _ handle: String, in workspace: TestWorkspace? = nil,
        _ change: (inout ServerRegistry.Settings) -> Void = { _ in }
    ) throws -> RowID {
        var settings = ServerRegistry.Settings()
        change(&settings)
        return try bench.servers(of: workspace ?? self.workspace) {
            try $0.create(handle: handle, name: handle.uppercased(), settings)
        }
    }

    private func update(_ handle: String, _ change: (inout ServerRegistry.Settings) -> Void) throws {
        var settings = ServerRegistry.Settings()
        change(&settings)
        _ = try bench.servers(of: workspace) { try $0.update(handle, settings) }
    }

    private func token(
        of server: String, in workspace: TestWorkspace? = nil,
        _ change: (inout CredentialRegistry.Settings) -> Void = { _ in }
    ) throws -> String {
        try bench.token(for: workspace ?? self.workspace) {
            $0.profile = .all
            $0.server = .server(server)
            change(&$0)
        }
    }

    private func client(
        of server: String, _ change: (inout CredentialRegistry.Settings) -> Void = { _ in }
    ) throws -> Client {
        try bench.service.client(workspace, try token(of: server, change))
    }

    private func read(_ client: Client) throws -> ToolReply { try client.call("listWorkspaceTasks", ["limit": 1]) }

    /// Calls until a call is refused; gives how many were not.
    private func calls(_ client: Client) throws -> Int {
        for count in 0..<1_000 where try read(client).code != nil { return count }
        return 1_000
    }

    // MARK: Tools

    @Test("shows its tokens the tools that were assigned to it, as far as they have them", arguments: WireEra.both)
    func tools(era: WireEra) throws {
        try server("desk") { $0.tools = .these(["whoami", "get_contact", "listWorkspaceTasks"]) }
        func names(_ change: (inout CredentialRegistry.Settings) -> Void) throws -> [String] {
            try bench.service.client(workspace, try token(of: "desk", change), era: era).toolNames()
        }
        #expect(try names { _ in } == ["listWorkspaceTasks", "get_contact", "whoami"])
        #expect(try names { $0.profile = .custom } == ["listWorkspaceTasks", "get_contact", "whoami"])
        #expect(try names { $0.profile = .taskTracking } == ["listWorkspaceTasks"])
        #expect(try names { $0.allow = ["whoami", "get_deal"] } == ["whoami"])
        #expect(try names { $0.deny = ["whoami"] } == ["listWorkspaceTasks", "get_contact"])
        #expect(try names { $0.permissions = ["read_companies"] }.contains("get_contact") == false)
    }

    @Test("has other tools when they are assigned to it")
    func assigned() throws {
        try server("desk") { $0.tools = .these([]) }
        let client = try client(of: "desk")
        #expect(try client.toolNames() == [])
        #expect(try read(client).rpcCode == -32602)
        try update("desk") { $0.tools = .these(["listWorkspaceTasks"]) }
        #expect(try client.toolNames() == ["listWorkspaceTasks"])
        #expect(try !read(client).isError)
        try update("desk") { $0.tools = .all }
        #expect(try client.toolNames() == Catalog.registry.names)
    }

    @Test("is the one reason that is told for a tool that it has not")
    func reasons() throws {
        let assigned = ["whoami", "call_read_tool", "get_contact"]
        try server("desk") { $0.tools = .these(assigned) }
        let client = try client(of: "desk") { $0.deny = ["get_deal"] }
        let told = try client.call("whoami").structured
        #expect(told["credential"]?["server"] == ["handle": "desk", "name": "DESK"])
        #expect(told["hidden"]?["get_company"] == "server" && told["hidden"]?["get_deal"] == "token")
        #expect(told["hidden"]?.members.count == Catalog.registry.names.count - assigned.count)
        let arguments: JSONValue = ["name": "get_company", "arguments": [:]]
        let refused = try client.call("call_read_tool", arguments)
        #expect(refused.code == "tool_disabled", "\(refused.answer.text)")
        #expect(refused.message.contains("for this server"))
        #expect(refused.structured["error"]?["hint"]?.string?.contains("change those settings") == true)
        #expect(try bench.client(workspace, profile: .all).call("whoami").structured["credential"]?["server"] == nil)
    }

    @Test("that is switched off refuses its tokens and no others, until it is switched on")
    func disabled() throws {
        try server("desk")
        try server("shop")
        let (one, other) = (try client(of: "desk"), try client(of: "shop"))
        #expect(try !read(one).isError)
        try update("desk") { $0.status = .disabled }
        let refused = try one.ask("tools/list")
        #expect(refused.status == 401 && refused.json["reason"] == "server_disabled")
        #expect(refused.json["error_description"]?.string?.contains("switched off") == true)
        #expect(try read(one).answer.status == 401)
        #expect(try !read(other).isError)
        #expect(try !read(bench.client(workspace)).isError)
        try update("desk") { $0.status = .active }
        #expect(try !read(one).isError)
    }

    // MARK: Limits

    @Test("admits what its month has room for and no more, whichever token calls on whichever node")
    func limits() throws {
        try server("desk") { $0.limits.perMonth = .calls(120) }
        try server("shop") { $0.limits.perMonth = .calls(9) }
        let elsewhere = try bench.workspace("Larch")
        try server("desk", in: elsewhere) { $0.limits.perMonth = .calls(4) }
        let node = try bench.anotherNode()
        defer { node.stop() }
        let tokens = try (0..<2).map { _ in try token(of: "desk") }
        let clients = try tokens.flatMap {
            [try bench.service.client(workspace, $0), try node.client(workspace, $0)]
        }
        var admitted = 0
        for _ in 0..<20 { for client in clients where try !read(client).isError { admitted += 1 } }
        for client in clients { admitted += try calls(client) }
        #expect(admitted == 120)
        let refused = try read(clients[0])
        #expect(refused.code == "quota_exceeded" && refused.message.hasPrefix("This server has made the 120 calls"))
        #expect(
            refused.structured["error"]?["limit"] == ["scope": "server", "per": "month", "of": "calls", "limit": 120])
        #expect(refused.answer["ratelimit-limit"] == "120" && refused.answer["ratelimit-remaining"] == "0")
        #expect(try calls(client(of: "shop")) == 9)
        #expect(try calls(bench.service.client(elsewhere, try token(of: "desk", in: elsewhere))) == 4)
        #expect(try !read(bench.client(workspace)).isError)
    }

    @Test("has limits beside those of its tokens and its workspace; the nearest is told, and the one that was hit")
    func nearest() throws {
        let workspace = try bench.workspace("Hazel") { $0.limits.perMonth = .calls(8) }
        try server("desk", in: workspace) { $0.limits.perMonth = .calls(5) }
        let clients = try (0..<2).map { _ in
            try bench.service.client(
                workspace, try token(of: "desk", in: workspace) { $0.limits.perMonth = .calls(3) })
        }
        #expect(try read(clients[0]).answer["ratelimit-remaining"] == "2")
        #expect(try calls(clients[0]) == 2)
        #expect(try read(clients[0]).structured["error"]?["limit"]?["scope"] == "credential")
        let told = try read(clients[1]).answer
        #expect(told["ratelimit-limit"] == "5" && told["ratelimit-remaining"] == "1")
        #expect(try calls(clients[1]) == 1)
        #expect(try read(clients[1]).structured["error"]?["limit"]?["scope"] == "server")
        let outside = try bench.client(workspace)
        #expect(try read(outside).answer["ratelimit-limit"] == "8")
        #expect(try calls(outside) == 2)
        #expect(try read(outside).structured["error"]?["limit"]?["scope"] == "workspace")
    }

    @Test("tells its limits in whoami and what is left of them in get_usage")
    func usage() throws {
        try server("desk") { $0.limits.perMonth = .calls(40) }
        let clients = try (0..<2).map { _ in try client(of: "desk") }
        #expect(try !read(clients[0]).isError)
        let limits = try clients[1].call("whoami").structured["credential"]?["limits"]?.elements ?? []
        #expect(limits.contains(["scope": "server", "per": "month", "of": "calls", "limit": 40]))
        let usage = try clients[1].call("get_usage").item["limits"]?.elements ?? []
        let remaining = usage.first { $0["scope"] == "server" }?["remaining"]?.integer
        #expect((37...38).contains(remaining ?? -1), "This call is counted while it looks")
        try update("desk") { $0.limits.perMonth = CallLimit.none }
        let lifted = try clients[1].call("whoami").structured["credential"]?["limits"]?.elements ?? []
        #expect(!lifted.contains { $0["scope"] == "server" })
    }

    // MARK: For operators

    @Test("is known by its handle in its own workspace and nowhere else")
    func handles() throws {
        let (one, other) = (try bench.workspace("Elm"), try bench.workspace("Ash"))
        let id = try server("desk", in: one)
        #expect(throws: ServerRegistry.Refusal.handleTaken("desk")) { try server("desk", in: one) }
        for text in ["", "none", "-desk", "Desk", "front desk", "größe", String(repeating: "a", count: 64)] {
            #expect(throws: ServerRegistry.Refusal.badHandle(text)) { try server(text, in: one) }
        }
        for text in ["desk", id.text(prefix: "srv")] {
            #expect(throws: ServerRegistry.Refusal.noServer(text)) { try token(of: text, in: other) }
            #expect(throws: ServerRegistry.Refusal.noServer(text)) {
                try bench.servers(of: other) { try $0.update(text, .init()) }
            }
            #expect(throws: ServerRegistry.Refusal.noServer(text)) {
                try bench.servers(of: other) { try $0.delete(text, revokingTokens: true) }
            }
        }
        #expect(try bench.servers(of: other) { try $0.describe().count } == 0)
        #expect(try bench.servers(of: one) { try $0.describe().count } == 1)
        try server("desk", in: other)
        // The keys themselves refuse a server of another workspace.
        _ = try bench.token(for: other)
        let owner = try bench.database.connect(as: .superuser)
        #expect(throws: PostgresError.self) {
            try owner.query(
                """
                UPDATE credentials SET server_id = \(id.digits)::uuid
                WHERE workspace_id = \(other.id.uuid)::uuid
                """)
        }
    }

    @Test("stays with a token that is rotated, and lets go of one that is told so")
    func rotation() throws {
        try server("desk") { $0.tools = .these(["listWorkspaceTasks"]) }
        _ = try token(of: "desk") { $0.name = "laptop" }
        let rotated = try bench.registry(of: workspace) { try $0.rotate("laptop", overlap: 0) }
        let client = try bench.service.client(workspace, rotated.token.text)
        #expect(try client.toolNames() == ["listWorkspaceTasks"])
        var settings = CredentialRegistry.Settings()
        settings.server = CredentialRegistry.Belonging.none
        _ = try bench.registry(of: workspace) { try $0.update(rotated.id.text(prefix: "key"), settings) }
        #expect(try client.toolNames() == Catalog.registry.names)
    }

    @Test("is not deleted from under its tokens, and ends them if that is wanted")
    func deletion() throws {
        try server("desk") { $0.tools = .these(["listWorkspaceTasks"]) }
        let clients = try (0..<2).map { _ in try client(of: "desk") }
        let ended = try token(of: "desk") { $0.name = "ended" }
        _ = try bench.registry(of: workspace) { try $0.revoke("ended") }
        for client in clients { #expect(try !read(client).isError) }
        #expect(throws: ServerRegistry.Refusal.hasTokens("desk", 2)) {
            try bench.servers(of: workspace) { try $0.delete("desk", revokingTokens: false) }
        }
        for client in clients { #expect(try !read(client).isError) }
        let deleted = try bench.servers(of: workspace) { try $0.delete("desk", revokingTokens: true) }
        #expect(deleted.revoked == 2)
        for client in clients { #expect(try client.ask("tools/list").json["reason"] == "revoked") }
        #expect(try bench.service.client(workspace, ended).ask("tools/list").json["reason"] == "revoked")
        #expect(try bench.servers(of: workspace) { try $0.describe().count } == 0)
        // One without tokens goes at once.
        try server("desk")
        #expect(try bench.servers(of: workspace) { try $0.delete("desk", revokingTokens: false).revoked } == 0)
    }
}
