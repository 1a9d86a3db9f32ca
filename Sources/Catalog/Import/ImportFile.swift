/// What an import reads: bytes from somewhere, and what they are.
package struct ImportFile {
    /// How the rows are written.
    package enum Format: String, Sendable, CaseIterable {
        case csv, jsonl
    }

    package let format: Format
    /// What every row is, where the file has no column `kind`.
    package let kind: ImportKind?
    /// The next bytes, or `nil` at the end.
    package let next: () throws -> [UInt8]?

    package init(format: Format, kind: ImportKind? = nil, next: @escaping () throws -> [UInt8]?) {
        self.format = format
        self.kind = kind
        self.next = next
    }
}

/// What a row of an import is.
package enum ImportKind: String, Sendable, CaseIterable {
    case customer, company, task, comment, deal, ticket, invoice
    case invoiceLine = "invoice_line"

    /// Reads the word for a kind; a customer is a contact, and may be called so.
    package init?(word: String) {
        guard let kind = word == "contact" ? .customer : ImportKind(rawValue: word) else { return nil }
        self = kind
    }

    /// The kinds of rows that are billed, sold or helped: they name a customer and a company.
    static let ofCustomers: [ImportKind] = [.deal, .ticket, .invoice]

    /// All words, as people are told them.
    package static var words: String {
        allCases.dropLast().map(\.rawValue).joined(separator: ", ") + " or " + invoiceLine.rawValue
    }
}

/// A file of which nothing can be used, from some line on.
struct ImportProblem: Error, Equatable {
    let line: Int
    let reason: String
}

/// One row as the file has it, before its fields are checked.
struct ImportRow: Equatable {
    /// Where the row begins, counted from 1.
    let line: Int
    /// What was given, by column; a column that is missing here leaves a stored value as it is.
    var values: [String: ImportValue] = [:]
    /// Why the row cannot be read.
    var problem: String?
}

/// What a row has in one column.
enum ImportValue: Equatable {
    /// Nothing: the stored value is emptied.
    case none
    case text(String)
    case list([String])
    /// Names and values, each a JSON text.
    case object([String: String])
}

/// What became of a file.
package struct ImportReport: Sendable, Equatable {
    /// How many rows of a kind there were.
    package struct Counts: Sendable, Equatable {
        package var created = 0
        package var updated = 0
        package var unchanged = 0
    }

    /// A row that was not stored.
    package struct Refusal: Sendable, Equatable {
        /// Where it begins, counted from 1.
        package let line: Int
        package let reason: String
    }

    /// How many refusals are listed; all are counted.
    package static let listedRefusals = 1_000

    /// How many rows were read, those refused included.
    package var rows = 0
    /// What became of the rows of each kind.
    package var counts: [ImportKind: Counts] = [:]
    /// The refusals in the order of their lines.
    package var refusals: [Refusal] = []
    package var refused = 0
    /// Whether the good rows are in the database now. Otherwise the counts tell what would have happened.
    package var isStored = false
    /// Whether the file could not be read to its end.
    package var isBroken = false

    package var customers: Counts { self[.customer] }
    package var tasks: Counts { self[.task] }
    package var comments: Counts { self[.comment] }

    package subscript(kind: ImportKind) -> Counts { counts[kind] ?? Counts() }

    mutating func refuse(_ line: Int, _ reason: String) {
        refused += 1
        if refusals.count < Self.listedRefusals { refusals.append(Refusal(line: line, reason: reason)) }
    }
}
