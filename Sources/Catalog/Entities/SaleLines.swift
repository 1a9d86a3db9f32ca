import Tools

extension Field {
    /// The lines of a quotation or an invoice. Prices are in the document's currency.
    static func saleLines(_ table: String, of owner: String, _ more: [Field] = []) -> Field {
        let fields = [
            Field("description", .text(500)).required,
            Field("product", .reference { .product }),
            Field("quantity", .decimal(4)).required,
            Field("unit_price", .integer(SaleLines.prices), "Minor units.").required,
            Field("discount_percent", .decimal(2)),
            Field("tax_rate", .decimal(3), "Percent."),
            Field("total", .integer(SaleLines.prices)).computed("t.gross - t.discount"),
            Field("tax", .integer(SaleLines.prices)).computed("t.tax"),
        ]
        return Field("lines", .lines(Lines(table, of: owner, fields: fields + more))).required.unlisted
    }
}

/// What lines can hold.
enum SaleLines {
    static let prices: ClosedRange<Int64> = -1_000_000_000_000...1_000_000_000_000
    private static let largestQuantity = 1_000_000

    /// What is wrong with the numbers of lines, beside what each says for itself.
    @Sendable
    static func problems(_ arguments: Arguments, _ isNew: Bool) -> [ToolError.Problem] {
        (arguments.objects("lines") ?? []).enumerated().flatMap { index, line in
            [
                problem(line, "quantity", index, "more than 0, at most \(largestQuantity)") {
                    $0 > 0 && $0 <= Double(largestQuantity)
                },
                problem(line, "discount_percent", index, "0 to 100") { $0 <= 100 },
                problem(line, "tax_rate", index, "0 to 100") { $0 <= 100 },
            ].compactMap(\.self)
        }
    }

    private static func problem(
        _ line: Arguments, _ name: String, _ index: Int, _ accepted: String, _ isRight: (Double) -> Bool
    ) -> ToolError.Problem? {
        guard let digits = line.decimal(name), let number = Double(digits), !isRight(number) else { return nil }
        let path = "lines[\(index)].\(name)"
        return ToolError.Problem(path, "`\(path)` is \(digits); it can be \(accepted).")
    }
}
