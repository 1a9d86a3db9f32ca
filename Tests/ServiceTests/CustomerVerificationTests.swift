import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("addCustomerComment")
struct CustomerVerificationTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let task: TestWorkspace.Task
    private let right: [String: JSONValue]

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
        task = workspace.tasks[0]
        right = [
            "taskNumber": .integer(task.number), "customerName": "Elizabeth Alderson",
            "phone": .string(workspace.contacts[0].phone),
        ]
    }

    /// A client with a token of its own, for failures are counted by token.
    private func client(factors: Int = 0) throws -> Client {
        try bench.service.client(workspace, try bench.token(for: workspace) { $0.factors = factors })
    }

    private func arguments(_ facts: [String: JSONValue], _ comment: String = "Hello.") -> JSONValue {
        [
            "taskId": .string(task.id), "comment": .string(comment), "verification": facts.object,
            "allow_duplicate": true,
        ]
    }

    private func comments() throws -> Int {
        try bench.count("SELECT count(*) FROM comments WHERE workspace_id = \(workspace.id.uuid)::uuid")
    }

    // MARK: Factors

    @Test("needs as many facts as the stricter of workspace and token says", arguments: 0...3, 0...3)
    func factors(workspaceFactors: Int, tokenFactors: Int) throws {
        try bench.update(workspace) { $0.factors = workspaceFactors }
        let client = try client(factors: tokenFactors)
        let required = max(workspaceFactors, tokenFactors)
        let description =
            try client.ask("tools/list").json["result"]?["tools"]?.elements.last?["description"]?.string ?? ""
        #expect(description.contains(["No verification", "At least 1", "At least 2", "All three"][required]))
        let names = ["taskNumber", "customerName", "phone"]
        for mask in 0..<8 {
            let given = names.indices.filter { mask & (1 << $0) != 0 }.map { names[$0] }
            let reply = try client.call("addCustomerComment", arguments(right.filter { given.contains($0.key) }))
            #expect(reply.isError == (given.count < required), "\(given)")
            if reply.isError {
                #expect(reply.code == "validation_failed")
                #expect(reply.structured["error"]?["field"] == "verification")
                #expect(reply.message.contains("\(given.count) of the \(required) facts"))
            }
        }
    }

    private static let factsThatHold: [[String: JSONValue]] = [
        ["customerName": "elizabeth"], ["customerName": "ALDERSON, Elizabeth"], ["customerName": "Élizabeth"],
        ["customerName": " Alderson "],
    ]

    @Test("takes a name and a phone number however they are written")
    func spellings() throws {
        let client = try client()
        let phone = workspace.contacts[0].phone
        let digits = phone.filter(\.isNumber)
        let phones = [
            phone, String(digits.suffix(10)), String(digits.suffix(7)), "00" + digits, "tel: " + digits.suffix(10),
        ]
        for facts in Self.factsThatHold + phones.map({ ["phone": .string($0)] }) {
            #expect(try !client.call("addCustomerComment", arguments(facts)).isError, "\(facts)")
        }
    }

    // MARK: Refusals

    @Test("refuses every wrong fact with the same bytes, whether or not there is such a task", arguments: WireEra.both)
    func oneAnswer(era: WireEra) throws {
        let missing = String(task.id.dropLast(8)) + "00000000"
        let phone = workspace.contacts[0].phone.filter(\.isNumber)
        var wrong: [(String, JSONValue)] = [
            ("the name", arguments(["customerName": "Somebody"])),
            ("a part of the name", arguments(["customerName": "Eliz"])),
            ("one letter", arguments(["customerName": "E"])),
            ("a word too much", arguments(["customerName": "Elizabeth Maria Alderson"])),
            ("the phone", arguments(["phone": "+1 (703) 555-0000"])),
            ("six digits of the phone", arguments(["phone": .string(String(phone.suffix(6)))])),
            ("the other customer's phone", arguments(["phone": .string(workspace.contacts[1].phone)])),
            ("the number", arguments(["taskNumber": 7])),
            ("another task's number", arguments(["taskNumber": .integer(workspace.tasks[1].number)])),
            ("one of three", arguments(right.merging(["customerName": "Somebody"]) { $1 })),
            ("two of three", arguments(right.merging(["customerName": "Somebody", "phone": "7035550000"]) { $1 })),
            ("the task", arguments(right).adding("taskId", .string(missing))),
            ("the task of a wrong name", arguments(["customerName": "Somebody"]).adding("taskId", .string(missing))),
            (
                "a task without a customer",
                arguments(["customerName": "Elizabeth"]).adding("taskId", .string(workspace.tasks[3].id))
            ),
        ]
        wrong += [JSONValue.integer(6), .integer(workspace.tasks[3].number)].map { number in
            var call = arguments(["customerName": "Elizabeth"]).adding("taskNumber", number)
            call = .object(call.members.filter { $0.name != "taskId" })
            return ("the number as reference", call)
        }
        let before = try comments()
        var answers: [String: String] = [:]
        for (title, arguments) in wrong {
            let client = try bench.client(workspace, era: era)
            let reply = try client.call("addCustomerComment", arguments)
            #expect(reply.code == "verification_failed", "\(title): \(reply.answer.text)")
            answers[title] = reply.answer.comparable.replacing(/\\"request_id\\":\\"[^"]*\\"/, with: "")
        }
        #expect(Set(answers.values).count == 1, "\(answers)")
        #expect(try comments() == before)
    }

    @Test("closes for a task after five failures, with an audit event, whether or not there is such a task")
    func lockoutOfTask() throws {
        let missing = String(task.id.dropLast(8)) + "00000000"
        var ends: [String] = []
        for id in [task.id, missing] {
            let client = try client()
            let call = arguments(["customerName": "Somebody"]).adding("taskId", .string(id))
            for _ in 0..<5 { #expect(try client.call("addCustomerComment", call).code == "verification_failed") }
            let right = arguments(right).adding("taskId", .string(id))
            let closed = try client.call("addCustomerComment", right)
            #expect(closed.code == "rate_limited")
            let seconds = closed.structured["error"]?["retry_after_seconds"]?.integer ?? 0
            #expect((3_500...3_600).contains(seconds))
            ends.append(closed.message)
            // The pair is closed: another token may, and the same token may for another task.
            #expect(try self.client().call("addCustomerComment", arguments(self.right)).isError == false)
            let other: JSONValue = [
                "taskId": .string(workspace.tasks[1].id), "comment": "Hello.",
                "verification": ["customerName": "Raymond"],
            ]
            #expect(try client.call("addCustomerComment", other).isError == false)
        }
        #expect(Set(ends).count == 1)
        let alerts = try bench.count(
            """
            SELECT count(*) FROM audit_events
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND action = 'customer_verification.locked' AND outcome = 'denied'
            """
        )
        #expect(alerts == 2)
        let denials = try bench.count(
            """
            SELECT count(*) FROM audit_events WHERE workspace_id = \(workspace.id.uuid)::uuid
                AND action = 'tools/call' AND outcome = 'denied' AND error_code = 'verification_failed'
            """
        )
        #expect(denials == 10)
    }

    @Test("closes for a token after twenty failures at different tasks")
    func lockoutOfCredential() throws {
        let client = try client()
        for number in 1...20 as ClosedRange<Int64> {
            let call: JSONValue = [
                "taskNumber": .integer(number), "comment": "x", "verification": ["customerName": "Somebody"],
            ]
            #expect(try client.call("addCustomerComment", call).code == "verification_failed", "\(number)")
        }
        #expect(try client.call("addCustomerComment", arguments(right)).code == "rate_limited")
        #expect(try self.client().call("addCustomerComment", arguments(right)).isError == false)
        #expect(try client.call("workspaceSummary").isError == false, "Only the check is closed")
    }

    @Test("counts failures that come at the same time one by one")
    func concurrentFailures() throws {
        let token = try bench.token(for: workspace)
        let clients = try (0..<12).map { _ in try bench.service.client(workspace, token) }
        let call: JSONValue = ["name": "addCustomerComment", "arguments": arguments(["customerName": "Somebody"])]
        for client in clients { try client.wire.send(client.request("tools/call", call)) }
        let codes = try clients.map { ToolReply(try $0.wire.answer()).code ?? "" }
        #expect(codes.filter { $0 == "verification_failed" }.count == 5)
        #expect(codes.filter { $0 == "rate_limited" }.count == 7)
    }

    @Test("closes for a token whose failures at different tasks come at the same time")
    func concurrentFailuresOfCredential() throws {
        let other = try bench.anotherNode()
        let token = try bench.token(for: workspace)
        let clients = try (0..<32).map { try ($0 % 2 == 0 ? bench.service : other).client(workspace, token) }
        for (number, client) in zip(Int64(1)...32, clients) {
            let arguments: JSONValue = [
                "taskNumber": .integer(number), "comment": "x", "verification": ["customerName": "Somebody"],
            ]
            try client.wire.send(client.request("tools/call", ["name": "addCustomerComment", "arguments": arguments]))
        }
        let codes = try clients.map { ToolReply(try $0.wire.answer()).code ?? "" }
        #expect(codes.filter { $0 == "verification_failed" }.count == 20)
        #expect(Set(codes) == ["verification_failed", "rate_limited"])
        #expect(try clients[0].call("addCustomerComment", arguments(right)).code == "rate_limited")
    }

    @Test("opens again when the hour is over")
    func reopening() throws {
        let client = try client()
        for _ in 0..<5 { _ = try client.call("addCustomerComment", arguments(["customerName": "Somebody"])) }
        #expect(try client.call("addCustomerComment", arguments(right)).code == "rate_limited")
        _ = try bench.value(
            """
            WITH failures AS (
                UPDATE verification_failures SET at = at - interval '61 minutes'
                WHERE workspace_id = \(workspace.id.uuid)::uuid
            )
            UPDATE verification_lockouts SET until = until - interval '61 minutes'
            WHERE workspace_id = \(workspace.id.uuid)::uuid
            """
        )
        #expect(try client.call("addCustomerComment", arguments(right)).isError == false)
        #expect(
            try client.call("addCustomerComment", arguments(["customerName": "Somebody"])).code == "verification_failed"
        )
    }

    // MARK: What is stored

    @Test("stores clean text, public, as the customer's and untrusted, and tells nothing of the customer")
    func stored() throws {
        let client = try client()
        let text = "Hi \u{202E}there\u{200B}\u{7}\r\nline two\u{E0041}\ttab \u{1F468}\u{200D}\u{1F527}"
        let reply = try client.call("addCustomerComment", ["taskId": .string(task.id), "comment": .string(text)])
        #expect(reply.item["visibility"] == "public")
        #expect(reply.item["author_kind"] == "customer")
        #expect(reply.item["trusted"] == false)
        #expect(reply.structured["changed"] == ["comments"])
        #expect(reply.structured["audit_id"]?.string?.hasPrefix("aud_") == true)
        #expect(reply.structured["replayed"] == nil)
        for secret in ["Elizabeth", "Alderson", workspace.contacts[0].email, workspace.contacts[0].phone] {
            #expect(!reply.answer.text.contains(secret))
        }
        let listed = try client.call("listTaskComments", ["taskId": .string(task.id), "limit": 1])
        #expect(listed.items[0]["body"] == "Hi there\nline two\ttab \u{1F468}\u{200D}\u{1F527}")
        #expect(listed.items[0]["id"] == reply.item["id"])
        #expect(listed.items[0]["trusted"] == false)
        #expect(listed.structured["untrusted_fields"] == ["items[].body", "items[].author"])
        let newest = try client.call("listWorkspaceTasks", ["limit": 1]).items[0]["id"]
        #expect(newest?.string == task.id, "The task was touched")
        let history = try client.call("getTaskDetails", ["taskId": .string(task.id), "include": ["history"]]).item[
            "history"]
        #expect(history?.elements.count == 1)
    }

    // MARK: Twice by oversight

    private func again(_ facts: [String: JSONValue] = [:], _ comment: String = "Twice.") -> JSONValue {
        ["taskId": .string(task.id), "comment": .string(comment), "verification": facts.object]
    }

    private func isDuplicate(_ reply: ToolReply, of first: ToolReply) -> Bool {
        reply.code == "possible_duplicate"
            && reply.structured["error"]?["possible_duplicate_of"] == first.item["id"]
            && reply.structured["error"]?["hint"]?.string?.contains("allow_duplicate: true") == true
    }

    @Test("without a key is not stored again within a minute, unless that is meant", arguments: WireEra.both)
    func duplicate(era: WireEra) throws {
        let token = try bench.token(for: workspace)
        let client = try bench.service.client(workspace, token, era: era)
        let before = try comments()
        let first = try client.call("addCustomerComment", again(right))
        #expect(first.structured["saved"] == true, "\(first.answer.text)")
        let touched = try client.call("getTaskDetails", ["taskId": .string(task.id)]).item["updated_at"]
        let number: JSONValue = ["taskNumber": .integer(task.number), "comment": "Twice.", "allow_duplicate": false]
        for call in [again(right), again(["customerName": "elizabeth"]), again(), again([:], "Twi\u{200B}ce."), number]
        {
            let reply = try client.call("addCustomerComment", call)
            #expect(isDuplicate(reply, of: first), "\(reply.answer.text)")
        }
        #expect(try client.call("getTaskDetails", ["taskId": .string(task.id)]).item["updated_at"] == touched)
        #expect(try comments() == before + 1)
        let others: [JSONValue] = [
            again().adding("allow_duplicate", true), again().adding("idempotencyKey", "meant"), again([:], "Other."),
            ["taskId": .string(workspace.tasks[1].id), "comment": "Twice."],
        ]
        for call in others { #expect(try client.call("addCustomerComment", call).structured["saved"] == true) }
        #expect(try self.client().call("addCustomerComment", again()).structured["saved"] == true, "Another token")
        let elsewhere = try bench.workspace()
        let stranger = try bench.client(elsewhere)
        let call: JSONValue = ["taskId": .string(elsewhere.tasks[0].id), "comment": "Twice."]
        #expect(try stranger.call("addCustomerComment", call).structured["saved"] == true)
        #expect(try comments() == before + 1 + others.count + 1)
    }

    @Test("answers a wrong fact as ever, whatever was stored before")
    func wrongAfterRight() throws {
        let client = try client()
        let early = try client.call("addCustomerComment", again(["customerName": "Somebody"]))
        #expect(try client.call("addCustomerComment", again(right)).structured["saved"] == true)
        let late = try client.call("addCustomerComment", again(["customerName": "Somebody"]))
        #expect(late.code == "verification_failed" && late.message == early.message)
        #expect(late.structured["error"]?["possible_duplicate_of"] == nil)
    }

    @Test(
        "may be stored again when the first is older than a minute or was taken away",
        arguments: ["created_at = created_at - interval '61 seconds'", "deleted_at = now()"])
    func afterwards(change: String) throws {
        let client = try client()
        let first = try client.call("addCustomerComment", again())
        #expect(isDuplicate(try client.call("addCustomerComment", again()), of: first))
        _ = try bench.value(
            """
            UPDATE comments SET \(verbatim: change) WHERE workspace_id = \(workspace.id.uuid)::uuid AND body = 'Twice.'
            """)
        let second = try client.call("addCustomerComment", again())
        #expect(second.structured["saved"] == true && second.item["id"] != first.item["id"])
    }

    @Test("without a key sent twenty times at once on two nodes is stored once")
    func concurrentDuplicates() throws {
        let other = try bench.anotherNode()
        let token = try bench.token(for: workspace)
        let before = try comments()
        let clients = try (0..<20).map { try ($0 % 2 == 0 ? bench.service : other).client(workspace, token) }
        let call: JSONValue = ["name": "addCustomerComment", "arguments": again(right)]
        for client in clients { try client.wire.send(client.request("tools/call", call)) }
        let replies = try clients.map { ToolReply(try $0.wire.answer()) }
        let saved = replies.filter { $0.structured["saved"] == true }
        #expect(saved.count == 1 && replies.filter { isDuplicate($0, of: saved[0]) }.count == 19)
        #expect(try comments() == before + 1)
    }

    // MARK: Idempotency

    @Test("with a key is stored once, and answers again what it answered", arguments: WireEra.both)
    func replay(era: WireEra) throws {
        let token = try bench.token(for: workspace)
        let client = try bench.service.client(workspace, token, era: era)
        let call = arguments([:]).adding("idempotencyKey", "once")
        let first = try client.call("addCustomerComment", call)
        let again = try client.call("addCustomerComment", call)
        #expect(again.structured["replayed"] == true)
        #expect(again.item == first.item)
        let reordered: JSONValue = .object(call.members.reversed())
        #expect(try client.call("addCustomerComment", reordered).structured["replayed"] == true)
        let conflict = try client.call("addCustomerComment", call.adding("comment", "Another."))
        #expect(conflict.code == "idempotency_conflict")
        let other = try bench.client(workspace).call("addCustomerComment", call)
        #expect(other.structured["replayed"] == nil, "A key belongs to its token")
        #expect(try comments() == 4)
    }

    @Test("that was refused may be tried again with its key")
    func keyAfterRefusal() throws {
        let client = try client()
        let wrong = arguments(["customerName": "Somebody"]).adding("idempotencyKey", "again")
        #expect(try client.call("addCustomerComment", wrong).code == "verification_failed")
        let right = arguments(["customerName": "Elizabeth"]).adding("idempotencyKey", "again")
        #expect(try !client.call("addCustomerComment", right).isError)
        #expect(try client.call("addCustomerComment", wrong).code == "verification_failed", "A replay is checked too")
    }

    @Test("with one key sent twenty times at once on two nodes is stored once")
    func concurrentKeys() throws {
        let other = try bench.anotherNode()
        let token = try bench.token(for: workspace)
        let before = try comments()
        let clients = try (0..<20).map { try ($0 % 2 == 0 ? bench.service : other).client(workspace, token) }
        let call: JSONValue = [
            "name": "addCustomerComment", "arguments": arguments([:]).adding("idempotencyKey", "many"),
        ]
        for client in clients { try client.wire.send(client.request("tools/call", call)) }
        let replies = try clients.map { ToolReply(try $0.wire.answer()) }
        #expect(replies.allSatisfy { !$0.isError })
        #expect(replies.filter { $0.structured["replayed"] == nil }.count == 1)
        #expect(Set(replies.compactMap { $0.item["id"]?.string }).count == 1)
        #expect(try comments() == before + 1)
    }

    @Test("with a key is forgotten after 24 hours")
    func expiredKey() throws {
        let client = try client()
        let call = arguments([:]).adding("idempotencyKey", "old")
        #expect(try !client.call("addCustomerComment", call).isError)
        _ = try bench.value(
            "UPDATE idempotency_records SET expires_at = now() WHERE workspace_id = \(workspace.id.uuid)::uuid"
        )
        #expect(try client.call("addCustomerComment", call.adding("comment", "New.")).structured["replayed"] == nil)
    }

    @Test("of a task that is deleted is refused like that of a task that never was")
    func deletedTask() throws {
        _ = try bench.value(
            """
            UPDATE tasks SET deleted_at = now()
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND number = \(task.number)
            """
        )
        #expect(try client().call("addCustomerComment", arguments(right)).code == "verification_failed")
        #expect(try client().call("addCustomerComment", arguments([:])).code == "not_found")
        #expect(try client().call("getTaskDetails", ["taskId": .string(task.id)]).code == "not_found")
    }
}

extension [String: JSONValue] {
    /// The members in order of their names.
    fileprivate var object: JSONValue { .object(sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value) }) }
}
