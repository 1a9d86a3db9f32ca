package import JSON

extension ToolAnswer {
    /// The answer as a value, where it becomes a part of another.
    package var root: JSONNode {
        get throws(ToolError) {
            do { return try JSONDocument(structured.bytes).root } catch {
                throw ToolError(.internalError, "Something went wrong on our side.")
            }
        }
    }

    /// The rows of a list.
    package var items: [JSONNode] { get throws(ToolError) { try root["items"]?.elements ?? [] } }
}
