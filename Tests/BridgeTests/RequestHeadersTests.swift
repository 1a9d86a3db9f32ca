import HTTP
import JSON
import MCP
import Testing

@testable import Bridge

@Suite("The headers of a request")
struct RequestHeadersTests {
    private func message(_ text: String) throws -> Message { try Message(JSONDocument(text: text).root) }

    private static let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#

    @Test(
        "repeat in the stateless era what the body says",
        arguments: [
            ("tools/call", #""name":"find""#, "find"),
            ("tools/call", #""name":"f\u00fcnd""#, "=?base64?ZsO8bmQ=?="),
            ("tools/call", #""name":" find""#, "=?base64?IGZpbmQ=?="),
            ("tools/call", #""name":"=?base64?eA==?=""#, "=?base64?PT9iYXNlNjQ/ZUE9PT89?="),
            ("tools/call", #""name":7"#, nil),
            ("resources/read", #""uri":"test://a","name":"b""#, "test://a"),
            ("prompts/get", #""name":"p""#, "p"),
            ("tasks/get", #""taskId":"t-1""#, "t-1"),
            ("tools/list", #""name":"x""#, nil),
        ] as [(String, String, String?)]
    )
    func stateless(method: String, params: String, name: String?) throws {
        let message = try message(
            #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(params),\#(Self.meta)}}"#)
        let headers = HTTPHeaders.stateless(message, mirroring: [])
        #expect(headers.all(.mcpProtocolVersion) == ["2026-07-28"])
        #expect(headers.all(.mcpMethod) == [method])
        #expect(headers.first(.mcpName) == name)
        #expect(headers.first(.mcpSessionID) == nil)
        #expect(headers.first(.accept) == "application/json, text/event-stream")
    }

    @Test(
        "repeat arguments that the tool's schema marks",
        arguments: [
            (#"{"region":"eu","limits":{"count":42.0,"deep":true}}"#, ["eu", "42", "true"]),
            (#"{"region":"Zürich"}"#, ["=?base64?WsO8cmljaA==?=", nil, nil]),
            (#"{"region":null,"limits":{"count":"7"}}"#, [nil, nil, nil]),
            (#"{"region":"","limits":null}"#, ["", nil, nil]),
            (#"{}"#, [nil, nil, nil]),
        ] as [(String, [String?])]
    )
    func mirrored(arguments: String, expected: [String?]) throws {
        let schema = try JSONDocument(
            text: """
                {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},
                 "limits":{"type":"object","properties":{"count":{"type":"integer","x-mcp-header":"Count"},
                  "deep":{"type":"boolean","x-mcp-header":"Deep"}}}}}
                """
        ).root
        let message = try message(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":\#(arguments),\#(Self.meta)}}"#
        )
        let headers = HTTPHeaders.stateless(message, mirroring: try MirroredArgument.all(in: schema))
        let names: [HTTPHeaderName] = ["Mcp-Param-Region", "Mcp-Param-Count", "Mcp-Param-Deep"]
        #expect(names.map { headers.first($0) } == expected)
    }

    @Test(
        "present the session, and its revision where that is customary",
        arguments: [
            ("2024-11-05", nil), ("2025-03-26", nil), ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"),
        ]
            as [(String, String?)]
    )
    func session(revision: String, header: String?) {
        var headers = HTTPHeaders.posting
        headers.present(OpenSession(generation: 1, id: "s-1", revision: revision))
        #expect(headers.first(.mcpSessionID) == "s-1")
        #expect(headers.first(.mcpProtocolVersion) == header)
    }

    @Test(
        "belong to the era that the message names",
        arguments: [
            (#""2026-07-28""#, EraName.stateless), (#""2031-01-01""#, .stateless), ("7", .stateless),
            (#""2025-06-18""#, .handshake),
        ]
    )
    func era(mark: String, era: EraName) throws {
        let message = try message(
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":\#(mark)}}}"#
        )
        #expect(message.era == era)
        #expect(try self.message(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#).era == .handshake)
    }
}
