import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@Suite("A write that waits for a confirmation")
struct ConfirmationTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Rowan")
        client = try Self.client(bench, workspace)
    }

    private static func client(
        _ bench: Bench, _ workspace: TestWorkspace, confirm: ConfirmationMode = .risky, era: WireEra = .stateless
    ) throws -> Client {
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            $0.confirmation = confirm
        }
        return try bench.service.client(workspace, token, era: era)
    }

    /// A contact that nobody else touches.
    private func contact(_ name: String = "Quill") throws -> JSONValue {
        try client.call("create_contact", ["first_name": "Ana", "last_name": .string(name)]).item["id"] ?? .null
    }

    private func token(_ reply: ToolReply) -> JSONValue {
        #expect(reply.structured["status"] == "pending_confirmation", "\(reply.answer.text)")
        return reply.structured["confirmToken"] ?? .null
    }

    private func isThere(_ contact: JSONValue) throws -> Bool {
        try !client.call("get_contact", ["id": contact]).isError
    }

    // MARK: Shown, then done

    @Test("changes nothing, tells what it would do, and is done once with its token", arguments: WireEra.both)
    func once(era: WireEra) throws {
        let client = try Self.client(bench, workspace, era: era)
        let contact = try contact()
        let shown = try client.call("delete_contact", ["id": contact])
        #expect(!shown.isError)
        #expect(shown.structured["summary"] == "Delete contact “Ana Quill”.")
        #expect(shown.structured["preview"]?["count"] == 1)
        #expect(shown.structured["preview"]?["rows"]?[0]?["id"] == contact)
        #expect(shown.structured["preview"]?["linked"] == ["tasks": 0])
        #expect(shown.structured["reversible"] == true && shown.structured["warnings"] == [])
        #expect(shown.structured["expires_at"]?.string?.hasSuffix("Z") == true)
        #expect(try isThere(contact))
        let done = try client.call("confirm_action", ["confirmToken": token(shown)])
        #expect(done.structured["changed"] == ["deleted_at"], "\(done.answer.text)")
        #expect(try !isThere(contact))
        let again = try client.call("confirm_action", ["confirm_token": token(shown)])
        #expect(again.isError && again.code == "confirm_used")
        _ = try client.call("undo_action", ["undo_token": done.structured["undo_token"] ?? .null])
        #expect(try isThere(contact))
        let events = try bench.database.connect(as: .superuser).query(
            """
            SELECT outcome, tool FROM audit_events WHERE workspace_id = \(workspace.id.uuid)::uuid
                AND outcome IN ('pending', 'confirmed', 'undone') ORDER BY id
            """)
        let told = (0..<events.rowCount).map { "\(events.string($0, 0) ?? "") \(events.string($0, 1) ?? "")" }
        #expect(told == ["pending delete_contact", "confirmed delete_contact", "undone undo_action"])
    }

    @Test(
        "is every write, the risky ones, or none, as the stricter of credential and workspace says",
        arguments: [
            (ConfirmationMode.none, ConfirmationMode.none, false, false), (.risky, .none, false, true),
            (.none, .risky, false, true), (.allWrites, .none, true, true), (.risky, .allWrites, true, true),
        ])
    func modes(own: ConfirmationMode, least: ConfirmationMode, update: Bool, delete: Bool) throws {
        let workspace = try bench.workspace("Rowan") { $0.confirmation = least }
        try bench.update(workspace) { $0.confirmation = least }
        let client = try Self.client(bench, workspace, confirm: own)
        let id = JSONValue.string(workspace.contacts[0].id)
        let updated = try client.call("update_contact", ["id": id, "job_title": "Miller"])
        #expect((updated.structured["status"] == "pending_confirmation") == update, "\(updated.answer.text)")
        if update {
            #expect(updated.structured["preview"]?["changes"]?["job_title"]?["to"] == "Miller")
            #expect(updated.structured["summary"]?.string?.hasPrefix("Update contact ") == true)
        }
        let deleted = try client.call("delete_contact", ["id": id])
        #expect((deleted.structured["status"] == "pending_confirmation") == delete)
    }

    @Test("is not asked for where nothing would change, for a dry run, and for a call that is wrong")
    func nothing() throws {
        let client = try Self.client(bench, workspace, confirm: .allWrites)
        let contact = try contact()
        #expect(try client.call("update_contact", ["id": contact, "last_name": "Quill"]).structured["changed"] == [])
        let dry = try client.call("delete_contact", ["id": contact, "dry_run": true])
        #expect(dry.structured["dry_run"] == true && dry.structured["confirmToken"] == nil)
        #expect(try client.call("delete_contact", ["id": "con_00000000000000000000000000000000"]).code == "not_found")
        #expect(try client.call("update_contact", ["id": contact, "owner": "x@y.z"]).code == "validation_failed")
        #expect(try client.call("list_pending_actions").items.isEmpty)
    }

    @Test("with an idempotency key is answered as before once it was done")
    func replay() throws {
        let client = try Self.client(bench, workspace, confirm: .allWrites)
        let arguments: JSONValue = ["last_name": "Once", "idempotency_key": "k"]
        let done = try client.call("confirm_action", ["confirmToken": token(client.call("create_contact", arguments))])
        let again = try client.call("create_contact", arguments)
        #expect(again.structured["replayed"] == true && again.item["id"] == done.item["id"])
    }

    // MARK: Not done

    @Test("is told apart when it is unknown, expired, cancelled and used, and changes nothing")
    func refusals() throws {
        let contact = try contact()
        for wrong: JSONValue in ["cnf_00000000000000000000000000000000", "x"] {
            #expect(try client.call("confirm_action", ["confirmToken": wrong]).code == "confirm_unknown")
        }
        #expect(try client.call("confirm_action").code == "validation_failed")
        let late = try client.call("delete_contact", ["id": contact])
        _ = try bench.value(
            """
            UPDATE pending_actions SET expires_at = clock_timestamp()
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND public_id('pnd', id) = \(late.structured["pending_id"]?.string)
            """)
        #expect(try client.call("confirm_action", ["confirmToken": token(late)]).code == "confirm_expired")
        let dropped = try client.call("delete_contact", ["id": contact])
        let cancelled = try client.call("cancel_action", ["pending_id": dropped.structured["pending_id"] ?? .null])
        #expect(cancelled.structured["status"] == "cancelled")
        #expect(try client.call("confirm_action", ["confirmToken": token(dropped)]).code == "confirm_cancelled")
        #expect(try client.call("cancel_action", ["confirmToken": token(dropped)]).code == "confirm_cancelled")
        #expect(try isThere(contact))
    }

    @Test("is stale when the row was changed meanwhile, and shows what it would do now")
    func stale() throws {
        let contact = try contact()
        let shown = try client.call("delete_contact", ["id": contact])
        _ = try client.call("update_contact", ["id": contact, "last_name": "Quillfeather"])
        let refused = try client.call("confirm_action", ["confirmToken": token(shown)])
        #expect(refused.code == "confirm_stale")
        #expect(try isThere(contact))
        let error = refused.structured["error"] ?? .null
        #expect(error["summary"] == "Delete contact “Ana Quillfeather”.")
        #expect(try client.call("confirm_action", ["confirmToken": token(shown)]).code == "confirm_stale")
        let done = try client.call("confirm_action", ["confirmToken": error["confirmToken"] ?? .null])
        #expect(done.structured["changed"] == ["deleted_at"])
    }

    @Test("is stale when the row is gone")
    func gone() throws {
        let contact = try contact()
        let (first, second) = (
            try client.call("delete_contact", ["id": contact]), try client.call("delete_contact", ["id": contact])
        )
        _ = try client.call("confirm_action", ["confirmToken": token(first)])
        #expect(try client.call("confirm_action", ["confirmToken": token(second)]).code == "confirm_stale")
    }

    @Test("is unknown to every other credential, of the workspace and of another")
    func strangers() throws {
        let contact = try contact()
        let shown = try client.call("delete_contact", ["id": contact])
        let other = try bench.workspace("Sorrel")
        for stranger in [try Self.client(bench, workspace), try Self.client(bench, other)] {
            for (tool, arguments) in [
                ("confirm_action", ["confirmToken": token(shown)]), ("cancel_action", ["confirmToken": token(shown)]),
                ("get_pending_action", ["pending_id": shown.structured["pending_id"] ?? .null]),
                ("cancel_action", ["pending_id": shown.structured["pending_id"] ?? .null]),
            ] as [(String, JSONValue)] {
                #expect(try stranger.call(tool, arguments).code == "confirm_unknown", "\(tool)")
            }
            #expect(try stranger.call("list_pending_actions").items.isEmpty)
        }
        #expect(try isThere(contact))
    }

    @Test("is refused when the credential may not make the call any more")
    func permissions() throws {
        let workspace = try bench.workspace("Rowan")
        let text = try bench.token(for: workspace) {
            $0.name = "narrowed"
            $0.profile = .all
            $0.confirmation = .risky
        }
        let client = try bench.service.client(workspace, text)
        let shown = try client.call("delete_contact", ["id": .string(workspace.contacts[0].id)])
        _ = try bench.registry(of: workspace) { registry in
            var settings = CredentialRegistry.Settings()
            settings.permissions = ["read_contacts"]
            return try registry.update("narrowed", settings)
        }
        #expect(try client.call("confirm_action", ["confirmToken": token(shown)]).code == "permission_denied")
        #expect(try !client.call("get_contact", ["id": .string(workspace.contacts[0].id)]).isError)
    }

    @Test("is done once when a hundred confirmations come at once on two nodes")
    func concurrent() throws {
        let other = try bench.anotherNode()
        let contact = try contact()
        let shown = token(try client.call("delete_contact", ["id": contact]))
        let clients = try (0..<100).map { try ($0 % 2 == 0 ? bench.service : other).client(workspace, client.token) }
        for client in clients {
            try client.wire.send(
                client.request("tools/call", ["name": "confirm_action", "arguments": ["confirmToken": shown]]))
        }
        let replies = try clients.map { ToolReply(try $0.wire.answer()) }
        #expect(replies.filter { $0.structured["changed"] == ["deleted_at"] }.count == 1)
        #expect(replies.filter { $0.code == "confirm_used" }.count == 99)
        let version = try bench.value("SELECT version FROM contacts WHERE public_id('con', id) = \(contact.string)")
        #expect(version == "2")
    }

    // MARK: What waits

    @Test("is listed and shown again without its token")
    func listing() throws {
        let client = try Self.client(bench, workspace)
        let contact = try contact()
        let shown = try client.call("delete_contact", ["id": contact])
        let items = try client.call("list_pending_actions").items
        #expect(items.count == 1 && items[0]["pending_id"] == shown.structured["pending_id"])
        let again = try client.call("get_pending_action", ["pending_id": items[0]["pending_id"] ?? .null])
        #expect(again.item["preview"] == shown.structured["preview"] && again.item["status"] == "pending")
        let secret = try #require(token(shown).string)
        #expect(!again.answer.text.contains(secret))
        let kept = try bench.value(
            "SELECT row_to_json(p)::text FROM pending_actions AS p WHERE p.workspace_id = \(workspace.id.uuid)::uuid")
        #expect(kept?.contains(secret.dropFirst(4)) == false && kept?.contains("con_") == true)
    }

    // MARK: Asking the person

    private static let forms: JSONValue = ["elicitation": [:]]

    @Test(
        "is put before the person where the client can ask, and follows the answer",
        arguments: [("accept", true), ("decline", false), ("cancel", false)])
    func asking(action: String, isDone: Bool) throws {
        let client = try Self.client(bench, workspace)
        client.capabilities = Self.forms
        let contact = try contact()
        let params: JSONValue = ["name": "delete_contact", "arguments": ["id": contact]]
        let asked = ToolReply(try client.ask("tools/call", params))
        #expect(asked.result["resultType"] == "input_required", "\(asked.answer.text)")
        let requests = asked.result["inputRequests"]?.members ?? []
        let message = requests.first?.value["params"]?["message"]?.string ?? ""
        #expect(message.contains("Delete contact “Ana Quill”."))
        #expect(try isThere(contact))
        let key = try #require(requests.first?.name)
        var answer: JSONValue = ["action": .string(action)]
        if action == "accept" { answer = answer.adding("content", [:]) }
        let answered = params.adding("inputResponses", .object([JSONMember(key, answer)]))
            .adding("requestState", asked.result["requestState"] ?? .null)
        let reply = ToolReply(try client.ask("tools/call", answered))
        #expect(!reply.isError, "\(reply.answer.text)")
        #expect((reply.structured["changed"] == ["deleted_at"]) == isDone)
        #expect((reply.structured["status"] == "cancelled") == !isDone)
        #expect(try isThere(contact) == !isDone)
        #expect(try client.call("list_pending_actions").items.isEmpty)
        guard isDone else { return }
        let how = try bench.value(
            """
            SELECT answered_by FROM pending_actions
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND status = 'executed' ORDER BY id DESC LIMIT 1
            """)
        #expect(how == "client")
    }

    @Test("is put before the person on the stream of a session")
    func session() throws {
        let client = try Self.client(bench, workspace, era: .handshake("2025-11-25"))
        client.capabilities = Self.forms
        let contact = try contact()
        try client.open()
        try client.wire.send(
            client.request("tools/call", ["name": "delete_contact", "arguments": ["id": contact]], id: "call"))
        let stream = try EventReader(client.wire)
        let question = try stream.next()
        #expect(question?["method"] == "elicitation/create")
        #expect(try isThere(contact))
        let poster = try bench.service.client(workspace, client.token, era: client.era)
        poster.resume(client.session)
        var request = poster.request("tools/call")
        request.body =
            RawJSON([
                "jsonrpc": "2.0", "id": question?["id"] ?? .null, "result": ["action": "accept", "content": [:]],
            ]).bytes
        #expect(try poster.wire.exchange(request).status == 202)
        let result = try stream.next()?["result"]
        #expect(result?["structuredContent"]?["changed"] == ["deleted_at"], "\(result?.text ?? "")")
        #expect(try !isThere(contact))
    }

    @Test("is not confirmed by an answer whose question names another call")
    func forged() throws {
        let client = try Self.client(bench, workspace)
        let (mine, victim) = (try contact(), try contact("Victim"))
        let waiting = try client.call("delete_contact", ["id": victim])
        client.capabilities = Self.forms
        let params: JSONValue = ["name": "delete_contact", "arguments": ["id": mine]]
        let asked = ToolReply(try client.ask("tools/call", params))
        let key = "confirm-" + (waiting.structured["pending_id"]?.string?.dropFirst(4) ?? "")
        let answer: JSONValue = ["action": "accept", "content": [:]]
        let answered = params.adding("inputResponses", .object([JSONMember(key, answer)]))
            .adding("requestState", asked.result["requestState"] ?? .null)
        _ = try client.ask("tools/call", answered)
        client.capabilities = [:]
        #expect(try isThere(victim) && isThere(mine))
    }

    // MARK: Lists

    @Test("has an output schema that a preview fits")
    func schemas() throws {
        let client = try Self.client(bench, workspace, confirm: .allWrites)
        let tools = try client.ask("tools/list").json["result"]?["tools"]?.elements ?? []
        let shown = try client.call("update_contact", ["id": .string(workspace.contacts[0].id), "job_title": "Miller"])
        for tool in tools
        where Catalog.registry[tool["name"]?.string ?? ""]?.waits(under: .allWrites) == true {
            let schema = tool["outputSchema"] ?? .null
            #expect(try SchemaCheck.problems(shown.structured, schema) == [], "\(tool["name"]?.string ?? "")")
        }
    }
}
