import Crypto
import HTTP
import JSON
import MCP
import Testing

/// A client of a session, or of none, before two processes that share keys and mailroom.
final class TwoNodes {
    let mailroom = LocalMailroom()
    var first: SampleService
    var second: SampleService
    private var session: String?

    init(limits: MCPLimits = TwoNodes.limits) throws {
        let seal = try Seal(keys: [.random(id: 1)])
        first = try SampleService(seal: seal, limits: limits, isWide: true, mailroom: mailroom)
        second = try SampleService(seal: seal, limits: limits, isWide: true, mailroom: mailroom)
    }

    /// Nothing in these tests waits for time to pass, so times are long.
    static var limits: MCPLimits {
        var limits = MCPLimits()
        limits.questionTime = .seconds(20)
        limits.noticeInterval = .zero
        return limits
    }

    /// Opens a session that the following requests present.
    func open(_ revision: String, capabilities: String = #"{"elicitation":{}}"#) throws {
        let body = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\(revision)",\
            "capabilities":\(capabilities),"clientInfo":{"name":"a","version":"1"}}}
            """
        session = try #require(first.answer(.message(body)).headers.first(.mcpSessionID) as String?)
    }

    /// A message of the session.
    func message(_ body: String) -> HTTPRequest { .message(body, session.map { [.mcpSessionID: $0] } ?? [:]) }

    func call(_ tool: String, id: Int = 1, token: Bool = false) -> HTTPRequest {
        let meta = token ? #","_meta":{"progressToken":"t"}"# : ""
        return message(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)"\#(meta)}}"#)
    }

    /// The GET of the session, for its own stream or the rest of a lost one.
    func get(after event: String? = nil) -> HTTPRequest {
        var headers: HTTPHeaders = [.accept: "text/event-stream"]
        if let session { headers.append(.mcpSessionID, session) }
        if let event { headers.append(.lastEventID, event) }
        return HTTPRequest(method: .get, target: "/", headers: headers, body: [])
    }

    /// A request of the stateless era.
    func stateless(
        _ method: String,
        _ params: String = "",
        id: String = "1",
        name: String? = nil,
        capabilities: String = "{}"
    ) -> HTTPRequest {
        var headers: HTTPHeaders = [.mcpProtocolVersion: "2026-07-28", .mcpMethod: method]
        if let name { headers.append(.mcpName, name) }
        let meta = """
            {"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
            "io.modelcontextprotocol/clientCapabilities":\(capabilities),"progressToken":"t"}
            """
        let rest = params.isEmpty ? "" : params + ","
        return .message(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(rest)"_meta":\#(meta)}}"#, headers
        )
    }
}

extension SentEvent {
    /// The message that the event carries.
    var message: JSONNode? { (try? JSONDocument(text: data))?.root }

    var method: String? { message?["method"]?.string }
}

extension HTTPResponse {
    /// The message of an answer that is one object.
    var message: JSONNode? { (try? JSONDocument(body))?.root }
}
