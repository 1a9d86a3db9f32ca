import Identity
import JSON
import Tools

extension Tool {
    /// `search_<plural>`: the entity's rows by whatever somebody remembers of them, narrowed by its filters.
    ///
    /// - Parameters:
    ///   - entity: It says what its rows are found by.
    ///   - subject: What the permission to read is about.
    ///   - dictionaries: Where searches keep the words of workspaces.
    static func search(
        _ entity: Entity, _ subject: String, _ description: String, with dictionaries: Dictionaries
    ) -> Tool {
        Tool(
            name: "search_" + entity.plural,
            title: "Search " + entity.plural.split(separator: "_").joined(separator: " "),
            description: description,
            effects: .reading,
            permission: .read(subject),
            parameters: [RecordSearch.query] + RowFilters.parameters(of: entity) + [
                Parameter("limit", .integer(1...100), "", standard: 20),
                Parameter("cursor", .text(maximum: 4096), "Last next_cursor.").terse,
                Parameter("fields", .names(RowFilters.names(of: entity)), ""), ResultFormat.parameter,
            ],
            output: RecordSearch.output,
            body: .read { (call) throws(ToolError) in
                try RecordSearch.flow(
                    entity, call, dictionaries, limit: Int(call.arguments.integer("limit") ?? 20),
                    after: try Cursor(of: call, width: 3)?.position, fields: call.arguments.words("fields")
                ).read
            }
        ).about(entity)
    }
}

/// A search among the rows of an entity.
enum RecordSearch {
    static let query = Parameter(
        "query", .text(maximum: 1_000), "Names, words, phone digits or an e-mail address.", isRequired: true)

    static let output: JSONValue = [
        "type": "object",
        "properties": ["items": ["type": "array", "items": ["type": "object"]], "next_cursor": ["type": "string"]],
        "required": ["items"],
    ]

    static func flow(
        _ entity: Entity, _ call: ToolCall, _ dictionaries: Dictionaries, limit: Int, after: [String]? = nil,
        fields: [String]? = nil
    ) throws(ToolError) -> SearchFlow {
        guard let search = entity.search else {
            throw ToolError(.internalError, "Something went wrong on our side.")
        }
        return SearchFlow(
            try SearchWishes(query: call.arguments.text("query") ?? ""),
            among: RecordSubject(entity, search, call, fields: fields), for: call, dictionaries, limit: limit,
            after: after, checks: RowFilters(entity, call))
    }
}
