import HTTP
import JSON
import MCP
import Telemetry
import Testing

@Suite("A plan")
struct PlanTests {
    private static let modern: HTTPHeaders = [
        .mcpProtocolVersion: "2026-07-28", .mcpMethod: "tools/call", .mcpName: "who",
    ]
    private static let meta = """
        {"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},\
        "io.modelcontextprotocol/clientInfo":{"name":"demo","version":"3.1"}}
        """

    @Test("tells logs what the request is")
    func facts() throws {
        let body = #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"who","_meta":\#(Self.meta)}}"#
        let facts = try SampleService().server.plan(.message(body, Self.modern), binding: []).facts
        #expect(facts.era == .stateless)
        #expect(facts.revision == .july2026)
        #expect(facts.method == "tools/call")
        #expect(facts.tool == "who")
        #expect(facts.id == .string("a"))
        #expect(facts.client?.info?.name == "demo")
        #expect(facts.refusal == nil)
    }

    @Test("names a method only if we have it, for a label must not be the client's to choose")
    func unknownMethod() throws {
        let body = #"{"jsonrpc":"2.0","id":1,"method":"zzz","params":{"_meta":\#(Self.meta)}}"#
        let headers: HTTPHeaders = [.mcpProtocolVersion: "2026-07-28", .mcpMethod: "zzz"]
        let facts = try SampleService().server.plan(.message(body, headers), binding: []).facts
        #expect(facts.method == nil)
        #expect(facts.refusal == .methodNotFound)
    }

    @Test("leaves the work to the program, before it is known who calls")
    func work() throws {
        let body = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"who","_meta":\#(Self.meta)}}"#
        let plan = try SampleService().server.plan(.message(body, Self.modern), binding: [])
        guard case .work(.result, let answer, nil) = plan.action else {
            Issue.record("A call is work, not \(plan.action)")
            return
        }
        #expect(plan.session == nil)
        let response = answer(.result(ToolResult(text: "done")))
        #expect(try JSONDocument(response.body).root["result"]?["content"]?[0]?["text"]?.string == "done")
    }

    @Test("names the session that was presented, also when the request is refused")
    func session() throws {
        var service = try SampleService()
        let handshake = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},\
            "clientInfo":{"name":"a","version":"1"}}}
            """
        let id = try #require(service.answer(.message(handshake)).headers.first(.mcpSessionID) as String?)
        let binding = Array("workspace ann".utf8)
        for method in ["ping", "nope", "tools/call", "initialize"] {
            let body = #"{"jsonrpc":"2.0","id":7,"method":"\#(method)"}"#
            let plan = service.server.plan(.message(body, [.mcpSessionID: id]), binding: binding)
            let session = try #require(plan.session)
            #expect(session.digest.count == 32)
            #expect(session.expiresAt == service.clock.wall.now + 86_400_000_000)
            #expect(session.answerIfEnded.status == .notFound)
            #expect(try JSONDocument(session.answerIfEnded.body).root["id"]?.integer == 7)
        }
    }

    @Test("refuses a body over the limit")
    func bodyLimit() throws {
        var service = try SampleService()
        let body = #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\#(String(repeating: "x", count: 4096))"}}"#
        let response = service.answer(.message(body))
        #expect(response.status == .contentTooLarge)
        #expect(try JSONDocument(response.body).root["error"]?["code"]?.integer == -32600)
    }

    @Test("refuses a body that is nested too deeply")
    func depthLimit() throws {
        var service = try SampleService()
        let response = service.answer(.message(String(repeating: "[", count: 1000)))
        #expect(response.status == .badRequest)
        #expect(try JSONDocument(response.body).root["error"]?["code"]?.integer == -32600)
    }
}
