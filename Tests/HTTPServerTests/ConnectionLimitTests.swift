import HTTP
import Testing

@testable import HTTPServer

@Suite("The server ends a connection")
struct ConnectionLimitTests {
    private func expectRefusal(_ client: TestClient, _ refusal: RequestRefusal) throws {
        let answer = try client.answer()
        #expect(answer.status == refusal.status.rawValue)
        #expect(answer.text.contains("\"\(refusal.rawValue)\""))
        #expect(answer.headers["connection"] == "close")
        #expect(answer.headers["content-type"] == "application/json")
        #expect(try client.rest() == [])
    }

    @Test("with 408 when a header is slow", arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\nX: "])
    func slowHeader(text: String) throws {
        let server = try TestServer { $0.headerTimeout = .milliseconds(30) }
        let client = try server.connect()
        try client.send(text)
        try expectRefusal(client, .headerTimeout)
        // Counters are published when a turn ends; an answer to a later request comes after that.
        try server.roundTrip()
        #expect(server.server.counters.refusals == [.headerTimeout: 1])
    }

    @Test(
        "with 408 when a body is slow",
        arguments: ["Content-Length: 9\r\n\r\n1", "Transfer-Encoding: chunked\r\n\r\n1\r\n"])
    func slowBody(text: String) throws {
        let server = try TestServer { $0.bodyTimeout = .milliseconds(30) }
        let client = try server.connect()
        try client.send("PUT / HTTP/1.1\r\nHost: a\r\n" + text)
        try expectRefusal(client, .bodyTimeout)
    }

    @Test("with 408 when a body that it has asked for does not come")
    func slowExpectedBody() throws {
        let server = try TestServer { $0.bodyTimeout = .milliseconds(30) }
        let client = try server.connect()
        try client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        #expect(try client.answer().status == 100)
        try expectRefusal(client, .bodyTimeout)
    }

    @Test("without a word when no request comes, first or later")
    func idle() throws {
        let server = try TestServer { $0.idleTimeout = .milliseconds(400) }
        #expect(try server.connect().rest() == [])
        let client = try server.connect()
        try client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 200)
        #expect(try client.rest() == [])
    }

    @Test("but not while a worker has the request")
    func notIdle() throws {
        let server = try TestServer {
            $0.idleTimeout = .milliseconds(400)
            $0.headerTimeout = .milliseconds(400)
        }
        let client = try server.connect()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let call = try server.calls.next()
        // A later connection with the same limits is closed first.
        #expect(try server.connect().rest() == [])
        call.responder.send(.text("late"))
        #expect(try client.answer().text == "late")
    }

    @Test("with 413 when a body is too large, though the client goes on sending")
    func oversize() throws {
        let server = try TestServer {
            $0.limits.maxBodyBytes = 1000
            $0.lingerTimeout = .seconds(10)
        }
        let client = try server.connect()
        try client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n")
        try client.send([UInt8](repeating: 0x61, count: 300_000))
        try expectRefusal(client, .bodyTooLarge)
        #expect(server.calls.isEmpty)
    }

    @Test("with 431 when a header is too large")
    func largeHeader() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 40_000))
        try expectRefusal(client, .headerTooLarge)
    }

    @Test("after the answers to what came before")
    func order() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        let call = try server.calls.next()
        try server.wait(for: .refused(.malformedMethod, peer: "127.0.0.1"))
        call.responder.send(.text("first"))
        #expect(try client.answer().text == "first")
        try expectRefusal(client, .malformedMethod)
    }

    @Test("with 503 when there are too many")
    func tooMany() throws {
        let server = try TestServer {
            $0.maxConnections = 1
            $0.lingerTimeout = .seconds(10)
        }
        let first = try server.connect()
        try first.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try first.answer().status == 200)
        let second = try server.connect()
        try second.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        try expectRefusal(second, .tooManyConnections)
        try first.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try first.answer().status == 200)
        #expect(server.server.counters.connectionsRefused == 1)
    }

    @Test("with 503 when all together hold too many bytes of bodies")
    func tooManyBytes() throws {
        let server = try TestServer {
            $0.maxBufferedInput = 100_000
            $0.lingerTimeout = .seconds(10)
        }
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 80000\r\n\r\n"
        let part = [UInt8](repeating: 0x61, count: 40_000)
        let (first, second) = (try server.connect(), try server.connect())
        try first.send(Array(head.utf8) + part + part.dropLast())
        try server.roundTrip()
        try second.send(Array(head.utf8) + part)
        let answer = try second.answer()
        #expect(answer.status == 503 && answer.headers["retry-after"] == "1")
        try first.send("a")
        #expect(try first.answer().body.count == 80_000)
        // What the others held is free again.
        try first.send(Array(head.utf8) + part + part)
        #expect(try first.answer().body.count == 80_000)
    }

    @Test("when the client does not take what waits for it")
    func writeTimeout() throws {
        let server = try TestServer {
            $0.writeTimeout = .milliseconds(30)
            $0.maxStreamBuffer = 64 << 20
        }
        let client = try server.connect(receiveBuffer: 4096)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let stream = try server.calls.next().responder.stream()
        let endings = Arrivals<ResponseStream.Ending>()
        stream.onClose { endings.put($0) }
        #expect(stream.send([UInt8](repeating: 0x61, count: 32 << 20)))
        #expect(try endings.next() == .disconnected)
        #expect(!stream.isOpen)
    }

    @Test("and is not there for an address that is taken, or is none")
    func addresses() throws {
        let server = try TestServer()
        #expect { _ = try TestServer { $0.port = server.port } } throws: {
            ($0 as? HTTPServerError)?.code == .addressInUse
        }
        #expect { _ = try TestServer { $0.host = "no such host" } } throws: {
            ($0 as? HTTPServerError)?.code == .addressNotFound
        }
        #expect { _ = try server.server.start() } throws: { ($0 as? HTTPServerError)?.code == .alreadyStarted }
    }

    @Test("but takes IPv4 at an address that is both")
    func bothFamilies() throws {
        let server = try TestServer { $0.host = "::" }
        let client = try server.connect()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let call = try server.calls.next()
        #expect(call.request.peer == "127.0.0.1")
        call.responder.send(.text(""))
    }
}
