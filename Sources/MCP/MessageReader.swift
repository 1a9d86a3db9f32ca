package import JSON

extension Message {
    /// Reads one message; unknown members are ignored, as everywhere in the protocol.
    package init(_ node: JSONNode) throws(ProtocolError) {
        guard node.kind == .object else { throw Self.refusal("A message is a JSON object") }
        guard node["jsonrpc"]?.string == "2.0" else { throw Self.refusal("jsonrpc must be \"2.0\"") }
        let id = node["id"].flatMap(MessageID.init)
        if node["id"] != nil, id == nil { throw Self.refusal("id must be a string or an integer") }
        let answers = [node["result"], node["error"]].compactMap(\.self)
        if let method = node["method"] {
            guard answers.isEmpty else { throw Self.refusal("A message is either a request or a response") }
            self = try Self.call(id: id, method: method, params: node["params"])
        } else {
            guard answers.count == 1, answers[0].kind == .object else {
                throw Self.refusal("A message has a method, or either a result or an error")
            }
            guard let id else { throw Self.refusal("A response has an id") }
            self = .response(id: id, body: node)
        }
    }

    private static func call(id: MessageID?, method: JSONNode, params: JSONNode?) throws(ProtocolError) -> Message {
        guard let method = method.string else { throw refusal("method must be a string") }
        if let params, params.kind != .object { throw refusal("params must be an object") }
        guard let id else { return .notification(method: method, params: params) }
        return .request(id: id, method: method, params: params)
    }

    private static func refusal(_ message: String) -> ProtocolError {
        ProtocolError(.invalidRequest, message)
    }
}
