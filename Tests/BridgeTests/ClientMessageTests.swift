import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

@Suite("A line of the client")
struct ClientMessageTests {
    @Test(
        "that is no message is answered, and the next is served",
        arguments: [
            ("no json", -32700, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping""#, -32700, nil),
            ("[]", -32600, nil),
            (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, nil),
            (#"{"jsonrpc":"1.0","id":"x","method":"ping"}"#, -32600, "x"),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":"x","method":7}"#, -32600, "x"),
            (#"{"jsonrpc":"2.0","id":"x","method":"ping","params":[]}"#, -32600, "x"),
            (#"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"a","name":"b"}}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":"x","result":7}"#, -32600, nil),
            ("7", -32600, nil),
        ] as [(String, Int64, String?)]
    )
    func mistakes(line: String, code: Int64, id: String?) throws {
        var bridge = Rehearsal()
        bridge.client(line)
        let message = try bridge.message()
        #expect(message["error"]?["code"]?.integer == code)
        #expect(message["id"]?.string == id)
        #expect((message["id"] == nil) == (id == nil), "There is no id rather than null")
        #expect(bridge.allSent().isEmpty)
        bridge.callStateless(1, "ping")
        _ = try bridge.sent()
    }

    @Test("that is too long is answered")
    func overlong() throws {
        var bridge = Rehearsal()
        bridge.happen(.line(.overlong))
        let message = try bridge.message()
        #expect(message["error"]?["code"] == -32600)
        #expect(message["error"]?["message"]?.string?.contains("4194304 bytes") == true)
    }

    @Test("goes on byte for byte, and its answer comes back so")
    func unchanged() throws {
        var bridge = Rehearsal()
        try bridge.open()
        let line = #"{ "jsonrpc":"2.0", "id":9007199254740993, "method":"x/y", "params":{"a": 1.50, "b":"\u00e9"} }"#
        bridge.client(line)
        let (id, request) = try bridge.sent()
        #expect(String(decoding: request.body, as: UTF8.self) == line)
        #expect(request.headers.first(.mcpSessionID) == "s-1")
        #expect(request.headers.first(.mcpProtocolVersion) == "2025-11-25")
        bridge.answer(id, .ok, [:], "{\"jsonrpc\":\"2.0\",\"id\":9007199254740993,\n \"result\":{\"a\":1.50}}\n")
        #expect(bridge.written() == [#"{"jsonrpc":"2.0","id":9007199254740993,  "result":{"a":1.50}}"#])
    }

    @Test("with an id that is under way already is refused")
    func sameID() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/list")
        let (id, _) = try bridge.sent()
        bridge.callStateless(1, "tools/list")
        #expect(try bridge.message()["error"]?["code"] == -32600)
        bridge.result(id, of: 1)
        #expect(try bridge.message()["result"] == [:])
        bridge.callStateless(1, "tools/list")
        _ = try bridge.sent()
    }

    @Test("is sent at once while few are under way, and in order after that")
    func concurrency() throws {
        var bridge = Rehearsal { $0.concurrentCalls = 2 }
        for id in 1...2 { bridge.callStateless(id, "subscriptions/listen", #""notifications":{}"#) }
        _ = bridge.allSent()
        for id in 3...6 { bridge.callStateless(id, "tools/call", #""name":"t\#(id)""#) }
        let first = bridge.allSent()
        #expect(first.map { $0.request.json["id"] } == [3, 4], "Streams of changes do not count")
        bridge.result(first[1].id, of: 4)
        let next = try bridge.sent()
        #expect(next.request.json["id"] == 5)
        bridge.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":6}}"#)
        bridge.result(first[0].id, of: 3)
        #expect(bridge.allSent().isEmpty, "A call that was cancelled while it waited is not sent")
        #expect(bridge.written().count == 2)
    }

    @Test("beyond a thousand calls is refused")
    func bound() throws {
        var bridge = Rehearsal { $0.calls = 3 }
        for id in 1...4 { bridge.callStateless(id, "tools/list") }
        let message = try bridge.message()
        #expect(message["id"] == 4)
        #expect(message["error"]?["data"]?["code"] == "too_many_calls")
    }

    @Test("that is a notification or an answer is posted, and nobody waits for it")
    func notes() throws {
        var bridge = Rehearsal()
        try bridge.open()
        for line in [
            #"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#,
            #"{"jsonrpc":"2.0","id":"q-1","result":{"action":"decline"}}"#,
            #"{"jsonrpc":"2.0","id":"q-2","error":{"code":-1,"message":"no"}}"#,
        ] {
            bridge.client(line)
            let (id, request) = try bridge.sent()
            #expect(String(decoding: request.body, as: UTF8.self) == line)
            #expect(request.headers.first(.mcpSessionID) == "s-1")
            bridge.answer(id, .accepted)
        }
        #expect(bridge.written().isEmpty)
    }

    @Test("that is posted is posted again when it did not get through")
    func repost() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.client(#"{"jsonrpc":"2.0","id":"q-1","result":{}}"#)
        bridge.fail(try bridge.sent().id, isUnsent: true)
        try bridge.wait()
        bridge.answer(try bridge.sent().id, .serviceUnavailable, [.retryAfter: "2"])
        #expect(try bridge.wait() == .seconds(2))
        let last = try bridge.sent()
        #expect(last.request.json["id"] == "q-1")
        bridge.answer(last.id, .accepted)
        #expect(bridge.alarms().isEmpty)
    }

    @Test("that would be a call if it had an id does not slip through as a notification")
    func callWithoutID() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.client(#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"write"}}"#)
        #expect(bridge.allSent().isEmpty && bridge.written().isEmpty)
        #expect(bridge.notes == [.messageDropped])
    }

    @Test("cancels a call: by a message where there is a session, by the end of the connection where there is none")
    func cancellation() throws {
        var bridge = Rehearsal()
        try bridge.open()
        let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#
        bridge.call(1, "tools/call", #"{"name":"slow"}"#)
        let call = try bridge.sent()
        bridge.client(cancel)
        let note = try bridge.sent()
        #expect(String(decoding: note.request.body, as: UTF8.self) == cancel)
        #expect(bridge.dropped() == [call.id])
        bridge.result(call.id, of: 1)
        #expect(bridge.written().isEmpty, "An answer that comes too late is nobody's")

        bridge.callStateless(1, "tools/call", #""name":"slow""#)
        let other = try bridge.sent()
        bridge.client(cancel)
        #expect(bridge.dropped() == [other.id])
        #expect(bridge.allSent().isEmpty)
        bridge.client(cancel)
        #expect(bridge.allSent().isEmpty && bridge.written().isEmpty)
    }

    @Test("of a client that never opened a session is sent without one, and refused as the endpoint does")
    func noSession() throws {
        var bridge = Rehearsal()
        bridge.call(1, "tools/list")
        let (id, request) = try bridge.sent()
        #expect(request.headers.first(.mcpSessionID) == nil)
        bridge.answer(id, .badRequest, [:], #"{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"No session"}}"#)
        #expect(try bridge.message()["error"]?["message"] == "No session")
    }
}
