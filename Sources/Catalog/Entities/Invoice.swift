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
            Field("kind", .choice(["invoice", "credit_note"])).fixed.filtered,
            Field(
                "status",
                .choice(["draft", "submitted", "sent", "viewed", "partially_paid", "paid", "overdue", "void"])
            ).filtered,
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("quotation", .reference { .quotation }).fixed.unlisted,
            Field("credits", .reference { .invoice }, "The invoice that a credit note takes from.").fixed.unlisted,
            Field("issue_date", .day).filtered,
            Field("due_date", .day).filtered,
            Field("currency", .text(3)).fixed.unlisted,
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
                "lines", isAlwaysIncluded: true,
                rows: """
                    SELECT r.position, r.description, trim_scale(r.quantity) AS quantity, r.unit_price,
                        trim_scale(r.discount_percent) AS discount_percent, trim_scale(r.tax_rate) AS tax_rate,
                        r.gross - r.discount AS total, r.tax,
                        CASE WHEN r.product_id IS NOT NULL THEN public_id('prd', r.product_id) END AS product,
                        CASE WHEN r.task_id IS NOT NULL THEN public_id('tsk', r.task_id) END AS task
                    FROM invoice_lines AS r
                    WHERE r.workspace_id = t.workspace_id AND r.invoice_id = t.id
                    ORDER BY r.position, r.id
                    """),
            Relation(
                "payments", isAlwaysIncluded: true,
                rows: """
                    SELECT public_id('pay', r.id) AS id,
                        json_build_object('amount', r.amount_amount, 'currency', r.amount_currency) AS amount,
                        r.paid_at, r.method, r.reference
                    FROM payments AS r
                    WHERE r.workspace_id = t.workspace_id AND r.invoice_id = t.id
                    ORDER BY r.paid_at, r.id
                    """),
        ],
        orders: [.newest]
    )
}
