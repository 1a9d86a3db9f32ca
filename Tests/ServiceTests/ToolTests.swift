import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@Suite("Tools")
struct ToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private static let core = Catalog.registry.tools.filter { $0.toolset == "core" }.map(\.name)

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    // MARK: The list

    @Test(
        "are listed in the registry's order, six in the profile of Task Tracking, five where customer comments are off",
        arguments: WireEra.both)
    func order(era: WireEra) throws {
        let names = Catalog.registry.names
        #expect(names.prefix(3) == ["workspaceSummary", "listWorkspaceTasks", "searchWorkspaceTasks"])
        #expect(try bench.client(workspace, era: era, profile: .all).toolNames() == names)
        let core = Array(names.prefix(6))
        #expect(core.last == "addCustomerComment")
        for (commented, expected) in [(true, core), (false, core.dropLast())] {
            let token = try bench.token(for: workspace) {
                $0.profile = .taskTracking
                $0.customerComments = commented
            }
            #expect(try bench.service.client(workspace, token, era: era).toolNames() == expected)
        }
    }

    @Test("have titles, descriptions and all four hints")
    func annotations() throws {
        let tools = try bench.client(workspace, profile: .all).tools()
        #expect(tools.count == Catalog.registry.tools.count)
        for tool in tools {
            let name = tool["name"]?.string ?? ""
            let annotations = tool["annotations"] ?? .null
            let effects = try #require(Catalog.registry[name]?.effects)
            #expect(annotations["readOnlyHint"]?.bool == !effects.writes, "\(name)")
            #expect(annotations["destructiveHint"]?.bool == effects.destroys, "\(name)")
            #expect(annotations["idempotentHint"]?.bool == effects.isIdempotent, "\(name)")
            #expect(effects.writes || effects.isIdempotent && !effects.destroys, "\(name)")
            #expect(annotations["openWorldHint"] == false, "\(name)")
            #expect(tool["title"]?.string?.isEmpty == false, "\(name)")
            #expect(tool["description"]?.string?.count ?? 0 > 15, "\(name) is to say what it does")
            #expect(name.utf8.count <= 48)
        }
    }

    @Test("have schemas that every client takes")
    func schemas() throws {
        let tools =
            try bench.client(workspace, profile: .all).ask("tools/list").json["result"]?["tools"]?.elements ?? []
        for tool in tools {
            let input = tool["inputSchema"] ?? .null
            #expect(input["type"] == "object" && input["additionalProperties"] == false && input["properties"] != nil)
            #expect(tool["outputSchema"]?["type"] == "object")
            try check(input, isInput: true, tool["name"]?.string ?? "")
            try check(tool["outputSchema"] ?? .null, isInput: false, tool["name"]?.string ?? "")
        }
    }

    private func check(_ schema: JSONValue, isInput: Bool, _ path: String) throws {
        for word in ["oneOf", "anyOf", "allOf", "$ref", "not", "if"] { #expect(schema[word] == nil, "\(path)") }
        if schema["type"] == "array" { #expect(schema["items"] != nil, "\(path)") }
        if isInput {
            #expect(schema["type"]?.string != nil, "\(path) has a union of types or none")
            if schema["type"] == "object", path.hasSuffix(".currency") == false, schema["properties"]?["amount"] == nil,
                // The parts that another tool's schema lists are checked all the same.
                schema["properties"] != [:] || schema["additionalProperties"] != true
            {
                #expect(schema["additionalProperties"] == false, "\(path)")
            }
        }
        for property in schema["properties"]?.members ?? [] {
            try check(property.value, isInput: isInput, "\(path).\(property.name)")
        }
        if let items = schema["items"] { try check(items, isInput: isInput, path + "[]") }
    }

    @Test("cost a listing little: none of those made from a declaration takes more than 1,400 bytes of it")
    func size() throws {
        let tools =
            try bench.client(workspace, profile: .all).ask("tools/list").json["result"]?["tools"]?.elements ?? []
        for tool in tools where !Self.core.contains(tool["name"]?.string ?? "") {
            #expect(tool.text.utf8.count <= 1_400, "\(tool["name"]?.string ?? "") takes \(tool.text.utf8.count)")
        }
    }

    // MARK: Results

    @Test("answer in both eras with what their schema says, the same as JSON and as text", arguments: WireEra.both)
    func results(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        let task: JSONValue = ["taskId": .string(workspace.tasks[0].id)]
        let calls: [(String, JSONValue)] = [
            ("workspaceSummary", [:]), ("workspaceSummary", ["since": "2020-01-01T00:00:00+02:00", "sample": 0]),
            ("listWorkspaceTasks", [:]), ("listWorkspaceTasks", ["limit": 1, "fields": ["id", "customer"]]),
            ("listWorkspaceTasks", ["status": "cancelled"]),
            ("searchWorkspaceTasks", ["query": "furnace"]), ("searchWorkspaceTasks", ["query": "nothing like it"]),
            ("searchWorkspaceTasks", ["query": "Alder", "limit": 2, "fields": ["number"]]),
            ("getTaskDetails", task),
            ("getTaskDetails", task.adding("include", ["comments", "files", "checklist", "time", "history"])),
            ("getTaskDetails", ["taskNumber": .integer(workspace.tasks[3].number)]),
            ("listTaskComments", task), ("listTaskComments", task.adding("limit", 1)),
            ("addCustomerComment", task.adding("comment", "Thanks.")),
        ]
        #expect(Set(calls.map(\.0)) == Set(Self.core), "Every tool is called")
        let listed = try client.ask("tools/list").json["result"]?["tools"]?.elements ?? []
        for (tool, arguments) in calls {
            let reply = try client.call(tool, arguments)
            #expect(!reply.isError, "\(tool) \(reply.answer.text)")
            #expect(try JSONDocument(text: reply.text).root.value == reply.structured)
            let schema = listed.first { $0["name"]?.string == tool }?["outputSchema"] ?? .null
            #expect(try SchemaCheck.problems(reply.structured, schema) == [], "\(tool)")
            if case .stateless = era { #expect(reply.result["resultType"] == "complete") }
        }
    }

    @Test("summarize what stands open, what is late and what was touched")
    func summary() throws {
        _ = try bench.value(
            """
            UPDATE tasks SET due_date = current_date - 1
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND number = \(workspace.tasks[1].number)
            """
        )
        let summary = try bench.client(workspace).call("workspaceSummary").structured
        #expect(summary["workspace"]?["name"] == "Alder Works")
        #expect(summary["open"]?["total"] == 3)
        #expect(summary["open"]?["by_status"] == ["in_progress": 1, "open": 1, "waiting": 1])
        #expect(summary["open"]?["by_priority"] == ["high": 1, "medium": 1, "urgent": 1])
        #expect(summary["open"]?["by_assignee"]?[0]?["name"] == "Dana Alder")
        #expect(summary["open"]?["overdue"] == 1)
        #expect(summary["recent"]?["touched"] == 4)
        #expect(summary["sample"]?.elements.count == 4)
    }

    @Test("tell all that is known of a task")
    func details() throws {
        let reply = try bench.client(workspace).call(
            "getTaskDetails",
            [
                "taskNumber": .string("#\(workspace.tasks[0].number)"),
                "include": ["comments", "files", "checklist", "time", "history"],
            ]
        )
        let item = reply.item
        #expect(item["id"]?.string == workspace.tasks[0].id)
        #expect(item["customer"]?["name"] == "Elizabeth Alderson")
        #expect(item["customer"]?["phone"]?.string == workspace.contacts[0].phone)
        #expect(item["company"]?["name"] == "Alder Company")
        #expect(item["assignees"]?[0]?["email"]?.string == workspace.members[0].email)
        #expect(item["questions"] == [["key": "floor", "question": "Which floor?", "answer": "Alder attic"]])
        #expect(item["files"]?[0]?["name"] == "Alder-photo.jpg")
        #expect(item["comment_count"] == 2)
        #expect(item["comments"]?[0]?["author_kind"] == "customer")
        #expect(item["comments"]?[0]?["trusted"] == false)
        #expect(item["comments"]?[1]?["trusted"] == true)
        #expect(item["all_comments"]?.elements.count == 2)
        #expect(item["all_files"]?.elements.count == 1)
        #expect(item["checklist"]?[0]?["title"] == "Alder valve")
        #expect(item["time"]?[0]?["seconds"] == 3600)
        #expect(item["history"] == [])
        #expect(reply.structured["untrusted_fields"]?.elements.contains("item.comments[].body") == true)
        for missing: JSONValue in [
            ["taskNumber": 1], ["taskId": .string(workspace.tasks[0].id.dropLast(4) + "0000")],
        ] {
            #expect(try bench.client(workspace).call("getTaskDetails", missing).code == "not_found")
            #expect(try bench.client(workspace).call("listTaskComments", missing).code == "not_found")
        }
    }

    @Test("narrow the list of tasks")
    func filters() throws {
        let client = try bench.client(workspace)
        let titles = { (arguments: JSONValue) throws -> [String] in
            try client.call("listWorkspaceTasks", arguments).items.compactMap { $0["title"]?.string }.sorted()
        }
        let all = workspace.tasks.map(\.title).sorted()
        #expect(try titles([:]) == all)
        #expect(try titles(["status": "in_progress"]) == ["Alder boiler check"])
        #expect(try titles(["priority": "high"]) == ["Alder furnace repair"])
        for assignee in ["me", "Dana Alder", "dana alder", workspace.members[0].email, workspace.members[0].id] {
            #expect(try titles(["assignee": .string(assignee)]) == ["Alder furnace repair"], "\(assignee)")
        }
        #expect(try titles(["assignee": .string(workspace.members[1].name)]) == [])
        #expect(try titles(["board": "tasks"]) == all)
        #expect(try titles(["board": "Alder Yard"]) == [])
        #expect(try titles(["updatedSince": "2999-01-01"]) == [])
        #expect(try titles(["updatedSince": "2020-01-01T00:00:00Z"]) == all)
        let nobody = try bench.service.client(workspace, try bench.token(for: workspace) { $0.actsAs = nil })
        let refused = try nobody.call("listWorkspaceTasks", ["assignee": "me"])
        #expect(refused.code == "validation_failed" && refused.message.contains("acts for no member"))
        let lean = try client.call("listWorkspaceTasks", ["fields": ["number", "title", "number"]]).items
        #expect(lean.allSatisfy { Set($0.members.map(\.name)) == ["number", "title"] })
        #expect(try client.call("listWorkspaceTasks", ["fields": []]).items.allSatisfy { $0.members.count > 10 })
        let reply = try client.call("listWorkspaceTasks", ["status": "open", "assignee": "me"])
        #expect(reply.structured["applied"]?["filters"] == ["status": "open", "assignee": "me"])
    }

    // MARK: Pages

    @Test("page through a list without loss or repetition while rows arrive")
    func pages() throws {
        let connection = try bench.database.connect(as: .owner)
        let tasks = try workspace.add(
            (0..<23).map { .init(number: 900 + $0, title: "paging \($0)") }, on: connection
        )
        // All of one moment, so that only the key tells them apart.
        _ = try bench.value(
            "UPDATE tasks SET updated_at = now() - interval '1 day' WHERE workspace_id = \(workspace.id.uuid)::uuid"
        )
        for index in 0..<11 {
            _ = try bench.value(
                """
                INSERT INTO comments (workspace_id, task_id, body, author_kind, created_at)
                VALUES (\(workspace.id.uuid)::uuid, \(RowID(workspace.tasks[1].id, prefix: "tsk")?.digits)::uuid,
                    \("comment \(index)"), 'automation', now() - interval '1 day')
                """
            )
        }
        let lists: [(tool: String, arguments: JSONValue, expected: Int)] = [
            ("listWorkspaceTasks", [:], 27), ("searchWorkspaceTasks", ["query": "paging"], 23),
            ("listTaskComments", ["taskId": .string(workspace.tasks[1].id), "order": "desc"], 11),
            ("listTaskComments", ["taskId": .string(workspace.tasks[1].id), "order": "asc"], 11),
        ]
        for limit in [1, 4, 100] as [Int64] {
            for (tool, arguments, expected) in lists {
                let client = try bench.client(workspace)
                var seen: [String] = []
                var cursor: String?
                repeat {
                    var page = arguments.adding("limit", .integer(limit))
                    if let cursor { page = page.adding("cursor", .string(cursor)) }
                    let reply = try client.call(tool, page)
                    #expect(reply.items.count <= Int(limit))
                    seen += reply.items.compactMap { $0["id"]?.string }
                    cursor = reply.structured["next_cursor"]?.string
                    // Arrives in front of a list that is newest first. Removed, so that the next walk finds the same.
                    _ = try bench.value(
                        """
                        WITH gone AS (DELETE FROM tasks WHERE workspace_id = \(workspace.id.uuid)::uuid AND number = 5)
                        SELECT 1
                        """
                    )
                    if tool == "listWorkspaceTasks" {
                        _ = try workspace.add([.init(number: 5, title: "arrived later")], on: connection)
                    }
                } while cursor != nil
                _ = try bench.value(
                    "DELETE FROM tasks WHERE workspace_id = \(workspace.id.uuid)::uuid AND number = 5"
                )
                #expect(seen.count == expected, "\(tool) \(limit)")
                #expect(Set(seen).count == expected, "\(tool) \(limit)")
            }
        }
        #expect(tasks.count == 23)
    }

    // MARK: Budget

    @Test("cut a result at a row when it would be too large, and go on from there")
    func budget() throws {
        let long = String(repeating: "\u{1F6E0}", count: 4_500)
        let task = RowID(workspace.tasks[0].id, prefix: "tsk")?.digits
        _ = try bench.value(
            """
            INSERT INTO comments (workspace_id, task_id, body, author_kind)
            SELECT \(workspace.id.uuid)::uuid, \(task)::uuid, \(long), 'automation' FROM generate_series(1, 12)
            """
        )
        _ = try bench.value(
            """
            UPDATE tasks SET description = \(long) WHERE workspace_id = \(workspace.id.uuid)::uuid AND id = \(task)::uuid
            """
        )
        let client = try bench.client(workspace)
        let arguments: JSONValue = ["taskId": .string(workspace.tasks[0].id), "limit": 100]
        var reply = try client.call("listTaskComments", arguments)
        #expect(reply.text.utf8.count <= ResultBudget.bytes)
        #expect(reply.structured["truncated"] == true)
        #expect(reply.items[0]["body_length"] == 4_500)
        #expect(reply.items[0]["body"]?.string?.hasSuffix("…") == true)
        var count = reply.items.count
        while let cursor = reply.structured["next_cursor"] {
            reply = try client.call("listTaskComments", arguments.adding("cursor", cursor))
            count += reply.items.count
        }
        #expect(count == 14)
        for include: JSONValue in [[], ["comments"], ["comments", "files", "checklist", "time", "history"]] {
            let details = try client.call(
                "getTaskDetails", ["taskId": .string(workspace.tasks[0].id), "include": include])
            #expect(details.text.utf8.count <= ResultBudget.bytes, "\(include.text)")
            #expect(details.item["description_length"] == 4_500)
            #expect(details.item["comment_count"] == 14)
            if include != [] { #expect(details.structured["truncated"] == true, "\(include.text)") }
        }
    }

    // MARK: Traces

    @Test("leave one audit event a call, with nothing of what was said in it")
    func audit() throws {
        let bench = try Bench()
        let workspace = try bench.workspace()
        let client = try bench.client(workspace)
        _ = try client.call("searchWorkspaceTasks", ["query": "Elizabeth"])
        _ = try client.call("getTaskDetails", ["taskNumber": 1])
        _ = try client.call("addCustomerComment", ["taskId": .string(workspace.tasks[0].id), "comment": "Secretwords"])
        _ = try client.call("noSuchTool")
        // What a client calls itself is its own choice: nothing that it says may keep events from being kept.
        var odd = client.request("tools/call", ["name": "workspaceSummary"])
        for name in [#"odd\u0000name"#, "long" + String(repeating: "e\u{301}\u{302}\u{303}", count: 20_000)] {
            odd.body = Array(
                RawJSON(client.requestBody).text.replacing("service-tests", with: name).utf8
            )
            #expect(try client.wire.exchange(odd).status == 200)
        }
        bench.service.stop()
        let events = try bench.database.connect(as: .superuser).query(
            """
            SELECT tool, outcome, coalesce(error_code, ''), row_to_json(a)::text FROM audit_events AS a
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND action = 'tools/call' ORDER BY at
            """
        )
        let kept = (0..<events.rowCount).map { row in (0..<3).map { events.string(row, $0) ?? "" } }
        #expect(
            Set(kept) == [
                ["searchWorkspaceTasks", "ok", ""], ["getTaskDetails", "error", "not_found"],
                ["addCustomerComment", "ok", ""], ["", "denied", "unknown_tool"], ["workspaceSummary", "ok", ""],
            ]
        )
        #expect(kept.count == 6)
        for row in 0..<events.rowCount {
            let text = events.string(row, 3) ?? ""
            #expect(!text.contains("Elizabeth") && !text.contains("Secretwords"))
            #expect(text.utf8.count < 2_000)
        }
        let used = try bench.count("SELECT count(*) FROM credentials WHERE last_used_at IS NOT NULL")
        #expect(used == 1)
    }
}

extension Client {
    /// The body of a call without arguments, as a value.
    fileprivate var requestBody: JSONValue {
        (try? JSONDocument(request("tools/call", ["name": "workspaceSummary"]).body).root.value) ?? .null
    }
}
