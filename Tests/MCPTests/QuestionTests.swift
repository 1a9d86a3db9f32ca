import HTTP
import JSON
import MCP
import Testing

@Suite("A question in a session")
struct QuestionTests {
    private let nodes: TwoNodes

    init() throws { nodes = try TwoNodes() }

    private func question(on channel: RecordingChannel) throws -> JSONNode {
        channel.wait { $0.events.contains { $0.method == "elicitation/create" } }
        return try #require(channel.events.first { $0.method == "elicitation/create" }?.message)
    }

    private func answer(_ question: JSONNode, _ rest: String) -> HTTPRequest {
        nodes.message(#"{"jsonrpc":"2.0","id":"\#(question["id"]?.string ?? "")",\#(rest)}"#)
    }

    @Test("is asked on the stream of its call and answered at another node", arguments: ["2025-06-18", "2025-11-25"])
    func acrossNodes(revision: String) throws {
        try nodes.open(revision)
        let channel = nodes.first.begin(nodes.call("greet"))
        let question = try question(on: channel)
        #expect((question["params"]?["mode"] != nil) == (revision == "2025-11-25"))
        let posted = nodes.second.answer(answer(question, #""result":{"action":"accept","content":{"name":"Ann"}}"#))
        #expect(posted.status == .accepted)
        #expect(posted.body.isEmpty)
        _ = channel.wholeAnswer()
        let result = channel.events.last?.message?["result"]
        #expect(result?["content"]?[0]?["text"]?.string == "Hello, Ann!")
        #expect(result?["resultType"] == nil)
        // Only a revision that knows them gets an event without data first.
        #expect((channel.events.first?.data == "") == (revision == "2025-11-25"))
    }

    @Test(
        "may be answered in any way",
        arguments: [
            (#""result":{"action":"decline"}"#, "Hello, decline!", false),
            (#""result":{"action":"cancel"}"#, "Hello, cancel!", false),
            (#""error":{"code":-1,"message":"no screen"}"#, "The client could not answer: no screen", true),
            (#""result":{"action":"accept"}"#, "What the client answered does not fit the question", true),
            (#""result":{}"#, "What the client answered does not fit the question", true),
        ]
    )
    func answers(rest: String, text: String, isError: Bool) throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("greet"))
        _ = nodes.first.answer(answer(try question(on: channel), rest))
        _ = channel.wholeAnswer()
        let result = channel.events.last?.message?["result"]
        #expect(result?["content"]?[0]?["text"]?.string == text)
        #expect((result?["isError"]?.bool ?? false) == isError)
    }

    @Test("is not put to a client that has not declared it")
    func undeclared() throws {
        try nodes.open("2025-11-25", capabilities: "{}")
        let result = nodes.first.answer(nodes.call("greet")).message?["result"]
        #expect(result?["isError"]?.bool == true)
        #expect(result?["content"]?[0]?["text"]?.string == "This needs a client that offers elicitation")
    }

    @Test("is answered by its own session alone")
    func foreignAnswer() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("greet"))
        let question = try question(on: channel)
        try nodes.open("2025-11-25")
        let posted = nodes.first.answer(answer(question, #""result":{"action":"accept","content":{"name":"Eve"}}"#))
        #expect(posted.status == .accepted)
        #expect(!channel.events.contains { $0.data.contains("Eve") })
        #expect(channel.isOpen)
    }

    @Test("ends with its call when that is cancelled at another node, and the call has no answer")
    func cancelled() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("greet", id: 7))
        _ = try question(on: channel)
        let notice =
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"enough"}}"#
        #expect(nodes.second.answer(nodes.message(notice)).status == .accepted)
        _ = channel.wholeAnswer()
        #expect(!channel.events.contains { $0.message?["result"] != nil || $0.message?["error"] != nil })
    }

    @Test("cancelling another id changes nothing, and neither does the id as text")
    func otherCancellation() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("greet", id: 7))
        let question = try question(on: channel)
        for id in ["8", #""7""#] {
            let body = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#
            _ = nodes.second.answer(nodes.message(body))
        }
        _ = nodes.second.answer(answer(question, #""result":{"action":"accept","content":{"name":"Ann"}}"#))
        _ = channel.wholeAnswer()
        #expect(channel.events.last?.message?["result"] != nil)
    }

    @Test("a disconnect ends a call of the stateless era, and none of a session")
    func disconnect() throws {
        let stateless = nodes.first.begin(nodes.stateless("tools/call", #""name":"wait""#, name: "wait"))
        stateless.wait { !$0.events.isEmpty }
        stateless.disconnect()
        #expect(!stateless.events.contains { $0.message?["result"] != nil })

        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("greet"))
        let question = try question(on: channel)
        let last = try #require(channel.events.last?.id)
        channel.disconnect()
        _ = nodes.second.answer(answer(question, #""result":{"action":"accept","content":{"name":"Ann"}}"#))
        let rest = nodes.second.begin(nodes.get(after: last))
        _ = rest.wholeAnswer()
        #expect(rest.events.last?.message?["result"]?["content"]?[0]?["text"]?.string == "Hello, Ann!")
    }

    @Test("that nobody answers is over at its deadline, and the call says so")
    func deadline() throws {
        var limits = TwoNodes.limits
        limits.questionTime = .milliseconds(20)
        let nodes = try TwoNodes(limits: limits)
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("greet"))
        _ = channel.wholeAnswer()
        #expect(channel.events.contains { $0.method == "elicitation/create" })
        let result = channel.events.last?.message?["result"]
        #expect(result?["isError"]?.bool == true)
        #expect(result?["content"]?[0]?["text"]?.string == "Nobody answered in time")
    }

    @Test("has an id that no other question of the session has")
    func ids() throws {
        try nodes.open("2025-11-25")
        var ids: Set<String> = []
        for call in 0..<20 {
            let channel = nodes.first.begin(nodes.call("greetTwice", id: call))
            let first = try question(on: channel)
            ids.insert(first["id"]?.string ?? "")
            _ = nodes.second.answer(answer(first, #""result":{"action":"accept","content":{"name":"Ann"}}"#))
            channel.wait { $0.events.count { $0.method == "elicitation/create" } == 2 }
            let second = try #require(channel.events.last { $0.method == "elicitation/create" }?.message)
            ids.insert(second["id"]?.string ?? "")
            _ = nodes.second.answer(answer(second, #""result":{"action":"decline"}"#))
            _ = channel.wholeAnswer()
        }
        #expect(ids.count == 40)
    }

    @Test("a call that is cancelled or lost leaves its place to the next")
    func freedPlace() throws {
        var limits = TwoNodes.limits
        limits.conversationCount = 1
        let nodes = try TwoNodes(limits: limits)
        for _ in 0..<3 {
            // The handler notices a moment later that nobody waits, so the first tries may find its place taken.
            var waiting = RecordingChannel()
            for _ in 0..<10_000 where !waiting.isStream {
                waiting = nodes.first.begin(nodes.stateless("tools/call", #""name":"wait""#, name: "wait"))
                waiting.wait { !$0.events.isEmpty || !$0.isOpen }
            }
            #expect(waiting.isStream)
            waiting.disconnect()
        }
    }

    @Test("too many handlers at once are refused, with the time to come back")
    func busy() throws {
        var limits = TwoNodes.limits
        limits.conversationCount = 1
        let nodes = try TwoNodes(limits: limits)
        let waiting = nodes.first.begin(nodes.stateless("tools/call", #""name":"wait""#, name: "wait"))
        waiting.wait { !$0.events.isEmpty }
        let refused = nodes.first.answer(nodes.stateless("tools/call", #""name":"wait""#, name: "wait"))
        #expect(refused.status == .serviceUnavailable)
        #expect(refused.headers.first(.retryAfter) == "1")
        #expect(refused.message?["id"]?.integer == 1)
        #expect(refused.message?["error"]?["code"]?.integer == -32603)
        waiting.disconnect()
    }
}
