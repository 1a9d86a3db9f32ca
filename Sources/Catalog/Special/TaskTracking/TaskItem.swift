import Postgres
import Tools

/// A task as lists show it: one JSON object made by the database, the same in every tool.
enum TaskItem {
    /// The names in the object, in their order; what `fields` accepts.
    static let fields = members.map(\.name)

    /// Which of the names an answer shows; the schema does not list them, for results do.
    static let fieldsParameter = Parameter("fields", .names(fields), "Only these fields.")

    /// The columns of the object over `tasks AS t` and ``joins``.
    static let columns = columns(of: members)

    /// What ``columns`` needs beside `tasks AS t`.
    static let joins = joins(of: members)

    /// The columns of the fields asked for, or all of them where none is, and what they need: no table is read for a
    /// field that nobody asked for.
    static func columns(of fields: [String]?) -> SQL { members(fields).map(columns) ?? columns }
    static func joins(of fields: [String]?) -> SQL { members(fields).map(joins) ?? joins }

    /// Where the object holds text of outsiders.
    static let untrusted: [UntrustedPath] = [.name("title"), .name("customer.name"), .name("company.name")]

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

    // MARK: The members

    private struct Member: Sendable {
        let name: String
        let value: SQL
        var tables: [Table] = []
    }

    private enum Table: CaseIterable {
        case state, board, customer

        var join: String {
            switch self {
            case .state: "JOIN workflow_states AS s ON s.workspace_id = t.workspace_id AND s.id = t.state_id"
            case .board: "JOIN boards AS b ON b.workspace_id = t.workspace_id AND b.id = t.board_id"
            case .customer: "LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id"
            }
        }
    }

    private static func members(_ fields: [String]?) -> [Member]? {
        guard let fields, !fields.isEmpty else { return nil }
        return members.filter { fields.contains($0.name) }
    }

    private static func columns(of members: [Member]) -> SQL {
        var columns: SQL = ""
        for (place, member) in members.enumerated() {
            columns += "\(verbatim: place == 0 ? "" : ", ")\(member.value) AS \(verbatim: member.name)"
        }
        return columns
    }

    private static func joins(of members: [Member]) -> SQL {
        let needed = Set(members.flatMap(\.tables))
        return SQL(verbatim: Table.allCases.filter(needed.contains).map(\.join).joined(separator: "\n"))
    }

    private static let members = [
        Member(name: "id", value: "public_id('tsk', t.id)"),
        Member(name: "number", value: "t.number"),
        Member(name: "title", value: "t.title"),
        Member(name: "status", value: "t.status"),
        Member(name: "state", value: "s.name", tables: [.state]),
        Member(name: "priority", value: "t.priority"),
        Member(name: "assignees", value: assignees),
        Member(name: "customer", value: customer, tables: [.customer]),
        Member(name: "company", value: company, tables: [.customer]),
        Member(name: "board", value: "b.name", tables: [.board]),
        Member(name: "labels", value: "t.labels"),
        Member(name: "due_date", value: "t.due_date"),
        Member(name: "created_at", value: "rfc3339(t.created_at)"),
        Member(name: "updated_at", value: "rfc3339(t.updated_at)"),
    ]

    private static let assignees: SQL = """
        array_to_json(ARRAY(
            SELECT row_to_json(a) FROM (
                SELECT public_id('usr', m.id) AS id, m.name
                FROM task_assignees AS ta
                JOIN members AS m ON m.workspace_id = ta.workspace_id AND m.id = ta.member_id
                WHERE ta.workspace_id = t.workspace_id AND ta.task_id = t.id
                ORDER BY ta.position, m.name, m.id
            ) AS a
        ))
        """

    private static let customer: SQL = """
        (SELECT row_to_json(x) FROM (SELECT public_id('con', c.id) AS id, c.display_name AS name) AS x
            WHERE c.id IS NOT NULL)
        """
}

/// The closed sets that tasks use.
enum TaskWords {
    static let statuses = ["open", "in_progress", "waiting", "done", "cancelled"]
    static let openStatuses = ["open", "in_progress", "waiting"]
    static let priorities = ["none", "low", "medium", "high", "urgent"]
}
