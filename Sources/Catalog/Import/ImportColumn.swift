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
        .init("kind", ImportKind.allCases, "\(ImportKind.words); not needed with --kind"),
        .init("external_id", ImportKind.allCases, "The row's key in your system (needed); importing it again updates"),

        .init(
            "name", [.customer, .company], "Name as people see it; for a customer first_name and last_name do as well"),
        .init("first_name", [.customer], "Given name"),
        .init("last_name", [.customer], "Family name"),
        .init(
            "type", [.customer, .company, .ticket],
            "client, contractor, staff, supplier, lead or other (client); a company's may be partner, not lead; a ticket's "
                + "is support, request, bug or feature (support)"),
        .init("email", [.customer, .company], "E-mail address"),
        .init("phone", [.customer, .company], "Phone number in any punctuation, 3 to 20 digits"),
        .init("mobile", [.customer], "Mobile number"),
        .init("work_phone", [.customer], "Number at work"),
        .init("city", [.customer], "Town"),
        .init("job_title", [.customer], "What the person does at work"),
        .init("code", [.company], "Short name of the company"),
        .init("industry", [.company], "Line of business"),
        .init("website", [.company], "Address of the website"),

        .init(
            "company", [.customer, .task] + ImportKind.ofCustomers, "Name of the company; made where it is missing"),
        .init(
            "company_external_id", [.customer] + ImportKind.ofCustomers,
            "The company's external_id, instead of its name"),
        .init(
            "labels", [.customer, .company, .task, .deal, .ticket], "Labels separated by semicolons; in JSON a list"),

        .init(
            "number", [.task, .ticket, .invoice],
            "Number of a task, a ticket (12 or TKT-0012) or an invoice; must be free. The next free one without it"),
        .init("title", [.task, .deal, .ticket], "Title, at most 300 characters (needed)"),
        .init(
            "description", [.task, .deal, .ticket, .invoiceLine],
            "Description, at most 100000 characters of a task, 20000 of a deal or ticket, 500 of a line (needed there)"),
        .init("state", [.task], "State of the workspace's workflow, by name or category (the first open one)"),
        .init("priority", [.task, .ticket], "none, low, medium, high or urgent (medium); a ticket has one"),
        .init("assignees", [.task], "Members by e-mail address or name, separated by semicolons; in JSON a list"),
        .init("start_date", [.task], "Date, 2026-03-09"),
        .init("due_date", [.task, .invoice], "Date, 2026-03-09"),
        .init(
            "completed_at", [.task, .deal, .ticket, .invoice],
            "When a task was done, a deal won or lost, a new ticket resolved, an invoice paid: date, or date-time with "
                + "offset, 2026-03-09T17:04:05Z"),
        .init("updated_at", [.task], "Date-time of the last change; used for new tasks"),
        .init(
            "answers", [.task],
            "Answers to the board's questions, a JSON object by key; or a column answer.KEY for each"),

        .init(
            "customer_external_id", [.task] + ImportKind.ofCustomers,
            "The customer's external_id; with the next columns a task's customer is made too"),
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

        .init("stage", [.deal], "Stage of the pipeline, by name (the first one); the deal's status follows"),
        .init("value", [.deal], "What it is worth, in whole minor units such as cents (needed)"),
        .init("currency", [.deal, .invoice], "Currency, three letters such as EUR (needed)"),
        .init("probability", [.deal], "Percent, 0 to 100 (that of the stage)"),
        .init("expected_close_date", [.deal], "Date, 2026-03-09"),
        .init("lost_reason", [.deal], "Why it was lost"),
        .init("owner", [.deal], "A member's e-mail address or name"),
        .init("source", [.deal], "Where it came from"),

        .init(
            "status", [.company, .ticket, .invoice],
            "prospect, customer or inactive (prospect); a ticket's is open, in_progress, waiting, resolved or closed (open); "
                + "an invoice's is draft, sent or paid (draft)"),
        .init("channel", [.ticket], "portal, email, phone, chat or api (api)"),
        .init("assignee", [.ticket], "A member's e-mail address or name"),

        .init("issue_date", [.invoice], "Date, 2026-03-09; today once the invoice is sent"),
        .init("notes", [.company, .invoice], "Notes, at most 20000 characters"),
        .init("invoice_external_id", [.invoiceLine], "The invoice's external_id (needed)"),
        .init("quantity", [.invoiceLine], "Number with at most 4 decimals (1)"),
        .init("unit_price", [.invoiceLine], "Price of one, in whole minor units such as cents (needed)"),
        .init("discount_percent", [.invoiceLine], "Percent with at most 2 decimals, 0 to 100 (0)"),
        .init("tax_rate", [.invoiceLine], "Percent with at most 3 decimals, 0 to 100 (0)"),

        .init(
            "created_at", ImportKind.allCases.filter { $0 != .invoiceLine },
            "Date, or date-time with offset; used for new rows"),
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
