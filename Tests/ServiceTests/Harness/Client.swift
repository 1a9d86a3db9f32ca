import JSON
import Testing

/// The two ways of speaking the protocol.
enum WireEra: Sendable, CustomTestStringConvertible {
    /// 2026-07-28: every request by itself.
    case stateless
    /// A session of this revision.
    case handshake(String)

    static let both: [WireEra] = [.stateless, .handshake("2025-11-25")]

    var testDescription: String {
        switch self {
        case .stateless: "2026-07-28"
        case .handshake(let revision): revision
        }
    }
}

/// A client of one endpoint over one connection.
///
/// It speaks either era; in the handshake era the first request opens a session.
final class Client {
    let wire: WireClient
    let path: String
    var token: String?
    let era: WireEra
    /// What the client declares that it can do.
    var capabilities: JSONValue = [:]
    private(set) var session: String?
    private var lastID: Int64 = 0

    convenience init(port: UInt16, workspace: String, token: String?, era: WireEra = .stateless) throws {
        try self.init(port: port, path: "/app/api/mcp/server/" + workspace, token: token, era: era)
    }

    init(port: UInt16, path: String, token: String?, era: WireEra = .stateless) throws {
        wire = try WireClient(port: port)
        self.path = path
        self.token = token
        self.era = era
    }

    /// A request of the era, ready to be changed.
    func request(_ method: String, _ params: JSONValue = [:], id: JSONValue? = nil) -> WireRequest {
        lastID += 1
        var body: [JSONMember] = [JSONMember("jsonrpc", "2.0")]
        if !method.hasPrefix("notifications/") { body.append(JSONMember("id", id ?? .integer(lastID))) }
        body.append(JSONMember("method", .string(method)))
        var request = envelope()
        switch era {
        case .handshake(let revision):
            if case .object(let members) = params, !members.isEmpty { body.append(JSONMember("params", params)) }
            if let session { request["Mcp-Session-Id"] = session }
            if session != nil, revision >= "2025-06-18" { request["MCP-Protocol-Version"] = revision }
        case .stateless:
            let meta = Client.meta.adding("io.modelcontextprotocol/clientCapabilities", capabilities)
            body.append(JSONMember("params", params.adding("_meta", meta)))
            request["MCP-Protocol-Version"] = "2026-07-28"
            request["Mcp-Method"] = method
            if let name = (params["name"] ?? params["uri"])?.string { request["Mcp-Name"] = name }
        }
        request.body = RawJSON(.object(body)).bytes
        return request
    }

    /// The headers that every request has.
    func envelope(_ method: String = "POST") -> WireRequest {
        var request = WireRequest(method: method, path: path)
        request["Host"] = "127.0.0.1"
        if let token { request["Authorization"] = "Bearer " + token }
        request["Content-Type"] = "application/json"
        request["Accept"] = "application/json, text/event-stream"
        return request
    }

    static let meta: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": [:],
        "io.modelcontextprotocol/clientInfo": ["name": "service-tests", "version": "1"],
    ]

    /// Sends a request of the era and reads the answer, opening a session first where the era has them.
    func ask(_ method: String, _ params: JSONValue = [:]) throws -> WireAnswer {
        if method != "initialize" { try open() }
        return try wire.exchange(request(method, params))
    }

    /// Opens a session if the era has sessions and none is open.
    func open() throws {
        guard case .handshake(let revision) = era, session == nil else { return }
        let answer = try wire.exchange(
            request(
                "initialize",
                [
                    "protocolVersion": .string(revision), "capabilities": capabilities,
                    "clientInfo": ["name": "service-tests", "version": "1"],
                ]
            )
        )
        guard answer.status == 200, let session = answer["mcp-session-id"] else {
            throw WireClient.Failure(description: "no session: \(answer.status) \(answer.text)")
        }
        self.session = session
        _ = try wire.exchange(request("notifications/initialized"))
    }

    /// Goes on with a session that was opened elsewhere.
    func resume(_ session: String?) { self.session = session }

    /// Calls a tool.
    func call(_ tool: String, _ arguments: JSONValue = [:]) throws -> ToolReply {
        let answer = try ask("tools/call", ["name": .string(tool), "arguments": arguments])
        return ToolReply(answer)
    }

    /// The tools that are listed, of all pages.
    func tools() throws -> [JSONValue] {
        var (tools, params): ([JSONValue], JSONValue) = ([], [:])
        while true {
            let page = try ask("tools/list", params).json["result"]
            tools += page?["tools"]?.elements ?? []
            guard let next = page?["nextCursor"] else { return tools }
            params = ["cursor": next]
        }
    }

    /// The names of the tools that are listed.
    func toolNames() throws -> [String] { try tools().compactMap { $0["name"]?.string } }
}

/// What a tool call came back with.
struct ToolReply {
    let answer: WireAnswer

    init(_ answer: WireAnswer) { self.answer = answer }

    var result: JSONValue { answer.json["result"] ?? .null }
    var isError: Bool { result["isError"] == true }
    var structured: JSONValue { result["structuredContent"] ?? .null }
    var text: String { result["content"]?[0]?["text"]?.string ?? "" }
    /// The code of the tool's error, or `nil` if it succeeded.
    var code: String? { structured["error"]?["code"]?.string }
    var message: String { structured["error"]?["message"]?.string ?? "" }
    var items: [JSONValue] { structured["items"]?.elements ?? [] }
    var item: JSONValue { structured["item"] ?? .null }
    /// The code of a JSON-RPC error.
    var rpcCode: Int64? { answer.json["error"]?["code"]?.integer }
}

extension JSONValue {
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var members: [JSONMember] {
        guard case .object(let members) = self else { return [] }
        return members
    }

    var bool: Bool? {
        guard case .bool(let truth) = self else { return nil }
        return truth
    }

    /// The object with one member more, or another value for it.
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        .object(members.filter { $0.name != name } + [JSONMember(name, value)])
    }

    /// The object without the marks that are new in each response.
    var unfenced: JSONValue { .object(members.filter { !["fence", "unfence"].contains($0.name) }) }

    var text: String { RawJSON(self).text }
}
