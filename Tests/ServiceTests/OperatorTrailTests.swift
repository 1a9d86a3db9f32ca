import Identity
import JSON
import Postgres
import TestSupport
import Testing

/// What commands change, as the workspace's audit trail keeps it.
@Suite("What operators change")
struct OperatorTrailTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Rowan")
    }

    /// Each event of a row as its action and what it changes, the oldest first.
    private func events(_ entity: String, _ id: String) throws -> [(action: String, changes: JSONValue)] {
        let reply = try bench.client(workspace, profile: .all)
            .call("get_audit_log", ["entity": .string(entity), "entity_id": .string(id), "limit": 100])
        #expect(!reply.isError, "\(reply.answer.text)")
        return reply.items.reversed().map { event in
            #expect(event["actor"] == ["kind": "system"] && event["outcome"] == "ok" && event["tool"] == nil)
            #expect(event["entity_id"]?.string == id)
            return (event["action"]?.string ?? "", event["changes"] ?? .null)
        }
    }

    /// What became of a setting, in the order in which the database keeps the names.
    private func change(from before: JSONValue, to after: JSONValue) -> JSONValue { ["to": after, "from": before] }

    private func settings(_ change: (inout CredentialRegistry.Settings) -> Void) -> CredentialRegistry.Settings {
        var settings = CredentialRegistry.Settings()
        change(&settings)
        return settings
    }

    @Test("about tokens is in the audit log with each setting before and after, and without the token")
    func tokens() throws {
        let made = try bench.registry(of: workspace) { registry in
            try registry.create(
                settings {
                    $0.name = "till"
                    $0.permissions = ["read_contacts"]
                })
        }
        let key = made.id.text(prefix: "key")
        let replaced = try bench.registry(of: workspace) { registry in
            _ = try registry.update(
                key,
                settings {
                    $0.permissions = ["read_contacts", "update_contacts"]
                    $0.lockdown = true
                    $0.allow = ["get_contact"]
                })
            // Nothing that is not so already.
            _ = try registry.update(key, settings { $0.lockdown = true })
            #expect(throws: ServerRegistry.Refusal.noServer("nowhere")) {
                try registry.update(key, settings { $0.server = .server("nowhere") })
            }
            let replaced = try registry.rotate(key, overlap: 60)
            _ = try registry.revoke(key)
            _ = try registry.revoke(key)
            return replaced
        }
        let old = try events("credential", key)
        #expect(old.map(\.action) == ["token.create", "token.update", "token.rotate", "token.revoke"])
        #expect(old[0].changes["name"] == change(from: .null, to: "till"))
        #expect(old[0].changes["preview"] == change(from: .null, to: .string(made.token.preview)))
        #expect(old[0].changes["lockdown"] == change(from: .null, to: false) && old[0].changes["server"] == nil)
        #expect(
            old[1].changes == [
                "lockdown": change(from: false, to: true),
                "permissions": change(from: ["read_contacts"], to: ["read_contacts", "update_contacts"]),
                "tools_allow": change(from: .null, to: ["get_contact"]),
            ])
        #expect(old[2].changes.members.map(\.name) == ["expires_at"])
        #expect(old[3].changes.members.map(\.name) == ["revoked_at"])
        #expect(old[3].changes["revoked_at"]?["from"] == .null)
        let new = try events("credential", replaced.id.text(prefix: "key"))
        #expect(new.map(\.action) == ["token.rotate"])
        #expect(new[0].changes["rotated_from"]?["to"]?.string == key && new[0].changes["lockdown"]?["to"] == true)
        let kept = try bench.value(
            """
            SELECT string_agg(row_to_json(e)::text, ' ') FROM audit_events AS e
            WHERE e.workspace_id = \(workspace.id.uuid)::uuid
            """)
        for token in [made.token, replaced.token] {
            #expect(kept?.contains(token.text) == false && kept?.contains(token.preview) == true)
        }
        #expect(kept?.contains("secret") == false)
    }

    @Test("about servers and their tokens, members and the workspace is in the audit log, and the chain is intact")
    func others() throws {
        var desk = ServerRegistry.Settings()
        desk.tools = .these(["get_contact"])
        let server = try bench.servers(of: workspace) { try $0.create(handle: "desk", name: "Desk", desk) }
        let token = try bench.registry(of: workspace) { registry in
            try registry.create(settings { $0.server = .server("desk") }).id.text(prefix: "key")
        }
        try bench.servers(of: workspace) { registry in
            var off = ServerRegistry.Settings()
            off.status = .disabled
            _ = try registry.update("desk", off)
            #expect(throws: ServerRegistry.Refusal.hasTokens("desk", 1)) {
                try registry.delete("desk", revokingTokens: false)
            }
            #expect(try registry.delete("desk", revokingTokens: true).revoked == 1)
        }
        let servers = try events("server", server.text(prefix: "srv"))
        #expect(servers.map(\.action) == ["server.create", "server.update", "server.delete"])
        #expect(servers[0].changes["tools"] == change(from: .null, to: ["get_contact"]))
        #expect(servers[1].changes == ["status": change(from: "active", to: "disabled")])
        #expect(servers[2].changes["handle"] == change(from: "desk", to: .null))
        let ended = try #require(try events("credential", token).last)
        #expect(ended.action == "server.delete" && ended.changes["server"] == change(from: "desk", to: .null))
        #expect(ended.changes["revoked_at"]?["to"]?.string != nil)

        let owner = try bench.database.connect(as: .owner)
        let member = try MemberRegistry(owner, in: workspace.id)
            .add(name: "Robin Vale", email: "robin@vale.example", role: "admin")
        let joined = try events("user", member.text(prefix: "usr"))
        #expect(joined.map(\.action) == ["member.add"] && joined[0].changes["role"] == change(from: .null, to: "admin"))

        try bench.update(workspace) { $0.deny = ["get_deal"] }
        try bench.update(workspace) { $0.deny = ["get_deal"] }
        let told = try events("workspace", workspace.id.text)
        #expect(told.map(\.action) == ["workspace.create", "workspace.update"])
        #expect(told[0].changes["customer_comments"] == change(from: .null, to: true))
        #expect(told[1].changes == ["tools_deny": change(from: [], to: ["get_deal"])])
        let check = try AuditChain(owner, in: workspace.id).check()
        #expect(check.firstBroken == nil && check.events >= 8)
    }

    @Test("does not happen where the trail cannot keep it")
    func together() throws {
        let before = try bench.client(workspace, profile: .all)
        let owner = try bench.database.connect(as: .owner)
        try owner.execute(
            script: """
                CREATE FUNCTION refuse_operator_event() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE EXCEPTION 'no event'; END $$;
                CREATE TRIGGER refuse_operator_events BEFORE INSERT ON audit_events FOR EACH ROW
                WHEN (NEW.workspace_id = '\(workspace.id.uuid)' AND NEW.actor_kind = 'system')
                EXECUTE FUNCTION refuse_operator_event();
                """)
        #expect(throws: PostgresError.self) { try bench.update(workspace) { $0.deny = ["get_contact"] } }
        #expect(throws: PostgresError.self) { try bench.token(for: workspace) }
        #expect(throws: PostgresError.self) {
            try bench.servers(of: workspace) { try $0.create(handle: "desk", name: "Desk", .init()) }
        }
        try owner.execute(
            script: "DROP TRIGGER refuse_operator_events ON audit_events; DROP FUNCTION refuse_operator_event()")
        #expect(try before.toolNames().contains("get_contact"))
        let tokens = try bench.registry(of: workspace) { try $0.list() }
        #expect(tokens.count == 1, "That of the client is the only one")
        #expect(try bench.servers(of: workspace) { try $0.describe() }.isEmpty)
    }
}
