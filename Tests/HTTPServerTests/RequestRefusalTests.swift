import HTTP
import Testing

@testable import HTTPServer

@Suite("The request parser refuses")
struct RequestRefusalTests {
    private func refusal(_ text: String) -> RequestRefusal? { ParserRun.agreed(text).refusal }

    @Test(
        "request lines",
        arguments: [
            (" GET / HTTP/1.1", RequestRefusal.malformedMethod), ("G@T / HTTP/1.1", .malformedMethod),
            ("GET\t/ HTTP/1.1", .malformedMethod), ("\u{16}\u{3}\u{1}", .malformedMethod),
            ("\r\n\r\nGET /", .malformedMethod),
            ("\nGET / HTTP/1.1", .malformedMethod), ("GET", .malformedMethod), ("{}", .malformedMethod),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG /", .methodTooLong), ("CONNECT a:1 HTTP/1.1", .connectNotServed),
            ("GET  / HTTP/1.1", .malformedTarget), ("GET a HTTP/1.1", .malformedTarget),
            ("GET * HTTP/1.1", .malformedTarget),
            ("OPTIONS ** HTTP/1.1", .malformedTarget), ("GET ?a HTTP/1.1", .malformedTarget),
            ("GET /# HTTP/1.1", .malformedTarget), ("GET /\u{1} HTTP/1.1", .malformedTarget),
            ("GET /é HTTP/1.1", .malformedTarget), ("GET /\u{7F} HTTP/1.1", .malformedTarget),
            ("GET /\t HTTP/1.1", .malformedTarget), ("GET /% HTTP/1.1", .malformedTarget),
            ("GET /%4 HTTP/1.1", .malformedTarget), ("GET /%4g HTTP/1.1", .malformedTarget),
            ("GET ftp://a/ HTTP/1.1", .malformedTarget), ("GET http:/a HTTP/1.1", .malformedTarget),
            ("GET http:///a HTTP/1.1", .malformedTarget), ("GET a:80 HTTP/1.1", .malformedTarget),
            ("GET /", .malformedVersion), ("GET / ", .malformedVersion), ("GET / HTTP/1.1 ", .malformedVersion),
            ("GET /  HTTP/1.1", .malformedVersion), ("GET / a HTTP/1.1", .malformedVersion),
            ("GET / http/1.1", .malformedVersion), ("GET / HTTP/1", .malformedVersion),
            ("GET / HTTP/1.10", .malformedVersion),
            ("GET / HTTP/1,1", .malformedVersion), ("GET / HTTP/x.1", .malformedVersion),
            ("GET / HTTP/1.2", .versionNotSupported), ("GET / HTTP/0.9", .versionNotSupported),
            ("PRI * HTTP/2.0", .malformedTarget), ("GET / HTTP/2.0", .versionNotSupported),
        ])
    func requestLine(line: String, expected: RequestRefusal) {
        #expect(refusal(line + "\r\nHost: a\r\n\r\n") == expected)
    }

    @Test(
        "line ends other than CR LF",
        arguments: [
            ("GET / HTTP/1.1\nHost: a\n\n", RequestRefusal.malformedLineEnd),
            ("GET /\nHost: a\n\n", .malformedVersion),
            ("GET / HTTP/1.1\r\nHost: a\n\r\n", .malformedLineEnd),
            ("GET / HTTP/1.1\r\nHost: a\r\n\n", .malformedFieldName),
            ("GET / HTTP/1.1\r\nHost: a\r\r\n", .malformedLineEnd),
            ("GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", .malformedLineEnd),
            ("GET / HTTP/1.1\rHost: a\r\n\r\n", .malformedLineEnd),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\r", .malformedLineEnd),
            ("\rGET / HTTP/1.1\r\n", .malformedLineEnd),
        ])
    func lineEnds(text: String, expected: RequestRefusal) { #expect(refusal(text) == expected) }

    @Test(
        "fields",
        arguments: [
            ("X : y", RequestRefusal.malformedFieldName), ("X\t: y", .malformedFieldName), (": y", .malformedFieldName),
            ("X", .malformedFieldName), ("X y: z", .malformedFieldName), ("X(: y", .malformedFieldName),
            ("é: y", .malformedFieldName), ("X\u{0}: y", .malformedFieldName), ("\"X\": y", .malformedFieldName),
            (" X: y", .foldedField), ("\tX: y", .foldedField), ("X: y\r\n z", .foldedField),
            ("X: y\r\n\tz", .foldedField),
            ("X: \u{0}", .malformedFieldValue), ("X: a\u{1}b", .malformedFieldValue),
            ("X: \u{7F}", .malformedFieldValue),
            ("X: \u{B}", .malformedFieldValue), ("X: \u{1B}[0m", .malformedFieldValue),
            ("Host: b", .repeatedHost), ("host: a", .repeatedHost),
            ("Content-Length: -1", .malformedLength), ("Content-Length: +1", .malformedLength),
            ("Content-Length: 1, 1", .malformedLength), ("Content-Length: 1 1", .malformedLength),
            ("Content-Length: 0x1", .malformedLength), ("Content-Length: 1.0", .malformedLength),
            ("Content-Length:", .malformedLength), ("Content-Length: ١", .malformedLength),
            ("Content-Length: 1\r\nContent-Length: 2", .repeatedLength),
            ("Content-Length: 1\r\nContent-Length: 1", .repeatedLength),
            ("Content-Length: 4194305", .bodyTooLarge), ("Content-Length: 99999999999999999999999999", .bodyTooLarge),
            ("Content-Length: 18446744073709551617", .bodyTooLarge),
            ("Content-Length: 0\r\nTransfer-Encoding: chunked", .lengthAndEncoding),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5", .lengthAndEncoding),
            ("Transfer-Encoding: gzip, chunked", .unknownEncoding), ("Transfer-Encoding: identity", .unknownEncoding),
            ("Transfer-Encoding: xchunked", .unknownEncoding), ("Transfer-Encoding: chunked;q=1", .unknownEncoding),
            ("Transfer-Encoding: chunked, identity", .unknownEncoding),
            ("Transfer-Encoding: \"chunked\"", .unknownEncoding),
            ("Transfer-Encoding: chunked, chunked", .malformedEncoding), ("Transfer-Encoding:", .malformedEncoding),
            ("Transfer-Encoding: chunked,", .malformedEncoding), ("Transfer-Encoding: , chunked", .malformedEncoding),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .malformedEncoding),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", .malformedEncoding),
            ("Expect: 200-ok", .unknownExpectation), ("Expect: 100-continue, x", .unknownExpectation),
        ])
    func fields(field: String, expected: RequestRefusal) {
        #expect(refusal("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n") == expected)
    }

    @Test("values that are not UTF-8", arguments: [[0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xC3, 0x20]])
    func encoding(bytes: [UInt8]) {
        let text = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + bytes + Array("\r\n\r\n".utf8)
        #expect(ParserRun.agreed(text).refusal == .malformedFieldValue)
    }

    @Test(
        "hosts",
        arguments: [
            "", "a b", "a,b", "a/b", "u@a", "a:b", "a:80:80", "a:123456", ":80", "[::1", "[]", "[::1]x", "[g::1]",
            "a\"", "ä", "a?b",
        ])
    func hosts(host: String) {
        #expect(refusal("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == .malformedHost)
    }

    @Test("a missing Host, and one that the target contradicts")
    func authority() {
        #expect(refusal("GET / HTTP/1.1\r\n\r\n") == .missingHost)
        #expect(refusal("GET http://a/ HTTP/1.0\r\n\r\n") == .missingHost)
        #expect(refusal("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n") == .differingAuthority)
        #expect(refusal("GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n") == .differingAuthority)
        #expect(refusal("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n") == .differingAuthority)
        #expect(refusal("GET http://a\\@b/ HTTP/1.1\r\nHost: b\r\n\r\n") == .differingAuthority)
    }

    @Test("a transfer coding in HTTP/1.0")
    func oldVersion() {
        #expect(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == .encodingInOldVersion)
    }

    @Test(
        "chunks",
        arguments: [
            ("\r\n", RequestRefusal.malformedChunk), ("x\r\n", .malformedChunk), ("-1\r\n", .malformedChunk),
            ("+1\r\n", .malformedChunk), ("0x1\r\na\r\n", .malformedChunk), (" 1\r\na\r\n", .malformedChunk),
            ("1 \r\na\r\n", .malformedChunk), ("1 ;a\r\na\r\n", .malformedChunk),
            ("1;\r\na\r\n", .malformedChunk), ("1; a\r\na\r\n", .malformedChunk), ("1;a;;b\r\na\r\n", .malformedChunk),
            ("1\na\r\n", .malformedChunk),
            ("1\ra\r\n", .malformedChunk),
            ("1\r\nab\r\n", .malformedChunk), ("1\r\na\n", .malformedChunk), ("1\r\na\rb", .malformedChunk),
            ("00000000000000001\r\na\r\n", .malformedChunk), (";a\r\n", .malformedChunk),
            ("1;a\nb\r\n", .malformedChunk),
            ("1;\u{0}\r\na\r\n", .malformedChunk), ("1;a\rb\r\n", .malformedChunk), ("1,2\r\n", .malformedChunk),
            ("FFFFFFFFFFFFFFFF\r\n", .bodyTooLarge), ("400001\r\n", .bodyTooLarge),
            ("1\r\na\r\n400000\r\n", .bodyTooLarge),
            ("0\r\n\n", .malformedTrailer), ("0\r\n X: y\r\n\r\n", .malformedTrailer),
            ("0\r\nX : y\r\n\r\n", .malformedTrailer),
            ("0\r\nX: \u{0}\r\n\r\n", .malformedTrailer), ("0\r\nX: y\n\r\n", .malformedTrailer),
            ("0\r\nX\r\n\r\n", .malformedTrailer),
            ("0\r\n: y\r\n\r\n", .malformedTrailer),
        ])
    func chunks(body: String, expected: RequestRefusal) {
        #expect(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body) == expected)
    }

    private var tight: RequestLimits {
        var limits = RequestLimits()
        limits.maxTargetBytes = 10
        limits.maxHeaderBytes = 40
        limits.maxHeaderCount = 3
        limits.maxBodyBytes = 8
        limits.maxChunkExtensionBytes = 6
        return limits
    }

    private static let chunked = "PUT / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n"

    @Test(
        "one byte or field more than a limit, and not one less",
        arguments: [
            ("GET /123456789 HTTP/1.1\r\nHost: a\r\n\r\n", nil),
            ("GET /1234567890 HTTP/1.1\r\n", RequestRefusal.targetTooLong),
            // "Host: a\r\n" are 9 bytes, the empty line is counted with 1: 30 are left for the other line.
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 3456789012345678901234567890123\r\n\r\n", .headerTooLarge),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 3456789012345678901234567\r\n\r\n", nil),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 34567890123456789012345678\r\n\r\n", .headerTooLarge),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 34567890123456789012345678901", .headerTooLarge),
            ("GET / HTTP/1.1\r\nHost: a\r\nX:                              ", .headerTooLarge),
            ("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\n\r\n", nil),
            ("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\nC", .tooManyFields),
            ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n12345678", nil),
            ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", .bodyTooLarge),
            (chunked + "4\r\nabcd\r\n4\r\nabcd\r\n0\r\n\r\n", nil), (chunked + "4\r\nabcd\r\n5\r\n", .bodyTooLarge),
            (chunked + "1;1234\r\na\r\n0\r\n\r\n", nil), (chunked + "1;123456\r\n", .chunkExtensionsTooLarge),
            (chunked + "1;1\r\na\r\n1;1\r\na\r\n1;1\r\na\r\n1;1\r\n", .chunkExtensionsTooLarge),
            (chunked + "0\r\nA:\r\nB:\r\nC:\r\n\r\n", nil), (chunked + "0\r\nA:\r\nB:\r\nC:\r\nD", .trailerTooLarge),
            (chunked + "0\r\nA:1234567890123456789012345678901234567\r\n\r\n", .trailerTooLarge),
        ] as [(String, RequestRefusal?)])
    func limits(text: String, expected: RequestRefusal?) {
        let run = ParserRun.agreed(text, limits: tight)
        #expect(run.refusal == expected)
        if expected == nil { #expect(run.requests.count == 1) }
    }

    @Test("with an answer for every reason")
    func answers() {
        for refusal in RequestRefusal.allCases {
            #expect((400...599).contains(refusal.response.status.rawValue))
            #expect(
                String(decoding: refusal.response.body, as: UTF8.self).hasPrefix(#"{"error":"\#(refusal.rawValue)""#))
        }
    }
}
