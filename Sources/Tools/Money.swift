package import Identity

/// An amount of money: whole minor units and a currency (ISO 4217), never added across currencies.
package struct Money: Sendable, Equatable {
    package let amount: Int64
    /// Three capitals.
    package let currency: String

    package init(amount: Int64, currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// What an amount can be, far more than anybody owes and far less than what overflows when added up.
    static let amounts: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000
}

/// A row as a caller names it.
package enum RowKey: Sendable, Equatable {
    case row(RowID)
    /// The number that people know it by, as they wrote it.
    case number(String)
}

/// A member as a caller names one.
package enum MemberName: Sendable, Equatable {
    /// The member for whom the credential acts.
    case caller
    case row(RowID)
    case email(String)
}

/// Numbers with digits behind the point, never rounded on their way.
enum Decimal {
    /// The digits of a JSON number without exponent; `nil` if there are more behind the point than `places`, or too many
    /// before it.
    static func digits(of text: String, places: Int) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 || $0 == 46 }) else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1].reversed().drop { $0 == "0" } : []
        guard fraction.count <= places, parts[0].drop(while: { $0 == "-" }).count <= 12 else { return nil }
        return text
    }
}
