package import JSON

/// What a tool gives back, its own failures included.
package struct ToolResult: Sendable {
    /// What a model reads.
    package var content: [ContentBlock]
    /// What a program reads: JSON, sent as it is. Clients of revisions that lack it get the content alone.
    package var structured: RawJSON?
    /// Whether the tool failed in a way that the model may put right.
    package var isError: Bool
    /// Further facts about the result, under prefixed names.
    package var meta: [JSONMember]

    /// Gives content, and data beside it.
    package init(
        content: [ContentBlock],
        structured: RawJSON? = nil,
        isError: Bool = false,
        meta: [JSONMember] = []
    ) {
        self.content = content
        self.structured = structured
        self.isError = isError
        self.meta = meta
    }

    /// Gives data, and the same data as text for clients that read only text.
    package init(structured: RawJSON, isError: Bool = false, meta: [JSONMember] = []) {
        self.init(content: [.json(structured)], structured: structured, isError: isError, meta: meta)
    }

    /// Gives a text.
    package init(text: String, isError: Bool = false) {
        self.init(content: [.text(text)], isError: isError)
    }
}

/// How a call of a tool ended.
package enum ToolOutcome: Sendable {
    /// With a result, be it the tool's failure.
    case result(ToolResult)
    /// There is no such tool for this caller.
    case unknownTool
    /// The call needs something that the client has not declared; `required` has the shape of client capabilities.
    case missingCapability(required: JSONValue)
    /// Something broke on our side; the cause is in the log under the request's id.
    case internalError(requestID: String)
    /// The call cannot be served for another reason that the protocol knows.
    case refused(ProtocolError)

    /// The result, for a handler that has let a call run.
    ///
    /// - Parameter tool: The name that was called.
    /// - Throws: What the handler lets pass where there is no result.
    package func result(of tool: String) throws -> ToolResult {
        switch self {
        case .result(let result): return result
        case .unknownTool: throw ProtocolError.unknownTool(tool)
        case .missingCapability(let required): throw Interruption.missingCapability(required: required)
        case .internalError(let requestID): throw ProtocolError.internalError(requestID)
        case .refused(let error): throw error
        }
    }
}
