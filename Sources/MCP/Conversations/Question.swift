package import JSON

/// Something that a server asks of the client, or of the person who uses it.
package enum Question: Sendable {
    /// A form to fill in; the schema is a flat object. Never for passwords, keys or payment.
    case form(message: String, schema: RawJSON)
    /// A page to open, for what must not pass through the client.
    case page(url: String, message: String)
    /// A text by the client's model; the parameters of `sampling/createMessage`.
    case sample(JSONValue)
    /// The folders that the client works in.
    case roots

    var method: String {
        switch self {
        case .form, .page: "elicitation/create"
        case .sample: "sampling/createMessage"
        case .roots: "roots/list"
        }
    }

    /// The parameters for clients of a revision.
    func params(for revision: Revision) -> JSONValue {
        switch self {
        case .form(let message, let schema):
            let mode = revision.has(.urlElicitation) ? [JSONMember("mode", "form")] : []
            let fitted = FormSchema.fitted(schema, to: revision) ?? schema
            return .object(
                mode + [JSONMember("message", .string(message)), JSONMember("requestedSchema", .raw(fitted))]
            )
        case .page(let url, let message): return ["mode": "url", "message": .string(message), "url": .string(url)]
        case .sample(let params): return params
        case .roots: return [:]
        }
    }

    /// What a client must have declared, in the shape of its capabilities.
    var requirement: JSONValue {
        switch self {
        case .form: ["elicitation": ["form": [:]]]
        case .page: ["elicitation": ["url": [:]]]
        case .sample where usesTools: ["sampling": ["tools": [:]]]
        case .sample: ["sampling": [:]]
        case .roots: ["roots": [:]]
        }
    }

    /// Whether a client can be asked this.
    func isPossible(for client: Client, _ revision: Revision) -> Bool {
        let flags = client.capabilities.flags
        return switch self {
        case .form: flags.contains(.formElicitation) && revision.has(.elicitation)
        case .page: flags.contains(.urlElicitation) && revision.has(.urlElicitation)
        case .sample where usesTools: flags.contains(.samplingTools) && revision.has(.samplingTools)
        case .sample: flags.contains(.sampling)
        case .roots: flags.contains(.roots)
        }
    }

    /// Whether a revision has words for this; for forms of many kinds of fields, older ones have not.
    func isExpressible(in revision: Revision) -> Bool {
        guard case .form(_, let schema) = self else { return true }
        return FormSchema.fitted(schema, to: revision) != nil
    }

    /// Whether the model shall use tools, which a client declares by itself.
    private var usesTools: Bool {
        guard case .sample(let params) = self else { return false }
        return params["tools"] != nil || params["toolChoice"] != nil
    }

    /// Whether something that a client sent can be the answer.
    func accepts(_ answer: JSONNode) -> Bool {
        switch self {
        case .form(_, let schema):
            guard let action = answer["action"]?.string.flatMap(Answer.Action.init) else { return false }
            guard action == .accept else { return true }
            guard let content = answer["content"], content.kind == .object else { return false }
            return JSONSchema.form(schema)?.accepts(content) ?? true
        case .page: return answer["action"]?.string.flatMap(Answer.Action.init) != nil
        case .sample: return answer["content"] != nil
        case .roots: return answer["roots"]?.kind == .array
        }
    }
}

/// What a client answered.
package struct Answer: Sendable {
    /// What a person did with a question.
    package enum Action: String, Sendable {
        case accept
        case decline
        case cancel
    }

    /// The whole answer.
    package let result: JSONNode

    /// What the person did; `nil` for answers that are not a person's.
    package var action: Action? { result["action"]?.string.flatMap(Action.init) }

    /// What was filled in, if the person accepted a form.
    package var content: JSONNode? { action == .accept ? result["content"] : nil }
}

/// Why a handler does not go on. A handler lets it pass.
package enum Interruption: Error {
    /// The client has to bring answers first.
    case inputRequired([(key: String, question: Question)])
    /// The client has not declared something that this needs; the shape is that of its capabilities.
    case missingCapability(required: JSONValue)
    /// Nobody waits for the result any more.
    case cancelled
    /// Something that the model should be told: the call failed with this sentence.
    case failed(String)
}
