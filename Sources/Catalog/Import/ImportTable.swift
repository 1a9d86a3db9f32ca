/// A temporary table that checked rows are copied into, and how they meet the rows that are stored.
struct ImportTable: Sendable {
    /// A column of the target that rows bring along.
    struct Merged: Sendable {
        let name: String
        /// The value over `s`, the staged row, and its joins.
        let value: String
        /// What a new row gets that brings none.
        let standard: String?

        init(_ name: String, _ value: String? = nil, standard: String? = nil) {
            self.name = name
            self.value = value ?? "s.\(name)"
            self.standard = standard
        }
    }

    /// What the rows become.
    let target: String
    /// The staging table's columns with their types, in the order in which rows are copied.
    let columns: String
    /// Joins over `s` that the merged values need.
    let joins: String
    let merged: [Merged]
    /// Columns that are carried along to the resolved rows.
    let carried: [String]
    /// Whether a bit for each merged column says if the row brings it; else rows bring them all.
    var isPartial = true
    /// A condition over `s` and `c` under which a stored row differs, beside its merged columns.
    var difference: String?

    var name: String { "import_" + target }
    var resolved: String { "resolved_" + target }

    /// The bits of the merged columns that a row brings.
    func mask(_ isGiven: (String) -> Bool) -> Int {
        var mask = 0
        for (position, column) in merged.enumerated() where isGiven(column.name) { mask |= 1 << position }
        return mask
    }

    /// Makes the staging table.
    var creation: String { "CREATE TEMPORARY TABLE \(name) (\(columns)) ON COMMIT DROP" }

    /// Makes the table of resolved rows: what each would be once stored, whether it is new, whether it changes a row.
    func resolution(in workspace: String) -> String {
        let values = merged.enumerated().map { position, column in
            let merged =
                isPartial
                ? "CASE WHEN s.given & \(1 << position) <> 0 THEN \(column.value) ELSE c.\(column.name) END"
                : column.value
            return (column.standard.map { "coalesce(\(merged), \($0))" } ?? merged) + " AS \(column.name)"
        }
        let names = merged.map(\.name)
        func row(_ alias: String) -> String { "ROW(" + names.map { alias + "." + $0 }.joined(separator: ", ") + ")" }
        let isOther = "\(row("m")) IS DISTINCT FROM \(row("c"))"
        return """
            ANALYZE \(name);
            CREATE TEMPORARY TABLE \(resolved) ON COMMIT DROP AS
            SELECT coalesce(c.id, time_ordered_uuid()) AS id, s.line, s.external_id, c.id IS NULL AS is_new,
                c.id IS NOT NULL AND (\(isOther)\(difference.map { " OR " + $0 } ?? "")) AS is_changed,
                \((carried + names.map { "m." + $0 }).joined(separator: ", "))
            FROM \(name) AS s
            LEFT JOIN \(target) AS c ON c.workspace_id = \(workspace) AND c.external_id = s.external_id
            \(joins)
            CROSS JOIN LATERAL (SELECT \(values.joined(separator: ", "))) AS m;
            ANALYZE \(resolved);
            """
    }

    /// Stores the rows that are new or change something.
    ///
    /// - Parameters:
    ///   - more: Columns that only new rows get, with their values over `r`.
    ///   - versioned: Whether the table counts versions.
    ///   - timed: Whether it tells when a row was changed.
    func storing(in workspace: String, more: [(String, String)], versioned: Bool, timed: Bool = true) -> String {
        let names = merged.map(\.name)
        let changes =
            names.map { "\($0) = EXCLUDED.\($0)" } + (timed ? ["updated_at = now()"] : [])
            + (versioned ? ["version = \(target).version + 1"] : [])
        return """
            INSERT INTO \(target) (workspace_id, id, external_id, \((names + more.map(\.0)).joined(separator: ", ")))
            SELECT \(workspace), r.id, r.external_id, \((names.map { "r." + $0 } + more.map(\.1)).joined(separator: ", "))
            FROM \(resolved) AS r WHERE r.is_new OR r.is_changed
            ORDER BY r.line
            ON CONFLICT (workspace_id, external_id) DO UPDATE
            SET \(changes.joined(separator: ", "))
            """
    }

    // MARK: The tables

    /// The company that a row names, by its name `o` or its key `q`.
    static let companyJoins = """
        LEFT JOIN import_company_ids AS o ON o.name = s.company
        LEFT JOIN import_company_keys AS q ON q.external_id = s.company_key
        """
    /// The same and the customer `k`.
    static let partyJoins = companyJoins + " LEFT JOIN import_customer_ids AS k ON k.external_id = s.customer"

    static let customers = ImportTable(
        target: "contacts",
        columns: """
            line bigint, given bigint, external_id text, first_name text, last_name text, display_name text, type text,
            email text, phone text, mobile text, work_phone text, company text, company_key text, city text,
            job_title text, labels text[], created_at timestamptz
            """,
        joins: companyJoins,
        merged: [
            Merged("first_name"), Merged("last_name"), Merged("display_name"), Merged("type", standard: "'client'"),
            Merged("email"), Merged("phone"), Merged("mobile"), Merged("work_phone"),
            Merged("company_id", "coalesce(q.id, o.id)"), Merged("city"), Merged("job_title"),
            Merged("labels", standard: "'{}'"),
        ],
        carried: ["s.created_at"]
    )

    static let tasks = ImportTable(
        target: "tasks",
        columns: """
            line bigint, given bigint, external_id text, number bigint, title text, description text, state_id uuid,
            status text, priority text, customer text, company text, visibility text, start_date date, due_date date,
            completed_at timestamptz, answers jsonb, labels text[], assignees uuid[], created_at timestamptz,
            updated_at timestamptz
            """,
        joins: """
            LEFT JOIN import_company_ids AS o ON o.name = s.company
            LEFT JOIN import_customer_ids AS k ON k.external_id = s.customer
            LEFT JOIN (
                SELECT a.task_id, array_agg(a.member_id ORDER BY a.position, a.member_id) AS members
                FROM task_assignees AS a WHERE a.workspace_id = current_workspace_id() GROUP BY a.task_id
            ) AS p ON p.task_id = c.id
            """,
        merged: [
            Merged("title"), Merged("description"),
            Merged("state_id", standard: "(SELECT d.state_id FROM import_standards AS d)"),
            Merged("status", standard: "(SELECT d.status FROM import_standards AS d)"),
            Merged("priority", standard: "'medium'"),
            Merged("customer_id", "k.id"),
            Merged("company_id", "o.id"), Merged("visibility", standard: "'private'"), Merged("start_date"),
            Merged("due_date"), Merged("completed_at"), Merged("answers", standard: "'{}'"),
            Merged("labels", standard: "'{}'"),
        ],
        carried: [
            "coalesce(c.number, s.number) AS number", "s.created_at", "s.updated_at", "s.assignees",
            "s.given & \(assigneesBit) <> 0 AS is_assigning",
        ],
        difference: "s.given & \(assigneesBit) <> 0 AND s.assignees IS DISTINCT FROM coalesce(p.members, '{}')"
    )

    /// Behind the bits of the merged columns of tasks.
    static let assigneesBit = 1 << 40

    static let comments = ImportTable(
        target: "comments",
        columns: """
            line bigint, is_embedded boolean, external_id text, task text, task_number bigint, body text, visibility text,
            author_kind text, author_id uuid, created_at timestamptz
            """,
        joins: "JOIN import_task_ids AS t ON t.line = s.line AND t.is_embedded = s.is_embedded",
        merged: [
            Merged("task_id", "t.id"), Merged("body"), Merged("visibility"), Merged("author_kind"), Merged("author_id"),
            Merged("customer_id", "CASE WHEN s.author_kind = 'customer' THEN t.customer_id END"),
        ],
        carried: ["s.created_at"],
        isPartial: false
    )
}
