import Identity
import Matching
import Postgres
import Tools

/// Brings the search rows in line with what an import changed.
struct ImportSearch {
    private let connection: Connection
    private let workspace: WorkspaceID
    private let country: PhoneCountry?
    private let id = "current_workspace_id()"

    private static let batch = 5_000

    init(_ connection: Connection, _ workspace: WorkspaceID, country: String?) {
        self.connection = connection
        self.workspace = workspace
        self.country = country.flatMap { PhoneCountry($0) }
    }

    func update() throws {
        try updateCustomers()
        try updateNames()
        try updateRecords()
        try updateTasks()
    }

    private func updateCustomers() throws {
        for table in ["search_phones", "search_emails"] {
            try connection.execute(
                script: """
                    DELETE FROM \(table) AS p WHERE p.workspace_id = \(id) AND p.contact_id = ANY (
                        ARRAY(SELECT r.id FROM resolved_contacts AS r WHERE r.is_changed)
                    )
                    """
            )
        }
        try forEachBatch(
            of: """
                SELECT r.id, c.phone, c.mobile, c.work_phone, c.email
                FROM resolved_contacts AS r JOIN contacts AS c ON c.workspace_id = \(id) AND c.id = r.id
                WHERE r.is_new OR r.is_changed
                """
        ) { rows in
            var search = SearchRows(workspace, country: country)
            for row in 0..<rows.rowCount {
                search.append(
                    customer: rows.string(row, 0) ?? "", phones: (1...3).compactMap { rows.string(row, $0) },
                    email: rows.string(row, 4))
            }
            return search
        }
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
        try forEach(of: "SELECT r.id, r.display_name FROM resolved_contacts AS r WHERE is_new OR is_changed") { rows in
            var text = CopyText()
            for row in 0..<rows.rowCount {
                StoredNames.append(rows.string(row, 1) ?? "", of: rows.string(row, 0), in: workspace, to: &text)
            }
            try StoredNames.table.copy(text.take(), on: connection)
        }
        try StoredNames.table.insert(on: connection)
    }

    /// Computes what rows beside tasks are found by that are new or changed, and contacts of a changed company.
    private func updateRecords() throws {
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE import_records ON COMMIT DROP AS
                SELECT '\(Entity.contact.prefix)' AS kind, r.id FROM resolved_contacts AS r WHERE r.is_new OR r.is_changed
                UNION SELECT '\(Entity.contact.prefix)', c.id FROM resolved_companies AS r
                JOIN contacts AS c ON c.workspace_id = \(id) AND c.company_id = r.id AND c.deleted_at IS NULL
                WHERE r.is_changed
                UNION SELECT '\(Entity.company.prefix)', r.id FROM resolved_companies AS r WHERE r.is_new OR r.is_changed
                UNION SELECT '\(Entity.deal.prefix)', r.id FROM resolved_deals AS r WHERE r.is_new OR r.is_changed
                UNION SELECT '\(Entity.ticket.prefix)', r.id FROM resolved_tickets AS r WHERE r.is_new OR r.is_changed
                UNION SELECT '\(Entity.company.prefix)', c.id FROM import_company_ids AS c
                WHERE NOT EXISTS (
                    SELECT FROM search_records AS s WHERE s.workspace_id = \(id) AND s.kind = '\(Entity.company.prefix)'
                        AND s.record_id = c.id
                );
                DELETE FROM search_records AS s USING import_records AS f
                WHERE s.workspace_id = \(id) AND s.kind = f.kind AND s.record_id = f.id
                """
        )
        for entity in [Entity.contact, .company, .deal, .ticket] {
            guard let declared = entity.search else { continue }
            let texts = RecordTexts(entity, declared)
            try forEachBatch(
                of: """
                    SELECT \(texts.indexedColumns) FROM import_records AS f
                    JOIN \(entity.table) AS t ON t.workspace_id = \(id) AND t.id = f.id
                    WHERE f.kind = '\(entity.prefix)'
                    """
            ) { rows in
                var search = SearchRows(workspace, country: country)
                for row in 0..<rows.rowCount {
                    search.append(
                        record: rows.string(row, 0) ?? "",
                        IndexedRecord(rows, row, texts, in: workspace, country: country), kind: entity.prefix)
                }
                return search
            }
        }
    }

    /// Computes the rows of tasks that are new or changed, that have new comments, or whose customer or company changed.
    private func updateTasks() throws {
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE import_affected ON COMMIT DROP AS
                SELECT r.id FROM resolved_tasks AS r WHERE r.is_new OR r.is_changed
                UNION SELECT t.id FROM resolved_contacts AS r
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.customer_id = r.id
                WHERE r.is_changed
                UNION SELECT t.id FROM resolved_companies AS r
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.company_id = r.id
                WHERE r.is_changed
                UNION SELECT t.id FROM resolved_companies AS r
                JOIN contacts AS c ON c.workspace_id = \(id) AND c.company_id = r.id
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.customer_id = c.id
                WHERE r.is_changed
                UNION SELECT r.task_id FROM resolved_comments AS r WHERE r.is_new OR r.is_changed;
                ANALYZE import_affected
                """
        )
        // Whoever comments on one of these tasks meanwhile waits, and then sees what this transaction has stored.
        try forEachBatch(
            of: """
                SELECT \(TaskTexts.columns.text) FROM import_affected AS f
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.id = f.id
                \(TaskTexts.joins.text)
                FOR NO KEY UPDATE OF t
                """
        ) { rows in
            var search = SearchRows(workspace, country: country)
            for row in 0..<rows.rowCount {
                let task = TaskTexts.row(rows, row)
                search.append(task: task.id, task.document)
            }
            return search
        }
    }

    private func forEachBatch(of query: String, _ rows: (QueryResult) throws -> SearchRows) throws {
        try forEach(of: query) { batch in
            var search = try rows(batch)
            try search.store(on: connection, isReplacing: true)
        }
    }

    private func forEach(of query: String, _ body: (QueryResult) throws -> Void) throws {
        try connection.execute(script: "DECLARE import_rows NO SCROLL CURSOR FOR \(query)")
        while true {
            let batch = try connection.query(SQL(verbatim: "FETCH \(Self.batch) FROM import_rows"))
            if batch.rowCount == 0 { break }
            try body(batch)
        }
        try connection.execute(script: "CLOSE import_rows")
    }
}
