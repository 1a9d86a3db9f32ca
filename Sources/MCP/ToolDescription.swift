package import JSON

/// A tool as a client sees it.
package struct ToolDescription: Sendable {
    /// The name to call it by: letters, digits, `_`, `-` and `.`, at most 48 of them.
    package let name: String
    /// What people call it.
    package let title: String?
    /// What it does, for the model that chooses.
    package let description: String
    /// What its arguments are: a JSON Schema of an object, sent verbatim.
    package let inputSchema: RawJSON
    /// What its structured result is, sent verbatim.
    package let outputSchema: RawJSON?
    /// What a call may do.
    package let annotations: ToolAnnotations
    /// Pictures for it.
    package let icons: [Icon]
    /// Further facts, under prefixed names.
    package let meta: [JSONMember]

    /// Describes a tool.
    package init(
        name: String,
        title: String? = nil,
        description: String,
        inputSchema: RawJSON,
        outputSchema: RawJSON? = nil,
        annotations: ToolAnnotations,
        icons: [Icon] = [],
        meta: [JSONMember] = []
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }

    /// Writes what clients of a revision know of it.
    func write(for revision: Revision, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("name", .string(name))
        if revision.has(.titles), let title { writer.write("title", .string(title)) }
        writer.write("description", .string(description))
        writer.write("inputSchema", .raw(inputSchema))
        if let outputSchema, canSend(outputSchema, to: revision) { writer.write("outputSchema", .raw(outputSchema)) }
        // Who knows titles looks for one there first.
        let hint = revision.has(.titles) ? nil : title
        if revision.has(.toolAnnotations) { writer.write("annotations", annotations.json(title: hint)) }
        if revision.has(.icons), !icons.isEmpty { writer.write("icons", .array(icons.map(\.json))) }
        if revision.has(.objectMeta), !meta.isEmpty { writer.write("_meta", .object(meta)) }
        writer.endObject()
    }

    /// Older revisions know results that are objects, and schemas that say so.
    private func canSend(_ schema: RawJSON, to revision: Revision) -> Bool {
        if revision.has(.anyStructuredContent) { return true }
        guard revision.has(.structuredContent) else { return false }
        return (try? JSONDocument(schema.bytes))?.root["type"]?.string == "object"
    }
}

/// What a call of a tool may do; all four are always said, for what clients assume of silence is the worst.
package struct ToolAnnotations: Sendable, Equatable {
    /// Changes nothing.
    package let isReadOnly: Bool
    /// May remove or overwrite something.
    package let isDestructive: Bool
    /// Has no further effect when called again with the same arguments.
    package let isIdempotent: Bool
    /// Reaches things outside of the workspace.
    package let isOpenWorld: Bool

    /// Says what a call may do.
    package init(isReadOnly: Bool, isDestructive: Bool, isIdempotent: Bool, isOpenWorld: Bool) {
        self.isReadOnly = isReadOnly
        self.isDestructive = isDestructive
        self.isIdempotent = isIdempotent
        self.isOpenWorld = isOpenWorld
    }

    func json(title: String?) -> JSONValue {
        var members = title.map { [JSONMember("title", .string($0))] } ?? []
        members += [
            JSONMember("readOnlyHint", .bool(isReadOnly)), JSONMember("destructiveHint", .bool(isDestructive)),
            JSONMember("idempotentHint", .bool(isIdempotent)), JSONMember("openWorldHint", .bool(isOpenWorld)),
        ]
        return .object(members)
    }
}
