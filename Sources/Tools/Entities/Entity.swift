package import Identity
package import JSON
package import Postgres

/// A kind of row that tools work on, as data: its tools with their schemas, their SQL and their checks follow from it.
///
/// An entity is declared once, in a file of its own:
///
///     extension Entity {
///         static let deal = Entity(
///             "deal", plural: "deals", prefix: "dea", table: "deals", meaning: "A sale that may come.", title: "title",
///             fields: [Field("title", .text(300)).required, Field("company", .reference { .company }).filtered])
///     }
///
/// Its table has the columns `workspace_id`, `id`, `version`, `created_at` and `updated_at`, and the primary key
/// (`workspace_id`, `id`); ``EntityCheck`` compares the rest with a live database.
package struct Entity: Sendable {
    /// What one row is called in names of tools and arguments: `deal`.
    package let name: String
    /// What several are called.
    package let plural: String
    /// What identifiers begin with.
    package let prefix: String
    package let table: String
    /// One sentence.
    package let meaning: String
    /// The column by which people know a row.
    package let title: String
    /// The text column that holds the number by which people know a row, if there is one.
    package let number: String?
    /// What people put before a number that the workspace counts, such as `TKT-`; its column holds whole numbers then.
    package let counting: String?
    /// Whether rows are deleted softly, by `deleted_at`.
    package let isSoftlyDeleted: Bool
    /// Whether rows are put away by `archived_at`.
    package let isArchived: Bool
    package let fields: [Field]
    /// What lists are narrowed by beside their fields.
    package let filters: [Filter]
    /// What a record may hold beside its fields.
    package let relations: [Relation]
    /// How lists are sorted; the first holds unless a call says otherwise.
    package let orders: [Order]
    /// Where in a record text can stand that people outside the workspace write: in its fields, and in its relations.
    package let untrusted: [UntrustedPath]
    /// What follows from a row's other columns, or from other rows.
    package let consequences: Consequences
    /// By what rows are found; `nil` if they are not searched.
    package let search: EntitySearch?

    package init(
        _ name: String,
        plural: String,
        prefix: String,
        table: String,
        meaning: String,
        title: String,
        number: String? = nil,
        counting: String? = nil,
        isSoftlyDeleted: Bool = true,
        isArchived: Bool = false,
        fields: [Field],
        filters: [Filter] = [],
        relations: [Relation] = [],
        orders: [Order] = [.newest],
        untrusted: [UntrustedPath] = [],
        consequences: Consequences = Consequences(),
        search: EntitySearch? = nil
    ) {
        self.name = name
        self.plural = plural
        self.prefix = prefix
        self.table = table
        self.meaning = meaning
        self.title = title
        self.number = number
        self.counting = counting
        self.isSoftlyDeleted = isSoftlyDeleted
        self.isArchived = isArchived
        self.fields = fields
        self.filters = filters
        self.relations = relations
        self.orders = orders
        self.untrusted = untrusted
        self.consequences = consequences
        self.search = search
    }

    package subscript(field: String) -> Field? { fields.first { $0.name == field } }

    /// The fields that a caller may change once the row is there.
    var changeable: [Field] { fields.filter { $0.access == .open || $0.access == .later } }

    /// The fields that are rows of their own.
    var lines: [(field: Field, lines: Lines)] {
        fields.compactMap { field in if case .lines(let lines) = field.kind { (field, lines) } else { nil } }
    }

    /// The name for people, such as `time entry`.
    package var words: String { name.split(separator: "_").joined(separator: " ") }
}

/// What happens with every write of a row, whatever tool writes it.
package struct Consequences: Sendable {
    /// Columns that the program fills from the row's others: each with an expression over the row `t` as it is then. A new
    /// row has `placeholder` there for a moment.
    package let derived: [(column: String, expression: String)]
    /// What the arguments of a call lack, beside what each field says for itself.
    package let problems: @Sendable (Arguments, _ isNew: Bool) -> [ToolError.Problem]
    /// What a new row, or the locked row that a key names, gets beside what the call gives, such as a number, or a state
    /// that may follow on the one it has. A deletion, and a write that is taken back, ask for nothing.
    package let prepare: @Sendable (RowID?, ToolCall, borrowing Transaction) throws -> [Assignment]
    /// What is there to say or to keep before a row is changed or deleted: refuses by throwing what the row does not allow.
    package let before: @Sendable (RowChange, ToolCall, borrowing Transaction) throws -> Void
    /// What else is written in the same transaction, such as the rows of an index.
    package let after: @Sendable (RowID, ToolCall, borrowing Transaction) throws -> Void
    /// The addresses of resources that have another content after a write.
    package let changes: @Sendable (RowID, ToolCall, borrowing Transaction) throws -> [String]
    /// What a caller is told for each constraint of the table that a write can break, beside what its name says.
    package let refusals: [String: ToolError]

    package init(
        derived: [(column: String, expression: String)] = [],
        problems: @escaping @Sendable (Arguments, _ isNew: Bool) -> [ToolError.Problem] = { _, _ in [] },
        prepare: @escaping @Sendable (RowID?, ToolCall, borrowing Transaction) throws -> [Assignment] = { _, _, _ in
            []
        },
        before: @escaping @Sendable (RowChange, ToolCall, borrowing Transaction) throws -> Void = { _, _, _ in },
        after: @escaping @Sendable (RowID, ToolCall, borrowing Transaction) throws -> Void = { _, _, _ in },
        changes: @escaping @Sendable (RowID, ToolCall, borrowing Transaction) throws -> [String] = { _, _, _ in [] },
        refusals: [String: ToolError] = [:]
    ) {
        self.derived = derived
        self.problems = problems
        self.prepare = prepare
        self.before = before
        self.after = after
        self.changes = changes
        self.refusals = refusals
    }
}

/// A way to narrow lists by what is no column of the row, such as members who work on it.
package struct Filter: Sendable {
    package let parameter: Parameter
    /// The condition over the row `t`; `nil` if the call does not ask for it.
    let condition: @Sendable (_ arguments: Arguments, _ workspace: SQL) -> SQL?

    package init(_ parameter: Parameter, _ condition: @escaping @Sendable (Arguments, SQL) -> SQL?) {
        self.parameter = parameter
        self.condition = condition
    }

    /// Rows that belong to a row of another kind, whose key the condition gets.
    package static func row(
        _ name: String, prefix: String, _ condition: @escaping @Sendable (SQL) -> SQL
    ) -> Filter {
        Filter(Parameter(name, .identifier(prefix: prefix), "").terse) { arguments, _ in
            arguments.row(name).map { condition("\($0)::uuid") }
        }
    }

    /// Rows that a member stands beside in a table of several members.
    package static func member(_ name: String, table: String, row: String) -> Filter {
        Filter(Parameter(name, .member, "")) { arguments, workspace in
            arguments.member(name).map { member in
                """
                EXISTS (SELECT FROM \(verbatim: table) AS l
                    WHERE l.workspace_id = t.workspace_id AND l.\(verbatim: row) = t.id
                        AND l.member_id = \(member.key(in: workspace)))
                """
            }
        }
    }
}

/// A row that is about to be changed or deleted.
package struct RowChange: Sendable {
    package let row: RowID
    /// The row as results show it.
    package let record: JSONNode
    /// The fields that it is to have; `nil` if it is deleted.
    package let fields: Arguments?
}

/// A way to sort a list: by one column that is never empty, and by key where it is equal.
package struct Order: Sendable {
    /// What callers call it.
    package let name: String
    /// An expression over the row `t`, as an index has it, and its type.
    package let expression: String
    package let type: String
    /// Whether the largest comes first unless a call says otherwise.
    package let isDescending: Bool

    package init(_ name: String, _ expression: String, type: String, descending: Bool = false) {
        self.name = name
        self.expression = expression
        self.type = type
        isDescending = descending
    }

    package static let newest = Order("created_at", "t.created_at", type: "timestamptz", descending: true)
    package static let touched = Order("updated_at", "t.updated_at", type: "timestamptz", descending: true)
}

/// What a record holds beside its fields, such as the lines of an invoice.
package struct Relation: Sendable {
    /// The member that holds the rows.
    package let name: String
    /// A query over the row `t` with one row for each element and a column for each of its members.
    package let rows: String
    /// Whether it is there without being asked for.
    package let isAlwaysIncluded: Bool

    package init(_ name: String, isAlwaysIncluded: Bool = false, rows: String) {
        self.name = name
        self.rows = rows
        self.isAlwaysIncluded = isAlwaysIncluded
    }

    /// How many elements a record shows at most.
    static let bound = 50
}
