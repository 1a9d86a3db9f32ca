import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What customers owe, by how long it has been due.
    ///
    /// On the day `as_of`, today in the workspace's time zone unless given: invoices issued by then, neither draft nor
    /// void, whose total is more than the payments and the issued credit notes up to that day. Their age is the number of
    /// days from the due date: an invoice that is due that day has 0 days, one that is due later is in `not_due`. A bucket
    /// holds its first and its last day.
    static let invoiceAging = Tool(
        name: "get_invoice_aging",
        title: "Invoice ageing",
        description: """
            Outstanding invoices by days since they were due: not due, 0-30, 31-60, 61-90 and 90+ unless buckets says \
            otherwise; and the clients that owe most.
            """,
        effects: .reading,
        permission: .read("invoices"),
        parameters: [
            Parameter("as_of", .day, "The day to look from; today in the workspace's time zone if left out."),
            Parameter("company", .identifier(prefix: "cmp"), ""),
            Parameter(
                "buckets", .integers(1...3650, count: 10), "Last days of the buckets, in rising order.",
                standard: [30, 60, 90]),
        ],
        output: Report.schema(lists: ["buckets", "totals", "clients"], objects: ["definitions"]),
        body: .read { (call) throws(ToolError) in
            let bounds = call.arguments.integers("buckets") ?? [30, 60, 90]
            guard !bounds.isEmpty, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw ToolError(problems: [
                    .init("buckets", "`buckets` is not in rising order; it can be days such as [30, 60, 90].")
                ])
            }
            let company: SQL =
                call.arguments.row("company").map { "AND i.company_id = \($0)::uuid" } ?? ""
            return Report(
                tables: Ageing.tables(in: call.workspace, on: call.arguments.day("as_of"), company),
                figures: [
                    .init("as_of", "(SELECT to_json(d.day) FROM looked AS d)"),
                    .init("buckets", Ageing.buckets(bounds)),
                    .init("totals", Ageing.totals),
                    .init("clients", Ageing.clients(in: call.workspace)),
                ],
                named: [Report.Named.company("company", call)].compactMap { $0 },
                definitions: [
                    "amount": "Whole minor units with tax, never added up across currencies.",
                    "outstanding":
                        "Total without payments and credit notes up to as_of; drafts and void ones left out.",
                    "days": "From the due date to as_of: 0 on the day itself, not_due before it.",
                    "clients": "The ten that owe most, for each currency.",
                ],
                untrusted: [.name("clients[].company.name"), .name("clients[].contact.name")]
            ).read
        }
    )
}

/// The statement of ``Tool/invoiceAging``.
private enum Ageing {
    static func tables(in workspace: SQL, on day: String?, _ condition: SQL) -> SQL {
        """
        looked AS MATERIALIZED (
            SELECT coalesce(\(day)::date, (now() AT TIME ZONE w.timezone)::date) AS day
            FROM workspaces AS w WHERE w.id = \(workspace)
        ), owed AS MATERIALIZED (
            SELECT i.currency, i.company_id, i.contact_id, d.day - i.due_date AS days,
                i.total_amount - p.paid - n.credited AS balance
            FROM invoices AS i
            CROSS JOIN looked AS d
            JOIN LATERAL (
                SELECT coalesce(sum(p.amount_amount), 0)::bigint AS paid FROM payments AS p
                WHERE p.workspace_id = i.workspace_id AND p.invoice_id = i.id AND p.paid_at <= d.day
            ) AS p ON true
            JOIN LATERAL (
                SELECT coalesce(sum(n.total_amount), 0)::bigint AS credited FROM invoices AS n
                WHERE n.workspace_id = i.workspace_id AND n.credits_id = i.id AND n.deleted_at IS NULL
                    AND n.status NOT IN ('draft', 'void') AND n.issue_date <= d.day
            ) AS n ON true
            WHERE i.workspace_id = \(workspace) AND i.deleted_at IS NULL AND i.kind = 'invoice'
                AND i.status NOT IN ('draft', 'void') AND i.issue_date <= d.day \(condition)
                AND i.total_amount > p.paid + n.credited
        )
        """
    }

    /// Every bucket, also those that hold nothing.
    static func buckets(_ bounds: [Int64]) -> SQL {
        let firsts = [-farthest, 0] + bounds.map { $0 + 1 }
        let lasts = [-1] + bounds + [farthest]
        let names: [String] = zip(firsts, lasts).map { first, last in
            first < 0 ? "not_due" : last == farthest ? "\(first - 1)+" : "\(first)-\(last)"
        }
        return Report.list(
            """
            SELECT json_build_object(
                'bucket', b.name,
                'invoices', (SELECT count(*) FROM owed AS o WHERE o.days BETWEEN b.first AND b.last),
                'values', \(values("WHERE o.days BETWEEN b.first AND b.last"))
            )
            FROM unnest(\(names)::text[], \(firsts)::bigint[], \(lasts)::bigint[]) WITH ORDINALITY
                AS b(name, first, last, place)
            ORDER BY b.place
            """)
    }

    /// More days than lie between any two dates.
    private static let farthest: Int64 = 4_000_000_000

    static let totals = values("")

    private static func values(_ condition: String) -> SQL {
        Report.list(
            """
            SELECT json_build_object('currency', o.currency, 'invoices', count(*), 'amount', sum(o.balance))
            FROM owed AS o \(verbatim: condition) GROUP BY o.currency ORDER BY o.currency
            """)
    }

    static func clients(in workspace: SQL) -> SQL {
        Report.list(
            """
            SELECT json_strip_nulls(json_build_object(
                'company', (SELECT json_build_object('id', public_id('cmp', r.id), 'name', r.name) FROM companies AS r
                    WHERE r.workspace_id = \(workspace) AND r.id = x.company_id),
                'contact', CASE WHEN x.company_id IS NULL THEN (
                    SELECT json_build_object('id', public_id('con', r.id), 'name', r.display_name) FROM contacts AS r
                    WHERE r.workspace_id = \(workspace) AND r.id = x.contact_id) END,
                'currency', x.currency, 'invoices', x.invoices, 'amount', x.amount, 'oldest_days', x.oldest
            ))
            FROM (
                SELECT o.currency, o.company_id, CASE WHEN o.company_id IS NULL THEN o.contact_id END AS contact_id,
                    count(*) AS invoices, sum(o.balance) AS amount, max(o.days) AS oldest,
                    row_number() OVER (PARTITION BY o.currency
                        ORDER BY sum(o.balance) DESC, o.company_id, max(o.contact_id::text)) AS place
                FROM owed AS o
                GROUP BY o.currency, o.company_id, CASE WHEN o.company_id IS NULL THEN o.contact_id END
            ) AS x
            WHERE x.place <= 10
            ORDER BY x.currency, x.place
            """)
    }
}
