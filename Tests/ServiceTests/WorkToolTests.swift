import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// Tools of tasks and projects.
@Suite("Tools of tasks")
struct WorkToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Juniper")
        client = try bench.client(workspace, profile: .all)
    }

    @Test("create a task with the next number, in the first open state, for the tools of old and the search at once")
    func creation() throws {
        let free = try bench.count(
            "SELECT next_task_number FROM workspace_counters WHERE workspace_id = \(workspace.id.uuid)::uuid")
        let task = try create([
            "title": "Zanzibar gasket", "customer": .string(workspace.contacts[0].id),
            "project": .string(workspace.rows["prj"] ?? ""), "assignees": [.string(workspace.members[1].email)],
        ])
        #expect(task["number"]?.integer == Int64(free))
        #expect(task["status"] == "open" && task["state"] == "New" && task["priority"] == "medium")
        #expect(task["assignees"]?.elements.map { $0["name"]?.string } == [workspace.members[1].name])
        #expect(task["project"]?["id"]?.string == workspace.rows["prj"])
        let found = try client.call("searchWorkspaceTasks", ["query": "zanzibar gaskets"])
        #expect(found.items.map { $0["id"] } == [task["id"]])
        let byCustomer = try client.call("searchWorkspaceTasks", ["phone": .string(workspace.contacts[0].phone)])
        #expect(byCustomer.items.contains { $0["id"] == task["id"] })
        let details = try client.call("getTaskDetails", ["taskNumber": task["number"] ?? .null]).item
        #expect(details["assignees"]?.elements.first?["email"]?.string == workspace.members[1].email)
        let second = try create(["title": "Another"])
        #expect(second["number"]?.integer == Int64(free + 1))
        let dry = try client.call("create_task", ["title": "Never", "dry_run": true])
        #expect(dry.item["number"]?.integer == Int64(free + 2))
        #expect(try create(["title": "Third"])["number"]?.integer == Int64(free + 2), "A dry run takes no number")
    }

    @Test("change what is found, in the same transaction, and take it back with the people")
    func update() throws {
        let task = try create([
            "title": "Kestrel valve",
            "assignees": [.string(workspace.members[0].id), .string(workspace.members[1].id)],
        ])
        let changed = try client.call(
            "update_task",
            [
                "id": task["number"] ?? .null, "title": "Merlin valve", "status": "done",
                "assignees": [.string(workspace.members[1].email)], "due_date": "2027-01-31",
            ])
        #expect(
            changed.structured["changed"] == [
                "title", "status", "state", "assignees", "due_date", "completed_at", "progress",
            ])
        #expect(changed.item["progress"] == 100 && changed.item["completed_at"]?.string != nil)
        #expect(try search("merlin valve") == [task["id"]] && search("kestrel valve") == [])
        let undone = try client.call("undo_action", ["undo_token": changed.structured["undo_token"] ?? .null])
        #expect(undone.item["status"] == "open" && undone.item["completed_at"] == .null)
        #expect(undone.item["assignees"]?.elements.count == 2)
        #expect(try search("kestrel valve") == [task["id"]])
        let cleared = try client.call("update_task", ["id": task["id"] ?? .null, "clear": ["assignees", "labels"]])
        #expect(cleared.structured["changed"] == ["assignees"] && cleared.item["assignees"] == [])
    }

    @Test("go only where the workflow leads, and say where that is")
    func transitions() throws {
        let task = try create(["title": "Guided"])
        _ = try bench.value(
            """
            UPDATE workflow_states AS s SET transitions = ARRAY(
                SELECT f.id FROM workflow_states AS f
                WHERE f.workspace_id = s.workspace_id AND f.category IN ('in_progress', 'cancelled'))
            WHERE s.workspace_id = \(workspace.id.uuid)::uuid AND s.category = 'open'
            """)
        let refused = try client.call("update_task", ["id": task["id"] ?? .null, "status": "done"])
        #expect(refused.code == "transition_not_allowed" && refused.message.contains("`New` to `Done`"))
        let hint = refused.structured["error"]?["hint"]?.string ?? ""
        #expect(hint.contains("`In progress`") && hint.contains("`Cancelled`") && !hint.contains("Waiting"))
        let begun = try client.call("update_task", ["id": task["id"] ?? .null, "state": "in PROGRESS"])
        #expect(begun.structured["changed"] == ["status", "state"] && begun.item["status"] == "in_progress")
        let same = try client.call("update_task", ["id": task["id"] ?? .null, "status": "in_progress"])
        #expect(same.structured["changed"] == [])
        #expect(try client.call("update_task", ["id": task["id"] ?? .null, "status": "done"]).item["state"] == "Done")
    }

    @Test(
        "refuse what is wrong, and change nothing",
        arguments: [
            (["state": "Nowhere"], "state"), (["state": "Done", "status": "open"], "state"),
            (["assignees": ["nobody@example.com"]], "assignees"), (["assignees": "me"], "assignees"),
            (["project": "prj_00000000000000000000000000000000"], "project"), (["due_date": "2026-02-30"], "due_date"),
            (["clear": ["status"]], "clear"), (["clear": ["title"]], "clear"), (["progress": 101], "progress"),
            (["priority": "hgih"], "high"), (["number": 7], "number"),
        ] as [(JSONValue, String)]
    )
    func refusals(arguments: JSONValue, word: String) throws {
        let task = try create(["title": "Firm"])
        let reply = try client.call("update_task", arguments.adding("id", task["id"] ?? .null))
        #expect(reply.code == "validation_failed" && reply.message.contains(word), "\(reply.answer.text)")
        let version = try bench.count("SELECT version FROM tasks WHERE public_id('tsk', id) = \(task["id"]?.string)")
        #expect(version == 1)
    }

    @Test("list by project, assignee, status, priority, customer and due date")
    func filters() throws {
        let customer = JSONValue.string(workspace.contacts[1].id)
        let task = try create([
            "title": "Wanted", "project": .string(workspace.rows["prj"] ?? ""), "priority": "urgent",
            "status": "waiting", "customer": customer, "due_date": "2030-05-01",
            "assignees": [.string(workspace.members[1].id)],
        ])
        for arguments: JSONValue in [
            ["assignee": .string(workspace.members[1].email)],
            ["due_date_from": "2030-05-01", "due_date_to": "2030-05-01"],
            ["status": "waiting", "priority": "urgent"],
            ["customer": customer, "status": "waiting", "project": .string(workspace.rows["prj"] ?? "")],
        ] {
            let reply = try client.call("list_tasks", arguments)
            #expect(reply.items.map { $0["id"] } == [task["id"]], "\(arguments) \(reply.answer.text)")
        }
        #expect(try client.call("list_tasks", ["assignee": "nobody@example.com"]).code == "validation_failed")
        #expect(try client.call("list_tasks", ["due_date_from": "2031-01-01"]).items == [])
    }

    @Test("tell how a project stands, by number or key")
    func project() throws {
        let key = JSONValue.string(workspace.rows["prj"] ?? "")
        let before = try client.call("get_project", ["id": key, "include": ["tasks"]]).item
        let number = try #require(before["number"]?.string)
        #expect(number.hasPrefix("PRJ-") && before["members"]?.elements.count == 1)
        for status in ["done", "done", "cancelled"] {
            _ = try create(["title": "Step", "project": key, "status": .string(status)])
        }
        let tasks = try client.call("list_tasks", ["project": key, "limit": 100]).items
        let done = tasks.filter { $0["status"] == "done" }.count
        let counted = tasks.filter { $0["status"] != "cancelled" }.count
        for name in [number, number.lowercased(), String(number.dropFirst(4))] {
            let after = try client.call("get_project", ["id": .string(name)]).item
            #expect(after["id"] == before["id"])
            #expect(after["progress"]?.integer == Int64(100 * done / counted))
        }
        #expect(try client.call("get_project", ["id": "INV-1"]).code == "not_found")
    }

    private func create(_ arguments: JSONValue) throws -> JSONValue {
        let reply = try client.call("create_task", arguments.adding("allow_duplicate", true))
        #expect(!reply.isError, "\(reply.answer.text)")
        return reply.item
    }

    private func search(_ query: String) throws -> [JSONValue?] {
        try client.call("searchWorkspaceTasks", ["query": .string(query)]).items.filter { $0["match"] == "exact" }
            .map { $0["id"] }
    }
}
