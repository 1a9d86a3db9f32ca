package import Identity
package import Postgres

/// By what an entity's rows are found, as data: which texts hold names, which hold words, which columns hold numbers and
/// addresses.
///
///     search: .by([.init("name", .name), .init("industry", .title)], phones: ["phone"], emails: ["email"])
///
/// Rows of all entities that say so are kept in one index, and found by `search_<plural>` and `search_all`.
package struct EntitySearch: Sendable {
    /// What the words of a text are: it says how they are compared, and how much they count. An entity has one text of
    /// each.
    package enum Role: Sendable, CaseIterable {
        /// The name of a person or a company.
        case name
        /// Names of companies that a row belongs to.
        case organization
        /// What a row is, in a line.
        case title
        /// A town.
        case place
        /// Words that people put on a row.
        case tags
        /// What else is known of it.
        case details
        /// A long text.
        case body
    }

    /// A text whose words are found.
    package struct Text: Sendable {
        /// What an answer says that was matched.
        package let field: String
        package let role: Role
        /// An expression over the row `t`.
        package let expression: String

        /// - Parameter expression: The column of the field unless it says otherwise.
        package init(_ field: String, _ role: Role, _ expression: String? = nil) {
            self.field = field
            self.role = role
            self.expression = expression ?? "t.\(field)"
        }
    }

    package let texts: [Text]
    /// Columns with phone numbers.
    package let phones: [String]
    /// Columns with e-mail addresses.
    package let emails: [String]
    /// What the permission to read such rows is about; the plural if it is `nil`.
    package let subject: String?
    /// Brings the index in line with a row, in the transaction that wrote it.
    package let index: @Sendable (Entity, RowID, ToolCall, borrowing Transaction) throws -> Void

    package init(
        _ texts: [Text],
        phones: [String],
        emails: [String],
        subject: String?,
        index: @escaping @Sendable (Entity, RowID, ToolCall, borrowing Transaction) throws -> Void
    ) {
        self.texts = texts
        self.phones = phones
        self.emails = emails
        self.subject = subject
        self.index = index
    }
}
