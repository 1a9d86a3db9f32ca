import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Published documents that hold what is asked for.
    ///
    /// A document is a hit if it holds all words of the query in some form; if none does, those that hold some of them
    /// (`relaxed`); and those whose title is spelt much like the query. Words count more in titles. Documents of one
    /// workspace are compared one by one, with words that were cut out when they were written.
    static let searchKnowledgeBase = Tool(
        name: "search_knowledge_base",
        title: "Search knowledge base",
        description: """
            Searches published documents of the knowledge base: word forms, "phrases", -excluded words, nearly right \
            titles. mode in the result says which search ran and why.
            """,
        effects: .reading,
        permission: .read("knowledge_base"),
        parameters: [
            Parameter("query", .text(maximum: 500), "", isRequired: true).terse,
            Parameter("mode", .choice(["hybrid", "semantic", "text"]), "", standard: "hybrid"),
            Parameter("category", .text(maximum: 200), "").terse,
            Parameter("limit", .integer(1...20), "", standard: 5),
            Parameter("max_chars", .integer(100...4000), "Of each excerpt.", standard: 1200),
        ],
        output: [
            "type": "object",
            "properties": [
                "items": ["type": "array", "items": ["type": "object"]], "mode": ["type": "string"],
                "mode_reason": ["type": "string"], "relaxed": ["type": "boolean"], "hint": ["type": "string"],
            ],
            "required": ["items", "mode", "mode_reason"],
        ],
        body: .read { (call) throws(ToolError) in KnowledgeSearch(call).read }
    )
}

/// One search in the knowledge base.
private struct KnowledgeSearch: Sendable {
    private let call: ToolCall
    private let query: String
    private let limit: Int64
    private let characters: Int64

    init(_ call: ToolCall) {
        self.call = call
        query = call.arguments.text("query") ?? ""
        limit = call.arguments.integer("limit") ?? 5
        characters = call.arguments.integer("max_chars") ?? 1200
    }

    /// How much like the query a title, or a part of it, has to be spelt.
    private static let likeness = "0.45"

    /// The best documents: each with its tier (0 all words, 1 some, 2 a title that is spelt alike).
    private var statement: SQL {
        """
        WITH asked AS MATERIALIZED (
            SELECT every, CASE WHEN numnode(words) > 0 THEN replace(words::text, '&', '|')::tsquery ELSE words END AS some
            FROM (
                SELECT websearch_to_tsquery('english', \(query)) || websearch_to_tsquery('simple', \(query)) AS every,
                    plainto_tsquery('english', \(query)) || plainto_tsquery('simple', \(query)) AS words
            ) AS q
            -- Words such as "the" alone ask for nothing.
            WHERE numnode(plainto_tsquery('english', \(query))) > 0
        ), seen AS MATERIALIZED (
            SELECT d.id, d.updated_at, d.words @@ a.every AS has_all, d.words @@ a.some AS has_some,
                ts_rank(d.words, a.some)::numeric AS rank, word_similarity(\(query), d.title)::numeric AS likeness
            FROM documents AS d CROSS JOIN asked AS a
            WHERE d.workspace_id = \(call.workspace) AND d.deleted_at IS NULL AND d.status = 'published'
                AND (\(call.arguments.text("category"))::text IS NULL OR d.category = \(call.arguments.text("category")))
        ), found AS (
            SELECT s.id, s.updated_at, s.rank, s.likeness,
                CASE WHEN s.has_all THEN 0 WHEN s.has_some AND NOT EXISTS (SELECT FROM seen AS o WHERE o.has_all) THEN 1
                    WHEN s.likeness >= \(verbatim: Self.likeness) THEN 2 END AS tier
            FROM seen AS s
        ), best AS (
            SELECT f.id, f.tier, round(CASE f.tier WHEN 2 THEN f.likeness ELSE f.rank END, 4) AS score, f.updated_at
            FROM found AS f WHERE f.tier IS NOT NULL
            ORDER BY f.tier, score DESC, f.updated_at DESC, f.id LIMIT \(limit)::bigint
        )
        SELECT b.tier, json_build_object(
            'id', public_id('doc', d.id), 'title', d.title, 'category', d.category,
            'match', CASE b.tier WHEN 0 THEN 'all_words' WHEN 1 THEN 'some_words' ELSE 'similar_title' END,
            'score', b.score,
            'excerpt', left(CASE WHEN b.tier < 2 THEN ts_headline('english', d.body, a.some,
                'StartSel="", StopSel="", MaxFragments=4, MaxWords=60, MinWords=20, FragmentDelimiter=" … "')
                ELSE d.body END, \(characters)::integer),
            'body_length', char_length(d.body), 'visibility', d.visibility, 'updated_at', rfc3339(d.updated_at))
        FROM best AS b
        JOIN documents AS d ON d.workspace_id = \(call.workspace) AND d.id = b.id
        CROSS JOIN asked AS a
        ORDER BY b.tier, b.score DESC, b.updated_at DESC, b.id
        """
    }

    var read: Read {
        Read([statement]) { (results, _) throws(ToolError) in
            let rows = results[0]
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("items")
            writer.beginArray()
            for row in 0..<rows.rowCount { writer.write(raw: rows.bytes(row, 0 + 1) ?? Array("null".utf8)) }
            writer.endArray()
            writer.write("mode", "text")
            writer.write("mode_reason", .string(reason))
            if (0..<rows.rowCount).contains(where: { rows.int64($0, 0) == 1 }) { writer.write("relaxed", true) }
            if rows.rowCount == 0 {
                writer.write("hint", "No published document holds these words. Try fewer or other words.")
            }
            writer.endObject()
            return ToolAnswer(RawJSON(writer.bytes))
        }
    }

    private var reason: String {
        call.arguments.text("mode") == "text"
            ? "Asked for." : "No source of embeddings is set up here, so words were compared, not meanings."
    }
}
