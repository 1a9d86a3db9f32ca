import JSON

extension Method {
    /// Lists the texts that people start from.
    static var listPrompts: Method<P> {
        Method("prompts/list", of: .prompts) { call throws(ProtocolError) in
            try call.page(of: { call.provider.prompts(for: $0) }, by: \.name, as: "prompts", in: "prompts/list") {
                $0.members(for: $1)
            }
        }
    }

    /// Gives a prompt, filled in.
    static var getPrompt: Method<P> {
        Method("prompts/get", of: .prompts) { call throws(ProtocolError) in
            guard let name = call.params?["name"]?.string else {
                throw ProtocolError(.invalidParams, "name must be the name of a prompt")
            }
            let arguments = try texts(call.params?["arguments"], "arguments")
            let sorted = arguments.sorted { $0.key < $1.key }
            return try call.fetch(
                .prompt(name: name, arguments: arguments), binding: [name] + sorted.flatMap { [$0.key, $0.value] }
            ) { caller, outcome throws(ProtocolError) in
                guard let prompt = call.provider.prompts(for: caller).first(where: { isSameText($0.name, name) }) else {
                    return
                }
                for argument in prompt.arguments where argument.isRequired && arguments[argument.name] == nil {
                    throw ProtocolError(.invalidParams, "The argument \(argument.name) is missing")
                }
            }
        }
    }

    /// Suggests how a value may go on.
    static var complete: Method<P> {
        Method("completion/complete", of: .completions) { call throws(ProtocolError) in
            guard let argument = call.params?["argument"], let name = argument["name"]?.string,
                let value = argument["value"]?.string
            else { throw ProtocolError(.invalidParams, "argument must have a name and a value, both texts") }
            let request = CompletionRequest(
                reference: try reference(call.params?["ref"]),
                argument: name,
                value: value,
                context: try texts(call.params?["context"]?["arguments"], "context.arguments")
            )
            return try call.fetch(.completion(request), binding: [])
        }
    }

    private static func reference(_ node: JSONNode?) throws(ProtocolError) -> CompletionRequest.Reference {
        if node?["type"]?.string == "ref/prompt", let name = node?["name"]?.string { return .prompt(name: name) }
        if node?["type"]?.string == "ref/resource", let uri = node?["uri"]?.string { return .resource(uri: uri) }
        throw ProtocolError(.invalidParams, "ref must be a ref/prompt with a name or a ref/resource with a uri")
    }

    private static func texts(_ node: JSONNode?, _ name: String) throws(ProtocolError) -> [String: String] {
        guard let node else { return [:] }
        guard let members = node.members else { throw ProtocolError(.invalidParams, "\(name) must be an object") }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else {
                throw ProtocolError(.invalidParams, "Every member of \(name) must be a text")
            }
            texts[member.name] = text
        }
        return texts
    }
}
