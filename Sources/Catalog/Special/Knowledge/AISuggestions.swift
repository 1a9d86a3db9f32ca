import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What deserves attention, by rules over the workspace's rows.
    static let aiSuggestions = Tool(
        name: "get_ai_suggestions",
        title: "Suggestions",
        description: """
            What deserves attention, computed by rules, with the rows that show it: overdue tasks without assignee, \
            tickets late or nearly late by their SLA, overdue invoices, stale deals, quiet customers, waiting candidates, duplicate contacts. The most \
            pressing first.
            """,
        effects: .reading,
        permission: .read("knowledge_base"),
        parameters: [
            Parameter("kinds", .choices(SuggestionRule.kinds), ""),
            Parameter("status", .choice(["new", "acknowledged", "dismissed"]), "", standard: "new"),
            Parameter("limit", .integer(1...50), "", standard: 10),
        ],
        output: [
            "type": "object",
            "properties": [
                "items": ["type": "array", "items": ["type": "object"]], "total": ["type": "integer"],
                "truncated": ["type": "boolean"],
            ],
            "required": ["items", "total"],
        ],
        body: .read { (call) throws(ToolError) in
            let status = call.arguments.text("status") ?? "new"
            let kinds = call.arguments.words("kinds") ?? []
            let statement: SQL = """
                WITH \(SuggestionQuery.tables(in: call.workspace))
                SELECT count(*) OVER (), json_build_object(
                    'id', public_id('sug', s.key), 'kind', s.kind, 'title', s.title, 'reason', s.reason,
                    'subject', json_build_object('entity', s.entity, 'id', public_id(s.prefix, s.id)),
                    'evidence', s.evidence, 'score', round(s.score, 2), 'status', coalesce(k.status, 'new'), 'note', k.note)
                FROM s
                LEFT JOIN suggestions AS k
                    ON k.workspace_id = \(call.workspace) AND k.id = s.key AND k.deleted_at IS NULL
                WHERE coalesce(k.status, 'new') = \(status)
                    AND (cardinality(\(kinds)::text[]) = 0 OR s.kind = ANY (\(kinds)::text[]))
                ORDER BY s.score DESC, s.kind, s.occasion DESC, s.id
                LIMIT \(call.arguments.integer("limit") ?? 10)::bigint
                """
            return Read([statement]) { (results, _) throws(ToolError) in answer(results[0]) }
        }
    )

    private static func answer(_ rows: QueryResult) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        var count = 0
        for row in 0..<rows.rowCount {
            guard let item = rows.bytes(row, 1), writer.bytes.count + item.count < ResultBudget.bytes - 1_024 else {
                break
            }
            writer.write(raw: item)
            count += 1
        }
        writer.endArray()
        writer.write("total", .integer(rows.int64(0, 0) ?? 0))
        if count < rows.rowCount { writer.write("truncated", true) }
        writer.endObject()
        let names = ["title", "reason", "evidence[].value"].map(UntrustedPath.name)
        return ToolAnswer(RawJSON(writer.bytes), untrusted: names.under("items[]"))
    }

    /// Marks a suggestion, so that it is not made again on the same occasion.
    static let acknowledgeSuggestion = Tool(
        name: "acknowledge_suggestion",
        title: "Acknowledge suggestion",
        description: "Marks a suggestion of get_ai_suggestions as acknowledged or dismissed; it is not made again.",
        effects: .changing,
        permission: .read("knowledge_base"),
        parameters: [
            Parameter("id", .identifier(prefix: "sug"), "", isRequired: true).terse,
            Parameter("status", .choice(["acknowledged", "dismissed"]), "", isRequired: true),
            Parameter("note", .text(maximum: 1000), "").terse,
        ] + RowWrite.parameters,
        output: RowWrite.output,
        body: .write { call, principal, transaction in
            guard let suggestion = call.arguments.row("id") else { throw Suggested.unknown }
            let known = try transaction.queries([
                """
                DELETE FROM suggestions AS k
                WHERE k.workspace_id = \(call.workspace) AND k.id = \(suggestion)::uuid AND k.deleted_at IS NOT NULL
                """,
                """
                SELECT count(*) FROM suggestions AS k
                WHERE k.workspace_id = \(call.workspace) AND k.id = \(suggestion)::uuid
                """,
            ])
            let kind: RowWrite.Kind = known[1].int64(0, 0) == 1 ? .update(.row(suggestion)) : .creation
            return try RowWrite(.suggestion, kind, call, principal).run(transaction)
        }
    )
}

/// What people said to a suggestion.
enum Suggested {
    static let unknown = ToolError(
        .notFound, "There is no such suggestion in this workspace, or its occasion has passed.",
        hint: "Take the id from get_ai_suggestions.")

    /// What a suggestion that is marked for the first time is about, by the rules.
    static func assignments(
        _ row: RowID?, _ call: ToolCall, _ transaction: borrowing Transaction
    ) throws -> [Assignment] {
        guard row == nil, let suggestion = call.arguments.row("id") else { return [] }
        let rows = try transaction.query(
            """
            WITH \(SuggestionQuery.tables(in: call.workspace))
            SELECT s.kind, s.title FROM s WHERE s.key = \(suggestion)::uuid LIMIT 1
            """)
        guard let kind = rows.string(0, 0), let title = rows.string(0, 1) else { throw unknown }
        return [
            Assignment("id", "\(suggestion)::uuid"), Assignment("kind", "\(kind)"),
            Assignment("title", "\(title)"),
        ]
    }
}

extension Entity {
    /// What people said to a suggestion that the rules made.
    static let suggestion: Entity = .init(
        "suggestion", plural: "suggestions", prefix: "sug", table: "suggestions",
        meaning: "A suggestion of the rules that somebody has acknowledged or dismissed.",
        title: "title",
        fields: [
            Field("kind", .text(40)).computed,
            Field("title", .text(600)).computed,
            Field("status", .choice(["acknowledged", "dismissed"])).required,
            Field("note", .text(1000)),
        ],
        untrusted: [.name("title")],
        consequences: Consequences(
            prepare: { row, call, transaction in try Suggested.assignments(row, call, transaction) }
        )
    )
}
