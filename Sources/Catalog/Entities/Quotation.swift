import Tools

extension Entity {
    /// An offer to a customer. Its totals are the sums of its lines, kept by triggers of the table: each line is rounded to
    /// whole minor units by itself, half away from zero, before and after discount and for its tax.
    static let quotation: Entity = .init(
        "quotation", plural: "quotations", prefix: "quo", table: "quotations",
        meaning: "An offer to a customer, with lines.",
        title: "title",
        number: "number",
        fields: [
            Field("number", .text(40)).computed,
            Field("title", .text(300)).required,
            Field("status", .choice(["draft", "sent", "viewed", "accepted", "rejected", "expired"])).filtered,
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("deal", .reference { .deal }).filtered,
            Field("issue_date", .day).filtered,
            Field("valid_until", .day),
            Field("currency", .text(3)).fixed.unlisted,
            Field("subtotal", .money).computed.unlisted,
            Field("discount_total", .money).computed.unlisted,
            Field("tax_total", .money).computed.unlisted,
            Field("total", .money).computed,
            Field("line_count", .integer(0...1_000_000)).computed(
                """
                (SELECT count(*) FROM quotation_lines AS r
                    WHERE r.workspace_id = t.workspace_id AND r.quotation_id = t.id)
                """
            ).unlisted,
            Field("notes", .text(20_000)).unlisted,
            Field("terms", .text(20_000)).unlisted,
            Field("accepted_at", .moment).computed.unlisted,
            Field("rejected_at", .moment).computed.unlisted,
            Field("reject_reason", .text(1000)).unlisted,
            Field("invoice", .reference { .invoice }).computed.unlisted,
        ],
        relations: [
            Relation(
                "lines", isAlwaysIncluded: true,
                rows: """
                    SELECT r.position, r.description, trim_scale(r.quantity) AS quantity, r.unit_price,
                        trim_scale(r.discount_percent) AS discount_percent, trim_scale(r.tax_rate) AS tax_rate,
                        r.gross - r.discount AS total, r.tax,
                        CASE WHEN r.product_id IS NOT NULL THEN public_id('prd', r.product_id) END AS product
                    FROM quotation_lines AS r
                    WHERE r.workspace_id = t.workspace_id AND r.quotation_id = t.id
                    ORDER BY r.position, r.id
                    """)
        ],
        orders: [.newest, .touched]
    )
}
