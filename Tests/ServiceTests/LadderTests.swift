import JSON
import Testing

/// The rules by which a request finds its era or its error, in their order, over HTTP and with everything in front of the
/// protocol. The rules that the tools of the product cannot break, 18 and 19, are in the transcripts of MCPTests.
@Suite("The ladder of the service")
struct LadderTests {
    /// A rule, and a request that breaks it together with as many later ones as it can.
    struct Row: Sendable, CustomTestStringConvertible {
        let rule: Int
        let title: String
        let status: Int
        let code: Int64?
        /// A word of the answer that another rule's would not have.
        let word: String
        let change: @Sendable (inout WireRequest) -> Void

        var testDescription: String { "\(rule): \(title)" }

        init(
            _ rule: Int,
            _ title: String,
            _ status: Int,
            _ code: Int64?,
            _ word: String = "",
            _ change: @escaping @Sendable (inout WireRequest) -> Void
        ) {
            (self.rule, self.title, self.status, self.code, self.word) = (rule, title, status, code, word)
            self.change = change
        }
    }

    private static func body(_ request: inout WireRequest, _ text: String) { request.body = Array(text.utf8) }

    /// Puts another text in the place of one in the body.
    private static func replace(_ request: inout WireRequest, _ old: String, _ new: String) {
        body(&request, String(decoding: request.body, as: UTF8.self).replacing(old, with: new))
    }

    /// What breaks every rule from 12 on.
    private static func breakStateless(_ request: inout WireRequest) {
        request["Mcp-Method"] = "tools/list"
        request["Mcp-Name"] = "=?base64?%?="
        replace(&request, "tools/call", "tools/unheard")
    }

    private static let rows: [Row] = [
        Row(1, "a host that is not ours", 421, -32600, "host") {
            $0["Host"] = "evil.example"
            $0["Authorization"] = nil
            $0.method = "PUT"
        },
        Row(1, "a page that may not call", 403, -32600, "origin") {
            $0["Origin"] = "https://evil.example"
            $0["Authorization"] = nil
            $0.method = "PUT"
        },
        Row(2, "no token", 401, nil, "missing") {
            $0["Authorization"] = nil
            $0.method = "PUT"
            $0["Content-Type"] = "text/plain"
        },
        Row(3, "another verb", 405, -32600) {
            $0.method = "PUT"
            $0["Content-Type"] = "text/plain"
            body(&$0, "nonsense")
        },
        Row(4, "a body that is not called JSON", 415, -32600) {
            $0["Content-Type"] = "text/plain"
            $0["Accept"] = "text/html"
            body(&$0, "nonsense")
        },
        Row(4, "a client that takes neither form", 406, -32600) {
            $0["Accept"] = "text/html"
            body(&$0, "nonsense")
        },
        Row(4, "a body that is not JSON", 400, -32700) { body(&$0, "nonsense") },
        Row(5, "an array of nothing", 400, -32600, "batch") { body(&$0, "[]") },
        Row(5, "an array under a mark of the stateless era", 400, -32600, "batches") {
            body(&$0, #"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#)
        },
        Row(6, "no message", 400, -32600, "jsonrpc") { body(&$0, #"{"jsonrpc":"1.0","id":1,"result":{}}"#) },
        Row(7, "a response under a mark of the stateless era", 400, -32600, "responses") {
            body(&$0, #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        },
        Row(8, "a mark in the body makes an initialize stateless", 400, -32602, "_meta") {
            $0["MCP-Protocol-Version"] = nil
            body(
                &$0,
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#
            )
        },
        Row(8, "a mark in the header makes a request stateless", 400, -32602, "_meta") {
            body(&$0, #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
        },
        Row(9, "a marked notification is taken and ignored", 202, nil) {
            body(&$0, #"{"jsonrpc":"2.0","method":"notifications/unheard"}"#)
        },
        Row(9, "an unmarked notification needs a session", 400, -32600, "Mcp-Session-Id") {
            $0["MCP-Protocol-Version"] = nil
            body(&$0, #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        },
        Row(10, "an initialize without a mark is a handshake", 200, nil, "protocolVersion") {
            $0["MCP-Protocol-Version"] = nil
            body(
                &$0,
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#
            )
        },
        Row(11, "a version that we never served", 400, -32600, "2025-11-25") {
            $0["MCP-Protocol-Version"] = "2024-10-07"
            body(&$0, #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        },
        Row(11, "a request of the handshake era without a session", 400, -32600, "Mcp-Session-Id") {
            $0["MCP-Protocol-Version"] = nil
            body(&$0, #"{"jsonrpc":"2.0","id":1,"method":"tools/unheard"}"#)
        },
        Row(12, "a _meta that says too little", 400, -32602, "clientCapabilities") {
            breakStateless(&$0)
            $0["MCP-Protocol-Version"] = "v999"
            replace(&$0, "clientCapabilities", "capabilities")
        },
        Row(13, "a header that names another version", 400, -32020, "MCP-Protocol-Version") {
            breakStateless(&$0)
            replace(&$0, "2026-07-28", "v999")
        },
        Row(14, "a version that nobody has", 400, -32022, "v999") {
            breakStateless(&$0)
            $0["MCP-Protocol-Version"] = "v999"
            replace(&$0, "2026-07-28", "v999")
        },
        Row(15, "a header that names another method", 400, -32020, "Mcp-Method") { breakStateless(&$0) },
        Row(16, "a name that is badly encoded", 400, -32020, "Mcp-Name") { $0["Mcp-Name"] = "=?base64?%?=" },
        Row(16, "another name, for a method that we lack", 400, -32020, "Mcp-Name") {
            $0["Mcp-Method"] = "tasks/get"
            replace(&$0, "tools/call", "tasks/get")
            replace(&$0, #""name":"getTaskDetails""#, #""taskId":"a""#)
        },
        Row(17, "a method that nobody has", 404, -32601) {
            $0["Mcp-Method"] = "tools/unheard"
            replace(&$0, "tools/call", "tools/unheard")
        },
        Row(17, "a method that went with the session", 404, -32601) {
            $0["Mcp-Method"] = "ping"
            replace(&$0, "tools/call", "ping")
        },
        Row(20, "a tool that nobody has", 200, -32602) {
            $0["Mcp-Name"] = "unheard"
            replace(&$0, "getTaskDetails", "unheard")
        },
        Row(20, "arguments that the tool does not take", 200, nil, "isError") { _ in },
    ]

    @Test("answers by the first rule that a request breaks", arguments: rows)
    func order(row: Row) throws {
        let bench = try Bench.shared.get()
        let client = try bench.client(bench.workspace())
        // Arguments that are wrong, so that the last rule is broken, too.
        var request = client.request("tools/call", ["name": "getTaskDetails", "arguments": ["unheard": 1]])
        row.change(&request)
        let answer = try client.wire.exchange(request)
        #expect(answer.status == row.status, "\(answer.text)")
        #expect(answer.json["error"]?["code"]?.integer == row.code, "\(answer.text)")
        #expect(answer.text.contains(row.word), "\(answer.text)")
        if row.rule > 2, row.rule < 7 { #expect(answer.json["id"] == nil, "No id has been read yet") }
        if row.rule > 7, !answer.body.isEmpty, row.code != -32600 || row.rule == 11 {
            #expect(answer.json["id"] != nil, "\(answer.text)")
        }
    }

    @Test("has a row for each rule that the product can break")
    func completeness() {
        #expect(Set(Self.rows.map(\.rule)) == Set(1...20).subtracting([18, 19]))
        #expect(Self.rows.map(\.rule) == Self.rows.map(\.rule).sorted())
    }
}
