import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Makes a draft invoice of an accepted quotation, which names it from then on.
    static let convertQuotation = Tool(
        name: "convert_quotation_to_invoice",
        title: "Convert quotation",
        description: "Makes a draft invoice of an accepted quotation, with its lines unless others are given.",
        effects: .adding.shown,
        permission: .create("invoices"),
        parameters: [Entity.quotation.keyParameter("quotation_id")]
            + [Entity.invoice["lines"]?.parameter(isRequired: false), Parameter("due_date", .day, "")].compactMap(
                \.self)
            + RowWrite.parameters,
        output: RowWrite.output,
        body: .write { call, principal, transaction in
            let quotation = try Quotation(call, transaction)
            let reference = RowWrite.Companion("quotation") { invoice, _ in
                RowWrite(
                    .quotation, .update(.row(quotation.row)), call, principal,
                    fields: Arguments(values: ["invoice": .row(invoice)]))
            }
            return try RowWrite(
                .invoice, .creation, call, principal, fields: Arguments(values: quotation.fields(for: call)),
                with: reference
            ).run(transaction)
        }
    )
}

/// A quotation that is to become an invoice, locked.
private struct Quotation {
    let row: RowID
    private let values: [String: Arguments.Value]
    private let lines: [[String: Arguments.Value]]

    init(_ call: ToolCall, _ transaction: borrowing Transaction) throws {
        let key: SQL
        switch call.arguments.key("quotation_id") {
        case .row(let row): key = "t.id = \(row)::uuid"
        case .number(let number): key = "t.number = \(number)"
        case nil: throw Entity.quotation.notFound
        }
        let rows = try transaction.query(
            """
            SELECT t.id, t.contact_id, t.company_id, t.currency FROM quotations AS t
            WHERE t.workspace_id = \(call.workspace) AND t.deleted_at IS NULL AND \(key)
            FOR UPDATE
            """)
        guard let row = rows.string(0, 0).flatMap(RowID.init(uuid:)) else { throw Entity.quotation.notFound }
        self.row = row
        var values: [String: Arguments.Value] = ["quotation": .row(row)]
        values["contact"] = rows.string(0, 1).flatMap(RowID.init(uuid:)).map(Arguments.Value.row)
        values["company"] = rows.string(0, 2).flatMap(RowID.init(uuid:)).map(Arguments.Value.row)
        values["currency"] = rows.string(0, 3).map(Arguments.Value.text)
        self.values = values
        let lines = try transaction.query(
            """
            SELECT l.description, p.id, l.quantity::text, l.unit_price, l.discount_percent::text, l.tax_rate::text
            FROM quotation_lines AS l
            LEFT JOIN products AS p
                ON p.workspace_id = l.workspace_id AND p.id = l.product_id AND p.deleted_at IS NULL
            WHERE l.workspace_id = \(call.workspace) AND l.quotation_id = \(row)::uuid
            ORDER BY l.position, l.id
            """)
        self.lines = (0..<lines.rowCount).map { index in
            var line: [String: Arguments.Value] = [:]
            line["description"] = lines.string(index, 0).map(Arguments.Value.text)
            line["product"] = lines.string(index, 1).flatMap(RowID.init(uuid:)).map(Arguments.Value.row)
            line["quantity"] = lines.string(index, 2).map(Arguments.Value.decimal)
            line["unit_price"] = lines.int64(index, 3).map(Arguments.Value.integer)
            line["discount_percent"] = lines.string(index, 4).map(Arguments.Value.decimal)
            line["tax_rate"] = lines.string(index, 5).map(Arguments.Value.decimal)
            return line
        }
    }

    /// What the invoice is made of.
    func fields(for call: ToolCall) -> [String: Arguments.Value] {
        var fields = values
        fields["due_date"] = call.arguments.day("due_date").map(Arguments.Value.day)
        fields["lines"] = call.arguments["lines"] ?? .objects(lines)
        return fields
    }
}
