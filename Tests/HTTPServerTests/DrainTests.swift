import Dispatch
import HTTP
import Testing

@testable import HTTPServer

@Suite("A server that drains")
struct DrainTests {
    private let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Drains on another thread.
    private func drain(_ server: TestServer, _ deadline: Duration = .seconds(10)) -> DispatchSemaphore {
        let isDone = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            server.server.drain(deadline: deadline)
            isDone.signal()
        }
        return isDone
    }

    private func isSignalled(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + .seconds(10)) == .success
    }

    @Test("accepts nothing new, and answers what it has with Connection: close")
    func inFlight() throws {
        let server = try TestServer()
        let (client, idle) = (try server.connect(), try server.connect())
        try idle.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try idle.answer()
        try client.send(request + request)
        let calls = [try server.calls.next(), try server.calls.next()]
        let isDone = drain(server)
        try server.wait(for: .draining(open: 2))
        #expect(try idle.rest() == [])
        idle.close()
        #expect(throws: TestClient.Failure.self) { try server.connect() }
        for call in calls { call.responder.send(.text("done")) }
        #expect(try client.answer().headers["connection"] == nil)
        let last = try client.answer()
        #expect(last.text == "done" && last.headers["connection"] == "close")
        #expect(try client.rest() == [])
        client.close()
        #expect(isSignalled(isDone))
        try server.wait(for: .stopped(cut: 0))
        #expect(server.server.counters.connectionsOpen == 0)
    }

    @Test("serves a request that has begun to arrive")
    func halfRequest() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.answer().status == 100)
        let isDone = drain(server)
        try server.wait(for: .draining(open: 1))
        try client.send("body")
        let answer = try client.answer()
        #expect(answer.text == "body" && answer.headers["connection"] == "close")
        client.close()
        #expect(isSignalled(isDone))
    }

    @Test("ends streams so that clients see a whole answer")
    func streams() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request)
        let stream = try server.calls.next().responder.stream()
        let endings = Arrivals<ResponseStream.Ending>()
        stream.onClose { endings.put($0) }
        stream.send(Array("last".utf8))
        try server.roundTrip()
        let isDone = drain(server)
        #expect(try endings.next() == .draining)
        #expect(try client.answer().text == "last")
        #expect(try client.rest() == [])
        client.close()
        #expect(!stream.send([1]))
        #expect(isSignalled(isDone))
    }

    @Test("cuts what is not done at the deadline")
    func deadline() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request)
        let call = try server.calls.next()
        let lost = Arrivals<Bool>()
        call.responder.onDisconnect { lost.put(true) }
        server.server.drain(deadline: .milliseconds(20))
        #expect(try lost.next())
        try server.wait(for: .stopped(cut: 1))
        call.responder.send(.text("late"))
        #expect(!call.responder.stream().isOpen)
        #expect(try client.rest() == [])
        server.server.drain(deadline: .zero)
    }
}
