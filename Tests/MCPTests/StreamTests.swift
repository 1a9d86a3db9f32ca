import HTTP
import JSON
import MCP
import Testing

@Suite("A stream")
struct StreamTests {
    private let nodes: TwoNodes

    init() throws { nodes = try TwoNodes() }

    private func methods(_ channel: RecordingChannel) -> [String] { channel.events.compactMap(\.method) }

    // MARK: Of a session

    @Test(
        "of a session tells of changes at any node",
        arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
    )
    func sessionStream(revision: String) throws {
        try nodes.open(revision)
        let channel = nodes.first.begin(nodes.get())
        channel.wait { $0.isStream }
        wait(for: channel, on: nodes.first)
        nodes.second.server.announce(.list(.tools), in: "all")
        nodes.second.server.announce(.list(.prompts), in: "of ann")
        nodes.second.server.announce(.list(.resources), in: "of bob")
        nodes.second.server.announce(.resource(uri: "sample://1"), in: "all")
        nodes.second.server.announce(.list(.resources), in: "all")
        #expect(
            methods(channel) == [
                "notifications/tools/list_changed", "notifications/prompts/list_changed",
                "notifications/resources/list_changed",
            ]
        )
    }

    /// A stream is open before the server counts it.
    private func wait(for channel: RecordingChannel, on service: SampleService, count: Int = 1) {
        while service.server.openStreamCount < count {}
    }

    @Test(
        "of a session tells of the resources that it watches",
        arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
    )
    func watchedResources(revision: String) throws {
        try nodes.open(revision)
        let channel = nodes.first.begin(nodes.get())
        wait(for: channel, on: nodes.first)
        let subscribe = { (verb: String, id: Int) in
            nodes.message(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"resources/\#(verb)","params":{"uri":"sample://1"}}"#
            )
        }
        #expect(nodes.second.answer(subscribe("subscribe", 1)).message?["result"]?.count == 0)
        nodes.second.server.announce(.resource(uri: "sample://1"), in: "all")
        nodes.second.server.announce(.resource(uri: "sample://2"), in: "all")
        _ = nodes.first.answer(subscribe("unsubscribe", 2))
        nodes.second.server.announce(.resource(uri: "sample://1"), in: "all")
        #expect(methods(channel) == ["notifications/resources/updated"])
        #expect(channel.events.first?.message?["params"]?["uri"]?.string == "sample://1")
    }

    @Test("of a session gives way to a newer one at another node, so that no message goes to two")
    func replacement() throws {
        try nodes.open("2025-06-18")
        let old = nodes.first.begin(nodes.get())
        wait(for: old, on: nodes.first)
        let new = nodes.second.begin(nodes.get())
        wait(for: new, on: nodes.second)
        #expect(!old.isOpen)
        nodes.first.server.announce(.list(.tools), in: "all")
        #expect(old.events.isEmpty)
        #expect(new.events.count == 1)
    }

    @Test("of a session needs one, and a client that takes streams")
    func refusals() throws {
        #expect(nodes.first.answer(nodes.get()).status == .badRequest)
        try nodes.open("2025-06-18")
        var request = nodes.get()
        request.headers.set(.accept, "application/json")
        #expect(nodes.first.answer(request).status == .notAcceptable)
        request.headers.set(.accept, "text/event-stream")
        request.headers.set(.mcpSessionID, "forged")
        #expect(nodes.first.answer(request).status == .notFound)
        var narrow = try SampleService()
        let refused = narrow.answer(request)
        #expect(refused.status == .methodNotAllowed)
        #expect(refused.headers.first(.allow) == "POST, DELETE")
    }

    // MARK: Of a call

    @Test("of a call that was closed early goes on at another node")
    func polling() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("hangUp", token: true))
        _ = channel.wholeAnswer()
        let priming = try #require(channel.events.first)
        #expect(priming.data == "")
        #expect(priming.retry == "500")
        let id = try #require(priming.id)
        #expect(channel.events.count == 1)
        let rest = nodes.second.begin(nodes.get(after: id))
        _ = rest.wholeAnswer()
        #expect(rest.events.map(\.method) == ["notifications/progress", nil])
        #expect(rest.events.last?.message?["result"]?["content"]?[0]?["text"]?.string == "after all")
        // Once more from the middle: what followed, and nothing before it.
        let again = nodes.first.begin(nodes.get(after: try #require(rest.events.first?.id)))
        _ = again.wholeAnswer()
        #expect(again.events == [rest.events[1]])
    }

    @Test("of a call is found by its own session alone")
    func foreignResumption() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("count", token: true))
        _ = channel.wholeAnswer()
        let id = try #require(channel.events.dropFirst().first?.id)
        try nodes.open("2025-11-25")
        #expect(nodes.first.answer(nodes.get(after: id)).status == .badRequest)
    }

    // MARK: Of the stateless era

    @Test("begins with what it will tell, tells nothing else, and ends with a result", arguments: ["7", #""L1""#])
    func listen(id: String) throws {
        let wish = #"{"toolsListChanged":true,"promptsListChanged":true,"resourceSubscriptions":["sample://1"]}"#
        let filter = #""notifications":\#(wish.dropLast()),"other":1}"#
        let channel = nodes.first.begin(nodes.stateless("subscriptions/listen", filter, id: id))
        for change in [
            Change.list(.resources), .list(.tools), .resource(uri: "sample://2"), .list(.prompts),
            .resource(uri: "sample://1"),
        ] {
            nodes.second.server.announce(change, in: "all")
        }
        nodes.first.server.endStreams()
        #expect(!channel.isOpen)
        #expect(
            channel.events.map(\.method) == [
                "notifications/subscriptions/acknowledged", "notifications/tools/list_changed",
                "notifications/prompts/list_changed", "notifications/resources/updated", nil,
            ]
        )
        let acknowledged = channel.events.first?.message?["params"]?["notifications"]
        #expect(acknowledged?.raw.text == wish)
        for event in channel.events {
            let body = event.message?["params"] ?? event.message?["result"]
            #expect(body?["_meta"]?["io.modelcontextprotocol/subscriptionId"]?.raw.text == id)
        }
        #expect(channel.events.last?.message?["id"]?.raw.text == id)
        #expect(channel.events.last?.message?["result"]?["resultType"]?.string == "complete")
        #expect(nodes.first.server.openStreamCount == 0)
    }

    @Test("tells of each list that was asked for, and of no other", arguments: ListKind.allCases)
    func lists(kind: ListKind) throws {
        let filter = #""notifications":{"\#(kind.rawValue)ListChanged":true}"#
        let channel = nodes.first.begin(nodes.stateless("subscriptions/listen", filter))
        for other in ListKind.allCases { nodes.second.server.announce(.list(other), in: "all") }
        #expect(methods(channel).dropFirst() == ["notifications/\(kind.rawValue)/list_changed"])
    }

    @Test("ends when what its caller may see has changed")
    func revocation() throws {
        let channel = nodes.first.begin(nodes.stateless("subscriptions/listen", #""notifications":{}"#))
        nodes.second.server.announce(.access, in: "of bob")
        #expect(channel.isOpen)
        nodes.second.server.announce(.access, in: "of ann")
        #expect(!channel.isOpen)
    }

    @Test("is forgotten when its client goes away")
    func disconnect() throws {
        let channel = nodes.first.begin(nodes.stateless("subscriptions/listen", #""notifications":{}"#))
        #expect(nodes.first.server.openStreamCount == 1)
        channel.disconnect()
        #expect(nodes.first.server.openStreamCount == 0)
    }

    @Test("is one of a bounded number for each caller")
    func bound() throws {
        var limits = TwoNodes.limits
        limits.streamsPerCaller = 1
        let nodes = try TwoNodes(limits: limits)
        let request = nodes.stateless("subscriptions/listen", #""notifications":{}"#)
        let first = nodes.first.begin(request)
        let refused = nodes.first.answer(request)
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers.first(.retryAfter) == "5")
        #expect(refused.message?["id"]?.integer == 1)
        nodes.first.caller = "bob"
        #expect(nodes.first.begin(request).isStream)
        nodes.first.caller = "ann"
        first.disconnect()
        #expect(nodes.first.begin(request).isStream)
    }

    @Test("of changes needs a client that takes streams")
    func listenAsJSON() throws {
        var request = nodes.stateless("subscriptions/listen", #""notifications":{}"#)
        request.headers.set(.accept, "application/json")
        #expect(nodes.first.answer(request).status == .notAcceptable)
    }

    @Test("tells of many changes of one kind twice: at once, and when some time has passed")
    func coalescing() throws {
        var limits = TwoNodes.limits
        limits.noticeInterval = .milliseconds(20)
        let nodes = try TwoNodes(limits: limits)
        let filter = #""notifications":{"toolsListChanged":true}"#
        let channel = nodes.first.begin(nodes.stateless("subscriptions/listen", filter))
        for _ in 0..<100 { nodes.first.server.announce(.list(.tools), in: "all") }
        #expect(channel.wait { $0.events.count >= 3 })
        #expect(channel.events.count < 100)
    }
}
