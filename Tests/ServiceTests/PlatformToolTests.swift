import Catalog
import Identity
import JSON
import MCP
import Postgres
import TestSupport
import Testing
import Tools

@Suite("Tools about tools and the workspace")
struct PlatformToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Hazel")
    }

    private func client(_ change: (inout CredentialRegistry.Settings) -> Void = { _ in }) throws -> Client {
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            change(&$0)
        }
        return try bench.service.client(workspace, token)
    }

    private var contact: JSONValue { .string(workspace.contacts[0].id) }

    // MARK: Finding

    @Test(
        "find a tool by words",
        arguments: [
            ("delete contact", "delete_contact"), ("update companies", "update_company"), ("undo", "undo_action"),
            ("find tasks of a customer", "searchWorkspaceTasks"), ("who am I", "whoami"),
            ("many contacts at once", "bulk_update_contacts"),
        ])
    func search(words: String, first: String) throws {
        let items = try client().call("search_tools", ["query": .string(words), "limit": 3]).items
        #expect(items.contains { $0["name"]?.string == first }, "\(items.compactMap { $0["name"]?.string })")
        #expect(items.count <= 3 && items.allSatisfy { $0["input_schema"] == nil })
    }

    @Test("find only what the credential may use, and say how to call what is not listed")
    func searchable() throws {
        let client = try client {
            $0.profile = .core
            $0.permissions = ["read_contacts", "read_companies", "update_companies"]
        }
        let found = try client.call("search_tools", ["query": "contact company", "limit": 50, "schemas": true]).items
        let names = Set(found.compactMap { $0["name"]?.string })
        #expect(names.isSuperset(of: ["get_contact", "list_contacts", "update_company"]))
        #expect(names.isDisjoint(with: ["create_contact", "delete_contact", "delete_company", "create_company"]))
        let update = try #require(found.first { $0["name"] == "update_company" })
        #expect(update["listed"] == false && update["call_with"] == "call_write_tool")
        #expect(update["input_schema"]?["properties"]?["name"] != nil)
        let reading = try client.call("search_tools", ["query": "company", "limit": 50, "only_read": true]).items
        #expect(!reading.isEmpty && reading.allSatisfy { $0["writes"] == false })
    }

    @Test("describe a tool with an example that its own schema takes")
    func describe() throws {
        let client = try client()
        for name in Catalog.registry.names {
            let item = try client.call("describe_tool", ["name": .string(name)]).item
            #expect(item["name"]?.string == name)
            let schema = item["input_schema"] ?? .null
            #expect(schema["type"] == "object" && item["output_schema"]?["type"] == "object")
            let example = try JSONDocument(RawJSON(item["example"]?["arguments"] ?? .null).bytes).root
            #expect(
                try JSONSchema(JSONDocument(RawJSON(schema).bytes).root).mistakes(in: example).map(\.description) == [],
                "\(name)")
        }
        #expect(try client.call("describe_tool", ["name": "no_such"]).code == "not_found")
        let narrow = try self.client { $0.permissions = ["read_contacts"] }
        let refused = try narrow.call("describe_tool", ["name": "delete_contact"])
        #expect(refused.code == "permission_denied" && refused.message.contains("delete_contacts"))
    }

    // MARK: Calling

    @Test("pass a call on to a tool that is not listed, under its own name in the audit trail")
    func passing() throws {
        let client = try client { $0.profile = .core }
        #expect(try !client.toolNames().contains("update_contact"))
        #expect(try client.call("update_contact", ["id": contact]).rpcCode == -32602)
        let direct = try self.client().call("get_contact", ["id": contact])
        let passed = try client.call("call_read_tool", ["name": "get_contact", "arguments": ["id": contact]])
        #expect(passed.structured.unfenced == direct.structured.unfenced)
        let written = try client.call(
            "call_write_tool",
            ["name": "update_contact", "arguments": ["id": contact, "job_title": "Passed on"]])
        #expect(written.structured["changed"]?.elements.contains("job_title") == true, "\(written.answer.text)")
        let audit = written.structured["audit_id"]?.string
        #expect(
            try bench.value("SELECT tool FROM audit_events WHERE public_id('aud', id) = \(audit)") == "update_contact")
        let searched = try client.call(
            "call_read_tool", ["name": "searchWorkspaceTasks", "arguments": ["query": "furnace"]])
        #expect(searched.items.count == 1)
    }

    @Test("let a write wait that is passed on, as a direct call does")
    func waiting() throws {
        let client = try client {
            $0.profile = .core
            $0.confirmation = .risky
        }
        let shown = try client.call("call_write_tool", ["name": "delete_contact", "arguments": ["id": contact]])
        #expect(shown.structured["status"] == "pending_confirmation" && shown.structured["tool"] == "delete_contact")
        let done = try client.call("confirm_action", ["confirmToken": shown.structured["confirmToken"] ?? .null])
        #expect(done.structured["changed"]?.elements.contains("deleted_at") == true)
    }

    @Test("refuse to pass on what the credential may not do, and say which reason it is")
    func refusals() throws {
        let cases: [(String, (inout CredentialRegistry.Settings) -> Void, String, String, String)] = [
            ("lacks", { $0.permissions = ["read_companies"] }, "call_read_tool", "get_contact", "permission_denied"),
            ("denied", { $0.deny = ["get_contact"] }, "call_read_tool", "get_contact", "tool_disabled"),
            ("features", { $0.features = ["platform"] }, "call_read_tool", "get_contact", "tool_disabled"),
            ("a write", { _ in }, "call_read_tool", "update_contact", "validation_failed"),
            ("a read", { _ in }, "call_write_tool", "get_contact", "validation_failed"),
            ("itself", { _ in }, "call_read_tool", "call_read_tool", "not_found"),
            ("another", { _ in }, "call_write_tool", "call_write_tool", "not_found"),
            ("nothing", { _ in }, "call_read_tool", "no_such", "not_found"),
        ]
        for (name, change, caller, tool, code) in cases {
            let reply = try client(change).call(
                caller, ["name": .string(tool), "arguments": ["id": contact, "job_title": "X"]])
            #expect(reply.code == code, "\(name): \(reply.answer.text)")
        }
        let readOnly = try client { $0.readOnly = true }
        #expect(try readOnly.call("call_write_tool", ["name": "update_contact", "arguments": [:]]).rpcCode == -32602)
        for tool in Catalog.registry.tools where tool.effects.writes {
            let reply = try readOnly.call("call_read_tool", ["name": .string(tool.name), "arguments": [:]])
            #expect(reply.code == "validation_failed", "\(tool.name)")
        }
        let wrong = try client().call("call_read_tool", ["name": "get_contact", "arguments": ["idd": contact]])
        #expect(wrong.code == "validation_failed" && wrong.message.contains("`id`"))
    }

    // MARK: Telling

    @Test("tell one reason for each tool that is hidden")
    func hidden() throws {
        let client = try client {
            $0.permissions = ["read_contacts"]
            $0.deny = ["list_contacts"]
            $0.customerComments = false
        }
        let reply = try client.call("whoami").structured
        let listed = try client.toolNames()
        let hidden = reply["hidden"]?.members ?? []
        #expect(Set(listed).isDisjoint(with: hidden.map(\.name)))
        #expect(listed.count + hidden.count == Catalog.registry.tools.count)
        #expect(reply["hidden"]?["list_contacts"] == "token" && reply["hidden"]?["delete_contact"] == "permission")
        #expect(reply["hidden"]?["addCustomerComment"] == "permission")
        #expect(reply["credential"]?["confirm"] == "none" && reply["credential"]?["lockdown"] == false)
    }

    @Test("say of a tool that a list leaves out whose list it is, and how to ask for it")
    func lists() throws {
        let workspace = try bench.workspace("Willow")
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            $0.deny = ["get_deal", "get_contact"]
        }
        let client = try bench.service.client(workspace, token)
        var settings = WorkspaceRegistry.Settings()
        settings.deny = ["get_company", "get_contact"]
        try WorkspaceRegistry(bench.database.connect(as: .owner)).update(workspace.id, settings)
        let hidden = try client.call("whoami").structured["hidden"]
        #expect(hidden == ["get_contact": "workspace", "get_company": "workspace", "get_deal": "token"])
        for (tool, message, hint) in [
            ("get_deal", "for this token", "request_access asks"),
            ("get_company", "for this workspace", "not this token"),
            ("get_contact", "for this workspace", "not this token"),
        ] {
            let refused = try client.call("call_read_tool", ["name": .string(tool), "arguments": [:]])
            #expect(refused.code == "tool_disabled" && refused.message.contains(message), "\(refused.answer.text)")
            #expect(refused.structured["error"]?["hint"]?.string?.contains(hint) == true, "\(refused.answer.text)")
            #expect(try client.call("describe_tool", ["name": .string(tool)]).message == refused.message)
        }
    }

    @Test("tell the fields of a kind of row that may be read")
    func entity() throws {
        let item = try client().call("describe_entity", ["entity": "contact"]).item
        let company = try #require(item["fields"]?.elements.first { $0["name"] == "company" })
        #expect(company["type"] == "reference" && company["entity"] == "company" && company["filter"] == true)
        #expect(item["relations"] == ["tasks"] && item["id_prefix"] == "con")
        let narrow = try client { $0.permissions = ["read_companies"] }
        #expect(try narrow.call("describe_entity", ["entity": "contact"]).code == "not_found")
        #expect(try narrow.call("describe_entity", ["entity": "companies"]).item["name"] == "company")
    }

    @Test("tell what was created, updated and deleted, page by page, of the kinds that may be read")
    func changes() throws {
        let client = try client()
        let start = try client.call("get_changes", ["since": "2020-01-01", "limit": 100])
        var cursor = start.structured["next_cursor"] ?? .null
        let made = try client.call("create_company", ["name": "Hazel Mill"]).item["id"] ?? .null
        let person = try client.call("create_contact", ["last_name": "Newcomer"]).item["id"] ?? .null
        _ = try client.call("update_contact", ["id": contact, "city": "Ely"])
        _ = try client.call("delete_contact", ["id": person])
        var seen: [String] = []
        var more = true
        while more {
            let page = try client.call(
                "get_changes", ["since": "2020-01-01", "cursor": cursor, "limit": 1]
            ).structured
            seen += (page["items"]?.elements ?? []).map { "\($0["action"]?.string ?? "") \($0["id"]?.string ?? "")" }
            cursor = page["next_cursor"] ?? .null
            more = page["has_more"] == true
        }
        #expect(
            seen == [
                "created \(made.string ?? "")", "updated \(workspace.contacts[0].id)", "deleted \(person.string ?? "")",
            ])
        let narrow = try self.client { $0.permissions = ["read_companies"] }
        let told = try narrow.call("get_changes", ["since": "2020-01-01", "limit": 100])
        #expect(!told.items.isEmpty && told.items.allSatisfy { $0["entity"] == "company" })
        #expect(told.structured["summary"]?["company"] != nil && told.structured["summary"]?["contact"] == nil)
        let foreign = try narrow.call("get_changes", ["since": "2020-01-01", "cursor": cursor])
        #expect(foreign.code == "validation_failed", "A cursor belongs to its credential")
    }

    @Test("count what a credential calls")
    func usage() throws {
        let bench = try Bench()
        let workspace = try bench.workspace("Hazel")
        let token = try bench.token(for: workspace) { $0.profile = .all }
        let client = try bench.service.client(workspace, token)
        _ = try client.call("whoami")
        _ = try client.call("get_contact", ["id": "con_00000000000000000000000000000000"])
        _ = try client.call("update_contact", ["id": .string(workspace.contacts[0].id), "city": "Ely"])
        // What waited is written when the node stops.
        bench.service.stop()
        let node = try Bench(on: bench.database)
        let spans = try node.service.client(workspace, token).call("get_usage").item["spans"] ?? .null
        #expect(spans["month"]?["calls"] == 3 && spans["month"]?["errors"] == 1, "\(spans.text)")
        #expect(spans["hour"]?["bytes_out"]?.integer ?? 0 > 100)
        node.service.stop()
    }

    @Test("tell the same usage before and after hours are made of minutes, which each are made once")
    func hours() throws {
        let bench = try Bench()
        let workspace = try bench.workspace("Hazel")
        let client = try bench.service.client(workspace, bench.token(for: workspace) { $0.profile = .all })
        let connection = try bench.database.connect(as: .superuser)
        // Three minutes of two earlier hours, which may be of another month, one of the present one, and an hour of long ago.
        _ = try connection.query(
            """
            INSERT INTO usage_counters (workspace_id, credential_id, span, starts_at, calls, errors, denied, bytes_out)
            SELECT c.workspace_id, c.id, v.span, v.at, v.calls, v.errors, v.denied, v.bytes
            FROM credentials AS c, (VALUES
                ('minute', date_trunc('hour', now(), 'UTC') - interval '30 minutes', 1, 0, 0, 10),
                ('minute', date_trunc('hour', now(), 'UTC') - interval '100 minutes', 10, 1, 0, 100),
                ('minute', date_trunc('hour', now(), 'UTC') - interval '101 minutes', 100, 0, 10, 1000),
                ('minute', date_trunc('hour', now(), 'UTC'), 1000, 10, 0, 10000),
                ('hour', date_trunc('hour', now(), 'UTC') - interval '100 days', 9, 0, 0, 9)
            ) AS v(span, at, calls, errors, denied, bytes)
            WHERE c.workspace_id = \(workspace.id.uuid)::uuid
            """)
        func made(_ span: String) throws -> [String] {
            let rows = try connection.query(
                """
                SELECT concat_ws(' ', sum(calls), sum(errors), sum(denied), sum(bytes_out)) FROM usage_counters
                WHERE workspace_id = \(workspace.id.uuid)::uuid AND span = \(span) AND starts_at > now() - interval '40 days'
                GROUP BY starts_at ORDER BY starts_at
                """)
            return (0..<rows.rowCount).compactMap { rows.string($0, 0) }
        }
        func usage(_ span: String) throws -> JSONValue? { try client.call("get_usage").item["spans"]?[span] }
        let (hour, month) = try (usage("hour"), usage("month"))
        #expect(hour?["calls"] == 1000 && hour?["bytes_out"] == 10000)
        let application = try bench.database.connect(as: .application)
        for _ in 0..<2 {
            _ = try application.query("BEGIN")
            _ = try application.query(Tenancy.set(workspace.id))
            _ = try application.query(UsageCount.summing(workspace.id))
            _ = try application.query("COMMIT")
        }
        let hours = try made("hour")
        #expect(hours.first == "110 1 10 1100" && hours.dropFirst().allSatisfy { $0 == "1 0 0 10" }, "\(hours)")
        #expect(try usage("hour") == hour && usage("month") == month)
    }

    @Test("ask the admins for what is missing, once for a thing")
    func access() throws {
        let client = try client { $0.permissions = ["read_contacts"] }
        let first = try client.call("request_access", ["permission": "update_contacts", "reason": "To mend names."])
        let again = try client.call("request_access", ["permission": "update_contacts", "reason": "Still."])
        #expect(first.item["status"] == "open" && again.item["id"] == first.item["id"])
        #expect(try !client.call("request_access", ["tool": "delete_contact", "reason": "x"]).isError)
        #expect(try client.call("request_access", ["tool": "no_such", "reason": "x"]).code == "not_found")
        #expect(try client.call("request_access", ["permission": "fly", "reason": "x"]).code == "not_found")
        #expect(try client.call("request_access", ["reason": "x"]).code == "validation_failed")
        #expect(
            try bench.count(
                "SELECT count(*) FROM access_requests WHERE workspace_id = \(workspace.id.uuid)::uuid") == 2)
    }

    // MARK: The audit log

    @Test("list what was done, by row, outcome and actor, and only one's own without the permission")
    func audit() throws {
        let client = try client()
        _ = try client.call("update_contact", ["id": contact, "city": "Ely"])
        let rows = try client.call("get_audit_log", ["entity": "contact", "entity_id": contact]).items
        let event = try #require(rows.first)
        #expect(event["tool"] == "update_contact" && event["changes"]?["city"]?["to"] == "Ely")
        #expect(event["entity_id"] == contact && event["actor"]?["acts_as_name"]?.string == workspace.members[0].name)
        let stranger = try self.client {
            $0.permissions = ["read_teams", "read_contacts", "update_contacts"]
            $0.actsAs = workspace.members[1].email
        }
        #expect(try stranger.call("get_audit_log", ["entity": "contact"]).items.isEmpty)
        _ = try stranger.call("update_contact", ["id": contact, "city": "Rye"])
        #expect(try stranger.call("get_audit_log", ["entity": "contact"]).items.count == 1)
        #expect(try client.call("get_audit_log", ["entity": "contact"]).items.count == 2)
        #expect(try client.call("get_audit_log", ["entity": "contact", "actor": "me"]).items.count == 1)
        let other = JSONValue.string(workspace.members[1].id)
        #expect(try client.call("get_audit_log", ["entity": "contact", "actor": other]).items.count == 1)
        #expect(try client.call("get_audit_log", ["entity": "contact", "outcome": "denied"]).items.isEmpty)
        #expect(try client.call("get_audit_log", ["entity": "contact", "from": "2999-01-01"]).items.isEmpty)
        #expect(try client.call("get_audit_log", ["actor": "nobody"]).code == "not_found")
        let first = try client.call("get_audit_log", ["entity": "contact", "limit": 1])
        let second = try client.call(
            "get_audit_log",
            ["entity": "contact", "limit": 1, "cursor": first.structured["next_cursor"] ?? .null])
        #expect(first.items[0]["id"] != second.items[0]["id"] && second.structured["next_cursor"] == nil)
    }

    // MARK: Lockdown

    @Test("leave out what customers wrote where a credential or a request is locked down")
    func lockdown() throws {
        let task: JSONValue = ["taskId": .string(workspace.tasks[0].id)]
        let open = try client()
        #expect(try open.call("listTaskComments", task).answer.text.contains("Hazel customer words"))
        let locked = try client { $0.lockdown = true }
        for tool in ["listTaskComments", "getTaskDetails"] {
            let reply = try locked.call(tool, task)
            #expect(!reply.isError && !reply.answer.text.contains("Hazel customer words"), "\(tool)")
            #expect(reply.structured["withheld"]?.integer ?? 0 > 0)
        }
        var request = open.request("tools/call", ["name": "listTaskComments", "arguments": task])
        request["X-MCP-Lockdown"] = "true"
        #expect(!(try open.wire.exchange(request).text.contains("Hazel customer words")))
    }
}
