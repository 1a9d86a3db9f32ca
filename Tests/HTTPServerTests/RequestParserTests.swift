import HTTP
import Testing

@testable import HTTPServer

@Suite("The request parser")
struct RequestParserTests {
    private func one(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> ParsedRequest {
        let run = ParserRun.agreed(text)
        try #require(run.requests.count == 1 && run.end == .betweenRequests, "\(run)", sourceLocation: sourceLocation)
        return run.requests[0]
    }

    @Test("reads a request without body")
    func simple() throws {
        let request = try one("GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nAccept:  */* \t\r\nX:\r\n\r\n")
        #expect(request.method == .get)
        #expect(request.target == "/a?b=c")
        #expect(request.headers == ["Host": "example.org", "Accept": "*/*", "X": ""])
        #expect(request.body == [])
        #expect(request.keepsConnection && !request.isOldVersion)
    }

    @Test("reads a body of declared length, whatever is in it")
    func fixedBody() throws {
        let request = try one("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 010\r\n\r\n\r\n\r\nGET / ")
        #expect(request.body == Array("\r\n\r\nGET / ".utf8))
    }

    @Test(
        "joins chunks and drops their extensions and trailer",
        arguments: [
            ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"), ("1\r\na\r\n2\r\nbc\r\n000\r\n\r\n", "abc"),
            ("3;name=value\r\nabc\r\n0;last\r\n\r\n", "abc"), ("3;a=\"b;c\" \t\r\nabc\r\n0\r\n\r\n", "abc"),
            ("A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nHost: other\r\nContent-Length: 9\r\n\r\n", "0123456789"),
            ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ]
    )
    func chunks(body: String, joined: String) throws {
        let request = try one("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n" + body)
        #expect(String(decoding: request.body, as: UTF8.self) == joined)
        #expect(request.headers == ["Host": "a", "Transfer-Encoding": "Chunked"])
    }

    @Test("reads pipelined requests, and an empty line before each")
    func pipeline() {
        let run = ParserRun.agreed(
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\nT: u\r\n\r\n"
                + "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n\r\n"
        )
        #expect(run.requests.map(\.target) == ["/1", "/2", "/3", "/4"])
        #expect(run.requests.map(\.body) == [Array("ab".utf8), [], Array("c".utf8), []])
        #expect(run.end == .betweenRequests)
    }

    @Test(
        "knows whether the client wants to go on",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: keep-alive\r\n", true),
            ("HTTP/1.1", "Connection: Close\r\n", false), ("HTTP/1.1", "Connection: te , close\r\n", false),
            ("HTTP/1.1", "Connection: closed\r\n", true), ("HTTP/1.1", "Connection: a\r\nconnection: close\r\n", false),
            ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: keep-alive\r\n", false),
        ]
    )
    func persistence(version: String, field: String, keeps: Bool) throws {
        #expect(try one("GET / \(version)\r\nHost: a\r\n\(field)\r\n").keepsConnection == keeps)
    }

    @Test(
        "accepts targets",
        arguments: [
            ("GET", "/"), ("GET", "/%20%C3%a9?a=[1]|{2}\"<>^`\\"), ("OPTIONS", "*"), ("GET", "http://a.b:80/c?d"),
            ("GET", "HTTP://A.B:80"), ("GET", "https://a.b:80?x"), ("GET", "//a"), ("M-SEARCH", "/"),
        ]
    )
    func targets(method: String, target: String) throws {
        let request = try one("\(method) \(target) HTTP/1.1\r\nHost: a.b:80\r\n\r\n")
        #expect(request.target == target)
        #expect(request.method.rawValue == method)
        #expect(request.headers == ["Host": "a.b:80"])
    }

    @Test(
        "accepts hosts",
        arguments: [
            "a", "example.org", "127.0.0.1:8080", "[::1]", "[::ffff:1.2.3.4]:443", "a_b-c.d~e", "localhost:", "x:65535",
        ]
    )
    func hosts(host: String) throws {
        #expect(try one("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").headers.first(.host) == host)
    }

    @Test("accepts HTTP/1.0 without Host")
    func oldVersion() throws {
        #expect(try one("GET / HTTP/1.0\r\n\r\n").isOldVersion)
    }

    @Test("keeps values that are UTF-8")
    func unicode() throws {
        let request = try one("GET / HTTP/1.1\r\nHost: a\r\nX-Name: \u{A0}é 日本 \t x\r\n\r\n")
        #expect(request.headers.first("x-name") == "\u{A0}é 日本 \t x")
    }

    @Test(
        "waits for more",
        arguments: [
            ("", ParserRun.End.betweenRequests), ("\r", .betweenRequests), ("\r\n", .betweenRequests), ("G", .inHead),
            ("GET / HTTP/1.1\r\nHost: a\r\n", .inHead), ("GET / HTTP/1.1\r\nHost: a\r\n\r", .inHead),
            ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", .inBody),
            ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: ", .inBody),
        ])
    func incomplete(text: String, end: ParserRun.End) {
        #expect(ParserRun.agreed(text) == ParserRun(requests: [], end: end))
    }

    @Test("asks for the body once, and only if none of it has come")
    func expectation() {
        var parser = RequestParser(limits: RequestLimits())
        let head = Array("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n".utf8)
        var offset = 0
        _ = parser.receive(head.span, from: &offset)
        #expect(parser.awaitsContinue)
        offset = 0
        _ = parser.receive([0x61].span, from: &offset)
        #expect(!parser.awaitsContinue)
    }
}

extension ParserRun {
    init(requests: [ParsedRequest], end: End) {
        self.requests = requests
        self.end = end
    }
}
