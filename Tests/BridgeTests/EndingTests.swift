import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

@Suite("The end of a bridge")
struct EndingTests {
    @Test("comes at once where nothing is under way and no session is open")
    func idle() {
        var bridge = Rehearsal()
        bridge.happen(.endOfInput)
        #expect(bridge.isFinished)
    }

    @Test("waits for the calls, then ends the session")
    func draining() throws {
        var bridge = Rehearsal()
        let stream = try #require(try bridge.open(hasStream: true))
        bridge.call(1, "tools/call", #"{"name":"slow"}"#)
        let call = try bridge.sent().id
        bridge.callStateless(2, "subscriptions/listen", #""notifications":{}"#)
        let listening = try bridge.sent().id
        bridge.happen(.endOfInput)
        #expect(Set(bridge.dropped()) == [stream, listening], "Streams would not end by themselves")
        bridge.call(3, "ping")
        #expect(bridge.allSent().isEmpty && !bridge.isFinished)
        bridge.result(call, of: 1)
        #expect(try bridge.message()["id"] == 1)
        let (farewell, request) = try bridge.sent()
        #expect(request.method == .delete)
        #expect(request.headers.first(.mcpSessionID) == "s-1")
        #expect(!bridge.isFinished)
        bridge.answer(farewell, .noContent)
        #expect(bridge.isFinished)
    }

    @Test("waits for messages that nobody answers")
    func notes() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.client(#"{"jsonrpc":"2.0","id":"q-1","result":{}}"#)
        let note = try bridge.sent().id
        bridge.happen(.endOfInput)
        #expect(bridge.allSent().isEmpty)
        bridge.fail(note, isUnsent: true)
        #expect(bridge.allSent().isEmpty)
        let alarms = bridge.alarms().filter { $0.alarm != .drain }
        bridge.happen(.alarm(alarms[0].alarm))
        bridge.answer(try bridge.sent().id, .accepted)
        #expect(try bridge.sent().request.method == .delete)
    }

    @Test("does not wait longer than a while, and tells the client")
    func bounded() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/call", #""name":"slow""#)
        let (id, _) = try bridge.sent()
        bridge.happen(.endOfInput)
        #expect(try bridge.wait() == .seconds(30))
        #expect(bridge.dropped() == [id])
        #expect(try bridge.refusal() == "ended")
        #expect(bridge.isFinished)
    }

    @Test("comes in the same way by a signal, and sooner by a second one")
    func signals() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "tools/call", #"{"name":"slow"}"#)
        let (id, _) = try bridge.sent()
        bridge.happen(.stop)
        #expect(bridge.dropped().isEmpty && bridge.allSent().isEmpty)
        bridge.happen(.stop)
        #expect(bridge.dropped() == [id])
        #expect(try bridge.refusal() == "ended")
        #expect(try bridge.sent().request.method == .delete)
        bridge.happen(.stop)
        #expect(bridge.isFinished, "Even the farewell is not waited for")
    }

    @Test("comes at once when the client takes nothing more")
    func clientGone() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "tools/call", #"{"name":"slow"}"#)
        let (id, _) = try bridge.sent()
        bridge.happen(.clientGone)
        #expect(bridge.dropped() == [id])
        bridge.fail(try bridge.sent().id, isUnsent: true)
        #expect(bridge.isFinished, "A farewell that fails is one too")
    }

    @Test("finishes a call whose session was lost meanwhile")
    func lostSession() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "ping")
        let (id, _) = try bridge.sent()
        bridge.happen(.endOfInput)
        bridge.answer(id, .notFound)
        try bridge.answerInitialize(session: "s-2")
        bridge.answer(try bridge.sent().id, .accepted)
        let (again, request) = try bridge.sent()
        #expect(request.headers.first(.mcpSessionID) == "s-2")
        bridge.result(again, of: 1)
        #expect(bridge.written().last?.contains(#""id":1"#) == true)
        #expect(try bridge.sent().request.method == .delete)
    }
}
