import HTTP
import JSON

@testable import MCP

/// What holds for every answer, whatever was sent.
struct ResponseCheck {
    private let request: HTTPRequest
    private let plan: Plan<FuzzProvider>
    private let response: HTTPResponse
    /// The request's message, as far as it is one.
    private let message: Message?

    init(_ request: HTTPRequest, _ plan: Plan<FuzzProvider>, _ response: HTTPResponse) {
        self.request = request
        self.plan = plan
        self.response = response
        let root = (try? JSONDocument(request.body, limits: MCPLimits().json))?.root
        message = request.method == .post ? root.flatMap { try? Message($0) } : nil
    }

    func run() {
        require(
            [200, 202, 204, 400, 404, 405, 406, 413, 415, 429, 503].contains(response.status.rawValue),
            "\(request.body.text) is answered with \(response.status.rawValue)")
        if let refusal = plan.facts.refusal { checkRefusal(refusal) }
        switch message {
        case .notification, .response: checkSilence()
        default: break
        }
        let events = FuzzEvent.all(in: response)
        if response.status.rawValue >= 400 { require(events.count == 1, "A refusal says nothing") }
        for event in events where !event.data.isEmpty {
            let node = require(try? JSONDocument(event.data), "\(event.data.text) is no JSON").root
            if let elements = node.elements {
                require(request.body.contains(UInt8(ascii: "[")), "One message is answered with several")
                for element in elements { checkMessage(element, isPart: true) }
            } else {
                checkMessage(node, isPart: false)
            }
        }
    }

    /// A refusal by the ladder: its code and status are those of the table, and it has the id of the request.
    private func checkRefusal(_ kind: ProtocolError.Kind) {
        guard case .reply(let reply) = plan.action else { fatalError("A refusal leaves something to do") }
        let (code, status) = ProtocolError(kind).answer(in: plan.facts.era ?? .handshake)
        require(reply.status == status, "\(kind) has the status \(reply.status.rawValue)")
        let root = require(try? JSONDocument(reply.body), "\(reply.body.text) is no JSON").root
        require(root["error"]?["code"]?.integer == code, "\(kind) has the code in \(root.raw)")
        guard case .request(let id, _, _) = message, request.body.count <= 8192 else { return }
        let isEarly: Set<ProtocolError.Kind> = [.unsupportedMediaType, .notAcceptable, .contentTooLarge]
        require(isEarly.contains(kind) || root["id"].flatMap(MessageID.init) == id, "\(root.raw) lacks the id \(id)")
    }

    /// What is no request gets no answer, but may be refused without an id.
    private func checkSilence() {
        if response.status == .accepted { return require(response.body.isEmpty, "A notification is answered") }
        let root = require(try? JSONDocument(response.body), "\(response.body.text) is no JSON").root
        require(response.status.rawValue >= 400, "A notification gets \(response.status.rawValue)")
        require(root["id"] == nil, "A notification is refused under the id \(root.raw)")
    }

    private func checkMessage(_ node: JSONNode, isPart: Bool) {
        require(node["jsonrpc"]?.string == "2.0", "\(node.raw) is not of JSON-RPC")
        if let method = node["method"] {
            require(
                method.string != nil && node["result"] == nil && node["error"] == nil, "\(node.raw) is two messages")
            require(node["params"].map { $0.kind == .object } ?? true, "\(node.raw) has no object as parameters")
            return
        }
        let id = node["id"].flatMap(MessageID.init)
        require(node["id"] == nil || id != nil, "\(node.raw) has no id of the protocol")
        if let id, !isPart, case .request(let sent, _, _) = message {
            require(id == sent, "\(sent) is answered as \(id)")
            // By its bytes: a number stays a number, and a text the same text.
            let written = RawJSON(sent.json)
            require(node["id"]?.raw == written, "\(written) is answered as \(node.raw)")
        }
        if let result = node["result"] {
            require(result.kind == .object && node["error"] == nil && id != nil, "\(node.raw) is no result")
            if !isPart { checkResult(result) }
        } else {
            checkError(require(node["error"], "\(node.raw) is neither result nor error"), isPart: isPart)
        }
    }

    private func checkResult(_ result: JSONNode) {
        guard plan.facts.era == .stateless else {
            return require(result["resultType"] == nil, "\(result.raw) is of the other era")
        }
        require(result["resultType"]?.string != nil, "\(result.raw) has no type")
        require(result["_meta"]?[MetaKey.serverInfo] != nil, "\(result.raw) does not say who answers")
        // A task has a lifetime of the same name.
        let isTask = result["taskId"] != nil
        require(isTask || (result["ttlMs"] != nil) == (result["cacheScope"] != nil), "\(result.raw) may be kept or not")
    }

    private func checkError(_ error: JSONNode, isPart: Bool) {
        let code = require(error["code"]?.integer, "\(error.raw) has no code")
        let allowed: Set<Int64> =
            switch plan.facts.era {
            case .stateless: [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]
            default: [-32700, -32600, -32601, -32602, -32603, -32002, -32042]
            }
        require(allowed.contains(code), "\(error.raw) has a code that \(String(describing: plan.facts.era)) lacks")
        require(error["message"]?.string?.isEmpty == false, "\(error.raw) says nothing")
    }
}
