import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

@Suite("A call")
struct ExchangeTests {
    @Test("gets the messages of its stream one by one, then its answer")
    func stream() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "tools/call", #"{"name":"ask"}"#)
        let (id, _) = try bridge.sent()
        bridge.stream(id, "id: s.0\ndata:\n\n: heartbeat\n\n")
        #expect(bridge.written().isEmpty)
        bridge.events(
            id, #"data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}"# + "\n\n")
        #expect(try bridge.message()["method"] == "notifications/progress")
        bridge.events(id, "event: other\ndata: {}\n\ndata: not json\n\n")
        #expect(bridge.written().isEmpty)
        bridge.events(id, #"data: {"jsonrpc":"2.0","id":"q-1","method":"elicitation/create","params":{}}"# + "\n\n")
        #expect(try bridge.message()["id"] == "q-1")
        bridge.events(id, #"data: {"jsonrpc":"2.0","id":"1","result":{}}"# + "\n\n")
        #expect(bridge.written().isEmpty, "The text 1 is not the number 1")
        bridge.events(id, #"data: {"jsonrpc":"2.0","id":1,"result":{"content":[]}}"# + "\n\n")
        #expect(bridge.written() == [#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#])
        bridge.happen(.end(id, nil))
        #expect(bridge.written().isEmpty && bridge.allSent().isEmpty && bridge.dropped().isEmpty)
    }

    @Test("gets no questions in the stateless era, where nobody could answer them")
    func statelessQuestion() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/call", #""name":"ask""#)
        let (id, _) = try bridge.sent()
        bridge.stream(id, #"data: {"jsonrpc":"2.0","id":"q-1","method":"elicitation/create","params":{}}"# + "\n\n")
        #expect(bridge.written().isEmpty)
        #expect(bridge.notes == [.answerUnexpected])
    }

    @Test("ends with the error that the endpoint gave, whatever the status")
    func errors() throws {
        var bridge = Rehearsal()
        for (number, status) in [(1, HTTPStatus.ok), (2, .badRequest), (3, .notFound), (4, .internalServerError)] {
            bridge.callStateless(number, "x/y")
            bridge.answer(
                try bridge.sent().id, status, [:],
                #"{"jsonrpc":"2.0","error":{"code":-32601,"message":"There is no such method here"}}"#
            )
            let message = try bridge.message()
            #expect(message["id"] == .integer(Int64(number)))
            #expect(message["error"]?["code"] == -32601)
        }
    }

    @Test(
        "ends with a sentence where the answer is no message",
        arguments: [
            (200, "<html>", "answer_not_understood"),
            (200, #"{"jsonrpc":"2.0","id":2,"result":{}}"#, "answer_not_understood"),
            (202, "", "answer_not_understood"), (204, "", "answer_not_understood"),
            (401, #"{"error":"invalid_token"}"#, "unauthorized"), (302, "", "redirected"), (400, "", "refused"),
        ]
    )
    func noMessage(status: Int, body: String, code: String) throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/list")
        bridge.answer(try bridge.sent().id, HTTPStatus(rawValue: status), [:], body)
        #expect(try bridge.refusal() == code)
    }

    @Test("is sent again while nothing of it can have arrived, for as long as the patience lasts")
    func unreachable() throws {
        var bridge = Rehearsal { $0.patience = .seconds(4) }
        bridge.callStateless(1, "tools/call", #""name":"write""#)
        var pauses: [Duration] = []
        while true {
            let (id, request) = try bridge.sent()
            #expect(!request.isRepeatable)
            bridge.fail(id, isUnsent: true)
            let alarms = bridge.alarms()
            guard let alarm = alarms.first else { break }
            pauses.append(alarm.time)
            bridge.pass(alarm.time)
            bridge.happen(.alarm(alarm.alarm))
        }
        #expect(pauses == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
        #expect(try bridge.refusal() == "unreachable")
    }

    @Test("is given up at once where trying again makes no sense")
    func lasting() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/list")
        bridge.fail(try bridge.sent().id, isUnsent: true, isLasting: true)
        #expect(try bridge.refusal() == "certificate_not_trusted")
        #expect(bridge.alarms().isEmpty)
    }

    @Test("that may have been carried out is sent again only if that does no harm")
    func outcomeUnknown() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/call", #""name":"write""#)
        bridge.fail(try bridge.sent().id, isUnsent: false)
        #expect(try bridge.refusal() == "outcome_unknown")
        #expect(bridge.alarms().isEmpty)

        bridge.callStateless(2, "resources/read", #""uri":"a""#)
        let first = try bridge.sent()
        #expect(first.request.isRepeatable)
        bridge.fail(first.id, isUnsent: false)
        try bridge.wait()
        bridge.result(try bridge.sent().id, of: 2)
        #expect(try bridge.message()["id"] == 2)
    }

    @Test("of a tool is known to be repeatable from the list")
    func repeatableTools() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/list")
        bridge.result(
            try bridge.sent().id, of: 1,
            #"""
            {"tools":[{"name":"read","annotations":{"readOnlyHint":true}},{"name":"set","annotations":{"idempotentHint":true}},
             {"name":"add","annotations":{"readOnlyHint":false}}]}
            """#
        )
        _ = bridge.written()
        for (name, isRepeatable) in [("read", true), ("set", true), ("add", false), ("unknown", false)] {
            bridge.callStateless(2, "tools/call", #""name":"\#(name)""#)
            let (id, request) = try bridge.sent()
            #expect(request.isRepeatable == isRepeatable)
            bridge.result(id, of: 2)
        }
    }

    @Test("whose messages have reached the client is not sent again behind its back")
    func spoken() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "resources/read", #""uri":"a""#)
        let (id, _) = try bridge.sent()
        bridge.stream(id, #"data: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}"# + "\n\n")
        _ = bridge.written()
        bridge.happen(.end(id, nil))
        #expect(try bridge.refusal() == "outcome_unknown")
    }

    @Test("waits as long as a busy endpoint asks, and not longer than the patience lasts")
    func busy() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/call", #""name":"write""#)
        bridge.answer(try bridge.sent().id, .tooManyRequests, [.retryAfter: "7"])
        #expect(try bridge.wait() == .seconds(7))
        bridge.answer(try bridge.sent().id, .serviceUnavailable, [.retryAfter: "1"])
        #expect(try bridge.wait() == .seconds(1))
        bridge.answer(
            try bridge.sent().id, .tooManyRequests, [.retryAfter: "23"],
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Too many"}}"#
        )
        #expect(try bridge.message()["error"]?["message"] == "Too many")
        #expect(bridge.alarms().isEmpty)
    }

    @Test("that a gateway could not pass on is sent again only if that does no harm", arguments: [502, 503, 504])
    func gateway(status: Int) throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/call", #""name":"write""#)
        bridge.answer(try bridge.sent().id, HTTPStatus(rawValue: status))
        #expect(try bridge.refusal() == "unavailable")
        bridge.callStateless(2, "tools/list")
        bridge.answer(try bridge.sent().id, HTTPStatus(rawValue: status))
        try bridge.wait()
        bridge.result(try bridge.sent().id, of: 2)
        #expect(try bridge.message()["id"] == 2)
    }

    @Test("whose answer is larger than the bridge holds ends with a sentence")
    func tooLarge() throws {
        var bridge = Rehearsal { $0.answerBytes = 100 }
        bridge.callStateless(1, "tools/list")
        let (id, _) = try bridge.sent()
        bridge.happen(.head(id, AnswerHead(status: .ok)))
        bridge.happen(.body(id, [UInt8](repeating: 0x20, count: 101)))
        #expect(bridge.dropped() == [id])
        #expect(try bridge.refusal() == "answer_too_large")
    }
}
