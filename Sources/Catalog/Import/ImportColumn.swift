import Tools

/// A column of an import file, or a member of its JSON objects.
package struct ImportColumn: Sendable {
    package let name: String
    /// The kinds of rows that may have it.
    package let kinds: [ImportKind]
    package let meaning: String

    private init(_ name: String, _ kinds: [ImportKind], _ meaning: String) {
        self.name = name
        self.kinds = kinds
        self.meaning = meaning
    }

    /// All columns, as the help and the documentation list them.
    package static let all: [ImportColumn] = [
        .init("kind", [.customer, .task, .comment], "customer, task or comment; not needed with --kind"),
        .init(
            "external_id", [.customer, .task, .comment],
            "The row's key in your system (needed); importing it again updates"),

        .init("name", [.customer], "Name as people see it; or give first_name and last_name"),
        .init("first_name", [.customer], "Given name"),
        .init("last_name", [.customer], "Family name"),
        .init("type", [.customer], "client, contractor, staff, supplier, lead or other (client)"),
        .init("email", [.customer], "E-mail address"),
        .init("phone", [.customer], "Phone number in any punctuation, 3 to 20 digits"),
        .init("mobile", [.customer], "Mobile number"),
        .init("work_phone", [.customer], "Number at work"),
        .init("city", [.customer], "Town"),

        .init("company", [.customer, .task], "Name of the company; made where it is missing"),
        .init("labels", [.customer, .task], "Labels separated by semicolons; in JSON a list"),

        .init("number", [.task], "Task number; must be free. The next free one without it"),
        .init("title", [.task], "Title, at most 300 characters (needed)"),
        .init("description", [.task], "Description, at most 100000 characters"),
        .init("state", [.task], "State of the workspace's workflow, by name or category (the first open one)"),
        .init("priority", [.task], "none, low, medium, high or urgent (medium)"),
        .init("assignees", [.task], "Members by e-mail address or name, separated by semicolons; in JSON a list"),
        .init("start_date", [.task], "Date, 2026-03-09"),
        .init("due_date", [.task], "Date, 2026-03-09"),
        .init("completed_at", [.task], "Date, or date-time with offset, 2026-03-09T17:04:05Z"),
        .init("updated_at", [.task], "Date-time of the last change; used for new tasks"),
        .init(
            "answers", [.task],
            "Answers to the board's questions, a JSON object by key; or a column answer.KEY for each"),

        .init(
            "customer_external_id", [.task],
            "The customer's external_id; with the next columns the customer is made too"),
        .init("customer_name", [.task], "Customer's name"),
        .init("customer_email", [.task], "Customer's e-mail address"),
        .init("customer_phone", [.task], "Customer's phone number"),
        .init("customer_mobile", [.task], "Customer's mobile number"),
        .init("customer_company", [.task], "Customer's company"),
        .init("customer_city", [.task], "Customer's town"),
        .init("comment", [.task], "A first comment; its key is the task's with /comment behind it"),
        .init("comment_author", [.task], "Who wrote that comment, as author"),

        .init("task_external_id", [.comment], "The task's external_id; or give task_number"),
        .init("task_number", [.comment], "The task's number"),
        .init("body", [.comment], "Text, at most 20000 characters (needed)"),
        .init("author", [.comment], "A member's e-mail address or name, or customer; without it the import itself"),

        .init("visibility", [.task, .comment], "private or public (private; public for a customer's comment)"),
        .init("created_at", [.customer, .task, .comment], "Date, or date-time with offset; used for new rows"),
    ]

    /// What stands before the key of a question in the name of a column.
    static let answerPrefix = "answer."

    /// Columns whose text is a list.
    static let lists: Set = ["labels", "assignees"]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static func named(_ name: String) -> ImportColumn? { byName[name] }

    /// Why a name is no column, or `nil` if it is one.
    static func problem(with name: String) -> String? {
        if named(name) != nil || name.hasPrefix(answerPrefix) && name != answerPrefix { return nil }
        let near = Nearness.nearest(to: name, among: all.map(\.name)).map { " Did you mean `\($0)`?" } ?? ""
        return "There is no column `\(name)`.\(near) `workport import --help` lists the columns."
    }
}
