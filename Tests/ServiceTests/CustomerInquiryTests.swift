import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("addCustomerComment, where the person can be asked,")
struct CustomerInquiryTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let task: TestWorkspace.Task
    private let right: JSONValue

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace { $0.factors = 2 }
        task = workspace.tasks[0]
        right = [
            "taskNumber": .integer(task.number), "customerName": "Elizabeth Alderson",
            "phone": .string(workspace.contacts[0].phone),
        ]
    }

    private static let forms: JSONValue = ["elicitation": [:]]

    private func client(
        era: WireEra = .stateless,
        factors: Int = 0,
        capabilities: JSONValue = forms,
        on node: TestService? = nil
    ) throws -> Client {
        let token = try bench.token(for: workspace) { $0.factors = factors }
        let client = try (node ?? bench.service).client(workspace, token, era: era)
        client.capabilities = capabilities
        return client
    }

    private func arguments(_ facts: JSONValue = [:]) -> JSONValue {
        ["taskId": .string(task.id), "comment": "Hello.", "verification": facts, "allow_duplicate": true]
    }

    private func facts(_ names: String...) -> JSONValue { .object(right.members.filter { names.contains($0.name) }) }

    private func comments() throws -> Int {
        try bench.count("SELECT count(*) FROM comments WHERE workspace_id = \(workspace.id.uuid)::uuid")
    }

    /// What a call of the stateless era asked.
    private struct Asked {
        let arguments: JSONValue
        let key: String
        let params: JSONValue
        let state: String

        init(_ reply: ToolReply, _ arguments: JSONValue) throws {
            self.arguments = arguments
            #expect(reply.result["resultType"] == "input_required", "\(reply.answer.text)")
            let requests = reply.result["inputRequests"]?.members ?? []
            #expect(requests.count == 1)
            #expect(requests.first?.value["method"] == "elicitation/create")
            #expect(reply.result["content"] == nil && reply.result["ttlMs"] == nil)
            key = try #require(requests.first?.name)
            params = requests.first?.value["params"] ?? .null
            state = try #require(reply.result["requestState"]?.string)
        }

        var fields: [String] { params["requestedSchema"]?["properties"]?.members.map(\.name) ?? [] }
        var required: [String]? { params["requestedSchema"]?["required"]?.elements.compactMap(\.string) }

        /// The call with an answer.
        func answered(_ answer: JSONValue) -> JSONValue {
            [
                "name": "addCustomerComment", "arguments": arguments, "requestState": .string(state),
                "inputResponses": .object([JSONMember(key, answer)]),
            ]
        }
    }

    private func ask(_ client: Client, _ arguments: JSONValue) throws -> Asked {
        try Asked(client.call("addCustomerComment", arguments), arguments)
    }

    private func answer(_ client: Client, _ asked: Asked, _ answer: JSONValue) throws -> ToolReply {
        ToolReply(try client.ask("tools/call", asked.answered(answer)))
    }

    private func accept(_ facts: JSONValue) -> JSONValue { ["action": "accept", "content": facts] }

    // MARK: The question

    @Test(
        "is asked for the facts that are not given yet, all of them required only where all are needed",
        arguments: 0...3)
    func form(required: Int) throws {
        try bench.update(workspace) { $0.factors = required }
        let names = ["taskNumber", "customerName", "phone"]
        let client = try client()
        for mask in 0..<8 {
            let given = names.indices.filter { mask & (1 << $0) != 0 }.map { names[$0] }
            let call = arguments(.object(right.members.filter { given.contains($0.name) }))
            guard given.count < required else {
                #expect(try client.call("addCustomerComment", call).structured["saved"] == true, "\(given)")
                continue
            }
            let asked = try ask(client, call)
            let missing = names.filter { !given.contains($0) }
            #expect(asked.fields == missing)
            #expect(asked.required == (required == 3 ? missing : nil))
            #expect(asked.params["mode"] == "form")
            #expect(asked.params["message"]?.string?.contains(task.id) == true)
            let schema = asked.params["requestedSchema"] ?? .null
            #expect(schema["type"] == "object")
            for field in schema["properties"]?.members ?? [] {
                #expect(field.value["type"] == (field.name == "taskNumber" ? "integer" : "string"))
                #expect(field.value["title"]?.string?.isEmpty == false)
                #expect(field.value["description"]?.string?.isEmpty == false)
                let known: Set = ["type", "title", "description", "minimum", "maximum", "maxLength"]
                #expect(Set(field.value.members.map(\.name)).isSubset(of: known), "Forms know few words")
            }
        }
    }

    @Test("is asked the same whether or not there is such a task, and names it as the call does")
    func nothingRevealed() throws {
        func question(_ reference: JSONMember) throws -> String {
            let call: JSONValue = .object([reference, JSONMember("comment", "Hello.")])
            let asked = try ask(try client(), call)
            return asked.params.text.replacing("\(reference.value.string ?? reference.value.text)", with: "•")
        }
        let missing = String(task.id.dropLast(8)) + "00000000"
        let ids = try [task.id, missing].map { try question(JSONMember("taskId", .string($0))) }
        #expect(ids[0] == ids[1] && ids[0].contains("the task •"))
        let numbers = try [task.number, 123_456_789].map { try question(JSONMember("taskNumber", .integer($0))) }
        #expect(numbers[0] == numbers[1] && numbers[0].contains("task •"))
    }

    @Test("is not asked, but refused as ever, where the call is wrong in another way", arguments: WireEra.both)
    func otherMistakes(era: WireEra) throws {
        let client = try client(era: era)
        for (call, field): (JSONValue, String) in [
            (arguments().adding("comment", "\u{200B} "), "comment"),
            (arguments().adding("taskNumber", 1), "taskNumber"),
            (["comment": "x"], "taskNumber"), (arguments().adding("coment", "x"), "coment"),
            (arguments(["phone": 7]), "verification.phone"),
        ] {
            let reply = try client.call("addCustomerComment", call)
            #expect(reply.code == "validation_failed")
            #expect(reply.structured["error"]?["field"]?.string == field)
        }
        try bench.update(workspace) { $0.customerComments = false }
        #expect(try client.call("addCustomerComment", arguments()).rpcCode == -32602, "The tool is not there")
    }

    @Test(
        "is refused as ever where it cannot be asked",
        arguments: [
            (WireEra.stateless, #"{}"#, "application/json, text/event-stream"),
            (.stateless, #"{"elicitation":{"url":{}}}"#, "application/json, text/event-stream"),
            (.handshake("2025-11-25"), #"{}"#, "application/json, text/event-stream"),
            (.handshake("2025-11-25"), #"{"elicitation":{"url":{}}}"#, "application/json, text/event-stream"),
            (.handshake("2025-03-26"), #"{"elicitation":{}}"#, "application/json, text/event-stream"),
            (.handshake("2025-11-25"), #"{"elicitation":{}}"#, "application/json"),
            (.handshake("2025-06-18"), #"{"elicitation":{}}"#, "application/json"),
        ]
    )
    func unaskable(era: WireEra, capabilities: String, accept: String) throws {
        let client = try client(era: era, capabilities: try JSONDocument(text: capabilities).root.value)
        try client.open()
        var request = client.request("tools/call", ["name": "addCustomerComment", "arguments": arguments()])
        request["Accept"] = accept
        let reply = ToolReply(try client.wire.exchange(request))
        #expect(reply.isError)
        #expect(reply.text.contains("0 of the 2 facts that this workspace requires"))
    }

    // MARK: Answers of the stateless era

    @Test("goes on with the answers as if they had been given")
    func accepted() throws {
        let client = try client()
        let before = try comments()
        let asked = try ask(client, arguments(facts("customerName")))
        #expect(try comments() == before, "Nothing is done before the answer")
        let reply = try answer(client, asked, accept(facts("phone")))
        #expect(!reply.isError && reply.structured["saved"] == true)
        #expect(reply.item["author_kind"] == "customer")
        #expect(reply.structured["audit_id"] != nil)
        #expect(try comments() == before + 1)
        let schema = try client.ask("tools/list").json["result"]?["tools"]?.elements.last?["outputSchema"] ?? .null
        #expect(try SchemaCheck.problems(reply.structured, schema) == [])
    }

    @Test("goes on at another node")
    func anotherNode() throws {
        let other = try bench.anotherNode()
        let client = try client()
        let asked = try ask(client, arguments())
        let elsewhere = try other.client(workspace, client.token)
        elsewhere.capabilities = Self.forms
        #expect(try answer(elsewhere, asked, accept(facts("phone", "taskNumber"))).structured["saved"] == true)
    }

    @Test("saves nothing when the person does not answer, and says so as a result", arguments: ["decline", "cancel"])
    func unanswered(action: String) throws {
        let client = try client()
        let before = try comments()
        let asked = try ask(client, arguments())
        let reply = try answer(client, asked, ["action": .string(action)])
        #expect(!reply.isError && reply.answer.status == 200)
        #expect(reply.structured["saved"] == false)
        #expect(reply.structured["reason"]?.string == (action == "decline" ? "declined" : "closed"))
        #expect(reply.text.contains("Nothing was saved"))
        let schema = try client.ask("tools/list").json["result"]?["tools"]?.elements.last?["outputSchema"] ?? .null
        #expect(try SchemaCheck.problems(reply.structured, schema) == [])
        #expect(try comments() == before)
    }

    @Test("is asked once more when the answer has too few facts, and then is refused as ever")
    func tooFew() throws {
        let client = try client(factors: 3)
        let before = try comments()
        let first = try ask(client, arguments())
        for little: JSONValue in [["phone": " ", "customerName": "Elizabeth", "taskNumber": 1], [:]] {
            let reply = try answer(client, first, accept(little))
            #expect(reply.result["resultType"] == "input_required", "What does not fit the form is asked again")
        }
        try bench.update(workspace) { $0.factors = 2 }
        let second = try self.client()
        let asked = try ask(second, arguments())
        let again = try Asked(
            answer(second, asked, accept(["customerName": "Elizabeth", "phone": "  "])), asked.arguments
        )
        #expect(again.fields == ["taskNumber", "phone"])
        #expect(again.required == nil)
        #expect(again.params["message"]?.string?.contains("not enough yet") == true)
        let enough = try answer(second, again, accept(facts("phone")))
        #expect(enough.structured["saved"] == true)
        let last = try answer(second, again, accept([:]))
        #expect(last.isError && last.code == "validation_failed")
        #expect(last.message.contains("1 of the 2 facts"))
        #expect(try comments() == before + 1)
    }

    @Test("tells wrong facts, and closes after five, as if they had been given at once")
    func wrongFacts() throws {
        let client = try client()
        let missing = String(task.id.dropLast(8)) + "00000000"
        let plain = try self.client()
        let given = try plain.call(
            "addCustomerComment", arguments(["customerName": "Somebody", "phone": "7035550000"]))
        for id in [task.id, missing] {
            for _ in 0..<5 {
                let asked = try ask(client, arguments().adding("taskId", .string(id)))
                let reply = try answer(client, asked, accept(["customerName": "Somebody", "phone": "7035550000"]))
                #expect(reply.code == "verification_failed")
                #expect(reply.message == given.message)
            }
            let asked = try ask(client, arguments().adding("taskId", .string(id)))
            #expect(try answer(client, asked, accept(facts("phone", "customerName"))).code == "rate_limited")
        }
    }

    @Test("is told by the tool what it cannot take of an answer")
    func oddAnswers() throws {
        let client = try client()
        let asked = try ask(client, arguments())
        for odd: JSONValue in [
            ["action": "accept"], ["action": "accept", "content": "yes"], ["action": "maybe"], [:],
            accept(["phone": 7, "customerName": "Elizabeth"]), accept(["taskNumber": 0, "phone": "7035974534"]),
            accept(["phone": .string(String(repeating: "1", count: 61))]),
        ] {
            #expect(try answer(client, asked, odd).result["resultType"] == "input_required", "\(odd.text)")
        }
        let null = try answer(client, asked, accept(["customerName": "a\u{0}b", "phone": "7035974534"]))
        #expect(null.code == "validation_failed" && null.structured["error"]?["field"] == "verification.customerName")
        var request = asked.answered(accept([:])).adding("inputResponses", ["x"])
        #expect(try ToolReply(client.ask("tools/call", request)).rpcCode == -32602)
        request = request.adding("inputResponses", ["other": accept(right)])
        #expect(try ToolReply(client.ask("tools/call", request)).result["resultType"] == "input_required")
        let extra = accept(facts("phone", "customerName").adding("comment", "Another text"))
        #expect(try answer(client, asked, extra).structured["saved"] == true)
        let stored = try client.call("listTaskComments", ["taskId": .string(task.id), "limit": 1]).items[0]
        #expect(stored["body"] == "Hello.", "Only what was asked for is taken")
    }

    // MARK: Once

    @Test(
        "stores one comment when the answer arrives twice, with and without a key of the client's",
        arguments: [nil, "mine"])
    func repeated(key: String?) throws {
        let client = try client()
        var call = arguments()
        if let key { call = call.adding("idempotencyKey", .string(key)) }
        let before = try comments()
        let asked = try ask(client, call)
        let wrong = try answer(client, asked, accept(["customerName": "Somebody", "phone": "7035550000"]))
        #expect(wrong.code == "verification_failed", "A failure is not the answer that is kept")
        let first = try answer(client, asked, accept(facts("phone", "customerName")))
        #expect(first.structured["replayed"] == nil)
        for facts in [facts("phone", "customerName"), facts("phone", "taskNumber")] {
            let again = try answer(client, asked, accept(facts))
            #expect(again.structured["replayed"] == true)
            #expect(again.item == first.item)
        }
        #expect(try comments() == before + 1)
        guard key != nil else {
            // The same call once more is another comment.
            _ = try answer(client, try ask(client, call), accept(facts("phone", "customerName")))
            #expect(try comments() == before + 2)
            return
        }
        let whole = try answer(client, try ask(client, call), accept(facts("phone", "customerName")))
        #expect(whole.structured["replayed"] == true, "The key stands for the call as the client made it")
        let other = try answer(
            client, try ask(client, call.adding("comment", "New.")), accept(facts("phone", "taskNumber")))
        #expect(other.code == "idempotency_conflict")
        #expect(try comments() == before + 1)
    }

    @Test("stores one comment when the answer arrives twenty times at once on two nodes", arguments: [nil, "many"])
    func concurrent(key: String?) throws {
        let other = try bench.anotherNode()
        let first = try client()
        var call = arguments()
        if let key { call = call.adding("idempotencyKey", .string(key)) }
        let asked = try ask(first, call)
        let before = try comments()
        let clients = try (0..<20).map { try ($0 % 2 == 0 ? bench.service : other).client(workspace, first.token) }
        for client in clients {
            client.capabilities = Self.forms
            try client.wire.send(client.request("tools/call", asked.answered(accept(facts("phone", "customerName")))))
        }
        let replies = try clients.map { ToolReply(try $0.wire.answer()) }
        #expect(replies.allSatisfy { $0.structured["saved"] == true })
        #expect(replies.filter { $0.structured["replayed"] == nil }.count == 1)
        #expect(Set(replies.compactMap { $0.item["id"]?.string }).count == 1)
        #expect(try comments() == before + 1)
    }

    @Test("keeps few of the records by which answers are known again")
    func records() throws {
        let client = try client()
        for _ in 0..<3 { _ = try answer(client, try ask(client, arguments()), accept(facts("phone", "customerName"))) }
        func kept() throws -> Int {
            try bench.count("SELECT count(*) FROM idempotency_records WHERE workspace_id = \(workspace.id.uuid)::uuid")
        }
        #expect(try kept() == 3)
        _ = try bench.value(
            "UPDATE idempotency_records SET expires_at = now() WHERE workspace_id = \(workspace.id.uuid)::uuid"
        )
        _ = try answer(client, try ask(client, arguments()), accept(facts("phone", "customerName")))
        #expect(try kept() == 1)
    }

    // MARK: States

    @Test("takes a state only from the token and for the call that it was made for, and asks again without one")
    func states() throws {
        let client = try client()
        let before = try comments()
        let asked = try ask(client, arguments())
        let params = asked.answered(accept(facts("phone", "customerName")))
        let stranger = try self.client()
        #expect(try ToolReply(stranger.ask("tools/call", params)).rpcCode == -32602, "Another token")
        let others = [
            params.adding("arguments", arguments().adding("comment", "Another.")),
            params.adding("arguments", arguments(facts("customerName"))),
            params.adding("requestState", .string(String(asked.state.dropLast(4)) + "AAAA")),
            params.adding("requestState", ""), params.adding("requestState", 7),
        ]
        for other in others { #expect(try ToolReply(client.ask("tools/call", other)).rpcCode == -32602) }
        let stateless: JSONValue = .object(params.members.filter { $0.name != "requestState" })
        let again = ToolReply(try client.ask("tools/call", stateless))
        #expect(again.result["resultType"] == "input_required")
        #expect(try comments() == before)
        #expect(try answer(client, asked, accept(facts("phone", "customerName"))).structured["saved"] == true)
    }

    @Test("is refused when the token or the tool is gone before the answer comes")
    func gone() throws {
        let token = try bench.token(for: workspace) { $0.name = "soon gone" }
        let client = try bench.service.client(workspace, token)
        client.capabilities = Self.forms
        let asked = try ask(client, arguments())
        try bench.update(workspace) { $0.readOnly = true }
        #expect(try answer(client, asked, accept(facts("phone", "customerName"))).rpcCode == -32602)
        try bench.update(workspace) { $0.readOnly = false }
        try bench.update(workspace) { $0.factors = 3 }
        let more = try answer(client, asked, accept(facts("phone", "customerName")))
        #expect(more.result["resultType"] == "input_required", "What is required now holds")
        _ = try bench.registry(of: workspace) { try $0.revoke("soon gone") }
        #expect(try answer(client, asked, accept(facts("phone", "customerName"))).answer.status == 401)
    }

    // MARK: Sessions

    /// A call on the stream of which questions come.
    private func begin(_ client: Client, _ arguments: JSONValue) throws -> EventReader {
        try client.open()
        try client.wire.send(
            client.request("tools/call", ["name": "addCustomerComment", "arguments": arguments], id: "call"))
        return try EventReader(client.wire)
    }

    /// Posts what a person answered, over a connection of its own.
    private func post(_ result: JSONValue, to question: JSONValue?, _ client: Client) throws {
        let poster = try bench.service.client(workspace, client.token, era: client.era)
        poster.resume(client.session)
        var request = poster.request("tools/call")
        request.body = RawJSON(["jsonrpc": "2.0", "id": question?["id"] ?? .null, "result": result]).bytes
        #expect(try poster.wire.exchange(request).status == 202)
    }

    @Test(
        "asks on the stream of the call in a session, and goes on with the answer",
        arguments: ["2025-06-18", "2025-11-25"])
    func session(revision: String) throws {
        let client = try client(era: .handshake(revision))
        let before = try comments()
        let stream = try begin(client, arguments())
        #expect(stream.head["x-request-id"] != nil)
        let question = try stream.next()
        #expect(question?["method"] == "elicitation/create")
        #expect((question?["params"]?["mode"] == "form") == (revision == "2025-11-25"))
        #expect(question?["params"]?["requestedSchema"]?["properties"]?.members.count == 3)
        #expect(try comments() == before)
        try post(accept(["customerName": "elizabeth"]), to: question, client)
        let second = try stream.next()
        #expect(second?["params"]?["requestedSchema"]?["properties"]?.members.map(\.name) == ["taskNumber", "phone"])
        try post(accept(facts("phone")), to: second, client)
        let result = try stream.next()
        #expect(result?["id"] == "call")
        #expect(result?["result"]?["structuredContent"]?["saved"] == true)
        #expect(try stream.next() == nil)
        #expect(try comments() == before + 1)
        #expect(try !client.call("workspaceSummary").isError, "The connection goes on")
    }

    @Test("saves nothing when the person of a session does not answer", arguments: ["decline", "cancel"])
    func unansweredInSession(action: String) throws {
        let client = try client(era: .handshake("2025-11-25"))
        let before = try comments()
        let stream = try begin(client, arguments())
        try post(["action": .string(action)], to: try stream.next(), client)
        let result = try stream.next()?["result"]
        #expect(result?["structuredContent"]?["saved"] == false)
        #expect(result?["isError"] == nil)
        #expect(try comments() == before)
    }

    @Test("of a session is refused as ever when the second answer has too few facts too")
    func tooFewInSession() throws {
        let client = try client(era: .handshake("2025-11-25"))
        let stream = try begin(client, arguments())
        for _ in 0..<2 { try post(accept([:]), to: try stream.next(), client) }
        let result = try stream.next()?["result"]
        #expect(result?["isError"] == true)
        #expect(result?["structuredContent"]?["error"]?["code"] == "validation_failed")
    }

    @Test("of a session ends without an answer when it is cancelled, and stores nothing")
    func cancelled() throws {
        let client = try client(era: .handshake("2025-11-25"))
        let before = try comments()
        let stream = try begin(client, arguments())
        let question = try stream.next()
        let other = try bench.service.client(workspace, client.token, era: client.era)
        other.resume(client.session)
        let notice = other.request("notifications/cancelled", ["requestId": "call"])
        #expect(try other.wire.exchange(notice).status == 202)
        #expect(try stream.next() == nil)
        try post(accept(right), to: question, client)
        #expect(try comments() == before)
    }

    // MARK: Traces

    @Test("leaves one audit event a request, and a log line and a count")
    func traces() throws {
        let bench = try Bench()
        let workspace = try bench.workspace { $0.factors = 2 }
        let call: JSONValue = ["taskId": .string(workspace.tasks[0].id), "comment": "Secretwords"]
        let facts: JSONValue = ["customerName": "Elizabeth", "phone": .string(workspace.contacts[0].phone)]
        let client = try bench.client(workspace)
        client.capabilities = Self.forms
        for answer in [accept(facts), ["action": "decline"], ["action": "cancel"]] {
            _ = try self.answer(client, try ask(client, call), answer)
        }
        let session = try bench.client(workspace, era: .handshake("2025-11-25"))
        session.capabilities = Self.forms
        let stream = try begin(session, call)
        let question = try stream.next()
        let poster = try bench.service.client(workspace, session.token, era: session.era)
        poster.resume(session.session)
        var post = poster.request("tools/call")
        post.body = RawJSON(["jsonrpc": "2.0", "id": question?["id"] ?? .null, "result": accept(facts)]).bytes
        _ = try poster.wire.exchange(post)
        while try stream.next() != nil {}
        var metrics = WireRequest(method: "GET", path: "/metrics")
        metrics["Host"] = "127.0.0.1"
        // Asked on the connection of the stream, whose end is logged before the connection is read again.
        let counted = try session.wire.exchange(metrics).text.split(separator: "\n")
        bench.service.stop()
        let rows = try bench.database.connect(as: .superuser).query(
            """
            SELECT outcome, coalesce(error_code, ''), entity IS NOT NULL, encode(args_digest, 'hex'), row_to_json(a)::text
            FROM audit_events AS a
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND action = 'tools/call' AND tool = 'addCustomerComment'
            ORDER BY at, id
            """
        )
        let kept = (0..<rows.rowCount).map { row in "\(rows.string(row, 0) ?? "") \(rows.string(row, 1) ?? "")" }
        #expect(
            kept.sorted() == [
                "denied closed", "denied declined", "ok ", "ok ", "ok input_required", "ok input_required",
                "ok input_required",
            ]
        )
        #expect(
            Set((0..<rows.rowCount).map { rows.string($0, 3) ?? "" }).count == 1, "What the client gave, not the person"
        )
        for row in 0..<rows.rowCount {
            let text = rows.string(row, 4) ?? ""
            #expect(!text.contains("Elizabeth") && !text.contains("Secretwords"))
        }
        let calls = counted.filter { $0.hasPrefix("tool_calls_total") && $0.contains("addCustomerComment") }
        #expect(
            calls.contains { $0.contains(#"era="handshake""#) && $0.contains(#"outcome="ok""#) && $0.hasSuffix(" 1") })
        #expect(
            calls.contains { $0.contains(#"era="stateless""#) && $0.contains(#"outcome="ok""#) && $0.hasSuffix(" 4") })
        #expect(
            calls.contains {
                $0.contains(#"era="stateless""#) && $0.contains(#"outcome="denied""#) && $0.hasSuffix(" 2")
            })
        let lines = bench.service.lines.text.split(separator: "\n").filter {
            $0.contains(#""tool":"addCustomerComment""#)
        }
        #expect(lines.count == 7)
        #expect(!bench.service.lines.text.contains("Elizabeth"))
    }
}
