import Postgres

extension Entity {
    /// What a caller is told of a constraint that a write broke; `nil` if the caller cannot put it right.
    ///
    /// A constraint of a column is named after it: `deals_value_amount_check`, `products_sku_key`.
    func refusal(of error: PostgresError) -> ToolError? {
        if let constraint = error.constraint, let refusal = consequences.refusals[constraint] { return refusal }
        switch error.sqlState {
        case .checkViolation:
            return field(error.constraint, behind: "_check").map {
                ToolError(problems: [.init($0.name, "`\($0.name)` holds a value that it cannot have.")])
            }
        case .uniqueViolation:
            return field(error.constraint, behind: "_key").map {
                ToolError(problems: [.init($0.name, "`\($0.name)` is taken: another \(words) has the same.")])
            }
        case .notNullViolation:
            return fields.first { $0.columns.contains(error.column ?? "") }.map {
                ToolError(problems: [.init($0.name, "`\($0.name)` cannot be empty.")])
            }
        case .numericValueOutOfRange:
            let name = lines.first?.field.name ?? "arguments"
            return ToolError(problems: [
                .init(name, "A number is too large to be stored, or to compute what follows from it.")
            ])
        default: return nil
        }
    }

    private func field(_ constraint: String?, behind suffix: String) -> Field? {
        guard let constraint, constraint.hasPrefix(table + "_"), constraint.hasSuffix(suffix) else { return nil }
        let column = constraint.dropFirst(table.count + 1).dropLast(suffix.count)
        return fields.first { $0.columns.contains(String(column)) }
    }
}
