import Tools

/// Checks rows one by one and turns the good ones into rows of the staging tables.
struct ImportCheck {
    let facts: ImportFacts
    private let kind: ImportKind?

    var customers = CopyText()
    var companies = CopyText()
    var tasks = CopyText()
    var comments = CopyText()
    var deals = CopyText()
    var tickets = CopyText()
    var invoices = CopyText()
    var invoiceLines = CopyText()

    /// Where each key was met first.
    private var lines: [ImportKind: [String: Int]] = [:]
    /// Where each number of a ticket or an invoice was met first.
    private var otherNumbers: [ImportKind: [String: Int]] = [:]
    private var numbers: [Int64: Int] = [:]
    /// What task rows said about customers.
    private var details: [String: [String?]] = [:]

    init(_ facts: ImportFacts, kind: ImportKind?) {
        self.facts = facts
        self.kind = kind
    }

    /// Takes a row.
    ///
    /// - Returns: Why it is refused, or `nil`.
    mutating func take(_ row: ImportRow) -> String? {
        if let problem = row.problem { return problem }
        var fields = ImportFields(row)
        guard let kind = kind(of: row, &fields) else { return fields.problems.joined(separator: " ") }
        for (name, value) in row.values.sorted(by: { $0.key < $1.key }) where value != .none {
            let kinds = ImportColumn.named(name)?.kinds ?? [.task]
            if !kinds.contains(kind) { fields.add("`\(name)` does not belong to a \(kind.rawValue).") }
        }
        guard let key = fields.key("external_id", isNeeded: true) else { return fields.problems.joined(separator: " ") }
        note(key, kind, row.line, &fields)
        switch kind {
        case .customer: takeCustomer(key, row.line, &fields)
        case .task: takeTask(key, row.line, &fields)
        case .comment: takeComment(key, row.line, &fields)
        case .company: takeCompany(key, row.line, &fields)
        case .deal: takeDeal(key, row.line, &fields)
        case .ticket: takeTicket(key, row.line, &fields)
        case .invoice: takeInvoice(key, row.line, &fields)
        case .invoiceLine: takeInvoiceLine(key, row.line, &fields)
        }
        return fields.problems.isEmpty ? nil : fields.problems.joined(separator: " ")
    }

    private func kind(of row: ImportRow, _ fields: inout ImportFields) -> ImportKind? {
        if case .text(let text) = row.values["kind"] {
            if let kind = ImportKind(word: text.lowercased()) { return kind }
            fields.add("`kind` is `\(ImportFields.shown(text))`; it can be \(ImportKind.words).")
            return nil
        }
        if kind == nil {
            fields.add("`kind` is missing; it can be \(ImportKind.words), or --kind says it for all.")
        }
        return kind
    }

    private mutating func note(_ key: String, _ kind: ImportKind, _ line: Int, _ fields: inout ImportFields) {
        if let first = lines[kind]?[key] {
            fields.add("The \(kind.rawValue) `\(ImportFields.shown(key))` is on line \(first) already.")
        } else {
            lines[kind, default: [:]][key] = line
        }
    }

    /// Notes a number, which has to be the row's alone.
    mutating func note(number: String, _ kind: ImportKind, _ line: Int, _ fields: inout ImportFields) {
        if let first = otherNumbers[kind]?[number] {
            fields.add("The number \(ImportFields.shown(number)) is on line \(first) already.")
        } else {
            otherNumbers[kind, default: [:]][number] = line
        }
    }

    // MARK: Customers

    private mutating func takeCustomer(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let (first, last) = (fields.text("first_name", maximum: 200), fields.text("last_name", maximum: 200))
        let parts = [first, last].compactMap { $0 }
        let name = fields.text("name", maximum: 200) ?? (parts.isEmpty ? nil : parts.joined(separator: " "))
        if name == nil { fields.add("`name` is missing; give it, or first_name and last_name.") }
        let type = fields.choice("type", ["client", "contractor", "staff", "supplier", "lead", "other"])
        let email = fields.email("email")
        let phones = ["phone", "mobile", "work_phone"].map { fields.phone($0) }
        let company = company(&fields)
        let city = fields.text("city", maximum: 200)
        let jobTitle = fields.text("job_title", maximum: 200)
        let labels = fields.texts("labels", maximum: 60)
        let createdAt = fields.moment("created_at")
        guard fields.problems.isEmpty else { return }
        customers.integer(line)
        customers.integer(
            ImportTable.customers.mask { column in
                switch column {
                case "display_name": true
                case "company_id": fields.isGiven("company") || fields.isGiven("company_external_id")
                default: fields.isGiven(column)
                }
            }
        )
        customers.text(key)
        for text in [first, last, name, type, email] + phones + [company.name, company.key, city, jobTitle] {
            customers.text(text)
        }
        customers.texts(labels)
        customers.moment(createdAt)
        customers.endRow()
    }

    /// The customer that a task row names, who is made or changed where the row says more than the key.
    private mutating func takeEmbedded(_ line: Int, _ fields: inout ImportFields) -> String? {
        let key = fields.key("customer_external_id")
        let name = fields.text("customer_name", maximum: 200)
        let email = fields.email("customer_email")
        let (phone, mobile) = (fields.phone("customer_phone"), fields.phone("customer_mobile"))
        let company = fields.text("customer_company", maximum: 200)
        let city = fields.text("customer_city", maximum: 200)
        let said = [name, email, phone, mobile, company, city]
        guard said.contains(where: { $0 != nil }) else { return key }
        guard let key else {
            fields.add("`customer_external_id` is missing, but the row tells about a customer.")
            return nil
        }
        guard let name else {
            fields.add("`customer_name` is missing, but the row tells about the customer.")
            return key
        }
        guard fields.problems.isEmpty else { return key }
        if let first = lines[.customer]?[key] {
            if details[key] != said {
                fields.add("The customer `\(ImportFields.shown(key))` is described in another way on line \(first).")
            }
            return key
        }
        lines[.customer, default: [:]][key] = line
        details[key] = said
        customers.integer(line)
        customers.integer(
            ImportTable.customers.mask { column in
                switch column {
                case "display_name": true
                case "company_id": fields.isGiven("customer_company")
                default: fields.isGiven("customer_" + column)
                }
            }
        )
        customers.text(key)
        for text in [nil, nil, name, nil, email, phone, mobile, nil, company, nil, city, nil] { customers.text(text) }
        customers.texts([])
        customers.null()
        customers.endRow()
        return key
    }

    // MARK: Tasks

    /// What makes the key of a task's first comment from the task's.
    private static let commentSuffix = "/comment"

    private mutating func takeTask(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let number = fields.number("number")
        if let number {
            if let first = numbers[number] { fields.add("The number \(number) is on line \(first) already.") }
            numbers[number] = numbers[number] ?? line
        }
        let title = fields.text("title", maximum: 300, isNeeded: true)
        let description = fields.text("description", maximum: 100_000)
        let state = state(&fields)
        let priority = fields.choice("priority", TaskWords.priorities)
        let visibility = fields.choice("visibility", ["private", "public"])
        let company = fields.text("company", maximum: 200)
        let dates = ["start_date", "due_date"].map { fields.date($0) }
        let moments = ["completed_at", "created_at", "updated_at"].map { fields.moment($0) }
        let labels = fields.texts("labels", maximum: 60)
        let assignees = assignees(&fields)
        let answers = answers(&fields)
        let comment = comment(at: moments[1], &fields)
        if comment != nil { note(key + Self.commentSuffix, .comment, line, &fields) }
        guard fields.problems.isEmpty else { return }
        let customer = takeEmbedded(line, &fields)
        guard fields.problems.isEmpty else { return }
        tasks.integer(line)
        let mask = ImportTable.tasks.mask { column in
            switch column {
            case "state_id", "status": fields.isGiven("state")
            case "customer_id": fields.isGiven("customer_external_id")
            case "company_id": fields.isGiven("company")
            case "answers": answers != nil
            default: fields.isGiven(column)
            }
        }
        tasks.integer(mask | (fields.isGiven("assignees") ? ImportTable.assigneesBit : 0))
        tasks.text(key)
        tasks.integer(number)
        for text in [
            title, description, state?.id, state?.category, priority, customer, company, visibility,
        ] { tasks.text(text) }
        for date in dates { tasks.day(date) }
        tasks.moment(moments[0])
        tasks.text(answers.map(JSONText.object))
        tasks.texts(labels)
        tasks.texts(assignees)
        tasks.moment(moments[1])
        tasks.moment(moments[2])
        tasks.endRow()
        if let comment {
            append(comment, key: key + Self.commentSuffix, task: key, number: nil, line: line, isEmbedded: true)
        }
    }

    private func state(_ fields: inout ImportFields) -> ImportFacts.State? {
        guard let text = fields.text("state", maximum: 200) else { return nil }
        let state = facts.state(text)
        if state == nil {
            fields.add("`state` is `\(ImportFields.shown(text))`; it can be \(facts.knownStates).")
        }
        return state
    }

    private func assignees(_ fields: inout ImportFields) -> [String] {
        var found: [String] = []
        for text in fields.texts("assignees", maximum: 320) {
            if let member = facts.member(text) {
                if !found.contains(member) { found.append(member) }
            } else {
                fields.add("`assignees` names `\(ImportFields.shown(text))`, who is no member of the workspace.")
            }
        }
        return found
    }

    private func answers(_ fields: inout ImportFields) -> [String: String]? {
        guard let answers = fields.answers() else { return nil }
        for key in answers.keys.sorted() where !facts.questions.contains(key) {
            let known = facts.questions.isEmpty ? "none" : facts.questions.joined(separator: ", ")
            fields.add("The board has no question `\(ImportFields.shown(key))`; it has \(known).")
        }
        return answers
    }

    // MARK: Comments

    private struct Comment {
        let body: String
        let author: Author
        let visibility: String?
        let createdAt: Int64?
    }

    private enum Author {
        case importer, customer
        case member(String)
    }

    private func author(_ name: String, _ fields: inout ImportFields) -> Author {
        guard let text = fields.text(name, maximum: 320) else { return .importer }
        if text.lowercased() == "customer" { return .customer }
        if let member = facts.member(text) { return .member(member) }
        fields.add(
            "`\(name)` is `\(ImportFields.shown(text))`, who is no member of the workspace; it can also be customer.")
        return .importer
    }

    private func comment(at createdAt: Int64?, _ fields: inout ImportFields) -> Comment? {
        let author = author("comment_author", &fields)
        guard let body = fields.text("comment", maximum: 20_000) else { return nil }
        return Comment(body: body, author: author, visibility: nil, createdAt: createdAt)
    }

    private mutating func takeComment(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let (task, number) = (fields.key("task_external_id"), fields.number("task_number"))
        if (task == nil) == (number == nil), fields.problems.isEmpty {
            fields.add("The row needs `task_external_id` or `task_number`, one of them.")
        }
        let body = fields.text("body", maximum: 20_000, isNeeded: true)
        let comment = Comment(
            body: body ?? "", author: author("author", &fields),
            visibility: fields.choice("visibility", ["private", "public"]), createdAt: fields.moment("created_at")
        )
        guard fields.problems.isEmpty else { return }
        append(comment, key: key, task: task, number: number, line: line, isEmbedded: false)
    }

    private mutating func append(
        _ comment: Comment, key: String, task: String?, number: Int64?, line: Int, isEmbedded: Bool
    ) {
        let (kind, member): (String, String?) =
            switch comment.author {
            case .importer: ("automation", nil)
            case .customer: ("customer", nil)
            case .member(let id): ("member", id)
            }
        comments.integer(line)
        comments.bool(isEmbedded)
        comments.text(key)
        comments.text(task)
        comments.integer(number)
        comments.text(comment.body)
        comments.text(comment.visibility ?? (kind == "customer" ? "public" : "private"))
        comments.text(kind)
        comments.text(member)
        comments.moment(comment.createdAt)
        comments.endRow()
    }
}
