import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What comes in: invoiced, received and won in a period, what recurs each month, and how it grows.
    ///
    /// `invoiced` is the net amount, after discounts and without tax, of invoices issued on the period's days, without that
    /// of credit notes issued then; drafts and void ones do not count. `received` is the sum of payments on the period's
    /// days, with tax. `won` is the value of deals that were won then. `growth` is the change of `invoiced` to as many days
    /// before, as a part of what it was then; null where that is not above zero.
    ///
    /// `mrr`, the monthly recurring revenue, is the net amount of issued recurring invoices whose interval holds the last
    /// day of the period, or today if the period goes on: an interval begins on the day of issue and is a week, a month, a
    /// quarter or a year long. Each counts for a month, rounded for each invoice: a week's times 52/12, a quarter's by 3, a
    /// year's by 12. `arr` is twelve times `mrr`.
    static let revenueMetrics = Tool(
        name: "get_revenue_metrics",
        title: "Revenue metrics",
        description:
            "Revenue of a period per currency: invoiced, received, won, MRR, ARR and growth, and a series over time.",
        effects: .reading,
        permission: .read("deals"),
        parameters: Period.parameters(.month) + [
            Parameter("group_by", .choice(["day", "week", "month", "quarter"]), "Of the series.", standard: "month"),
            Period.comparison,
        ],
        output: Report.schema(lists: ["revenue", "series"], objects: ["period", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.month))
            var figures: [Report.Figure] = [
                .init("period", Period.told("span")),
                .init("revenue", Revenue.totals),
                .init("series", Revenue.series(by: call.arguments.text("group_by") ?? "month")),
            ]
            if call.arguments.boolean("compare") == true {
                figures.append(.init("before", Period.told("before")))
                figures.append(.init("revenue_before", Revenue.totalsBefore))
            }
            return Report(
                tables: "\(period.tables(in: call.workspace)), \(Revenue.tables(in: call.workspace))", figures: figures,
                definitions: [
                    "amounts": "Whole minor units, never added up across currencies.",
                    "invoiced": "Net of tax, by day of issue, without credit notes, drafts and void invoices.",
                    "received": "Payments by day, with tax.",
                    "won": "Value of deals won in the period.",
                    "mrr": """
                    Net recurring invoices whose week, month, quarter or year from issue holds the period's last day, \
                    or today if that is earlier; for a month: times 52/12, 1, 1/3 or 1/12.
                    """,
                    "growth": "Change of invoiced to as many days before, as a part of that; null from zero.",
                    "series": "At most 300 groups, those without figures left out.",
                ]
            ).read
        }
    )
}

/// The statement of ``Tool/revenueMetrics``.
private enum Revenue {
    /// One row for each thing that counts: its kind, currency, day and amount, and whether it lies in the period before.
    static func tables(in workspace: SQL) -> SQL {
        """
        issued AS MATERIALIZED (
            SELECT i.issue_date AS day, i.currency, i.recurring, i.kind,
                CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END * (i.subtotal_amount - i.discount_total_amount) AS net
            FROM invoices AS i
            WHERE i.workspace_id = \(workspace) AND i.deleted_at IS NULL AND i.status NOT IN ('draft', 'void')
        ), facts AS MATERIALIZED (
            SELECT 'invoiced' AS kind, x.currency, x.day, x.net AS amount FROM issued AS x
            WHERE \(Period.holds(day: "x.day")) OR \(Period.holds(day: "x.day", in: "before"))
            UNION ALL
            SELECT 'received', p.amount_currency, p.paid_at, p.amount_amount
            FROM payments AS p
            JOIN invoices AS i ON i.workspace_id = p.workspace_id AND i.id = p.invoice_id
            WHERE p.workspace_id = \(workspace) AND i.deleted_at IS NULL
                AND (\(Period.holds(day: "p.paid_at")) OR \(Period.holds(day: "p.paid_at", in: "before")))
            UNION ALL
            SELECT 'won', d.value_currency, (d.closed_at AT TIME ZONE c.zone)::date, d.value_amount
            FROM deals AS d CROSS JOIN clock AS c
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'closed_won'
                AND (\(Period.holds("d.closed_at")) OR \(Period.holds("d.closed_at", in: "before")))
        ), recurring AS MATERIALIZED (
            SELECT s.name AS span, x.currency, sum(CASE x.recurring
                WHEN 'weekly' THEN round(x.net * 52::numeric / 12)
                WHEN 'quarterly' THEN round(x.net::numeric / 3)
                WHEN 'yearly' THEN round(x.net::numeric / 12)
                ELSE x.net
            END) AS amount
            FROM issued AS x
            CROSS JOIN (
                SELECT 'span' AS name, least(a.last_day, c.today) AS day FROM span AS a CROSS JOIN clock AS c
                UNION ALL
                SELECT 'before', least(b.last_day, c.today) FROM before AS b CROSS JOIN clock AS c
            ) AS s
            WHERE x.kind = 'invoice' AND x.recurring <> 'none' AND x.day <= s.day
                AND s.day < x.day + CASE x.recurring
                    WHEN 'weekly' THEN interval '7 days' WHEN 'monthly' THEN interval '1 month'
                    WHEN 'quarterly' THEN interval '3 months' ELSE interval '1 year'
                END
            GROUP BY s.name, x.currency
        ), sums AS MATERIALIZED (
            SELECT k.currency,
                coalesce((SELECT sum(f.amount) FROM facts AS f WHERE f.kind = 'invoiced' AND f.currency = k.currency
                    AND \(Period.holds(day: "f.day"))), 0) AS invoiced,
                coalesce((SELECT sum(f.amount) FROM facts AS f WHERE f.kind = 'received' AND f.currency = k.currency
                    AND \(Period.holds(day: "f.day"))), 0) AS received,
                coalesce((SELECT sum(f.amount) FROM facts AS f WHERE f.kind = 'won' AND f.currency = k.currency
                    AND \(Period.holds(day: "f.day"))), 0) AS won,
                coalesce((SELECT r.amount FROM recurring AS r WHERE r.span = 'span' AND r.currency = k.currency), 0) AS mrr,
                coalesce((SELECT sum(f.amount) FROM facts AS f WHERE f.kind = 'invoiced' AND f.currency = k.currency
                    AND \(Period.holds(day: "f.day", in: "before"))), 0) AS invoiced_before,
                coalesce((SELECT sum(f.amount) FROM facts AS f WHERE f.kind = 'received' AND f.currency = k.currency
                    AND \(Period.holds(day: "f.day", in: "before"))), 0) AS received_before,
                coalesce((SELECT sum(f.amount) FROM facts AS f WHERE f.kind = 'won' AND f.currency = k.currency
                    AND \(Period.holds(day: "f.day", in: "before"))), 0) AS won_before,
                coalesce((SELECT r.amount FROM recurring AS r WHERE r.span = 'before' AND r.currency = k.currency), 0)
                    AS mrr_before
            FROM (SELECT f.currency FROM facts AS f UNION SELECT r.currency FROM recurring AS r) AS k
        )
        """
    }

    static let totals = Report.list(
        """
        SELECT json_build_object(
            'currency', x.currency, 'invoiced', x.invoiced, 'received', x.received, 'won', x.won, 'mrr', x.mrr,
            'arr', 12 * x.mrr,
            'growth', CASE WHEN x.invoiced_before > 0 THEN
                \(Report.share("x.invoiced - x.invoiced_before", of: "x.invoiced_before")) END
        )
        FROM sums AS x ORDER BY x.currency
        """)

    static let totalsBefore = Report.list(
        """
        SELECT json_build_object(
            'currency', x.currency, 'invoiced', x.invoiced_before, 'received', x.received_before, 'won', x.won_before,
            'mrr', x.mrr_before, 'arr', 12 * x.mrr_before
        )
        FROM sums AS x ORDER BY x.currency
        """)

    /// - Parameter unit: A unit of the calendar, one of the parameter's words.
    static func series(by unit: String) -> SQL {
        Report.list(
            """
            SELECT json_build_object(
                'from', g.day, 'currency', g.currency, 'invoiced', g.invoiced, 'received', g.received, 'won', g.won
            )
            FROM (
                SELECT date_trunc('\(verbatim: unit)', f.day::timestamp)::date AS day, f.currency,
                    coalesce(sum(f.amount) FILTER (WHERE f.kind = 'invoiced'), 0) AS invoiced,
                    coalesce(sum(f.amount) FILTER (WHERE f.kind = 'received'), 0) AS received,
                    coalesce(sum(f.amount) FILTER (WHERE f.kind = 'won'), 0) AS won
                FROM facts AS f WHERE \(Period.holds(day: "f.day"))
                GROUP BY 1, 2
            ) AS g
            ORDER BY g.day, g.currency LIMIT 300
            """)
    }
}
