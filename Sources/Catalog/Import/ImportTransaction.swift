import Identity
import Postgres

/// The steps of one import, inside its transaction.
struct ImportTransaction {
    let connection: Connection
    private let workspace: WorkspaceID
    /// The workspace's key in statements.
    let id = "current_workspace_id()"

    /// What rows of each kind are staged in and become.
    private static let tables: KeyValuePairs<ImportKind, ImportTable> = [
        .customer: .customers, .company: .companies, .task: .tasks, .comment: .comments, .deal: .deals,
        .ticket: .tickets, .invoice: .invoices, .invoiceLine: .invoiceLines,
    ]

    init(_ connection: Connection, _ workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
    }

    func perform(_ file: ImportFile, _ report: inout ImportReport, _ progress: (Int) -> Void) throws {
        _ = try connection.query(Tenancy.set(workspace))
        // The server knows nothing of rows that this transaction stored, and takes a workspace that it has not counted for
        // empty. Nested loops, chosen for a handful of rows, would go over a hundred thousand; hashing is linear.
        try connection.execute(script: "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
        // Two imports into one workspace would wait for each other's rows anyway, only later and row by row.
        _ = try connection.query("SELECT pg_advisory_xact_lock(hashtextextended(\("import " + workspace.uuid), 0))")
        let facts = try ImportFacts(workspace, on: connection)
        try stage(file, facts, &report, progress)
        try storeCompanies()
        try resolveCompanies(facts)
        try refuseCompanies(&report)
        try storeCustomers()
        try refuseTasks(&report)
        try storeTasks()
        try refuseComments(&report)
        try storeComments()
        try refuseCustomers(&report)
        try storeDeals()
        try storeTickets(&report)
        try storeInvoices(&report)
        for (kind, table) in Self.tables { report.counts[kind] = try counts(table) }
        try ImportSearch(connection, workspace, country: facts.country).update()
        try recordEvent(report)
    }

    // MARK: Staging

    private func stage(
        _ file: ImportFile,
        _ facts: ImportFacts,
        _ report: inout ImportReport,
        _ progress: (Int) -> Void
    ) throws {
        for (_, table) in Self.tables { try connection.execute(script: table.creation) }
        var reader = try ImportReader(file)
        var check = ImportCheck(facts, kind: file.kind)
        while let row = try reader.next() {
            report.rows += 1
            if let reason = check.take(row) { report.refuse(row.line, reason) }
            if report.rows % 1_000 == 0 {
                try copy(&check, atLeast: Self.blockBytes)
                progress(report.rows)
            }
        }
        try copy(&check, atLeast: 1)
        progress(report.rows)
    }

    private static let blockBytes = 1 << 20

    private func copy(_ check: inout ImportCheck, atLeast bytes: Int) throws {
        if check.customers.bytes.count >= bytes { try copy(check.customers.take(), to: .customers) }
        if check.tasks.bytes.count >= bytes { try copy(check.tasks.take(), to: .tasks) }
        if check.comments.bytes.count >= bytes { try copy(check.comments.take(), to: .comments) }
        if check.companies.bytes.count >= bytes { try copy(check.companies.take(), to: .companies) }
        if check.deals.bytes.count >= bytes { try copy(check.deals.take(), to: .deals) }
        if check.tickets.bytes.count >= bytes { try copy(check.tickets.take(), to: .tickets) }
        if check.invoices.bytes.count >= bytes { try copy(check.invoices.take(), to: .invoices) }
        if check.invoiceLines.bytes.count >= bytes { try copy(check.invoiceLines.take(), to: .invoiceLines) }
    }

    private func copy(_ rows: [UInt8]?, to table: ImportTable) throws {
        try CopyBlocks.copy(rows, "COPY \(table.name) FROM STDIN", on: connection)
    }

    // MARK: Customers

    private func resolveCompanies(_ facts: ImportFacts) throws {
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE import_company_names ON COMMIT DROP AS
                SELECT s.company AS name FROM import_contacts AS s WHERE s.company IS NOT NULL
                UNION SELECT s.company FROM import_tasks AS s WHERE s.company IS NOT NULL
                UNION SELECT s.company FROM import_deals AS s WHERE s.company IS NOT NULL
                UNION SELECT s.company FROM import_tickets AS s WHERE s.company IS NOT NULL
                UNION SELECT s.company FROM import_invoices AS s WHERE s.company IS NOT NULL;
                INSERT INTO companies (workspace_id, name)
                SELECT \(id), n.name FROM import_company_names AS n
                WHERE NOT EXISTS (
                    SELECT FROM companies AS o WHERE o.workspace_id = \(id) AND o.name = n.name AND o.deleted_at IS NULL
                );
                CREATE TEMPORARY TABLE import_company_ids ON COMMIT DROP AS
                SELECT DISTINCT ON (o.name) o.name, o.id FROM companies AS o JOIN import_company_names AS n ON n.name = o.name
                WHERE o.workspace_id = \(id) AND o.deleted_at IS NULL
                ORDER BY o.name, o.id;
                CREATE TEMPORARY TABLE import_company_keys ON COMMIT DROP AS
                SELECT o.external_id, o.id FROM companies AS o
                WHERE o.workspace_id = \(id) AND o.deleted_at IS NULL AND o.external_id IN (
                    SELECT s.company_key FROM import_contacts AS s UNION SELECT s.company_key FROM import_deals AS s
                    UNION SELECT s.company_key FROM import_tickets AS s UNION SELECT s.company_key FROM import_invoices AS s
                );
                ANALYZE import_company_keys;
                CREATE TEMPORARY TABLE import_standards ON COMMIT DROP AS
                SELECT '\(facts.board)'::uuid AS board_id, '\(facts.firstState.id)'::uuid AS state_id,
                    '\(facts.firstState.category)' AS status;
                """
        )
    }

    private func storeCustomers() throws {
        try connection.execute(script: ImportTable.customers.resolution(in: id))
        try connection.execute(
            script: ImportTable.customers.storing(
                in: id, more: [("created_at", "coalesce(r.created_at, now())")], versioned: true
            )
        )
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE import_customer_ids ON COMMIT DROP AS
                SELECT s.customer AS external_id, k.id
                FROM (
                    SELECT i.customer FROM import_tasks AS i UNION SELECT i.customer FROM import_deals AS i
                    UNION SELECT i.customer FROM import_tickets AS i UNION SELECT i.customer FROM import_invoices AS i
                ) AS s
                JOIN contacts AS k ON k.workspace_id = \(id) AND k.external_id = s.customer;
                ANALYZE import_customer_ids; ANALYZE import_company_ids
                """
        )
    }

    // MARK: Tasks

    private func refuseTasks(_ report: inout ImportReport) throws {
        try refuse(
            """
            DELETE FROM import_tasks AS s
            WHERE s.customer IS NOT NULL AND NOT EXISTS (SELECT FROM import_customer_ids AS k WHERE k.external_id = s.customer)
            RETURNING s.line, s.customer
            """, &report
        ) { "There is no customer `\(ImportFields.shown($0))`, neither in the workspace nor in the file." }
        try refuseNumbers(.tasks, "task", &report)
    }

    /// Refuses rows whose number is another row's, or is not the one that the row has.
    func refuseNumbers(_ table: ImportTable, _ word: String, _ report: inout ImportReport) throws {
        try refuse(
            """
            DELETE FROM \(verbatim: table.name) AS s
            WHERE s.number IS NOT NULL AND EXISTS (
                SELECT FROM \(verbatim: table.target) AS t WHERE t.workspace_id = \(verbatim: id) AND t.number = s.number
                    AND t.external_id IS DISTINCT FROM s.external_id
            )
            RETURNING s.line, s.number
            """, &report
        ) { "The number \($0) is another \(word)'s." }
        try refuse(
            """
            WITH numbered AS (
                SELECT s.line, t.number FROM \(verbatim: table.name) AS s
                JOIN \(verbatim: table.target) AS t ON t.workspace_id = \(verbatim: id) AND t.external_id = s.external_id
                WHERE s.number IS NOT NULL AND t.number <> s.number
            )
            DELETE FROM \(verbatim: table.name) AS s USING numbered AS n WHERE n.line = s.line RETURNING s.line, n.number
            """, &report
        ) { "The \(word) has the number \($0) already; numbers do not change." }
    }

    private func storeTasks() throws {
        try connection.execute(script: ImportTable.tasks.resolution(in: id))
        try number(.tasks, by: "next_task_number")
        let standards = "(SELECT d.board_id FROM import_standards AS d)"
        try connection.execute(
            script: ImportTable.tasks.storing(
                in: id,
                more: [
                    ("number", "r.number"), ("board_id", standards), ("source", "'api'"),
                    ("created_at", "coalesce(r.created_at, now())"),
                    ("updated_at", "coalesce(r.updated_at, r.created_at, now())"),
                ],
                versioned: true
            )
        )
        try connection.execute(
            script: """
                DELETE FROM task_assignees AS a WHERE a.workspace_id = \(id) AND a.task_id = ANY (
                    ARRAY(SELECT r.id FROM resolved_tasks AS r WHERE r.is_changed AND r.is_assigning)
                );
                INSERT INTO task_assignees (workspace_id, task_id, member_id, position)
                SELECT \(id), r.id, a.member, a.position - 1
                FROM resolved_tasks AS r CROSS JOIN unnest(r.assignees) WITH ORDINALITY AS a(member, position)
                WHERE r.is_assigning AND (r.is_new OR r.is_changed)
                """
        )
    }

    /// Gives numbers to new rows without one, in the order of the file, and keeps the counter ahead of all numbers.
    func number(_ table: ImportTable, by counter: String) throws {
        try connection.execute(
            script: """
                INSERT INTO workspace_counters (workspace_id) VALUES (\(id)) ON CONFLICT DO NOTHING;
                SELECT \(counter) FROM workspace_counters WHERE workspace_id = \(id) FOR UPDATE;
                UPDATE \(table.resolved) AS r SET number = f.number + n.position
                FROM (
                    SELECT greatest(
                        (SELECT c.\(counter) - 1 FROM workspace_counters AS c WHERE c.workspace_id = \(id)),
                        (SELECT max(t.number) FROM \(table.target) AS t WHERE t.workspace_id = \(id)),
                        (SELECT max(x.number) FROM \(table.resolved) AS x)
                    ) AS number
                ) AS f, (
                    SELECT x.line, row_number() OVER (ORDER BY x.line) AS position
                    FROM \(table.resolved) AS x WHERE x.number IS NULL
                ) AS n
                WHERE n.line = r.line;
                UPDATE workspace_counters AS c SET \(counter) = m.number + 1
                FROM (SELECT max(number) AS number FROM \(table.resolved)) AS m
                WHERE c.workspace_id = \(id) AND c.\(counter) <= m.number
                """
        )
    }

    // MARK: Comments

    private func refuseComments(_ report: inout ImportReport) throws {
        try connection.execute(
            script: """
                DELETE FROM import_comments AS s
                WHERE s.is_embedded AND NOT EXISTS (SELECT FROM resolved_tasks AS r WHERE r.line = s.line);
                ANALYZE import_comments;
                CREATE TEMPORARY TABLE import_task_ids ON COMMIT DROP AS
                SELECT s.line, s.is_embedded, t.id, t.customer_id FROM import_comments AS s
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.external_id = s.task
                UNION ALL
                SELECT s.line, s.is_embedded, t.id, t.customer_id FROM import_comments AS s
                JOIN tasks AS t ON t.workspace_id = \(id) AND t.number = s.task_number;
                ANALYZE import_task_ids
                """
        )
        try refuse(
            """
            DELETE FROM import_comments AS s WHERE NOT EXISTS (
                SELECT FROM import_task_ids AS t WHERE t.line = s.line AND t.is_embedded = s.is_embedded
            )
            RETURNING s.line, coalesce(s.task, s.task_number::text)
            """, &report
        ) { "There is no task `\(ImportFields.shown($0))`, neither in the workspace nor in the file." }
        try refuse(
            """
            DELETE FROM import_comments AS s USING import_task_ids AS t
            WHERE t.line = s.line AND t.is_embedded = s.is_embedded AND s.author_kind = 'customer'
                AND t.customer_id IS NULL
            RETURNING s.line, coalesce(s.task, s.task_number::text)
            """, &report
        ) { "The task `\(ImportFields.shown($0))` has no customer who could have written the comment." }
    }

    private func storeComments() throws {
        try connection.execute(script: ImportTable.comments.resolution(in: id))
        try connection.execute(
            script: ImportTable.comments.storing(
                in: id, more: [("created_at", "coalesce(r.created_at, clock_timestamp())")], versioned: false
            )
        )
    }

    // MARK: Report

    /// Runs a statement that deletes staged rows and returns the line and the culprit of each.
    func refuse(_ statement: SQL, _ report: inout ImportReport, _ reason: (String) -> String) throws {
        let rows = try connection.query(statement)
        for row in 0..<rows.rowCount {
            report.refuse(Int(rows.int64(row, 0) ?? 0), reason(rows.string(row, 1) ?? ""))
        }
    }

    private func counts(_ table: ImportTable) throws -> ImportReport.Counts {
        let rows = try connection.query(
            """
            SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE is_changed),
                count(*) FILTER (WHERE NOT is_new AND NOT is_changed)
            FROM \(verbatim: table.resolved)
            """
        )
        let numbers = (0..<3).map { Int(rows.int64(0, $0) ?? 0) }
        return ImportReport.Counts(created: numbers[0], updated: numbers[1], unchanged: numbers[2])
    }

    /// Leaves a trace in the workspace's history, where something changed.
    private func recordEvent(_ report: ImportReport) throws {
        let counts = Array(report.counts.values)
        guard counts.contains(where: { $0.created + $0.updated > 0 }) else { return }
        _ = try connection.query(
            AuditChain.appending(
                "actor_kind, action, outcome, changes",
                """
                'system', 'workspace.imported', 'ok', jsonb_build_object(
                    'created', \(counts.reduce(0) { $0 + $1.created })::bigint,
                    'updated', \(counts.reduce(0) { $0 + $1.updated })::bigint
                )
                """, in: workspace))
    }
}
