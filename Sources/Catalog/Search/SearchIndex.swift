package import Identity
import Matching
package import Postgres
import Tools

/// The index of a workspace as a whole: building it for data that is there, while others read and write.
package struct SearchIndex {
    /// The rules that rows are made by; another number makes `workport migrate` build them anew.
    package static let version = 3

    private let connection: Connection

    private static let taskBatch = 2_000
    private static let customerBatch = 5_000
    private static let wordBatch = 5_000
    private static let recordBatch = 5_000
    /// The rules by which tasks and their customers have had the same rows since; only other kinds lacked some.
    private static let versionsOfTasks: ClosedRange<Int64> = 1...2

    /// - Parameter connection: The owner's connection, in no transaction.
    package init(_ connection: Connection) { self.connection = connection }

    /// All workspaces, the oldest first.
    package func all() throws -> [WorkspaceID] {
        try Self.workspaces(connection.query("SELECT w.id FROM workspaces AS w ORDER BY w.created_at, w.id"))
    }

    private static func workspaces(_ rows: QueryResult) -> [WorkspaceID] {
        (0..<rows.rowCount).compactMap { rows.string($0, 0).flatMap(RowID.init(uuid:)).map(WorkspaceID.init) }
    }

    /// The workspaces whose rows were made by other rules, or not at all.
    package func outdated() throws -> [WorkspaceID] {
        let rows = try connection.query(
            """
            SELECT w.id FROM workspaces AS w
            LEFT JOIN search_indexes AS s ON s.workspace_id = w.id AND s.version = \(Int64(Self.version))::bigint
            WHERE s.workspace_id IS NULL ORDER BY w.created_at, w.id
            """
        )
        return Self.workspaces(rows)
    }

    /// Makes all rows of a workspace anew, in short transactions.
    ///
    /// Searches go on and find what is there; whoever changes a task of a batch waits for that batch only.
    ///
    /// - Parameter progress: Told how many tasks are done.
    /// - Returns: How many tasks there are.
    @discardableResult
    package func rebuild(_ workspace: WorkspaceID, _ progress: (Int) -> Void = { _ in }) throws -> Int {
        let country = try country(of: workspace)
        try inBatches(workspace, customers(workspace, country))
        try rebuildRecords(workspace, country)
        var count = 0
        var uses: [StoredWord: Int] = [:]
        try inBatches(workspace) { last in
            var search = SearchRows(workspace, country: country)
            let rows = try connection.query(tasks(after: last, in: workspace))
            for row in 0..<rows.rowCount {
                let task = TaskTexts.row(rows, row)
                search.append(task: task.id, task.document)
            }
            for (word, count) in search.words where count > 0 { uses[word, default: 0] += count }
            try search.store(on: connection, isReplacing: true)
            count += rows.rowCount
            progress(count)
            return rows.rowCount == 0 ? nil : rows.string(rows.rowCount - 1, 0)
        }
        try forgetDeleted(in: workspace)
        try settle(uses, in: workspace)
        try finish(workspace)
        return count
    }

    /// Makes the rows of a workspace that its version of the rules lacks.
    ///
    /// - Returns: How many tasks there are rows of that were made anew.
    @discardableResult
    package func complete(_ workspace: WorkspaceID, _ progress: (Int) -> Void = { _ in }) throws -> Int {
        let version = try connection.query(
            "SELECT s.version FROM search_indexes AS s WHERE s.workspace_id = \(workspace)::uuid"
        ).int64(0, 0)
        guard let version, Self.versionsOfTasks.contains(version) else { return try rebuild(workspace, progress) }
        try rebuildRecords(workspace, try country(of: workspace))
        try finish(workspace)
        return 0
    }

    private func country(of workspace: WorkspaceID) throws -> PhoneCountry? {
        try connection.query("SELECT default_country FROM workspaces WHERE id = \(workspace)::uuid")
            .string(0, 0).flatMap { PhoneCountry($0) }
    }

    /// Makes the rows of all entities anew that are searched.
    private func rebuildRecords(_ workspace: WorkspaceID, _ country: PhoneCountry?) throws {
        for entity in Catalog.entityList {
            guard let search = entity.search else { continue }
            try inBatches(workspace, records(RecordTexts(entity, search), workspace, country))
        }
    }

    /// Makes the rows of kinds of which a new workspace has a few, in the transaction that stored them.
    static func add(
        _ entities: [Entity], in workspace: WorkspaceID, country: PhoneCountry?, on connection: Connection
    ) throws {
        var search = SearchRows(workspace, country: country)
        for entity in entities {
            guard let declared = entity.search else { continue }
            let texts = RecordTexts(entity, declared)
            let rows = try connection.query(
                """
                SELECT \(verbatim: texts.indexedColumns) FROM \(verbatim: entity.table) AS t
                WHERE t.workspace_id = \(workspace)::uuid ORDER BY t.id
                """)
            for row in 0..<rows.rowCount {
                search.append(
                    record: rows.string(row, 0) ?? "",
                    IndexedRecord(rows, row, texts, in: workspace, country: country), kind: entity.prefix)
            }
        }
        try search.store(on: connection)
    }

    private func records(
        _ texts: RecordTexts, _ workspace: WorkspaceID, _ country: PhoneCountry?
    ) -> (String?) throws -> String? {
        { last in
            let after = last ?? Self.first
            let living = texts.entity.isSoftlyDeleted ? "AND t.deleted_at IS NULL" : ""
            let rows = try connection.query(
                """
                SELECT \(verbatim: texts.indexedColumns) FROM \(verbatim: texts.entity.table) AS t
                WHERE t.workspace_id = \(workspace)::uuid AND t.id > \(after)::uuid \(verbatim: living)
                ORDER BY t.id LIMIT \(Int64(Self.recordBatch))::bigint FOR NO KEY UPDATE OF t
                """
            )
            let end = rows.rowCount == 0 ? nil : rows.string(rows.rowCount - 1, 0)
            for table in ["search_records", "search_record_phones", "search_record_emails"] {
                _ = try connection.query(
                    """
                    DELETE FROM \(verbatim: table) AS s
                    WHERE s.workspace_id = \(workspace)::uuid AND s.kind = \(texts.entity.prefix)
                        AND s.record_id > \(after)::uuid AND s.record_id <= coalesce(\(end)::uuid, \(Self.last)::uuid)
                    """
                )
            }
            var search = SearchRows(workspace, country: country)
            for row in 0..<rows.rowCount {
                search.append(
                    record: rows.string(row, 0) ?? "", IndexedRecord(rows, row, texts, in: workspace, country: country),
                    kind: texts.entity.prefix)
            }
            try search.store(on: connection, isReplacing: true)
            return end
        }
    }

    /// Notes that a workspace's rows are up to date, because it has none yet.
    static func markNew(_ workspace: WorkspaceID, on connection: Connection) throws {
        _ = try connection.query(
            """
            INSERT INTO search_indexes (workspace_id, version) VALUES (\(workspace)::uuid, \(Int64(version))::bigint)
            ON CONFLICT (workspace_id) DO UPDATE SET version = EXCLUDED.version, built_at = now()
            """
        )
    }

    /// Runs a body in one transaction after the other until it has no last key to go on from.
    private func inBatches(_ workspace: WorkspaceID, _ body: (_ last: String?) throws -> String?) throws {
        var last: String?
        repeat {
            last = try connection.transaction { connection in
                _ = try connection.query(Tenancy.set(workspace))
                return try body(last)
            }
        } while last != nil
    }

    private func customers(_ workspace: WorkspaceID, _ country: PhoneCountry?) -> (String?) throws -> String? {
        { last in
            let rows = try connection.query(
                """
                SELECT c.id, c.phone, c.mobile, c.work_phone, c.email FROM contacts AS c
                WHERE c.workspace_id = \(workspace)::uuid AND c.id > coalesce(\(last)::uuid, \(Self.first)::uuid)
                ORDER BY c.id LIMIT \(Int64(Self.customerBatch))::bigint FOR NO KEY UPDATE OF c
                """
            )
            let ids = (0..<rows.rowCount).compactMap { rows.string($0, 0) }
            for table in ["search_phones", "search_emails"] {
                _ = try connection.query(
                    """
                    DELETE FROM \(verbatim: table) AS s
                    WHERE s.workspace_id = \(workspace)::uuid AND s.contact_id = ANY (\(ids)::uuid[])
                    """
                )
            }
            var search = SearchRows(workspace, country: country)
            for row in 0..<rows.rowCount {
                search.append(
                    customer: rows.string(row, 0) ?? "", phones: (1...3).compactMap { rows.string(row, $0) },
                    email: rows.string(row, 4))
            }
            try search.store(on: connection, isReplacing: true)
            return ids.last
        }
    }

    private static let first = "00000000-0000-0000-0000-000000000000"
    private static let last = "ffffffff-ffff-ffff-ffff-ffffffffffff"

    private func tasks(after last: String?, in workspace: WorkspaceID) -> SQL {
        """
        SELECT \(TaskTexts.columns) FROM tasks AS t \(TaskTexts.joins)
        WHERE t.workspace_id = \(workspace)::uuid AND t.id > coalesce(\(last)::uuid, \(Self.first)::uuid)
            AND t.deleted_at IS NULL
        ORDER BY t.id LIMIT \(Int64(Self.taskBatch))::bigint FOR NO KEY UPDATE OF t
        """
    }

    /// Drops the rows of tasks that are deleted: they would be offered, and end a search that finds nothing by them.
    private func forgetDeleted(in workspace: WorkspaceID) throws {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            _ = try connection.query(
                """
                DELETE FROM search_documents AS s USING tasks AS t
                WHERE t.workspace_id = \(workspace)::uuid AND t.deleted_at IS NOT NULL
                    AND s.workspace_id = t.workspace_id AND s.task_id = t.id
                """
            )
        }
    }

    /// Puts the counts right that were counted on, in the order of the words.
    private func settle(_ uses: [StoredWord: Int], in workspace: WorkspaceID) throws {
        let words = uses.map { (word: $0.key.text, uses: $0.value) }.sorted { $0.word < $1.word }
        for start in stride(from: 0, to: words.count, by: Self.wordBatch) {
            let batch = words[start..<min(words.count, start + Self.wordBatch)]
            try connection.transaction { connection in
                _ = try connection.query(Tenancy.set(workspace))
                _ = try connection.query(
                    """
                    UPDATE search_words AS s SET uses = n.uses
                    FROM unnest(\(batch.map(\.word))::text[], \(batch.map { Int64($0.uses) })::bigint[]) AS n(word, uses)
                    WHERE s.workspace_id = \(workspace)::uuid AND s.word = n.word AND s.uses <> n.uses
                    """
                )
            }
        }
    }

    private func finish(_ workspace: WorkspaceID) throws {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            try Self.markNew(workspace, on: connection)
        }
    }
}
