import JSON

/// What goes into a tool and what comes out of it, checked around its handler.
package struct ToolContract: Sendable {
    private let arguments: JSONSchema
    private let result: JSONSchema?

    /// Takes the schemas of a tool as clients see them.
    ///
    /// - Throws: ``SchemaMistake`` if values cannot be checked against one of them; the tool must not be served then.
    package init(_ description: ToolDescription) throws {
        arguments = try JSONSchema(JSONDocument(description.inputSchema.bytes).root)
        result = try description.outputSchema.map { try JSONSchema(JSONDocument($0.bytes).root) }
    }

    /// A handler that runs if the arguments conform, and whose structured result does.
    ///
    /// Wrong arguments are told to the model, every mistake at once. A wrong result is our mistake, and an internal error.
    package func checking<Caller>(
        _ call: ToolCallRequest,
        _ handler: @escaping Handler<Caller, ToolResult>
    ) -> Handler<Caller, ToolResult> {
        { conversation, caller in
            let mistakes = arguments.mistakes(in: call.arguments)
            guard mistakes.isEmpty else {
                return ToolResult(text: mistakes.map(\.description).joined(separator: "\n"), isError: true)
            }
            let outcome = try handler(conversation, caller)
            guard let result, !outcome.isError else { return outcome }
            guard let structured = outcome.structured, let document = try? JSONDocument(structured.bytes),
                result.accepts(document.root)
            else { throw ProtocolError(.internalError, "The result of this tool is not what it promises") }
            return outcome
        }
    }
}
