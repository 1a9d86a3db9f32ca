import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What was invoiced, and what of it is still to come in.
    ///
    /// `from` and `to` are about the day of issue; a draft without one counts on the day on which it was made, in the
    /// workspace's time zone. An invoice is issued unless it is a draft or void. `invoiced`, `tax` and `paid` are sums over
    /// issued invoices, with tax; `credit_notes` is the sum of issued credit notes, which is not taken off `invoiced`.
    /// `outstanding` is the sum of balances above zero: totals without payments and issued credit notes. Overdue is what is
    /// outstanding and was due before today in the workspace's time zone, whatever the status says.
    static let invoiceStats = Tool(
        name: "get_invoice_stats",
        title: "Invoice statistics",
        description: "Invoice totals, paid, outstanding and overdue amounts per currency, and a breakdown by status.",
        effects: .reading,
        permission: .read("invoices"),
        parameters: Period.days + [
            Parameter("company", .identifier(prefix: "cmp"), ""),
            Parameter("currency", .currency, "Only this currency, such as EUR."),
        ],
        output: Report.schema(lists: ["by_currency", "by_status"], objects: ["definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .always)
            var condition: SQL = ""
            if let company = call.arguments.row("company") {
                condition += " AND i.company_id = \(company)::uuid"
            }
            if let currency = call.arguments.text("currency") { condition += " AND i.currency = upper(\(currency))" }
            if period.isBounded {
                let day = "coalesce(i.issue_date, (i.created_at AT TIME ZONE c.zone)::date)"
                condition += " AND \(Period.holds(day: day))"
            }
            var figures: [Report.Figure] = period.isBounded ? [.init("period", Period.told("span"))] : []
            figures += [
                .init("by_currency", InvoiceFigures.byCurrency), .init("by_status", InvoiceFigures.byStatus),
                .init("average_days_to_pay", InvoiceFigures.daysToPay(in: call.workspace)),
            ]
            return Report(
                tables: """
                    \(period.tables(in: call.workspace)),
                    counted AS MATERIALIZED (
                        SELECT i.id, i.kind, i.status, i.currency, i.total_amount AS total, i.tax_total_amount AS tax,
                            i.paid_amount AS paid, i.balance_amount AS balance, i.issue_date,
                            i.status NOT IN ('draft', 'void') AS is_issued,
                            i.status NOT IN ('draft', 'void') AND i.balance_amount > 0 AS is_outstanding,
                            i.due_date < c.today AS is_late
                        FROM invoices AS i CROSS JOIN clock AS c
                        WHERE i.workspace_id = \(call.workspace) AND i.deleted_at IS NULL \(condition)
                    )
                    """,
                figures: figures,
                named: [Report.Named.company("company", call)].compactMap { $0 },
                definitions: [
                    "amounts": "Whole minor units with tax, never added up across currencies.",
                    "issued": "Neither draft nor void; invoiced, tax and paid are about issued invoices.",
                    "credit_notes": "Issued ones; not taken off invoiced, but off outstanding.",
                    "outstanding": "Balances above zero: total without payments and credit notes.",
                    "overdue": "Outstanding and due before today in the workspace's time zone.",
                    "from_to": "The day of issue; for drafts without one the day they were made.",
                ]
            ).read
        }
    )
}

/// The figures of ``Tool/invoiceStats`` over the table `counted`.
private enum InvoiceFigures {
    static let byCurrency = Report.list(
        """
        SELECT json_build_object(
            'currency', x.currency,
            'invoices', count(*) FILTER (WHERE x.kind = 'invoice' AND x.is_issued),
            'invoiced', coalesce(sum(x.total) FILTER (WHERE x.kind = 'invoice' AND x.is_issued), 0),
            'tax', coalesce(sum(x.tax) FILTER (WHERE x.kind = 'invoice' AND x.is_issued), 0),
            'paid', coalesce(sum(x.paid) FILTER (WHERE x.kind = 'invoice' AND x.is_issued), 0),
            'credit_notes', coalesce(sum(x.total) FILTER (WHERE x.kind = 'credit_note' AND x.is_issued), 0),
            'outstanding', coalesce(sum(x.balance) FILTER (WHERE x.is_outstanding), 0),
            'overdue_invoices', count(*) FILTER (WHERE x.is_outstanding AND x.is_late),
            'overdue', coalesce(sum(x.balance) FILTER (WHERE x.is_outstanding AND x.is_late), 0)
        )
        FROM counted AS x GROUP BY x.currency ORDER BY x.currency
        """)

    static let byStatus = Report.list(
        """
        SELECT json_build_object(
            'status', x.status, 'kind', x.kind, 'currency', x.currency, 'count', count(*), 'total', sum(x.total),
            'balance', sum(x.balance)
        )
        FROM counted AS x GROUP BY x.status, x.kind, x.currency ORDER BY x.kind DESC, x.status, x.currency
        """)

    static func daysToPay(in workspace: SQL) -> SQL {
        """
        (SELECT round(avg(p.day - x.issue_date), 1)
        FROM counted AS x
        JOIN LATERAL (
            SELECT max(p.paid_at) AS day FROM payments AS p
            WHERE p.workspace_id = \(workspace) AND p.invoice_id = x.id
        ) AS p ON true
        WHERE x.kind = 'invoice' AND x.status = 'paid')
        """
    }
}
