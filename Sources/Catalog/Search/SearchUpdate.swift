import Crypto
import Identity
import Matching
import Postgres
import Tools

/// Brings the search rows of single tasks in line with their texts, in the transaction that changed them.
enum SearchUpdate {
    /// Computes the rows of a task anew; those of a deleted one go. Whoever changes a task's texts locks its row first, so the last one sees all.
    static func task(_ task: String, in call: ToolCall, _ transaction: borrowing Transaction) throws {
        let workspace = call.workspace
        let rows = try transaction.query(
            """
            SELECT \(TaskTexts.columns) FROM tasks AS t \(TaskTexts.joins)
            WHERE t.workspace_id = \(workspace) AND t.id = \(task)::uuid AND t.deleted_at IS NULL
            """
        )
        guard rows.rowCount == 1 else {
            _ = try transaction.query(
                """
                DELETE FROM search_documents AS s WHERE s.workspace_id = \(workspace) AND s.task_id = \(task)::uuid
                """)
            return
        }
        let indexed = IndexedTask(TaskTexts.row(rows, 0).document)
        let keys = SearchKeyMaker(workspace: call.credential.workspace.uuid)
        let literals = indexed.parts.map { part in
            "{" + part.words.map { String(keys.key(of: $0)) }.joined(separator: ",") + "}"
        }
        let layouts = indexed.parts.map { Hex.encode($0.layout) }
        _ = try transaction.queries([
            """
            INSERT INTO search_documents (workspace_id, task_id, part, keys, layout)
            SELECT \(workspace), \(task)::uuid, p.place - 1, p.keys::bigint[], decode(p.layout, 'hex')
            FROM unnest(\(literals)::text[], \(layouts)::text[]) WITH ORDINALITY AS p(keys, layout, place)
            ON CONFLICT (workspace_id, task_id, part) DO UPDATE SET keys = EXCLUDED.keys, layout = EXCLUDED.layout
                WHERE search_documents.keys <> EXCLUDED.keys OR search_documents.layout <> EXCLUDED.layout
            """,
            """
            DELETE FROM search_documents AS s
            WHERE s.workspace_id = \(workspace) AND s.task_id = \(task)::uuid AND s.part >= \(Int64(literals.count))::bigint
            """,
            """
            INSERT INTO search_words (workspace_id, word)
            SELECT \(workspace), p.word FROM unnest(\(indexed.dictionaryWords.map(\.text).sorted())::text[]) AS p(word)
            WHERE NOT EXISTS (SELECT FROM search_words AS s WHERE s.workspace_id = \(workspace) AND s.word = p.word)
            """,
        ])
    }
}
