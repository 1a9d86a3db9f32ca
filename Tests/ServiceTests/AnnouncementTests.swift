import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("What a call has changed")
struct AnnouncementTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench()
        workspace = try bench.workspace()
    }

    /// What reads otherwise after a comment on a task; the last task has no customer.
    private func changed(by task: Int) -> Set<String> {
        let customer = [0: 0, 1: 1, 2: 0][task].map { "customer://\(workspace.contacts[$0].id)" }
        return Set(["task://\(workspace.tasks[task].number)", "workspace://summary"] + (customer.map { [$0] } ?? []))
    }

    /// A stream at a node on which everything is watched.
    private func watch(_ client: Client) throws -> EventReader {
        let uris = Set((0..<4).flatMap(changed)).sorted().map { JSONValue.string($0) }
        let filter: JSONValue = ["resourceSubscriptions": .array(uris)]
        try client.wire.send(client.request("subscriptions/listen", ["notifications": filter]))
        let stream = try EventReader(client.wire)
        #expect(try stream.next()?["method"] == "notifications/subscriptions/acknowledged")
        return stream
    }

    private func comment(_ client: Client, on task: Int, _ more: JSONValue = [:]) throws -> ToolReply {
        let call: JSONValue = ["taskId": .string(workspace.tasks[task].id), "comment": "Hello."]
        return try client.call("addCustomerComment", more.members.reduce(call) { $0.adding($1.name, $1.value) })
    }

    /// The addresses that the next notifications name.
    private func next(_ count: Int, _ stream: EventReader) throws -> [String] {
        try (0..<count).map { _ in
            let message = try stream.next()
            #expect(message?["method"] == "notifications/resources/updated")
            return message?["params"]?["uri"]?.string ?? ""
        }
    }

    @Test("is told once at every node, and nothing is that was refused, replayed or rolled back")
    func onceAndOnlyWhenCommitted() throws {
        let other = try bench.anotherNode()
        let token = try bench.token(for: workspace)
        let streams = try [bench.service, other].map { try watch($0.client(workspace, token)) }
        let writer = try bench.service.client(workspace, token)
        #expect(try comment(writer, on: 0, ["idempotencyKey": "one"]).structured["saved"] == true)
        for stream in streams { #expect(try Set(next(3, stream)) == changed(by: 0)) }
        // What comes next is of the last of these calls, for the others change nothing.
        #expect(try comment(writer, on: 0, ["idempotencyKey": "one"]).structured["replayed"] == true)
        #expect(try comment(writer, on: 1, ["verification": ["customerName": "Nobody"]]).code == "verification_failed")
        #expect(try comment(writer, on: 1, ["idempotencyKey": "one"]).code == "idempotency_conflict")
        let owner = try bench.database.connect(as: .owner)
        try owner.execute(
            script: """
                CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE EXCEPTION 'no event'; END $$;
                CREATE TRIGGER refuse_events BEFORE INSERT ON audit_events FOR EACH ROW
                WHEN (NEW.entity IS NOT NULL) EXECUTE FUNCTION refuse_event();
                """
        )
        #expect(try comment(writer, on: 1).code == "internal", "It is rolled back with its audit event")
        try owner.execute(script: "DROP TRIGGER refuse_events ON audit_events")
        #expect(try comment(writer, on: 3).structured["saved"] == true)
        for stream in streams { #expect(try Set(next(2, stream)) == changed(by: 3)) }
    }

    @Test("is what a client reads when it has been told")
    func readAfterNotice() throws {
        let client = try bench.client(workspace)
        let stream = try watch(try bench.client(workspace))
        #expect(try comment(client, on: 2).structured["saved"] == true)
        for uri in try next(3, stream) {
            let read = try client.read(uri).content
            switch uri {
            case "workspace://summary": #expect(read["sample"]?[0]?["id"]?.string == workspace.tasks[2].id)
            case let uri where uri.hasPrefix("task://"): #expect(read["item"]?["comments"]?[0]?["body"] == "Hello.")
            default: #expect(read["open_tasks"]?[0]?["id"]?.string == workspace.tasks[2].id)
            }
        }
    }
}
