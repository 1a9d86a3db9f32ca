import Identity
import Postgres

/// What brings a row back to what it was before a write, kept for seven days.
struct UndoEntry: Sendable {
    private let entity: Entity
    private let row: RowID
    private let before: StoredRow?
    private let after: StoredRow

    private let group: String?

    /// - Parameter group: The key that the entries of all rows have that were written together.
    init(_ entity: Entity, _ row: RowID, before: StoredRow?, after: StoredRow, group: String? = nil) {
        self.group = group
        self.entity = entity
        self.row = row
        self.before = before
        self.after = after
    }

    /// Keeps the inverse: the columns as they were, or that there was no row.
    ///
    /// - Parameter next: Another write of the same call, which is taken back after this one.
    func keep(
        _ call: ToolCall, _ principal: Principal, followedBy next: RowID? = nil, _ transaction: borrowing Transaction
    ) throws -> RowID {
        let rows = try transaction.query(
            """
            INSERT INTO undo_entries (workspace_id, credential_id, tool, entity, row_id, row_version, columns,
                group_id, next_id)
            SELECT \(call.workspace), \(principal.credential)::uuid, \(call.tool), \(entity.name),
                \(row)::uuid, \(after.version), (
                    SELECT jsonb_object_agg(o.key, o.value)
                    FROM jsonb_each(\(before?.columns)::jsonb) AS o
                    WHERE o.key NOT IN ('version', 'updated_at')
                        AND o.value IS DISTINCT FROM (\(after.columns)::jsonb -> o.key)
                        AND NOT EXISTS (
                            SELECT FROM pg_attribute AS a
                            WHERE a.attrelid = \(entity.table)::regclass AND a.attname = o.key AND a.attgenerated <> ''
                        )
                ), \(group)::uuid, \(next)::uuid
            RETURNING id
            """)
        guard let entry = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
            throw PostgresError(.unexpectedResult, "What undoes a write was not kept.")
        }
        return entry
    }
}
