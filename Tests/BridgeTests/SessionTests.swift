import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

@Suite("A session")
struct SessionTests {
    @Test("is opened by the client, and everything after presents it")
    func opening() throws {
        var bridge = Rehearsal()
        bridge.call(0, "initialize", #"{"protocolVersion":"2025-06-18"}"#)
        bridge.call(1, "tools/list")
        bridge.client(#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#)
        try bridge.answerInitialize("2025-06-18", session: "s-1", id: "0")
        #expect(try bridge.message()["result"]?["protocolVersion"] == "2025-06-18")
        let sent = bridge.allSent()
        #expect(sent.count == 2, "What came early has waited")
        for (_, request) in sent {
            #expect(request.headers.first(.mcpSessionID) == "s-1")
            #expect(request.headers.first(.mcpProtocolVersion) == "2025-06-18")
        }
    }

    @Test("may be announced before it is open")
    func early() throws {
        var bridge = Rehearsal()
        bridge.call(0, "initialize", #"{"protocolVersion":"2025-06-18"}"#)
        let early = #"{"jsonrpc":"2.0","method":"notifications/initialized","params":{"_meta":{"a":1}}}"#
        bridge.client(early)
        try bridge.answerInitialize("2025-06-18", session: "s-1", id: "0")
        let (id, request) = try bridge.sent()
        #expect(String(decoding: request.body, as: UTF8.self) == early)
        bridge.answer(id, .accepted)
        #expect(try bridge.sent().request.method == .get)
    }

    @Test("is none where the answer names no version")
    func noVersion() throws {
        var bridge = Rehearsal()
        bridge.call(0, "initialize", "{}")
        bridge.answer(
            try bridge.sent().id, .ok, [.mcpSessionID: "s-1"], #"{"jsonrpc":"2.0","id":0,"result":{"a":1}}"#)
        #expect(try bridge.message()["result"] == ["a": 1])
        bridge.call(1, "tools/list")
        #expect(try bridge.sent().request.headers.first(.mcpSessionID) == nil)
    }

    @Test("that is not opened leaves the calls to the endpoint's refusal")
    func notOpened() throws {
        var bridge = Rehearsal()
        bridge.call(0, "initialize", "{}")
        bridge.call(1, "tools/list")
        bridge.answer(
            try bridge.sent().id, .ok, [:], #"{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"No version"}}"#
        )
        #expect(try bridge.message()["id"] == 0)
        #expect(try bridge.sent().request.headers.first(.mcpSessionID) == nil)
    }

    @Test("that the endpoint has lost is opened anew, and the call sent again, without the client's knowing")
    func lost() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "tools/call", #"{"name":"write"}"#)
        bridge.call(2, "tools/call", #"{"name":"write"}"#)
        let first = bridge.allSent()
        bridge.answer(first[0].id, .notFound, [:], #"{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"x"}}"#)
        bridge.call(3, "tools/list")
        bridge.answer(first[1].id, .notFound)
        let again = try bridge.answerAgain("s-2")
        #expect(again.request.json["method"] == "notifications/initialized")
        #expect(again.request.headers.first(.mcpSessionID) == "s-2")
        #expect(bridge.allSent().isEmpty, "Calls wait until the endpoint knows that the client is ready")
        bridge.answer(again.id, .accepted)
        let repeated = bridge.allSent()
        #expect(repeated.map { $0.request.json["id"] } == [nil, .integer(1), .integer(3), .integer(2)])
        #expect(repeated.allSatisfy { $0.request.headers.first(.mcpSessionID) == "s-2" })
        #expect(repeated[0].request.method == .get)
        bridge.result(repeated[1].id, of: 1)
        bridge.result(repeated[3].id, of: 2)
        #expect(
            bridge.written() == [
                #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#,
                #"{"jsonrpc":"2.0","id":1,"result":{}}"#, #"{"jsonrpc":"2.0","id":2,"result":{}}"#,
            ]
        )
    }

    @Test("is opened anew with the client's own words")
    func words() throws {
        var bridge = Rehearsal()
        let params = #"{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"é"}}"#
        bridge.call(0, "initialize", params)
        try bridge.answerInitialize(session: "s-1", id: "0")
        bridge.call(1, "ping")
        let requests = bridge.allSent()
        bridge.answer(requests[0].id, .notFound)
        let (_, request) = try bridge.sent()
        #expect(request.json["params"] == (try JSONDocument(text: params).root.value))
        #expect(request.headers.first(.mcpSessionID) == nil)
        #expect(request.headers.first(.mcpProtocolVersion) == nil)
    }

    @Test("is opened anew twice for the same call at most")
    func twice() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "ping")
        var call = try bridge.sent().id
        for number in 2...3 {
            bridge.answer(call, .notFound)
            bridge.answer(try bridge.answerAgain("s-\(number)").id, .accepted)
            let sent = bridge.allSent()
            #expect(sent.map { $0.request.json["id"] } == [nil, .integer(1)], "The stream, and the call")
            call = sent[1].id
        }
        _ = bridge.written()
        bridge.answer(call, .notFound)
        #expect(try bridge.refusal() == "not_found")
    }

    @Test("brings what the client had set into the next one")
    func settings() throws {
        var bridge = Rehearsal()
        try bridge.open()
        for (id, method, params) in [
            (1, "logging/setLevel", #"{"level":"info"}"#), (2, "logging/setLevel", #"{"level":"debug"}"#),
            (3, "resources/subscribe", #"{"uri":"test://a"}"#), (4, "resources/subscribe", #"{"uri":"test://b"}"#),
            (5, "resources/unsubscribe", #"{"uri":"test://a"}"#),
        ] {
            bridge.call(id, method, params)
            bridge.result(try bridge.sent().id, of: id)
        }
        bridge.call(6, "resources/subscribe", #"{"uri":"test://no"}"#)
        bridge.answer(
            try bridge.sent().id, .ok, [:], #"{"jsonrpc":"2.0","id":6,"error":{"code":-32002,"message":"No"}}"#)
        bridge.call(7, "ping")
        bridge.answer(try bridge.sent().id, .notFound)
        _ = bridge.written()
        bridge.answer(try bridge.answerAgain("s-2").id, .accepted)
        let sent = bridge.allSent().map(\.request.json)
        #expect(sent.map { $0["method"] } == ["logging/setLevel", "resources/subscribe", nil, "ping"])
        #expect(sent[0]["params"] == ["level": "debug"])
        #expect(sent[1]["params"] == ["uri": "test://b"])
        #expect(
            bridge.written() == [
                #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#,
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://b"}}"#,
            ]
        )
    }

    @Test("that cannot be opened anew fails what waits for it, and the next call tries again")
    func notReopened() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "ping")
        bridge.answer(try bridge.sent().id, .notFound)
        bridge.answer(try bridge.sent().id, .unauthorized)
        #expect(try bridge.refusal() == "unauthorized")
        bridge.call(2, "ping")
        let announcement = try bridge.answerAgain("s-2")
        bridge.answer(announcement.id, .accepted)
        #expect(bridge.allSent().map { $0.request.json["id"] } == [nil, .integer(2)])
    }

    @Test("that is lost while nobody calls is noticed by its stream")
    func stream() throws {
        var bridge = Rehearsal()
        let stream = try #require(try bridge.open(hasStream: true))
        bridge.happen(.end(stream, nil))
        try bridge.wait()
        bridge.answer(try bridge.sent().id, .notFound)
        bridge.answer(try bridge.answerAgain("s-2").id, .accepted)
        let (_, request) = try bridge.sent()
        #expect(request.method == .get)
        #expect(request.headers.first(.mcpSessionID) == "s-2")
    }

    @Test("takes no answers to what an older one asked")
    func oldAnswers() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.client(#"{"jsonrpc":"2.0","id":"q-1","result":{}}"#)
        bridge.answer(try bridge.sent().id, .notFound)
        bridge.client(#"{"jsonrpc":"2.0","id":"q-2","result":{}}"#)
        bridge.answer(try bridge.answerAgain("s-2").id, .accepted)
        #expect(try bridge.sent().request.method == .get, "Neither answer is posted again")
    }

    @Test("that the client opens anew takes the place of the one before, which ends")
    func secondHandshake() throws {
        var bridge = Rehearsal()
        let stream = try bridge.open(hasStream: true)
        bridge.call(1, "initialize", #"{"protocolVersion":"2025-11-25"}"#)
        #expect(bridge.dropped() == [stream])
        let sent = bridge.allSent()
        #expect(sent[0].request.method == .delete)
        #expect(sent[0].request.headers.first(.mcpSessionID) == "s-1")
        #expect(sent[1].request.headers.first(.mcpSessionID) == nil)
        bridge.answer(sent[0].id, .noContent)
        #expect(!bridge.isFinished)
        bridge.answer(
            sent[1].id, .ok, [.mcpSessionID: "s-2"],
            #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
        )
        bridge.call(2, "ping")
        #expect(try bridge.sent().request.headers.first(.mcpSessionID) == "s-2")
    }

    @Test("may have no id, and is not lost by a 404 then")
    func noID() throws {
        var bridge = Rehearsal()
        bridge.call(0, "initialize", #"{"protocolVersion":"2025-11-25"}"#)
        bridge.answer(
            try bridge.sent().id, .ok, [:], #"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}"#)
        _ = bridge.written()
        bridge.call(1, "ping")
        let (id, request) = try bridge.sent()
        #expect(request.headers.first(.mcpSessionID) == nil)
        #expect(request.headers.first(.mcpProtocolVersion) == "2025-11-25")
        bridge.answer(id, .notFound)
        #expect(try bridge.refusal() == "not_found")
    }
}

extension Rehearsal {
    /// The endpoint answers the bridge's own `initialize`; gives what the bridge posts next.
    fileprivate mutating func answerAgain(_ session: String) throws -> (id: ExchangeID, request: OutgoingRequest) {
        try answerInitialize(session: session)
        return try sent()
    }
}
