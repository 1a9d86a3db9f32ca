import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

@Suite("A stream that was lost")
struct ResumptionTests {
    private let answer = #"data: {"jsonrpc":"2.0","id":1,"result":{"content":[]}}"# + "\n\n"

    /// A call whose stream has begun.
    private func begun(_ events: String) throws -> (Rehearsal, ExchangeID) {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "tools/call", #"{"name":"write"}"#)
        let (id, _) = try bridge.sent()
        bridge.stream(id, events)
        return (bridge, id)
    }

    @Test("is taken up where it was left, after the time that the endpoint asked for")
    func resumed() throws {
        var (bridge, id) = try begun("id: s.0\nretry: 1500\ndata:\n\n")
        bridge.happen(.end(id, nil))
        #expect(bridge.written().isEmpty)
        #expect(try bridge.wait() == .milliseconds(1500))
        let (next, request) = try bridge.sent()
        #expect(request.method == .get)
        #expect(request.headers.first(.lastEventID) == "s.0")
        #expect(request.headers.first(.mcpSessionID) == "s-1")
        _ = bridge.alarms()
        bridge.stream(next, #"id: s.1"# + "\n" + #"data: {"jsonrpc":"2.0","method":"notifications/message"}"# + "\n\n")
        bridge.fail(next, isUnsent: false)
        _ = try bridge.message()
        try bridge.wait()
        let (last, second) = try bridge.sent()
        #expect(second.headers.first(.lastEventID) == "s.1")
        bridge.stream(last, answer)
        #expect(try bridge.message()["id"] == 1)
        bridge.happen(.end(last, nil))
        #expect(bridge.allSent().isEmpty)
    }

    @Test("is not taken up without the id of an event: what became of the call is not known then")
    func unresumable() throws {
        var (bridge, id) = try begun(": heartbeat\n\n")
        bridge.happen(.end(id, nil))
        #expect(try bridge.refusal() == "outcome_unknown")
    }

    @Test("is given up when nothing new comes again and again, for as long as the patience lasts")
    func givenUp() throws {
        var (bridge, id) = try begun("id: s.0\ndata:\n\n")
        bridge.happen(.end(id, nil))
        var attempts = 0
        let begin = bridge.now
        while case let alarms = bridge.alarms().filter({ if case .resume = $0.alarm { true } else { false } }),
            let alarm = alarms.first
        {
            bridge.pass(alarm.time)
            bridge.happen(.alarm(alarm.alarm))
            let (next, _) = try bridge.sent()
            attempts += 1
            bridge.stream(next)
            bridge.happen(.end(next, nil))
        }
        #expect(attempts >= 5)
        #expect(begin.duration(to: bridge.now) <= .seconds(30))
        #expect(try bridge.refusal() == "outcome_unknown")
    }

    @Test("is given up when an endpoint that has forgotten it stays silent")
    func silent() throws {
        var (bridge, id) = try begun("id: s.0\ndata:\n\n")
        bridge.happen(.end(id, nil))
        try bridge.wait()
        let (next, _) = try bridge.sent()
        bridge.stream(next, ": heartbeat\n\n")
        try bridge.wait()
        #expect(try bridge.refusal() == "outcome_unknown")
        #expect(bridge.dropped() == [next])
    }

    @Test("is waited for as long as anything comes on it")
    func notSilent() throws {
        var (bridge, id) = try begun("id: s.0\ndata:\n\n")
        bridge.happen(.end(id, nil))
        try bridge.wait()
        let (next, _) = try bridge.sent()
        bridge.stream(next, "id: s.1\ndata:\n\n")
        try bridge.wait()
        #expect(bridge.written().isEmpty)
        bridge.events(next, answer)
        #expect(try bridge.message()["id"] == 1)
    }

    @Test("is gone with its session, and so is the answer")
    func sessionGone() throws {
        var (bridge, id) = try begun("id: s.0\ndata:\n\n")
        bridge.happen(.end(id, nil))
        try bridge.wait()
        bridge.answer(try bridge.sent().id, .notFound)
        #expect(try bridge.refusal() == "session_lost")
        _ = bridge.alarms()
        try bridge.answerInitialize(session: "s-2")
    }

    @Test("of a session is opened again where it was left")
    func sessionStream() throws {
        var bridge = Rehearsal()
        let stream = try #require(try bridge.open(hasStream: true))
        let changed = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
        bridge.events(stream, "id: g.7\nretry: 3000\ndata: \(changed)\n\n")
        #expect(bridge.written() == [changed])
        bridge.happen(.end(stream, nil))
        #expect(try bridge.wait() == .seconds(3))
        let (next, request) = try bridge.sent()
        #expect(request.method == .get)
        #expect(request.headers.first(.lastEventID) == "g.7")
        bridge.fail(next, isUnsent: true)
        #expect(try bridge.wait() == .seconds(2))
        bridge.fail(try bridge.sent().id, isUnsent: true)
        #expect(try bridge.wait() == .seconds(4))
        bridge.answer(try bridge.sent().id, .badRequest)
        try bridge.wait()
        #expect(try bridge.sent().request.headers.first(.lastEventID) == nil, "The id was what the endpoint refused")
        #expect(bridge.written().isEmpty)
    }

    @Test("of a session is not asked for where there is none", arguments: [404, 405, 401, 501])
    func noStream(status: Int) throws {
        var bridge = Rehearsal()
        bridge.call(0, "initialize", #"{"protocolVersion":"2025-06-18"}"#)
        try bridge.answerInitialize("2025-06-18", session: "s-1", id: "0")
        bridge.client(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        bridge.answer(try bridge.sent().id, .accepted)
        bridge.answer(try bridge.sent().id, HTTPStatus(rawValue: status))
        #expect(bridge.alarms().isEmpty && bridge.allSent().isEmpty)
        #expect(bridge.notes.last == .streamUnavailable(HTTPStatus(rawValue: status)))
    }

    @Test("of changes in the stateless era is opened again, and the client told what it may have missed")
    func listening() throws {
        var bridge = Rehearsal()
        bridge.callStateless(5, "subscriptions/listen", #""notifications":{"toolsListChanged":true}"#)
        let (id, request) = try bridge.sent()
        let acknowledged = #"""
            {"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":\#
            {"toolsListChanged":true,"promptsListChanged":false,"resourceSubscriptions":["test://a"]},\#
            "_meta":{"io.modelcontextprotocol/subscriptionId":5}}}
            """#
        bridge.stream(id, "data: \(acknowledged)\n\n")
        #expect(bridge.written() == [acknowledged])
        bridge.fail(id, isUnsent: false)
        try bridge.wait()
        bridge.fail(try bridge.sent().id, isUnsent: true)
        try bridge.wait()
        bridge.answer(try bridge.sent().id, 502)
        try bridge.wait()
        let again = try bridge.sent()
        #expect(again.request == request)
        bridge.stream(again.id, "data: \(acknowledged)\n\n")
        let tag = #""_meta":{"io.modelcontextprotocol/subscriptionId":5}"#
        #expect(
            bridge.written() == [
                #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{\#(tag)}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://a",\#(tag)}}"#,
            ]
        )
        bridge.events(again.id, #"data: {"jsonrpc":"2.0","id":5,"result":{}}"# + "\n\n")
        #expect(try bridge.message()["id"] == 5, "The end that the endpoint wants is the end")
    }

    @Test("of changes ends where the endpoint refuses to open it again")
    func listeningRefused() throws {
        var bridge = Rehearsal()
        bridge.callStateless(5, "subscriptions/listen", #""notifications":{}"#)
        let (id, _) = try bridge.sent()
        bridge.stream(
            id, #"data: {"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{}}"# + "\n\n")
        _ = bridge.written()
        bridge.happen(.end(id, nil))
        try bridge.wait()
        bridge.answer(try bridge.sent().id, .unauthorized)
        #expect(try bridge.refusal() == "unauthorized")
    }
}
