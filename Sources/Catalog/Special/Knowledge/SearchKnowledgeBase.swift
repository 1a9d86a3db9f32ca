import Embeddings
import Identity
import JSON
import Postgres
import Synchronization
import Tools

extension Tool {
    /// Published documents that hold what is asked for, or mean something near; see ``KnowledgeSearch``.
    static func searchKnowledgeBase(_ embeddings: QueryEmbeddings?) -> Tool {
        Tool(
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
            body: .read { (call) throws(ToolError) in KnowledgeSearch(call, embeddings).read }
        )
    }
}

/// One search in the knowledge base.
///
/// By words a document is a hit if it holds all words of the query in some form; if none does, those that hold some of
/// them (`relaxed`); and those whose title is spelt much like the query. By meaning those are hits whose nearest part
/// is the nearest to the query. Both look at the documents of one workspace one by one.
///
/// Where meanings are asked for, a first flush tells whether they can be compared at all. Then the call waits, without a
/// worker, for the embedding of its query, and a second flush searches. Whatever keeps it from that, words are compared,
/// and the answer says why.
private struct KnowledgeSearch: Sendable {
    private let call: ToolCall
    private let embeddings: QueryEmbeddings?
    private let query: String
    private let mode: KnowledgeQuery.Mode

    init(_ call: ToolCall, _ embeddings: QueryEmbeddings?) {
        self.call = call
        self.embeddings = embeddings
        query = call.arguments.text("query") ?? ""
        mode = call.arguments.text("mode").flatMap { KnowledgeQuery.Mode(rawValue: $0) } ?? .hybrid
    }

    var read: Read {
        guard mode != .text else { return words("Asked for.") }
        guard let embeddings else { return words(because: "No source of embeddings is set up here") }
        return Read([KnowledgeState.statement(in: call.workspace, for: embeddings.settings)]) {
            (results, principal) throws(ToolError) in
            let state = KnowledgeState(results[0])
            if let obstacle = state.obstacle { return .more(words(because: obstacle)) }
            let question = Question()
            return .wait(for: { question.ask(query, of: embeddings, for: principal) }) {
                switch question.result {
                case .success(let embedding): meanings(embedding, of: embeddings.settings.model, state)
                case .failure(let error): words(because: error.obstacle)
                }
            }
        }
    }

    private func words(because obstacle: String) -> Read {
        words("\(obstacle), so words were compared, not meanings.")
    }

    private func words(_ reason: String) -> Read {
        Read([KnowledgeQuery(call).words]) { (results, _) throws(ToolError) in
            answer(
                results[0], .text, reason, hint: "No published document holds these words. Try fewer or other words.")
        }
    }

    private func meanings(_ embedding: Embedding, of model: String, _ state: KnowledgeState) -> Read {
        let query = KnowledgeQuery(call)
        let statement = mode == .hybrid ? query.both(embedding, of: model) : query.meanings(embedding, of: model)
        let reason =
            (mode == .hybrid ? "Words and meanings were compared." : "Meanings were compared.")
            + (state.lacking(in: mode).map { " \($0)" } ?? "")
        return Read([statement]) { (results, _) throws(ToolError) in
            answer(
                results[0], mode, reason, hint: "No published document means something near. Try other words.")
        }
    }

    private func answer(_ rows: QueryResult, _ mode: KnowledgeQuery.Mode, _ reason: String, hint: String) -> ToolAnswer
    {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for row in 0..<rows.rowCount { writer.write(raw: rows.bytes(row, 0 + 1) ?? Array("null".utf8)) }
        writer.endArray()
        writer.write("mode", .string(mode.rawValue))
        writer.write("mode_reason", .string(reason))
        if (0..<rows.rowCount).contains(where: { rows.int64($0, 0) == 1 }) { writer.write("relaxed", true) }
        if rows.rowCount == 0 { writer.write("hint", .string(hint)) }
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes))
    }
}

/// What a call asks of the endpoint, which begins when the call is admitted.
private final class Question: Sendable {
    private let asked = Mutex<QueryEmbeddings.Asked?>(nil)

    /// Asks; what opens once there is an answer.
    func ask(_ text: String, of embeddings: QueryEmbeddings, for principal: Principal) -> Gate {
        let asked = embeddings.ask(text, for: principal)
        self.asked.withLock { $0 = asked }
        return asked.gate
    }

    var result: Result<Embedding, EmbeddingError> {
        asked.withLock { $0 }?.result ?? .failure(EmbeddingError.unasked)
    }
}

extension EmbeddingError {
    /// The obstacle in the words of a search's answer, which names no hosts and no settings.
    fileprivate var obstacle: String {
        switch code {
        case .settings, .rejected, .badAnswer: "The source of embeddings gave nothing that can be used"
        case .unreachable: "The source of embeddings did not answer in time"
        case .unauthorized: "The source of embeddings does not accept this service's key"
        case .rateLimited, .busy: "The source of embeddings is asked too much"
        case .unavailable: "The source of embeddings has a problem"
        case .resting: "The source of embeddings failed a moment ago"
        }
    }
}

/// Whether the meanings of a workspace's documents can be compared.
private struct KnowledgeState: Sendable {
    private let isOn: Bool
    private let canCompare: Bool
    private let documents: Int64
    private let ready: Int64

    init(_ rows: QueryResult) {
        isOn = rows.bool(0, 0) == true
        canCompare = rows.bool(0, 1) == true
        documents = rows.int64(0, 2) ?? 0
        ready = rows.int64(0, 3) ?? 0
    }

    static func statement(in workspace: SQL, for settings: EmbeddingSettings) -> SQL {
        """
        SELECT w.semantic_search, vector_schema() IS NOT NULL, d.documents, d.ready
        FROM workspaces AS w
        CROSS JOIN (
            SELECT count(*) AS documents, count(*) FILTER (WHERE EXISTS (
                SELECT FROM document_chunks AS c
                WHERE c.workspace_id = k.workspace_id AND c.document_id = k.id AND c.position = 0
                    AND c.content_digest = k.content_digest AND c.model = \(settings.model)
            )) AS ready
            FROM documents AS k
            WHERE k.workspace_id = \(workspace) AND k.deleted_at IS NULL AND k.status = 'published'
        ) AS d
        WHERE w.id = \(workspace)
        """
    }

    /// What stands in the way, as the beginning of a sentence; `nil` if nothing does.
    var obstacle: String? {
        if !isOn { return "Search by meaning is not turned on for this workspace" }
        if !canCompare { return "The database lacks the extension vector" }
        if ready == 0 { return documents == 0 ? "There are no documents" : "No document has an embedding yet" }
        return nil
    }

    /// What is told where not all documents can be found by their meaning.
    func lacking(in mode: KnowledgeQuery.Mode) -> String? {
        guard ready < documents else { return nil }
        let consequence = mode == .hybrid ? "are found by words alone" : "are not found so"
        return "\(documents - ready) of \(documents) documents have no embedding yet and \(consequence)."
    }
}
