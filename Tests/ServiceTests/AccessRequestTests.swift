import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing

/// What assistants ask to be given, and how people decide.
@Suite("Requests for access")
struct AccessRequestTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Hazel")
    }

    private func requests(of workspace: TestWorkspace? = nil) throws -> AccessRequests {
        AccessRequests(try bench.database.connect(as: .owner), in: (workspace ?? self.workspace).id)
    }

    /// Grants a request; every node has heard of it then.
    @discardableResult
    private func approve(_ id: String) throws -> AccessRequests.Decision {
        let decision = try requests().approve(id)
        try bench.catchUp()
        return decision
    }

    private func client(_ change: (inout CredentialRegistry.Settings) -> Void) throws -> Client {
        try bench.service.client(workspace, try bench.token(for: workspace, change))
    }

    /// Stores a request of the newest credential, whatever tools it has, and tells its identifier.
    private func ask(_ wanted: String) throws -> String {
        let id = try bench.value(
            """
            INSERT INTO access_requests (workspace_id, credential_id, wanted, reason)
            SELECT workspace_id, id, \(wanted), 'For a test.' FROM credentials
            WHERE workspace_id = \(workspace.id.uuid)::uuid ORDER BY id DESC LIMIT 1
            RETURNING public_id('acr', id)
            """)
        return try #require(id)
    }

    /// All credentials of the workspace as they are stored.
    private func credentials() throws -> String? {
        try bench.value(
            """
            SELECT json_agg(to_jsonb(c) - 'last_used_at' ORDER BY c.id)::text FROM credentials AS c
            WHERE c.workspace_id = \(workspace.id.uuid)::uuid
            """)
    }

    /// A credential, what it asks for, which of its settings an approval changes, and which tools that opens.
    struct Case: Sendable, CustomTestStringConvertible {
        let wanted: String
        let changed: [String]
        let opened: [String]
        let settings: @Sendable (inout CredentialRegistry.Settings) -> Void

        init(
            _ wanted: String, changes changed: [String], opens opened: [String],
            _ settings: @escaping @Sendable (inout CredentialRegistry.Settings) -> Void
        ) {
            self.wanted = wanted
            self.changed = changed
            self.opened = opened
            self.settings = settings
        }

        var testDescription: String { "\(wanted), by \(changed.joined(separator: " and "))" }
    }

    @Test(
        "are granted with nothing beside what was asked for",
        arguments: [
            Case("delete_contact", changes: ["permissions"], opens: ["delete_contact"]) {
                $0.profile = .all
                $0.permissions = ["read_contacts"]
            },
            Case("delete_contacts", changes: ["permissions"], opens: ["delete_contact"]) {
                $0.profile = .all
                $0.permissions = ["read_contacts"]
            },
            Case("get_contact", changes: ["profile", "tools_allow", "confirm"], opens: ["get_contact"]) {
                $0.profile = .taskTracking
                $0.confirmation = nil
            },
            Case(
                "get_contact", changes: ["profile", "tools_allow", "permissions", "features"], opens: ["get_contact"]
            ) {
                $0.profile = .workestra
                $0.features = ["companies"]
                $0.permissions = ["read_companies"]
            },
            Case("list_companies", changes: ["profile", "tools_allow", "features"], opens: ["list_companies"]) {
                $0.profile = .all
                $0.features = ["contacts"]
            },
            Case("get_contact", changes: ["tools_allow"], opens: ["get_contact"]) {
                $0.profile = .custom
                $0.allow = ["list_contacts"]
            },
            Case("get_contact", changes: ["tools_allow"], opens: ["get_contact"]) { $0.profile = .custom },
            Case("get_contact", changes: ["tools_allow", "tools_deny"], opens: ["get_contact"]) {
                $0.profile = .all
                $0.allow = ["list_contacts"]
                $0.deny = ["get_contact", "get_company"]
            },
            Case("addCustomerComment", changes: ["customer_comments"], opens: ["addCustomerComment"]) {
                $0.customerComments = false
            },
            Case("list_contacts", changes: [], opens: []) { $0.profile = .all },
        ])
    func exactly(wish: Case) throws {
        let client = try client(wish.settings)
        let before = try client.toolNames()
        let id = try ask(wish.wanted)
        let shown = try #require(try requests().list(.open).first)
        #expect(shown.id == id && shown.opens == wish.opened && shown.obstacle == nil)
        let decision = try approve(id)
        #expect(Set(decision.changes.map(\.name)) == Set(wish.changed), "\(decision.json)")
        #expect(decision.opens == wish.opened)
        #expect(try Set(client.toolNames()) == Set(before + wish.opened))
        #expect(try requests().list(.open).isEmpty && requests().list(.granted).map(\.id) == [id])
    }

    @Test("change no list where the profile has tools that pass calls on")
    func passed() throws {
        let client = try client {
            $0.profile = .core
            $0.permissions = ["read_contacts"]
        }
        let update: JSONValue = [
            "name": "update_contact", "arguments": ["id": .string(workspace.contacts[0].id), "city": "Ely"],
        ]
        #expect(try client.call("call_write_tool", update).code == "permission_denied")
        let decision = try approve(try ask("update_contact"))
        #expect(decision.changes.map(\.name) == ["permissions"], "\(decision.json)")
        #expect(decision.opens == ["update_contact", "bulk_update_contacts"])
        #expect(try !client.call("call_write_tool", update).isError)
    }

    @Test("are decided once, by their own workspace, and told to nobody else")
    func once() throws {
        let asking = try client {
            $0.profile = .all
            $0.permissions = ["read_contacts"]
        }
        let id = try #require(
            try asking.call("request_access", ["tool": "delete_contact", "reason": "Tidy\u{200b} up.\u{1b}[31m"])
                .item["id"]?.string)
        let request = try #require(try requests().list(.open).first)
        #expect(request.reason == "Tidy up.[31m" && request.actsAs == workspace.members[0].email)
        let stored = try credentials()
        let other = try bench.workspace("Alder")
        #expect(try requests(of: other).list(nil).isEmpty)
        #expect(throws: AccessRequests.Refusal.noRequest(id)) { try requests(of: other).approve(id) }
        #expect(throws: AccessRequests.Refusal.noRequest(id)) { try requests(of: other).refuse(id, answer: "No.") }
        #expect(throws: AccessRequests.Refusal.noRequest("acr_1")) { try requests().approve("acr_1") }

        let refusal = try requests().refuse(id, answer: "Nobody deletes\u{200b} contacts here.")
        #expect(refusal.changes.isEmpty && refusal.opens.isEmpty)
        #expect(throws: AccessRequests.Refusal.decided(id, as: "refused")) { try requests().approve(id) }
        #expect(throws: AccessRequests.Refusal.decided(id, as: "refused")) { try requests().refuse(id, answer: "x") }
        #expect(try credentials() == stored)

        let told = try asking.call("whoami").structured["access_requests"]?[0] ?? .null
        #expect(told["id"]?.string == id && told["wanted"] == "delete_contact" && told["status"] == "refused")
        #expect(told["answer"] == "Nobody deletes contacts here." && told["decided_at"] != nil)
        let again = try asking.call("request_access", ["tool": "delete_contact", "reason": "Please."]).item
        #expect(again["status"] == "open" && again["id"]?.string != id)
        #expect(again["refused_before"]?["answer"] == "Nobody deletes contacts here.")
        let neighbour = try client { $0.profile = .all }
        #expect(try neighbour.call("whoami").structured["access_requests"] == [])
    }

    @Test("tell whoever asks for what is there already that it is, and keep nothing")
    func needless() throws {
        let asking = try client {
            $0.profile = .all
            $0.permissions = ["read_contacts"]
        }
        let id = try #require(
            try asking.call("request_access", ["permission": "delete_contacts", "reason": "x"]).item["id"]?.string)
        try approve(id)
        let again = try asking.call("request_access", ["permission": "delete_contacts", "reason": "x"]).item
        #expect(again["status"] == "granted" && again["id"]?.string == id && again["decided_at"] != nil)
        let tool = try asking.call("request_access", ["tool": "get_contact", "reason": "x"]).item
        #expect(tool == ["wanted": "get_contact", "status": "granted"])
        #expect(try requests().list(nil).count == 1)
        #expect(try asking.call("whoami").structured["access_requests"]?[0]?["status"] == "granted")
    }

    @Test("are not granted against the workspace's own settings, nor where more than the tool would open")
    func obstacles() throws {
        _ = try client {
            $0.profile = .all
            $0.readOnly = true
        }
        try bench.update(workspace) { $0.deny = ["get_company"] }
        let stored = try credentials()
        for (wanted, refusal) in [
            ("create_contact", .readOnly("create_contact")), ("get_company", .workspaceForbids("get_company")),
            ("no_such_tool", .gone("no_such_tool")),
        ] as [(String, AccessRequests.Refusal)] {
            let id = try ask(wanted)
            #expect(try requests().list(.open).last?.obstacle == refusal.message)
            #expect(throws: refusal) { try requests().approve(id) }
            #expect(try requests().refuse(id, answer: "Not so.").status == .refused)
        }
        try bench.update(workspace) { $0.readOnly = true }
        let id = try ask("create_contact")
        #expect(throws: AccessRequests.Refusal.workspaceForbids("create_contact")) { try requests().approve(id) }
        #expect(try credentials() == stored)
    }

    @Test("of tokens that have ended can only be refused", arguments: ["revoked_at", "expires_at"])
    func ended(column: String) throws {
        _ = try client { $0.profile = .all }
        let id = try ask("list_contacts")
        _ = try bench.database.connect(as: .superuser).query(
            """
            UPDATE credentials SET \(verbatim: column) = now() - interval '1 second'
            WHERE workspace_id = \(workspace.id.uuid)::uuid
            """)
        let request = try #require(try requests().list(.open).first)
        #expect(request.credentialStatus == (column == "revoked_at" ? "revoked" : "expired"))
        #expect(throws: AccessRequests.Refusal.ended(request.preview)) { try requests().approve(id) }
        #expect(request.obstacle == AccessRequests.Refusal.ended(request.preview).message)
        #expect(try requests().refuse(id, answer: "It is over.").status == .refused)
    }

    @Test("leave who decided what in the audit trail, in its chain")
    func audit() throws {
        _ = try client {
            $0.profile = .all
            $0.permissions = ["read_contacts"]
        }
        let granted = try ask("delete_contact")
        let refused = try ask("create_contact")
        try approve(granted)
        _ = try requests().refuse(refused, answer: "No.")
        let connection = try bench.database.connect(as: .superuser)
        let rows = try connection.query(
            """
            SELECT e.actor_kind || ' ' || e.action || ' ' || e.outcome, public_id('acr', e.entity_id), e.changes::text
            FROM audit_events AS e
            WHERE e.workspace_id = \(workspace.id.uuid)::uuid AND e.entity = 'access_request' ORDER BY e.id
            """)
        #expect(rows.rowCount == 2)
        #expect(rows.string(0, 0) == "system access.granted ok" && rows.string(0, 1) == granted)
        #expect(rows.string(1, 0) == "system access.refused ok" && rows.string(1, 1) == refused)
        let changes = try JSONDocument(text: try #require(rows.string(0, 2))).root.value
        #expect(changes["permissions"]?["from"] == ["read_contacts"])
        #expect(changes["permissions"]?["to"] == ["read_contacts", "delete_contacts"])
        #expect(changes["wanted"]?["to"] == "delete_contact" && changes["status"]?["to"] == "granted")
        let check = try AuditChain(bench.database.connect(as: .owner), in: workspace.id).check()
        #expect(check.firstBroken == nil && check.events >= 2)
    }

    @Test("cannot be granted to the token of a server that does not have the tool, until it does")
    func server() throws {
        var settings = ServerRegistry.Settings()
        settings.tools = .these(["get_contact", "get_company"])
        _ = try bench.servers(of: workspace) { try $0.create(handle: "desk", name: "Desk", settings) }
        let client = try client {
            $0.profile = .all
            $0.deny = ["get_contact", "get_deal"]
            $0.server = .server("desk")
        }
        let (deal, contact) = try (ask("get_deal"), ask("get_contact"))
        let refusal = AccessRequests.Refusal.serverForbids("get_deal", server: "desk")
        #expect(try requests().list(.open).map(\.obstacle) == [refusal.message, nil])
        #expect(throws: refusal) { try requests().approve(deal) }
        #expect(try client.toolNames() == ["get_company"])
        #expect(try approve(contact).opens == ["get_contact"])
        settings.tools = .these(["get_contact", "get_company", "get_deal"])
        _ = try bench.servers(of: workspace) { try $0.update("desk", settings) }
        #expect(try approve(deal).opens == ["get_deal"])
        #expect(try Set(client.toolNames()) == ["get_company", "get_contact", "get_deal"])
    }
}
