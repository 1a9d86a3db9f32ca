/// One field of an entity: its parameter, its column, its place in results and its check follow from it.
package struct Field: Sendable {
    /// What a field holds.
    package indirect enum Kind: Sendable {
        /// Text of at most so many characters.
        case text(Int)
        /// One of these words.
        case choice([String])
        case integer(ClosedRange<Int64>)
        /// A number with so many digits behind the point.
        case decimal(Int)
        /// Whole minor units and a currency, in the columns `<column>_amount` and `<column>_currency`.
        case money
        case day
        case moment
        case boolean
        /// Words that people put on a row, in a `text[]`.
        case labels
        /// A row of another entity, in the column `<name>_id`.
        case reference(@Sendable () -> Entity)
        /// A member of the workspace, in the column `<name>_id`.
        case member
        /// Several members, in the rows of a table with the columns `workspace_id`, `<row>`, `member_id` and `position`.
        case members(table: String, row: String)
        /// Any JSON, computed.
        case json
        /// A currency (ISO 4217), in a `text` column.
        case currency
        /// Rows of a table of their own that are given and shown with the row.
        case lines(Lines)
    }

    /// What callers may do with a field.
    package enum Access: Sendable {
        /// Given when the row is made and changed later.
        case open
        /// Given when the row is made, or never.
        case fixed
        /// Never given when the row is made, but changed later.
        case later
        /// Made by the program.
        case computed
    }

    package let name: String
    package let kind: Kind
    /// What the name does not say by itself; empty if it says all.
    package let meaning: String
    package private(set) var access = Access.open
    /// Whether a row cannot be made without it.
    package private(set) var isRequired = false
    /// Whether a row always has it, so that it cannot be emptied.
    package private(set) var isKept = false
    /// Whether rows of lists show it.
    package private(set) var isListed = true
    /// Whether lists are narrowed by it.
    package private(set) var isFiltered = false
    /// What a result shows instead of the column: an expression over the row `t`.
    package private(set) var expression: String?
    /// Whether the entity's preparation writes what a call gives, see ``Consequences/prepare``.
    package private(set) var isPrepared = false

    package init(_ name: String, _ kind: Kind, _ meaning: String = "") {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    /// The column, or the beginning of the names of both columns of money.
    package var column: String {
        switch kind {
        case .reference, .member: name + "_id"
        default: name
        }
    }

    /// Whether it stands in rows of another table.
    var isBeside: Bool {
        switch kind {
        case .lines, .members: true
        default: false
        }
    }

    // MARK: Declaring

    /// The same, without which a row cannot be made.
    package var required: Field { with { $0.isRequired = true } }
    /// The same, which cannot be emptied.
    package var kept: Field { with { $0.isKept = true } }
    /// The same, in records alone.
    package var unlisted: Field { with { $0.isListed = false } }
    /// The same, by which lists are narrowed: there is an index that begins with workspace and column.
    package var filtered: Field { with { $0.isFiltered = true } }
    /// The same, which never changes once the row is there.
    package var fixed: Field { with { $0.access = .fixed } }
    /// The same, which a new row has by itself and which is changed later.
    package var later: Field { with { $0.access = .later } }
    /// The same, which the program makes and writes into the column.
    package var computed: Field { with { $0.access = .computed } }

    /// The same, computed for each result from the row `t`.
    package func computed(_ expression: String) -> Field {
        with {
            $0.access = .computed
            $0.expression = expression
        }
    }

    /// The same, which calls may give and the entity's preparation writes; a result shows an expression over the row `t`.
    package func prepared(_ expression: String) -> Field {
        with {
            $0.isPrepared = true
            $0.expression = expression
        }
    }

    private func with(_ change: (inout Field) -> Void) -> Field {
        var field = self
        change(&field)
        return field
    }
}
