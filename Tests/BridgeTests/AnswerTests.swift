import HTTP
import JSON
import MCP
import Testing

@testable import Bridge
@testable import HTTPClient

@Suite("An answer")
struct AnswerTests {
    @Test("begins with its last head, whatever came before")
    func head() {
        var reader = HeadReader()
        let lines = [
            "HTTP/1.1 100 Continue\r\n", "X: interim\r\n", "\r\n", "HTTP/1.1 404 Not Found\r\n",
            "Content-Type: application/json; charset=utf-8\r\n", "mcp-session-id:  s:1 \r\n", "Empty:\r\n", "\r\n",
            "Trailer: 1\r\n", "\r\n",
        ]
        let heads = lines.compactMap { reader.read(Array($0.utf8)) }
        #expect(heads.count == 1)
        #expect(heads.first?.status == .notFound)
        #expect(heads.first?.mediaType == "application/json")
        #expect(heads.first?.headers.first("Mcp-Session-Id") == "s:1")
        #expect(heads.first?.headers.first("X") == nil)
        #expect(heads.first?.isEventStream == false)
    }

    @Test("is a stream only with its type and status 200")
    func stream() {
        let headers: HTTPHeaders = [.contentType: "Text/Event-Stream; charset=utf-8"]
        #expect(AnswerHead(status: .ok, headers: headers).isEventStream)
        #expect(!AnswerHead(status: .badRequest, headers: headers).isEventStream)
        #expect(!AnswerHead(status: .ok).isEventStream)
    }

    @Test(
        "tells how long to wait only in seconds",
        arguments: [("3", Duration.seconds(3)), ("0", .zero), ("-1", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil)]
            as [(String, Duration?)]
    )
    func retryAfter(text: String, expected: Duration?) {
        #expect(AnswerHead(status: .tooManyRequests, headers: [.retryAfter: text]).retryAfter == expected)
    }

    @Test("is not kept beyond the limit")
    func limit() throws {
        var reader = AnswerReader(limit: 10)
        reader.begin(AnswerHead(status: .ok))
        #expect(try reader.read([UInt8](repeating: 0x20, count: 10)) == [])
        #expect(reader.document.count == 10)
        #expect(throws: EventStreamReader.TooLarge.self) { _ = try reader.read([0x20]) }
    }

    @Test(
        "that is no message becomes a sentence with what to do next",
        arguments: [
            (301, "", "unauthorized", "redirects to https://new.example/x"),
            (
                401, #"{"error_description":"This token was revoked."}"#, "unauthorized",
                "This token was revoked. Put one"
            ),
            (401, "", "unauthorized", "WORKPORT_TOKEN_FILE"),
            (403, "", "forbidden", "Ask an admin"),
            (404, "<html>", "not_found", "Check the address"),
            (413, "", "refused", "(413)"),
            (429, "", "rate_limited", "in 7 seconds"),
            (500, "", "unavailable", "(500)"),
            (503, "", "unavailable", "in 7 seconds"),
        ]
    )
    func sentences(status: Int, body: String, code: String, words: String) throws {
        let head = AnswerHead(
            status: HTTPStatus(rawValue: status), headers: [.retryAfter: "7", .location: "https://new.example/x"]
        )
        let refusal = Refusal.status(head, try? JSONDocument(text: body).root)
        let message = try JSONDocument(refusal.message(to: .integer(5))).root.value
        #expect(message["id"] == 5)
        #expect(message["error"]?["code"] == -32603)
        #expect(message["error"]?["data"]?["status"] == .integer(Int64(status)))
        #expect(message["error"]?["data"]?["code"]?.string == (status == 301 ? "redirected" : code))
        #expect(message["error"]?["message"]?.string?.contains(words) == true, "\(message)")
    }

    @Test("that is an error goes on as it came, under the id that was asked")
    func passingOn() throws {
        let root = try JSONDocument(
            text: #"{"jsonrpc":"2.0","error":{"code":-32022,"message":"No","data":{"a":1.50}}}"#
        )
        .root
        let refusal = try #require(Refusal(passingOn: root))
        #expect(
            String(decoding: refusal.message(to: .string("x")), as: UTF8.self)
                == #"{"jsonrpc":"2.0","id":"x","error":{"code":-32022,"message":"No","data":{"a":1.50}}}"#
        )
        for other in [#"{"error":"not_found"}"#, #"{"error":{"code":"x","message":"y"}}"#, "[]"] {
            #expect(Refusal(passingOn: try JSONDocument(text: other).root) == nil)
        }
    }

    @Test("goes to the client on one line")
    func lines() {
        let text = "{\n  \"a\": \"b\\n\"\r\n}"
        #expect(String(decoding: oneLine(Array(text.utf8)), as: UTF8.self) == "{   \"a\": \"b\\n\"  }")
    }
}
