import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What was spent in a period, by category or another group.
    ///
    /// An expense belongs to its own day, which has no time zone. Counted are expenses that were submitted, approved or
    /// paid; drafts and rejected ones show in `by_status` alone. Groups by time begin on the first day of the calendar's
    /// week (Monday), month or quarter; those without expenses are left out.
    static let expenseSummary = Tool(
        name: "get_expense_summary",
        title: "Expense summary",
        description: "Expenses of a period per currency, by category or another group, and by status.",
        effects: .reading,
        permission: .read("expenses"),
        parameters: Period.parameters(.month) + [
            Parameter(
                "group_by", .choice(Spending.ways.map(\.name)), "", standard: .string(Spending.ways[0].name)),
            Period.comparison,
        ],
        output: Report.schema(lists: ["totals", "groups", "by_status"], objects: ["period", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.month))
            let word = call.arguments.text("group_by")
            let group = Spending.ways.first { $0.name == word } ?? Spending.ways[0]
            var figures: [Report.Figure] = [
                .init("period", Period.told("span")),
                .init("totals", Spending.totals(of: "spent")),
                .init("groups", Spending.groups(by: group, in: call.workspace)),
                .init("by_status", Spending.byStatus),
            ]
            if call.arguments.boolean("compare") == true {
                figures.append(.init("before", Period.told("before")))
                figures.append(.init("totals_before", Spending.totals(of: "spent_before")))
            }
            return Report(
                tables: """
                    \(period.tables(in: call.workspace)),
                    spent AS MATERIALIZED (\(Spending.rows(in: "span", call.workspace))),
                    spent_before AS (\(Spending.rows(in: "before", call.workspace)))
                    """,
                figures: figures,
                definitions: [
                    "amount": "Whole minor units, never added up across currencies.",
                    "counted": "Submitted, approved and paid ones; drafts and rejected ones in by_status alone.",
                    "settled": "Approved or paid.",
                    "groups": "At most 300, those without expenses left out.",
                ],
                untrusted: [.name("groups[].group")]
            ).read
        }
    )
}

/// The statement of ``Tool/expenseSummary``.
private enum Spending {
    /// A way to group, and what a group is called.
    struct Group: Sendable {
        let name: String
        /// What the rows of a group have in common, over `x`.
        let key: String
        /// The table of the row that is the key, where the group goes by its name.
        var table: String?
    }

    static let ways = [
        Group(name: "category", key: "x.category"), Group(name: "supplier", key: "x.supplier_id", table: "companies"),
        Group(name: "member", key: "x.submitted_by_id", table: "members"), Group(name: "day", key: "x.date"),
        Group(name: "week", key: "date_trunc('week', x.date::timestamp)::date"),
        Group(name: "month", key: "date_trunc('month', x.date::timestamp)::date"),
        Group(name: "quarter", key: "date_trunc('quarter', x.date::timestamp)::date"),
    ]

    static func rows(in span: String, _ workspace: SQL) -> SQL {
        """
        SELECT e.date, e.category, e.amount_amount AS amount, e.amount_currency AS currency, e.status, e.billable,
            e.supplier_id, e.submitted_by_id, e.status IN ('submitted', 'approved', 'paid') AS is_counted
        FROM expenses AS e
        WHERE e.workspace_id = \(workspace) AND e.deleted_at IS NULL AND \(Period.holds(day: "e.date", in: span))
        """
    }

    static func totals(of table: String) -> SQL {
        Report.list(
            """
            SELECT json_build_object(
                'currency', x.currency, 'expenses', count(*), 'amount', sum(x.amount),
                'billable', coalesce(sum(x.amount) FILTER (WHERE x.billable), 0),
                'settled', coalesce(sum(x.amount) FILTER (WHERE x.status IN ('approved', 'paid')), 0)
            )
            FROM \(verbatim: table) AS x WHERE x.is_counted GROUP BY x.currency ORDER BY x.currency
            """)
    }

    static let byStatus = Report.list(
        """
        SELECT json_build_object('status', x.status, 'currency', x.currency, 'expenses', count(*), 'amount', sum(x.amount))
        FROM spent AS x GROUP BY x.status, x.currency ORDER BY x.status, x.currency
        """)

    static func groups(by group: Group, in workspace: SQL) -> SQL {
        let name: SQL =
            if let table = group.table {
                "(SELECT r.name FROM \(verbatim: table) AS r WHERE r.workspace_id = \(workspace) AND r.id = g.key)"
            } else {
                "g.key"
            }
        return Report.list(
            """
            SELECT json_build_object('group', \(name), 'currency', g.currency, 'expenses', g.expenses, 'amount', g.amount)
            FROM (
                SELECT \(verbatim: group.key) AS key, x.currency, count(*) AS expenses, sum(x.amount) AS amount
                FROM spent AS x WHERE x.is_counted GROUP BY 1, 2
            ) AS g
            ORDER BY g.key, g.currency LIMIT 300
            """)
    }
}
