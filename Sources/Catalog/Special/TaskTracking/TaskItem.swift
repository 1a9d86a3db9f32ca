import Postgres
import Tools

/// A task as lists show it: one JSON object made by the database, the same in every tool.
enum TaskItem {
    /// The names in the object, in their order; what `fields` accepts.
    static let fields = [
        "id", "number", "title", "status", "state", "priority", "assignees", "customer", "company", "board", "labels",
        "due_date", "created_at", "updated_at",
    ]

    /// Which of the names an answer shows; the schema does not list them, for results do.
    static let fieldsParameter = Parameter("fields", .names(fields), "Only these fields.")

    /// The columns of the object over `tasks AS t` and ``joins``.
    static let columns: SQL = """
        public_id('tsk', t.id) AS id, t.number, t.title, t.status, s.name AS state, t.priority,
        array_to_json(ARRAY(
            SELECT row_to_json(a) FROM (
                SELECT public_id('usr', m.id) AS id, m.name
                FROM task_assignees AS ta
                JOIN members AS m ON m.workspace_id = ta.workspace_id AND m.id = ta.member_id
                WHERE ta.workspace_id = t.workspace_id AND ta.task_id = t.id
                ORDER BY ta.position, m.name, m.id
            ) AS a
        )) AS assignees,
        (SELECT row_to_json(x) FROM (SELECT public_id('con', c.id) AS id, c.display_name AS name) AS x
            WHERE c.id IS NOT NULL) AS customer,
        \(company) AS company,
        b.name AS board, t.labels, t.due_date, rfc3339(t.created_at) AS created_at, rfc3339(t.updated_at) AS updated_at
        """

    /// Where the object holds text of outsiders.
    static let untrusted: [UntrustedPath] = [.name("title"), .name("customer.name"), .name("company.name")]

    /// What ``columns`` needs beside `tasks AS t`.
    static let joins: SQL = """
        JOIN workflow_states AS s ON s.workspace_id = t.workspace_id AND s.id = t.state_id
        JOIN boards AS b ON b.workspace_id = t.workspace_id AND b.id = t.board_id
        LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
        """

    /// The task's own company or else its customer's.
    ///
    /// Two look-ups, not a join on `coalesce(…)`: under row-level security no index serves a condition that is not a
    /// plain comparison of columns, and every company of the workspace would be read.
    static let company: SQL = """
        coalesce(
            (SELECT row_to_json(x) FROM (SELECT public_id('cmp', o.id) AS id, o.name FROM companies AS o
                WHERE o.workspace_id = t.workspace_id AND o.id = t.company_id) AS x),
            (SELECT row_to_json(x) FROM (SELECT public_id('cmp', o.id) AS id, o.name FROM companies AS o
                WHERE o.workspace_id = t.workspace_id AND o.id = c.company_id) AS x)
        )
        """

    /// The object itself, or only the fields asked for, from a row source called `i` that has ``columns``.
    static func object(fields: [String]?) -> SQL {
        guard let fields, !fields.isEmpty else { return "row_to_json(i)" }
        return """
            (SELECT coalesce(json_object_agg(e.key, e.value), '{}') FROM json_each(row_to_json(i)) AS e
                WHERE e.key = ANY (\(fields)::text[]))
            """
    }
}

/// The closed sets that tasks use.
enum TaskWords {
    static let statuses = ["open", "in_progress", "waiting", "done", "cancelled"]
    static let openStatuses = ["open", "in_progress", "waiting"]
    static let priorities = ["none", "low", "medium", "high", "urgent"]
}
