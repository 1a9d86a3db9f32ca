import Crypto
import Identity
import Matching
import Postgres
import Tools

/// Brings what an entity's row is found by in line with it, in the transaction that changed it.
enum RecordUpdate {
    /// Computes the rows of the index anew; those of a row that is deleted go.
    static func record(_ entity: Entity, _ row: RowID, in call: ToolCall, _ transaction: borrowing Transaction) throws {
        guard let search = entity.search else { return }
        let texts = RecordTexts(entity, search)
        let living = entity.isSoftlyDeleted ? "AND t.deleted_at IS NULL" : ""
        let rows = try transaction.query(
            """
            SELECT \(verbatim: texts.indexedColumns), w.default_country
            FROM \(verbatim: entity.table) AS t JOIN workspaces AS w ON w.id = t.workspace_id
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(row)::uuid \(verbatim: living)
            """)
        var statements = ["search_records", "search_record_phones", "search_record_emails"].map { table -> SQL in
            """
            DELETE FROM \(verbatim: table) AS s
            WHERE s.workspace_id = \(call.workspace) AND s.kind = \(entity.prefix) AND s.record_id = \(row)::uuid
            """
        }
        if rows.rowCount == 1 {
            let country = rows.string(0, texts.indexedWidth).flatMap { PhoneCountry($0) }
            let record = IndexedRecord(rows, 0, texts, in: call.credential.workspace, country: country)
            statements += insertions(record, entity, row, call.workspace)
        }
        _ = try transaction.queries(statements)
    }

    private static func insertions(
        _ record: IndexedRecord, _ entity: Entity, _ row: RowID, _ workspace: SQL
    ) -> [SQL] {
        let squeezed = record.emails.map { EmailSearch.squeezed($0.local) }
        let keys = "{" + record.keys.map(String.init).joined(separator: ",") + "}"
        let words = record.words.map(\.text).sorted()
        return [
            """
            INSERT INTO search_records (workspace_id, kind, record_id, keys, layout)
            VALUES (\(workspace), \(entity.prefix), \(row)::uuid, \(keys)::bigint[],
                decode(\(record.layout), 'hex'))
            """,
            """
            INSERT INTO search_record_phones (workspace_id, kind, record_id, reversed, national)
            SELECT \(workspace), \(entity.prefix), \(row)::uuid, p.reversed, p.national
            FROM unnest(\(record.phones.map(\.reversed))::text[], \(record.phones.map(\.national))::text[])
                AS p(reversed, national)
            """,
            """
            INSERT INTO search_record_emails (workspace_id, kind, record_id, local, domain, squeezed)
            SELECT \(workspace), \(entity.prefix), \(row)::uuid, p.local, p.domain, p.squeezed
            FROM unnest(\(record.emails.map(\.local))::text[], \(record.emails.map(\.domain))::text[],
                \(squeezed)::text[]) AS p(local, domain, squeezed)
            """,
            """
            INSERT INTO search_words (workspace_id, word)
            SELECT \(workspace), p.word FROM unnest(\(words)::text[]) AS p(word)
            WHERE NOT EXISTS (SELECT FROM search_words AS s WHERE s.workspace_id = \(workspace) AND s.word = p.word)
            """,
        ]
    }
}
