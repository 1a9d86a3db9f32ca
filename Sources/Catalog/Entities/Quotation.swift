import Identity
import JSON
import Postgres
import Tools

extension Entity {
    /// An offer to a customer. Its totals are the sums of its lines, kept by triggers of the table: each line is rounded to
    /// whole minor units by itself, half away from zero, before and after discount and for its tax.
    static let quotation: Entity = .init(
        "quotation", plural: "quotations", prefix: "quo", table: "quotations",
        meaning: "An offer to a customer, with lines and earlier versions.",
        title: "title",
        number: "number",
        fields: [
            Field("number", .text(40)).computed,
            Field("title", .text(300)).required,
            Field("status", .choice(["draft", "sent", "viewed", "accepted", "rejected", "expired"])).later.filtered,
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("deal", .reference { .deal }).filtered,
            Field("issue_date", .day).filtered,
            Field("valid_until", .day),
            Field("currency", .currency, "Of all prices.").required.fixed.unlisted,
            .saleLines("quotation_lines", of: "quotation_id"),
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
            Field("reject_reason", .text(1000)).later.unlisted,
            Field("invoice", .reference { .invoice }).computed.unlisted,
        ],
        relations: [
            Relation(
                "versions", isAlwaysIncluded: true,
                rows: """
                    SELECT r.number, r.title, r.valid_until,
                        json_build_object('amount', r.total_amount, 'currency', r.total_currency) AS total,
                        jsonb_array_length(r.lines) AS line_count, rfc3339(r.replaced_at) AS replaced_at,
                        (SELECT m.name FROM members AS m
                            WHERE m.workspace_id = r.workspace_id AND m.id = r.replaced_by_id) AS replaced_by
                    FROM quotation_versions AS r
                    WHERE r.workspace_id = t.workspace_id AND r.quotation_id = t.id
                    ORDER BY r.number DESC
                    """)
        ],
        orders: [.newest, .touched],
        untrusted: ["reject_reason"],
        consequences: Consequences(problems: SaleLines.problems, before: QuotationCourse.follow)
    )
}

/// Which way quotations go, and what is kept of one that the customer has.
private enum QuotationCourse {
    private static let next: [String: [String]] = [
        "draft": ["sent"], "sent": ["viewed", "accepted", "rejected", "expired"],
        "viewed": ["accepted", "rejected", "expired"], "expired": ["sent", "accepted", "rejected"],
    ]
    private static let answer: Set<String> = ["status", "reject_reason", "invoice"]

    @Sendable
    static func follow(_ change: RowChange, _ call: ToolCall, _ transaction: borrowing Transaction) throws {
        guard let status = change.record["status"]?.string, let fields = change.fields else { return }
        if fields.has("invoice") { try convert(change, status) }
        if let wanted = fields.text("status"), wanted != status { try check(wanted, after: status) }
        let emptied = fields.words("clear") ?? []
        let names = Entity.quotation.fields.map(\.name).filter { fields.has($0) || emptied.contains($0) }
            .filter { !answer.contains($0) }
        guard !names.isEmpty, status != "draft" else { return }
        guard status != "accepted", status != "rejected" else {
            throw ToolError(
                problems: names.map { .init($0, "`\($0)` stays as it is: the quotation is \(status). Make a new one.") }
            )
        }
        try keep(change.row, call, transaction)
    }

    private static func check(_ wanted: String, after status: String) throws(ToolError) {
        let allowed = next[status] ?? []
        guard !allowed.contains(wanted) else { return }
        let words = allowed.map { "`\($0)`" }.joined(separator: ", ")
        throw ToolError(
            .transitionNotAllowed, "A quotation that is \(status) cannot become \(wanted). Nothing was changed.",
            hint: allowed.isEmpty ? "Its status is final." : "It can become \(words).")
    }

    private static func convert(_ change: RowChange, _ status: String) throws(ToolError) {
        guard status == "accepted" else {
            throw ToolError(
                .transitionNotAllowed, "The quotation is \(status): only an accepted one becomes an invoice.",
                hint: "Set its status to accepted with update_quotation once the customer has agreed.")
        }
        if let invoice = change.record["invoice"]?["id"]?.string {
            throw ToolError(
                .transitionNotAllowed, "The quotation has become invoice \(invoice) already. Nothing was changed.",
                hint: "Read it with get_invoice, or make another with create_invoice.")
        }
    }

    /// Keeps the quotation as the customer has it.
    private static func keep(_ row: RowID, _ call: ToolCall, _ transaction: borrowing Transaction) throws {
        _ = try transaction.query(
            """
            INSERT INTO quotation_versions (workspace_id, quotation_id, number, title, valid_until, notes, terms,
                total_amount, total_currency, lines, replaced_by_id)
            SELECT t.workspace_id, t.id, (
                    SELECT count(*) + 1 FROM quotation_versions AS v
                    WHERE v.workspace_id = t.workspace_id AND v.quotation_id = t.id
                ), t.title, t.valid_until, t.notes, t.terms, t.total_amount, t.total_currency, (
                    SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position, l.id), '[]') FROM quotation_lines AS l
                    WHERE l.workspace_id = t.workspace_id AND l.quotation_id = t.id
                ), current_member_id()
            FROM quotations AS t WHERE t.workspace_id = \(call.workspace) AND t.id = \(row)::uuid
            """)
    }
}
