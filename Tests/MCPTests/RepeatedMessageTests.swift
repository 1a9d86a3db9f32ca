import HTTP
import Testing

@testable import MCP

@Suite("A message that repeats the last one under its head")
struct RepeatedMessageTests {
    private static let meta = """
        {"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},\
        "io.modelcontextprotocol/clientInfo":{"name":"demo","version":"3.1"}}
        """

    private static func body(_ id: String, _ method: String = "server/discover", _ meta: String = meta) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"_meta":\#(meta)}}"#
    }

    private static func request(_ body: String, _ method: String = "server/discover") -> HTTPRequest {
        .message(body, [.mcpProtocolVersion: "2026-07-28", .mcpMethod: method])
    }

    /// Status and body of the answer.
    private static func answer(_ request: HTTPRequest, _ service: SampleService) -> String {
        let response: HTTPResponse
        switch service.server.plan(request, binding: []).action {
        case .reply(let answer): response = answer
        case .caller(let answer): response = answer("ann")
        default: return "no answer at once"
        }
        return "\(response.status.rawValue) " + String(decoding: response.body, as: UTF8.self)
    }

    @Test(
        "is answered as if it came alone, whatever differs",
        arguments: [
            body("2"), body("0"), body("123456789012345678"), body(#""b""#), body(#""""#), body(#""id 7, ünï""#),
            body("-1"), body("01"), body("1.5"), body("1e3"), body("null"), body("true"), body("[1]"),
            body(#"{"a":1}"#), body(#""a\u0041""#), body(#""a\""#), body(#"1,"id":2"#), body(#"1,"x":2"#),
            body(#""a","x":"b""#),
            body(" 7 "), body("9223372036854775808"), body(""), body("\"" + String(repeating: "i", count: 100) + "\""),
            body("1", "tools/list"), body("1", "server/discover", "{}"), body("1") + " ", body("1") + "x",
            String(body("1").dropLast()), "", #"{"jsonrpc":"2.0","method":"server/discover"}"#,
            body("1", "server/discover", meta.replacing("3.1", with: "3.2")),
            body("1", "server/discover", meta.replacing("2026-07-28", with: "2025-11-25")),
        ])
    func same(body: String) throws {
        let service = try SampleService()
        let alone = Self.answer(Self.request(body), service)
        let first = Self.request(Self.body("1"))
        for next in [Self.body("1"), body, body, Self.body("3")] {
            let answer = Self.answer(first.repeated(body: Array(next.utf8), peer: "", arrival: .now), service)
            if next == body { #expect(answer == alone) } else { #expect(answer.hasPrefix("200 ")) }
        }
    }

    @Test("is not read again, and keeps its own id")
    func isKnown() throws {
        let request = Self.request(Self.body("1"))
        let service = try SampleService()
        _ = service.server.plan(request, binding: [])
        let message = try #require((request.notes.note { HeadReading(request) }).message)
        for (id, expected) in [("41", MessageID.integer(41)), (#""x y""#, .string("x y"))] {
            let next = request.repeated(body: Array(Self.body(id).utf8), peer: "", arrival: .now)
            var reading = Reading(
                next, binding: [], tenant: "", vocabulary: service.server.vocabulary, sessions: service.server.sessions,
                limits: service.server.limits
            )
            let isRead = message.read(&reading)
            #expect(isRead && reading.message?.id == expected && reading.message?.method == "server/discover")
            #expect(reading.client?.info?.version == "3.1" && reading.era == .stateless)
            #expect(service.server.plan(next, binding: []).facts.id == expected)
        }
    }

    @Test("is not looked for where calls have other arguments each time, or the era has sessions")
    func isNotKept() {
        let call = Self.request(Self.body("1", "tools/call"), "tools/call")
        #expect(HeadReading(call).message == nil)
        #expect(HeadReading(.message(Self.body("1"), [.mcpProtocolVersion: "2025-11-25"])).message == nil)
    }
}
