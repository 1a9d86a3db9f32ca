import Identity
import JSON
import TestSupport
import Testing

/// The page of a row in the web application, beside the row.
@Suite("A link to a row's page")
struct WebLinkTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let node: TestService

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Cedar")
        node = try bench.anotherNode(["web-url": "https://app.example.com/{workspace}/open?kind={entity}#{id}"])
    }

    private func client(
        era: WireEra = .stateless, _ change: (inout CredentialRegistry.Settings) -> Void = { _ in }
    ) throws -> Client {
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            change(&$0)
        }
        return try node.client(workspace, token, era: era)
    }

    private func page(_ entity: String, _ id: String) -> JSONValue {
        ["web": .string("https://app.example.com/\(workspace.id.text)/open?kind=\(entity)#\(id)")]
    }

    @Test("comes with a row that is read, however it is named and whatever is shown of it", arguments: WireEra.both)
    func read(era: WireEra) throws {
        let client = try client(era: era)
        let (contact, task) = (workspace.contacts[0].id, workspace.tasks[0])
        let project = try #require(try client.call("list_projects").items.first)
        let named: [(String, JSONValue, JSONValue)] = [
            ("get_contact", ["id": .string(contact)], page("contact", contact)),
            ("get_contact", ["id": .string(contact), "fields": ["city"]], page("contact", contact)),
            ("get_contact", ["id": .string(contact), "include": ["tasks"]], page("contact", contact)),
            ("getTaskDetails", ["taskId": .string(task.id)], page("task", task.id)),
            ("getTaskDetails", ["taskNumber": .integer(task.number)], page("task", task.id)),
            (
                "getTaskDetails", ["taskNumber": .integer(task.number), "include": ["comments", "history"]],
                page("task", task.id)
            ),
            (
                "get_project", ["id": project["number"] ?? .null, "fields": ["title"]],
                page("project", project["id"]?.string ?? "")
            ),
            (
                "call_read_tool", ["name": "get_contact", "arguments": ["id": .string(contact)]],
                page("contact", contact)
            ),
        ]
        for (tool, arguments, links) in named {
            let reply = try client.call(tool, arguments)
            #expect(reply.structured["links"] == links, "\(tool) \(RawJSON(arguments)): \(reply.answer.text)")
            #expect(reply.structured["item"]?["links"] == nil)
            let untrusted = reply.structured["untrusted_fields"]?.elements.compactMap(\.string) ?? []
            #expect(!untrusted.contains { $0.hasPrefix("links") })
        }
        let nobody: JSONValue = ["id": .string("con_" + String(repeating: "0", count: 32))]
        #expect(try client.call("get_contact", nobody).structured["links"] == nil)
        #expect(try client.call("list_contacts").structured["links"] == nil)
    }

    @Test("comes with a row that is there after a write, and with no other")
    func written() throws {
        let client = try client()
        let fields: JSONValue = ["last_name": "Link https://evil.example/{id}"]
        let tried = try client.call("create_contact", ["last_name": "Tried", "dry_run": true])
        #expect(tried.structured["dry_run"] == true && tried.structured["links"] == nil)
        let made = try client.call("create_contact", fields)
        let id = try #require(made.item["id"]?.string)
        #expect(made.structured["links"] == page("contact", id))
        let named: JSONValue = ["id": .string(id), "city": "Ely"]
        let dry = try client.call("update_contact", ["id": .string(id), "city": "Rye", "dry_run": true])
        #expect(dry.structured["links"] == page("contact", id))
        let changed = try client.call("call_write_tool", ["name": "update_contact", "arguments": named])
        #expect(changed.structured["links"] == page("contact", id), "\(changed.answer.text)")
        let same = try client.call("update_contact", named)
        #expect(same.structured["changed"] == [] && same.structured["links"] == page("contact", id))
        let undo = changed.structured["undo_token"] ?? .null
        #expect(try client.call("undo_action", ["undo_token": undo]).isError == false)
        let kept = try client.call("update_contact", ["id": .string(id), "city": "Hull", "idempotency_key": "one"])
        let again = try client.call("update_contact", ["id": .string(id), "city": "Hull", "idempotency_key": "one"])
        #expect(again.structured["replayed"] == true && again.structured["links"] == kept.structured["links"])
        let deleted = try client.call("delete_contact", ["id": .string(id)])
        #expect(deleted.structured["changed"] == ["deleted_at"] && deleted.structured["links"] == nil)
    }

    @Test("comes with a write that was confirmed, and not with its preview")
    func confirmed() throws {
        let client = try client { $0.confirmation = .allWrites }
        let shown = try client.call("update_contact", ["id": .string(workspace.contacts[0].id), "city": "Ely"])
        #expect(shown.structured["status"] == "pending_confirmation" && shown.structured["links"] == nil)
        let done = try client.call("confirm_action", ["confirmToken": shown.structured["confirmToken"] ?? .null])
        #expect(done.structured["links"] == page("contact", workspace.contacts[0].id), "\(done.answer.text)")
    }

    @Test("is not there where nobody says how pages are addressed")
    func unset() throws {
        let client = try bench.client(workspace, profile: .all)
        let task = try client.call("getTaskDetails", ["taskId": .string(workspace.tasks[0].id)])
        #expect(!task.isError && task.structured["links"] == nil)
        let made = try client.call("create_contact", ["last_name": "Plain"])
        #expect(!made.isError && made.structured["links"] == nil)
    }
}
