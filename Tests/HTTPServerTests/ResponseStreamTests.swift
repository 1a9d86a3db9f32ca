import HTTP
import Testing

@testable import HTTPServer

@Suite("A stream")
struct ResponseStreamTests {
    private let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("carries pieces as they come, and leaves the connection open")
    func pieces() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request)
        let stream = try server.calls.next().responder.stream()
        let (status, headers) = try client.head()
        #expect(status == 200 && headers["content-type"] == "text/event-stream")
        #expect(headers["transfer-encoding"] == "chunked" && headers["content-length"] == nil)
        #expect(stream.send(bytes("one")))
        #expect(try client.chunk() == bytes("one"))
        #expect(stream.send(bytes("two")))
        #expect(try client.chunk() == bytes("two"))
        let endings = Arrivals<ResponseStream.Ending>()
        stream.onClose { endings.put($0) }
        stream.end()
        #expect(!stream.isOpen && !stream.send(bytes("three")))
        #expect(try client.chunk() == nil)
        #expect(try endings.next() == .finished)
        try client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 200)
    }

    @Test("waits for the answers before it, and those after it wait for its end")
    func order() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request + request + "GET /echo?last HTTP/1.1\r\nHost: a\r\n\r\n")
        let (first, second) = (try server.calls.next(), try server.calls.next())
        let stream = second.responder.stream()
        stream.send(bytes("a"))
        stream.send(bytes("b"))
        try server.roundTrip()
        first.responder.send(.text("first"))
        #expect(try client.answer().text == "first")
        #expect(try client.head().status == 200)
        #expect(try client.chunk() == bytes("a"))
        #expect(try client.chunk() == bytes("b"))
        stream.send(bytes("c"))
        stream.end()
        #expect(try client.chunk() == bytes("c"))
        #expect(try client.chunk() == nil)
        #expect(try client.answer().headers["x-query"] == "last")
    }

    @Test("that has ended before its turn is sent whole")
    func early() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request + request)
        let (first, second) = (try server.calls.next(), try server.calls.next())
        second.responder.stream().send(bytes("all"))
        try server.roundTrip()
        first.responder.send(.text("first"))
        #expect(try client.answer().text == "first")
        #expect(try client.answer().text == "all")
    }

    @Test("ends when it is released")
    func released() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request)
        _ = try server.calls.next().responder.stream().send(bytes("x"))
        #expect(try client.answer().text == "x")
    }

    @Test("ends with the connection for HTTP/1.0, and has no body for HEAD")
    func versions() throws {
        let server = try TestServer()
        let old = try server.connect()
        try old.send("GET / HTTP/1.0\r\n\r\n")
        let stream = try server.calls.next().responder.stream()
        stream.send(bytes("abc"))
        stream.end()
        let answer = try old.answer()
        #expect(answer.headers["transfer-encoding"] == nil && answer.headers["connection"] == "close")
        #expect(answer.text == "abc")
        let client = try server.connect()
        try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        let endings = Arrivals<ResponseStream.Ending>()
        try server.calls.next().responder.stream().onClose { endings.put($0) }
        #expect(try client.answer(isHead: true).status == 200)
        #expect(try endings.next() == .finished)
        try client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 200)
    }

    @Test("takes no more than its bound while the client does not read, and says when it may go on")
    func backPressure() throws {
        let server = try TestServer { $0.maxStreamBuffer = 256 << 10 }
        let client = try server.connect(receiveBuffer: 4096)
        try client.send(request)
        let stream = try server.calls.next().responder.stream()
        let writable = Arrivals<Void>()
        stream.onWritable { writable.put(()) }
        let piece = [UInt8](repeating: 0x62, count: 64 << 10)
        var taken = 0
        // The kernel takes a few megabytes; more than that waits here.
        while stream.send(piece) { taken += 1 }
        #expect(stream.isOpen && taken >= 3 && taken < 1000)
        _ = try client.head()
        for _ in 0..<taken { #expect(try client.chunk() == piece) }
        try writable.next()
        #expect(stream.send(bytes("more")))
        #expect(try client.chunk() == bytes("more"))
    }

    @Test("is over when the client goes away", arguments: [true, false])
    func disconnect(abruptly: Bool) throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request)
        let stream = try server.calls.next().responder.stream()
        let endings = Arrivals<ResponseStream.Ending>()
        stream.onClose { endings.put($0) }
        _ = try client.head()
        let left = ContinuousClock.now
        if abruptly { client.reset() } else { client.close() }
        #expect(try endings.next() == .disconnected)
        // Nobody has tried to send anything: the loop watches for it.
        #expect(ContinuousClock.now - left < .seconds(1))
        #expect(!stream.isOpen && !stream.send(bytes("x")))
        stream.onClose { endings.put($0) }
        #expect(try endings.next() == .disconnected)
        try server.roundTrip()
        #expect(server.server.counters.streamsOpen == 0)
    }

    @Test("that has yet to begin does not cost the answers before it when the client stops sending")
    func halfClosed() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(request + request)
        let (first, second) = (try server.calls.next(), try server.calls.next())
        let stream = second.responder.stream()
        let endings = Arrivals<ResponseStream.Ending>()
        stream.onClose { endings.put($0) }
        client.finishSending()
        try server.roundTrip()
        first.responder.send(.text("first"))
        #expect(try client.answer().text == "first")
        #expect(try endings.next() == .disconnected)
        #expect(try client.rest() == [])
    }

    @Test("of events gets a comment when nothing happens; others do not")
    func heartbeat() throws {
        let server = try TestServer { $0.heartbeat = .milliseconds(20) }
        let client = try server.connect()
        try client.send(request)
        let stream = try server.calls.next().responder.stream()
        _ = try client.head()
        for _ in 0..<3 { #expect(try client.chunk() == bytes(": \n\n")) }
        let other = try server.connect()
        try other.send(request)
        let plain = try server.calls.next().responder.stream(headers: ["Content-Type": "text/plain"])
        _ = try other.head()
        for _ in 0..<3 { #expect(try client.chunk() == bytes(": \n\n")) }
        plain.end()
        #expect(try other.chunk() == nil)
        stream.end()
    }
}
