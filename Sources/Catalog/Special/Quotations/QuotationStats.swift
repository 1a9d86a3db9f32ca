import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What was offered, and what customers made of it.
    ///
    /// `from` and `to` are about the day of issue. A quotation is decided when it was accepted, rejected or has expired:
    /// by its status, or because it was sent or viewed and its `valid_until` is before today in the workspace's time zone.
    /// The acceptance rate is accepted ones in decided ones, null where none is. `open` are those sent or viewed that are
    /// still valid.
    static let quotationStats = Tool(
        name: "get_quotation_stats",
        title: "Quotation statistics",
        description: "Quotation totals per currency, acceptance rate, and a breakdown by status.",
        effects: .reading,
        permission: .read("quotations"),
        parameters: Period.days + [
            Parameter("company", .identifier(prefix: "cmp"), ""),
            Parameter("currency", .currency, "Only this currency, such as EUR."),
        ],
        output: Report.schema(lists: ["by_currency", "by_status"], objects: ["acceptance", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .always)
            var condition: SQL = ""
            if let company = call.arguments.row("company") {
                condition += " AND q.company_id = \(company)::uuid"
            }
            if let currency = call.arguments.text("currency") { condition += " AND q.currency = upper(\(currency))" }
            if period.isBounded { condition += " AND \(Period.holds(day: "q.issue_date"))" }
            var figures: [Report.Figure] = period.isBounded ? [.init("period", Period.told("span"))] : []
            figures += [
                .init("by_currency", QuotationFigures.byCurrency), .init("by_status", QuotationFigures.byStatus),
                .init("acceptance", QuotationFigures.acceptance),
            ]
            return Report(
                tables: """
                    \(period.tables(in: call.workspace)),
                    counted AS MATERIALIZED (
                        SELECT q.status, q.currency, q.total_amount AS total,
                            CASE
                                WHEN q.status IN ('sent', 'viewed') AND q.valid_until < c.today THEN 'expired'
                                WHEN q.status IN ('sent', 'viewed') THEN 'open'
                                ELSE q.status
                            END AS state,
                            (q.accepted_at AT TIME ZONE c.zone)::date - q.issue_date AS days
                        FROM quotations AS q CROSS JOIN clock AS c
                        WHERE q.workspace_id = \(call.workspace) AND q.deleted_at IS NULL \(condition)
                    )
                    """,
                figures: figures,
                named: [Report.Named.company("company", call)].compactMap { $0 },
                definitions: [
                    "amounts": "Whole minor units with tax, never added up across currencies.",
                    "open": "Sent or viewed and still valid.",
                    "expired":
                        "By status, or sent or viewed with valid_until before today in the workspace's time zone.",
                    "acceptance.rate": "Accepted in accepted, rejected and expired.",
                    "from_to": "The day of issue.",
                ]
            ).read
        }
    )
}

/// The figures of ``Tool/quotationStats`` over the table `counted`.
private enum QuotationFigures {
    static let byCurrency = Report.list(
        """
        SELECT json_build_object(
            'currency', x.currency, 'quotations', count(*), 'total', sum(x.total),
            'open', count(*) FILTER (WHERE x.state = 'open'),
            'open_total', coalesce(sum(x.total) FILTER (WHERE x.state = 'open'), 0),
            'accepted', count(*) FILTER (WHERE x.state = 'accepted'),
            'accepted_total', coalesce(sum(x.total) FILTER (WHERE x.state = 'accepted'), 0)
        )
        FROM counted AS x GROUP BY x.currency ORDER BY x.currency
        """)

    static let byStatus = Report.list(
        """
        SELECT json_build_object('status', x.status, 'currency', x.currency, 'count', count(*), 'total', sum(x.total))
        FROM counted AS x GROUP BY x.status, x.currency ORDER BY x.status, x.currency
        """)

    static let acceptance: SQL = """
        (SELECT json_build_object(
            'accepted', x.accepted, 'rejected', x.rejected, 'expired', x.expired,
            'rate', \(Report.share("x.accepted", of: "x.accepted + x.rejected + x.expired")),
            'average_days', x.days
        )
        FROM (
            SELECT count(*) FILTER (WHERE c.state = 'accepted') AS accepted,
                count(*) FILTER (WHERE c.state = 'rejected') AS rejected,
                count(*) FILTER (WHERE c.state = 'expired') AS expired,
                round(avg(c.days) FILTER (WHERE c.state = 'accepted'), 1) AS days
            FROM counted AS c
        ) AS x)
        """
}
