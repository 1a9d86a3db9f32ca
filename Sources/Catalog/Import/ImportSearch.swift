import Identity
import Matching
import Postgres

/// Brings the search rows in line with what an import changed.
struct ImportSearch {
    private let connection: Connection
    private let workspace: WorkspaceID
    private let id = "current_workspace_id()"
    private let keyPrefix: String

    private static let batch = 5_000

    init(_ connection: Connection, _ workspace: WorkspaceID, keyPrefix: String) {
        self.connection = connection
        self.workspace = workspace
        self.keyPrefix = keyPrefix
    }

    func update() throws {
        try updatePhones()
        try updateNames()
        try updateKeys()
    }

    private func updatePhones() throws {
        try connection.execute(
            script: """
                DELETE FROM contact_phones AS p WHERE p.workspace_id = \(id) AND p.contact_id = ANY (
                    ARRAY(SELECT r.id FROM resolved_contacts AS r WHERE r.is_changed)
                )
                """
        )
        let phones = StagedTable("contact_phones", "workspace_id contact_id reversed")
        try phones.create(on: connection)
        try forEachBatch(
            of: "SELECT r.id, r.phone, r.mobile, r.work_phone FROM resolved_contacts AS r WHERE is_new OR is_changed"
        ) {
            rows in
            var text = CopyText()
            for row in 0..<rows.rowCount {
                for reversed in StoredPhones.reversed((1...3).compactMap { rows.string(row, $0) }) {
                    text.text(workspace.uuid)
                    text.text(rows.string(row, 0))
                    text.text(reversed)
                    text.endRow()
                }
            }
            try phones.copy(text.take(), on: connection)
        }
        try phones.insert(on: connection)
    }

    private func updateNames() throws {
        try connection.execute(
            script: """
                DELETE FROM contact_names AS n WHERE n.workspace_id = \(id) AND n.contact_id = ANY (
                    ARRAY(SELECT r.id FROM resolved_contacts AS r WHERE r.is_changed)
                )
                """
        )
        try StoredNames.table.create(on: connection)
        try forEachBatch(of: "SELECT r.id, r.display_name FROM resolved_contacts AS r WHERE is_new OR is_changed") {
            rows in
            var text = CopyText()
            for row in 0..<rows.rowCount {
                StoredNames.append(rows.string(row, 1) ?? "", of: rows.string(row, 0), in: workspace, to: &text)
            }
            try StoredNames.table.copy(text.take(), on: connection)
        }
        try StoredNames.table.insert(on: connection)
    }

    /// Computes the keys of new and changed tasks, and of all tasks of changed customers.
    private func updateKeys() throws {
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE import_affected ON COMMIT DROP AS
                SELECT r.id FROM resolved_tasks AS r WHERE r.is_new OR r.is_changed
                UNION SELECT t.id FROM resolved_contacts AS r
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.customer_id = r.id
                WHERE r.is_changed;
                ANALYZE import_affected
                """
        )
        let keys = StagedTable("task_search", "workspace_id task_id keys")
        try keys.create(on: connection)
        try forEachBatch(of: documents) { rows in
            var text = CopyText()
            for row in 0..<rows.rowCount {
                let (document, task, _, _) = TaskCandidates.document(rows, row)
                text.text(workspace.uuid)
                text.text(task)
                text.lexemes(SearchKeys(document).words, prefix: keyPrefix)
                text.endRow()
            }
            try keys.copy(text.take(), on: connection)
        }
        try keys.insert(
            on: connection, otherwise: "ON CONFLICT (workspace_id, task_id) DO UPDATE SET keys = EXCLUDED.keys"
        )
    }

    private var documents: String {
        """
        SELECT NULL, \(TaskCandidates.documentColumns)
        FROM import_affected AS f
        JOIN tasks AS t ON t.workspace_id = \(id) AND t.id = f.id
        \(TaskCandidates.documentJoins)
        """
    }

    private func forEachBatch(of query: String, _ body: (QueryResult) throws -> Void) throws {
        try connection.execute(script: "DECLARE import_rows NO SCROLL CURSOR FOR \(query)")
        while true {
            let rows = try connection.query(SQL(verbatim: "FETCH \(Self.batch) FROM import_rows"))
            if rows.rowCount == 0 { break }
            try body(rows)
        }
        try connection.execute(script: "CLOSE import_rows")
    }
}
