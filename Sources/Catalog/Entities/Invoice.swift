import JSON
import Postgres
import Tools

extension Entity {
    /// A bill, or what takes back part of one. Totals, what was paid and the balance are kept by triggers of the table: each
    /// line is rounded to whole minor units by itself, half away from zero, before and after discount and for its tax; the
    /// balance is the total without payments and issued credit notes.
    static let invoice: Entity = .init(
        "invoice", plural: "invoices", prefix: "inv", table: "invoices",
        meaning: "A bill to a customer, or a credit note, with lines and payments.",
        title: "number",
        number: "number",
        fields: [
            Field("number", .text(40)).computed,
            Field("kind", .choice(["invoice", "credit_note"])).computed.filtered,
            Field(
                "status",
                .choice(["draft", "submitted", "sent", "viewed", "partially_paid", "paid", "overdue", "void"])
            ).computed.filtered,
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("quotation", .reference { .quotation }).computed.unlisted,
            Field("credits", .reference { .invoice }, "The invoice that a credit note takes from.").computed.unlisted,
            Field("issue_date", .day).filtered,
            Field("due_date", .day).filtered,
            Field("currency", .currency, "Of all prices.").required.fixed.unlisted,
            .saleLines(
                "invoice_lines", of: "invoice_id",
                [
                    Field("task", .json).computed(
                        "CASE WHEN t.task_id IS NOT NULL THEN public_id('tsk', t.task_id) END")
                ]),
            Field("subtotal", .money).computed.unlisted,
            Field("discount_total", .money).computed.unlisted,
            Field("tax_total", .money).computed.unlisted,
            Field("total", .money).computed,
            Field("paid", .money).computed.unlisted,
            Field("credited", .money).computed.unlisted,
            Field("balance", .money).computed,
            Field("line_count", .integer(0...1_000_000)).computed(
                """
                (SELECT count(*) FROM invoice_lines AS r
                    WHERE r.workspace_id = t.workspace_id AND r.invoice_id = t.id)
                """
            ).unlisted,
            Field("payment_terms_days", .integer(0...365)).unlisted,
            Field("recurring", .choice(["none", "weekly", "monthly", "quarterly", "yearly"])).unlisted,
            Field("notes", .text(20_000)).unlisted,
            Field("void_reason", .text(1000)).computed.unlisted,
        ],
        relations: [
            Relation(
                "payments", isAlwaysIncluded: true,
                rows: """
                    SELECT public_id('pay', r.id) AS id,
                        json_build_object('amount', r.amount_amount, 'currency', r.amount_currency) AS amount,
                        r.paid_at, r.method, r.reference
                    FROM payments AS r
                    WHERE r.workspace_id = t.workspace_id AND r.invoice_id = t.id
                    ORDER BY r.paid_at, r.id
                    """)
        ],
        orders: [.newest],
        untrusted: [.name("payments[].reference")],
        consequences: Consequences(
            problems: SaleLines.problems,
            before: IssuedInvoice.protect,
            refusals: [
                "invoices_issue_check": ToolError(problems: [
                    .init("clear", "`clear` cannot name a date of an invoice that is issued.")
                ])
            ])
    )
}

/// What may still happen to an invoice that is no draft any more.
private enum IssuedInvoice {
    private static let open: Set<String> = ["notes", "due_date"]

    @Sendable
    static func protect(_ change: RowChange, _ call: ToolCall, _ transaction: borrowing Transaction) throws {
        guard let status = change.record["status"]?.string, status != "draft" else { return }
        guard let fields = change.fields else {
            throw ToolError(
                .transitionNotAllowed, "The invoice is \(status): only drafts are deleted. Nothing was changed.",
                hint: "void_invoice takes an issued invoice out of account.")
        }
        let emptied = fields.words("clear") ?? []
        let names = Entity.invoice.fields.map(\.name).filter { fields.has($0) || emptied.contains($0) }
        let refused = status == "void" ? names : names.filter { !open.contains($0) }
        guard refused.isEmpty else {
            let rest = status == "void" ? "nothing of it changes any more" : "only `notes` and `due_date` change now"
            throw ToolError(
                problems: refused.map { .init($0, "`\($0)` stays as it is: the invoice is \(status), \(rest).") })
        }
    }
}
