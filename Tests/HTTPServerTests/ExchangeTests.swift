import Dispatch
import HTTP
import Testing

@testable import HTTPServer

@Suite("A connection")
struct ExchangeTests {
    private func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    @Test("serves one request after the other")
    func keepAlive() throws {
        let server = try TestServer()
        let client = try server.connect()
        for number in 0..<3 {
            try client.send("POST /echo?n=\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nn\(number)")
            let answer = try client.answer()
            #expect(answer.status == 200 && answer.text == "n\(number)")
            #expect(answer.headers["x-query"] == "n=\(number)")
            #expect(answer.headers["connection"] == nil)
            #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)
        }
        #expect(server.server.counters.connectionsAccepted == 1)
    }

    @Test("hands the request on as it came")
    func request() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send("PUT /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")
        let call = try server.calls.next()
        #expect(call.request.method == .put && call.request.path == "/a" && call.request.queryText == "b")
        #expect(call.request.body == [0x78] && call.request.peer == "127.0.0.1")
        #expect(call.request.arrival <= .now)
        call.responder.send(.text("done"))
        call.responder.send(.text("again"))
        #expect(try client.answer().text == "done")
        try client.send(get("/echo", "Connection: close\r\n"))
        let last = try client.answer()
        #expect(last.headers["connection"] == "close" && last.text == "")
        #expect(try client.rest() == [])
    }

    @Test("answers pipelined requests in their order, whichever is ready first")
    func pipelining() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(get("/0") + get("/1") + get("/2") + get("/echo?3"))
        let calls = try (0..<3).map { _ in try server.calls.next() }
        for call in calls.reversed() {
            DispatchQueue.global().sync { call.responder.send(.text(call.request.path)) }
        }
        #expect(try (0..<3).map { _ in try client.answer().text } == ["/0", "/1", "/2"])
        #expect(try client.answer().headers["x-query"] == "3")
    }

    @Test("leaves requests unread while too many wait")
    func pipelineLimit() throws {
        let server = try TestServer { $0.maxPipelined = 2 }
        let client = try server.connect()
        try client.send((0..<5).map { get("/\($0)") }.joined())
        let first = [try server.calls.next(), try server.calls.next()]
        try server.roundTrip()
        #expect(server.calls.isEmpty)
        for call in first { call.responder.send(.text(call.request.path)) }
        for _ in 2..<5 {
            let call = try server.calls.next()
            call.responder.send(.text(call.request.path))
        }
        #expect(try (0..<5).map { _ in try client.answer().text } == ["/0", "/1", "/2", "/3", "/4"])
    }

    @Test("serves a burst of a thousand requests")
    func burst() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send((0..<1000).map { get("/echo?\($0)") }.joined())
        for number in 0..<1000 { #expect(try client.answer().headers["x-query"] == "\(number)") }
    }

    @Test("answers HEAD without the body, and 204 without a length")
    func bodiless() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y") + get("/echo"))
        try server.calls.next().responder.send(.text("12345"))
        try server.calls.next().responder.send(HTTPResponse(status: .noContent, body: [1]))
        #expect(try client.answer(isHead: true).headers["content-length"] == "5")
        let empty = try client.answer()
        #expect(empty.status == 204 && empty.headers["content-length"] == nil)
        #expect(try client.answer().status == 200)
    }

    @Test("of HTTP/1.0 ends with its answer")
    func oldVersion() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try client.answer().headers["connection"] == "close")
        #expect(try client.rest() == [])
    }

    @Test("answers a client that has closed its sending side")
    func halfClose() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(get("/0") + get("/1") + "GET /half")
        client.finishSending()
        let calls = [try server.calls.next(), try server.calls.next()]
        try server.roundTrip()
        for call in calls { call.responder.send(.text(call.request.path)) }
        #expect(try client.answer().text == "/0")
        let last = try client.answer()
        #expect(last.text == "/1" && last.headers["connection"] == "close")
        #expect(try client.rest() == [])
    }

    @Test("asks for a body that the client holds back")
    func expectation() throws {
        let server = try TestServer()
        let client = try server.connect()
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        try client.send(head)
        #expect(try client.answer().status == 100)
        try client.send("ab")
        #expect(try client.answer().text == "ab")
        try client.send(head + "cd")
        #expect(try client.answer().text == "cd")
    }

    @Test("asks for a body only after the answers before it")
    func expectationInOrder() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(
            get("/0") + "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        let call = try server.calls.next()
        try server.roundTrip()
        call.responder.send(.text("first"))
        #expect(try client.answer().text == "first")
        #expect(try client.answer().status == 100)
        try client.send("ab")
        #expect(try client.answer().text == "ab")
    }

    @Test("carries large bodies both ways")
    func large() throws {
        let server = try TestServer { $0.maxBufferedOutput = 1 << 10 }
        let client = try server.connect()
        let body = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        for _ in 0..<2 {
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
            try client.send(body)
            let echoed = try client.answer().body == body
            #expect(echoed)
        }
    }

    @Test("gets 500 if its responder is dropped")
    func dropped() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(get("/"))
        _ = try server.calls.next()
        let answer = try client.answer()
        #expect(answer.status == 500 && answer.text.contains("internal_error"))
        try server.wait(for: .unanswered(method: "GET"))
        try client.send(get("/echo"))
        #expect(try client.answer().status == 200)
    }

    @Test("that is lost is told to who is working for it")
    func disconnect() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(get("/"))
        let call = try server.calls.next()
        let lost = Arrivals<Bool>()
        call.responder.onDisconnect { lost.put(true) }
        client.reset()
        #expect(try lost.next())
        call.responder.onDisconnect { lost.put(false) }
        #expect(try !lost.next())
        call.responder.send(.text("too late"))
        try server.roundTrip()
    }

    @Test("keeps its order among many others whose workers are of different speed")
    func many() throws {
        let server = try TestServer()
        let workers = (0..<4).map { DispatchQueue(label: "worker \($0)") }
        let (connections, requests) = (24, 50)
        let answering = DispatchQueue(label: "answering")
        answering.async {
            for number in 0..<(connections * requests) {
                guard let call = try? server.calls.next() else { return }
                workers[number * 7 % workers.count].async { call.responder.send(.text(call.request.path)) }
            }
        }
        let failures = Arrivals<String>()
        DispatchQueue.concurrentPerform(iterations: connections) { number in
            do {
                let client = try server.connect()
                for start in stride(from: 0, to: requests, by: 10) {
                    try client.send((start..<start + 10).map { get("/\(number)/\($0)") }.joined())
                    for request in start..<start + 10 where try client.answer().text != "/\(number)/\(request)" {
                        failures.put("\(number)/\(request)")
                    }
                }
            } catch { failures.put("\(error)") }
        }
        #expect(failures.isEmpty)
        answering.sync {}
    }
}
