import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// The tools that follow from the declaration of an entity.
@Suite("Tools of an entity")
struct EntityToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Juniper")
        client = try bench.client(workspace, profile: .all)
    }

    // MARK: Lists

    @Test("are narrowed by every filter, and tell their rows' references by name")
    func filters() throws {
        let owner = workspace.members[1]
        let company = try create(
            "company", ["name": "Juniper Mills", "industry": "Paper", "owner": .string(owner.email)])
        let contact = try create(
            "contact",
            ["first_name": "Ana", "last_name": "Prieto", "company": id(of: company), "lifecycle_stage": "customer"])
        #expect(contact["name"] == "Ana Prieto")
        #expect(contact["company"] == ["id": id(of: company), "name": "Juniper Mills"])
        #expect(company["owner"]?["name"]?.string == owner.name)
        let names = { (tool: String, arguments: JSONValue) throws -> [String] in
            let reply = try client.call(tool, arguments)
            #expect(!reply.isError, "\(reply.answer.text)")
            return reply.items.compactMap { $0["name"]?.string }
        }
        for arguments: JSONValue in [
            ["industry": "Paper"], ["owner": .string(owner.id)], ["owner": .string(owner.email.uppercased())],
            ["type": "client", "status": "prospect", "industry": "Paper"],
        ] { #expect(try names("list_companies", arguments) == ["Juniper Mills"], "\(arguments)") }
        #expect(try names("list_companies", ["industry": "Steel"]) == [])
        #expect(try names("list_contacts", ["company": id(of: company)]) == ["Ana Prieto"])
        #expect(try names("list_contacts", ["lifecycle_stage": "customer"]) == ["Ana Prieto"])
        #expect(try names("list_contacts", ["updated_since": "2999-01-01"]) == [])
        let lean = try client.call("list_contacts", ["fields": ["name"], "limit": 1]).items
        #expect(lean.first?.members.map(\.name) == ["id", "name"])
    }

    @Test(
        "name no member and no row of nobody",
        arguments: [["owner": "nobody@example.com"], ["owner": "me"]] as [JSONValue])
    func nobody(arguments: JSONValue) throws {
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            $0.actsAs = nil
        }
        let reply = try bench.service.client(workspace, token).call("list_contacts", arguments)
        #expect(reply.code == "validation_failed" && reply.message.contains("owner"))
    }

    @Test("walk all pages in every order without loss or repetition while rows arrive", arguments: ["asc", "desc"])
    func pages(direction: String) throws {
        for number in 0..<23 { _ = try create("company", ["name": .string("Page \(number % 3)")]) }
        let all = Set(
            try ids("SELECT public_id('cmp', id) FROM companies WHERE workspace_id = \(workspace.id.uuid)::uuid"))
        for sort in ["created_at", "updated_at", "name"] {
            var seen: [String] = []
            var cursor: JSONValue?
            repeat {
                var arguments: JSONValue = ["sort": .string(sort), "order": .string(direction), "limit": 5]
                if let cursor { arguments = arguments.adding("cursor", cursor) }
                let page = try client.call("list_companies", arguments)
                seen += page.items.compactMap { $0["id"]?.string }
                cursor = page.structured["next_cursor"]
                // Before what has been read or behind it; it may be seen or not.
                _ = try create("company", ["name": "Page 1"])
            } while cursor != nil
            #expect(Set(seen).count == seen.count, "by \(sort)")
            #expect(all.isSubset(of: seen), "by \(sort)")
        }
    }

    // MARK: Writes

    @Test("change what was given, tell it field by field, and take it back")
    func update() throws {
        let company = try create("company", ["name": "Hollow Oak", "notes": "old", "labels": ["a", "b"]])
        let arguments: JSONValue = [
            "id": id(of: company), "name": "Hollow Oak Ltd", "status": "customer", "clear": ["notes"], "if_version": 1,
        ]
        let dry = try client.call("update_company", arguments.adding("dry_run", true))
        #expect(dry.structured["preview"]?["name"] == ["from": "Hollow Oak", "to": "Hollow Oak Ltd"])
        #expect(try get("company", id(of: company))["version"] == 1)
        let changed = try client.call("update_company", arguments)
        #expect(changed.structured["changed"] == ["name", "status", "notes"])
        #expect(changed.item["version"] == 2 && changed.item["notes"] == .null)
        let audit = try bench.value(
            """
            SELECT changes::text FROM audit_events
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND public_id('aud', id) = \(changed.structured["audit_id"]?.string)
            """)
        let notes = try JSONDocument(text: audit ?? "").root.value["notes"]
        #expect(notes?["from"] == "old" && notes?["to"] == .null)

        let stale = try client.call("update_company", arguments)
        #expect(stale.code == "version_conflict" && stale.message.contains("version 2"))
        let token = changed.structured["undo_token"] ?? .null
        let undone = try client.call("undo_action", ["undo_token": token])
        #expect(
            undone.item["name"] == "Hollow Oak" && undone.item["notes"] == "old" && undone.item["status"] == "prospect")
        #expect(undone.item["labels"] == ["a", "b"])
        #expect(try client.call("undo_action", ["undo_token": token]).code == "not_found", "Once")
    }

    @Test("are not taken back when the row was changed since, and say what was changed")
    func lateUndo() throws {
        let company = try create("company", ["name": "Birch"])
        let first = try client.call("update_company", ["id": id(of: company), "name": "Birch & Son"])
        _ = try client.call("update_company", ["id": id(of: company), "industry": "Timber"])
        let undo = try client.call("undo_action", ["undo_token": first.structured["undo_token"] ?? .null])
        #expect(
            undo.code == "version_conflict" && undo.structured["error"]?["hint"]?.string?.contains("industry") == true)
        #expect(try get("company", id(of: company))["name"] == "Birch & Son")
    }

    @Test("delete a row out of every list, and bring it back")
    func deletion() throws {
        let contact = try create("contact", ["last_name": "Quill"])
        let deleted = try client.call("delete_contact", ["id": id(of: contact), "reason": "asked for it"])
        #expect(deleted.structured["changed"] == ["deleted_at"])
        #expect(try client.call("get_contact", ["id": id(of: contact)]).code == "not_found")
        #expect(try client.call("delete_contact", ["id": id(of: contact)]).code == "not_found")
        _ = try client.call("undo_action", ["undo_token": deleted.structured["undo_token"] ?? .null])
        #expect(try get("contact", id(of: contact))["name"] == "Quill")
    }

    @Test("happen once for a key, and refuse the key for another call")
    func idempotency() throws {
        let arguments: JSONValue = ["name": "Once", "idempotency_key": "k1"]
        let first = try client.call("create_company", arguments)
        let again = try client.call("create_company", arguments)
        #expect(again.structured["replayed"] == true && again.item["id"] == first.item["id"])
        let other = try client.call("create_company", ["name": "Twice", "idempotency_key": "k1"])
        #expect(other.code == "idempotency_conflict" && other.message.contains("idempotency_key"))
        #expect(
            try bench.count(
                "SELECT count(*) FROM companies WHERE workspace_id = \(workspace.id.uuid)::uuid AND name = 'Once'") == 1
        )
    }

    @Test("that add the same again within a minute are refused, unless that is meant or the first one is gone")
    func repetition() throws {
        let arguments: JSONValue = ["name": "Linden Mill", "phone": "+1 703 597 4534"]
        func companies() throws -> Int {
            try bench.count(
                """
                SELECT count(*) FROM companies
                WHERE workspace_id = \(workspace.id.uuid)::uuid AND name = 'Linden Mill' AND deleted_at IS NULL
                """)
        }
        let first = try client.call("create_company", arguments)
        let again = try client.call("create_company", arguments)
        #expect(again.code == "possible_duplicate" && again.message.contains("Nothing was saved again"))
        #expect(again.structured["error"]?["possible_duplicate_of"] == first.item["id"])
        #expect(try companies() == 1)
        #expect(!(try client.call("create_company", ["name": "Linden Mill"]).isError), "Another row")
        let meant: JSONValue = ["name": "Linden Mill", "phone": "+1 703 597 4534", "allow_duplicate": true]
        #expect(!(try client.call("create_company", meant).isError))
        #expect(try companies() == 3)
        let keyed: JSONValue = ["name": "Linden Mill", "phone": "+1 703 597 4534", "idempotency_key": "another"]
        #expect(!(try client.call("create_company", keyed).isError), "Who gives a key knows what a repetition is")
        let colleague = try bench.service.client(workspace, try bench.token(for: workspace) { $0.profile = .all })
        #expect(!(try colleague.call("create_company", arguments).isError), "Another credential is another caller")
        #expect(try companies() == 5)
        _ = try client.call("undo_action", ["undo_token": first.structured["undo_token"] ?? .null])
        #expect(!(try client.call("create_company", arguments).isError))
        #expect(try client.call("create_company", arguments).code == "possible_duplicate")
        #expect(try companies() == 5)
        _ = try bench.value(
            """
            WITH over AS (UPDATE idempotency_records SET expires_at = now()
                WHERE workspace_id = \(workspace.id.uuid)::uuid RETURNING 1)
            SELECT count(*) FROM over
            """)
        #expect(!(try client.call("create_company", arguments).isError), "A minute later it is a new one")
    }

    @Test("that change nothing leave no trace")
    func nothing() throws {
        let company = try create("company", ["name": "Same"])
        let reply = try client.call("update_company", ["id": id(of: company), "name": "Same"])
        #expect(reply.structured["changed"] == [] && reply.structured["undo_token"] == nil)
        #expect(try get("company", id(of: company))["version"] == 1)
    }

    @Test(
        "refuse what is wrong, and change nothing",
        arguments: [
            (["status": "golden"], "status"), (["nam": "x"], "name"), (["owner": "nobody@example.com"], "owner"),
            (["parent": "cmp_00000000000000000000000000000000"], "parent"), (["name": ""], "name"),
            (["labels": "x"], "labels"), (["if_version": 0], "if_version"), (["clear": ["name"]], "clear"),
            (["size": "12"], "size"),
        ] as [(JSONValue, String)]
    )
    func refusals(arguments: JSONValue, word: String) throws {
        let company = try create("company", ["name": "Firm"])
        let reply = try client.call("update_company", arguments.adding("id", id(of: company)))
        #expect(reply.code == "validation_failed" && reply.message.contains(word), "\(reply.answer.text)")
        #expect(try get("company", id(of: company))["version"] == 1)
    }

    @Test("keep what is searched in line with a changed name")
    func searching() throws {
        let contact = workspace.contacts[0]
        let found = { (query: String) throws in
            try client.call("searchWorkspaceTasks", ["query": .string(query)]).items.count
        }
        #expect(try found("Wolfeschlegel") == 0)
        _ = try client.call(
            "update_contact", ["id": .string(contact.id), "last_name": "Wolfeschlegel", "phone": "+1 202 555 0188"])
        #expect(try found("Wolfeschlegel") > 0)
        #expect(try found("2025550188") > 0)
    }

    // MARK: Who may

    @Test(
        "are there for those who have their permission, their toolset and the right to write, and whoami says why not")
    func gating() throws {
        let cases: [(String, (inout CredentialRegistry.Settings) -> Void, Set<String>, String)] = [
            (
                "permission", { $0.permissions = ["read_contacts"] },
                ["list_contacts", "search_contacts", "get_contact", "find_duplicate_contacts"], "create_contact"
            ),
            ("feature", { $0.features = ["companies"] }, [], "list_contacts"),
            (
                "read_only", { $0.readOnly = true },
                ["list_contacts", "search_contacts", "get_contact", "find_duplicate_contacts"],
                "delete_contact"
            ),
            (
                "token", { $0.deny = ["get_contact"] },
                [
                    "list_contacts", "search_contacts", "create_contact", "update_contact", "delete_contact",
                    "find_duplicate_contacts",
                ],
                "get_contact"
            ),
        ]
        for (reason, change, expected, hidden) in cases {
            let token = try bench.token(for: workspace) {
                $0.profile = .all
                change(&$0)
            }
            let caller = try bench.service.client(workspace, token)
            let names = Set(try caller.toolNames())
            let tools = Set(Catalog.registry.tools.filter { $0.toolset == "contacts" }.map(\.name))
            #expect(names.intersection(tools) == expected, "\(reason)")
            #expect(try caller.call(hidden, ["id": .string(workspace.contacts[0].id)]).rpcCode == -32602, "\(reason)")
            if names.contains("whoami") {
                #expect(try caller.call("whoami").structured["hidden"]?[hidden]?.string == reason)
            }
        }
    }

    // MARK: Helpers

    private func create(_ entity: String, _ arguments: JSONValue) throws -> JSONValue {
        let reply = try client.call("create_" + entity, arguments.adding("allow_duplicate", true))
        #expect(!reply.isError, "\(reply.answer.text)")
        return reply.item
    }

    private func get(_ entity: String, _ id: JSONValue) throws -> JSONValue {
        try client.call("get_" + entity, ["id": id]).item
    }

    private func id(of item: JSONValue) -> JSONValue { item["id"] ?? .null }

    private func ids(_ statement: SQL) throws -> [String] {
        let rows = try bench.database.connect(as: .superuser).query(statement)
        return (0..<rows.rowCount).compactMap { rows.string($0, 0) }
    }
}
