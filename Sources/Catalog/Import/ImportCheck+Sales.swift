import Tools

// Companies, deals, tickets, invoices and their lines.
extension ImportCheck {
    /// A company as a row names it: one way or the other.
    struct CompanyName {
        let name: String?
        let key: String?
    }

    mutating func company(_ fields: inout ImportFields) -> CompanyName {
        let company = CompanyName(
            name: fields.text("company", maximum: 200), key: fields.key("company_external_id"))
        if company.name != nil, company.key != nil {
            fields.add("`company` and `company_external_id` exclude each other; give one of them.")
        }
        return company
    }

    private func member(_ name: String, _ fields: inout ImportFields) -> String? {
        guard let text = fields.text(name, maximum: 320) else { return nil }
        let member = facts.member(text)
        if member == nil {
            fields.add("`\(name)` is `\(ImportFields.shown(text))`, who is no member of the workspace.")
        }
        return member
    }

    /// Which columns a row brings, whose names are not all those of the file.
    private func mask(_ table: ImportTable, _ fields: ImportFields, _ named: [String: Bool]) -> Int {
        table.mask { column in
            if let isGiven = named[column] { return isGiven }
            return switch column {
            case "contact_id": fields.isGiven("customer_external_id")
            case "company_id": fields.isGiven("company") || fields.isGiven("company_external_id")
            default: fields.isGiven(column)
            }
        }
    }

    // MARK: Companies

    mutating func takeCompany(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let name = fields.text("name", maximum: 200, isNeeded: true)
        let type = fields.choice("type", ["client", "contractor", "staff", "supplier", "partner", "other"])
        let code = fields.text("code", maximum: 60)
        let industry = fields.text("industry", maximum: 200)
        let website = fields.text("website", maximum: 400)
        let (email, phone) = (fields.email("email"), fields.phone("phone"))
        let status = fields.choice("status", ["prospect", "customer", "inactive"])
        let notes = fields.text("notes", maximum: 20_000)
        let labels = fields.texts("labels", maximum: 60)
        let createdAt = fields.moment("created_at")
        guard fields.problems.isEmpty else { return }
        companies.integer(line)
        companies.integer(mask(.companies, fields, [:]))
        companies.text(key)
        for text in [name, type, code, industry, website, email, phone, status, notes] { companies.text(text) }
        companies.texts(labels)
        companies.moment(createdAt)
        companies.endRow()
    }

    // MARK: Deals

    mutating func takeDeal(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let title = fields.text("title", maximum: 300, isNeeded: true)
        let description = fields.text("description", maximum: 20_000)
        let value = fields.integer("value", 0...1_000_000_000_000_000, isNeeded: true)
        let currency = fields.currency("currency")
        let stage = stage(&fields)
        let probability = fields.integer("probability", 0...100)
        let expected = fields.date("expected_close_date")
        let closed = fields.moment("completed_at")
        if closed != nil, stage?.isEnd != true {
            fields.add("`completed_at` belongs to a deal in a won or lost `stage`.")
        }
        let lostReason = fields.text("lost_reason", maximum: 1000)
        let customer = fields.key("customer_external_id")
        let company = company(&fields)
        let owner = member("owner", &fields)
        let source = fields.text("source", maximum: 200)
        let labels = fields.texts("labels", maximum: 60)
        let createdAt = fields.moment("created_at")
        guard fields.problems.isEmpty else { return }
        deals.integer(line)
        deals.integer(
            mask(
                .deals, fields,
                [
                    "value_amount": true, "value_currency": true, "stage_id": stage != nil,
                    "probability": probability != nil, "closed_at": closed != nil, "owner_id": fields.isGiven("owner"),
                ]))
        deals.text(key)
        for text in [title, description] { deals.text(text) }
        deals.integer(value)
        for text in [currency, stage?.id] { deals.text(text) }
        deals.integer(probability)
        deals.day(expected)
        deals.moment(closed)
        for text in [lostReason, customer, company.name, company.key, owner, source] { deals.text(text) }
        deals.texts(labels)
        deals.moment(createdAt)
        deals.endRow()
    }

    private func stage(_ fields: inout ImportFields) -> ImportFacts.Stage? {
        guard let text = fields.text("stage", maximum: 200) else { return nil }
        let stage = facts.stage(text)
        if stage == nil {
            fields.add("`stage` is `\(ImportFields.shown(text))`; it can be \(facts.knownStages).")
        }
        return stage
    }

    // MARK: Tickets

    mutating func takeTicket(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let number = ticketNumber(line, &fields)
        let title = fields.text("title", maximum: 300, isNeeded: true)
        let description = fields.text("description", maximum: 20_000)
        let type = fields.choice("type", ["support", "request", "bug", "feature"])
        let channel = fields.choice("channel", ["portal", "email", "phone", "chat", "api"])
        let status = fields.choice("status", ["open", "in_progress", "waiting", "resolved", "closed"])
        let priority = fields.choice("priority", ["low", "medium", "high", "urgent"])
        let finished = fields.moment("completed_at")
        if finished != nil, status != "resolved", status != "closed" {
            fields.add("`completed_at` belongs to a ticket whose `status` is resolved or closed.")
        }
        let customer = fields.key("customer_external_id")
        let company = company(&fields)
        let assignee = member("assignee", &fields)
        let labels = fields.texts("labels", maximum: 60)
        let createdAt = fields.moment("created_at")
        if let finished, let createdAt, finished < createdAt {
            fields.add("`completed_at` lies before `created_at`.")
        }
        guard fields.problems.isEmpty else { return }
        tickets.integer(line)
        tickets.integer(mask(.tickets, fields, ["assignee_id": fields.isGiven("assignee")]))
        tickets.text(key)
        tickets.integer(number)
        for text in [
            title, description, type, channel, status, priority, customer, company.name, company.key, assignee,
        ] { tickets.text(text) }
        tickets.texts(labels)
        tickets.moment(finished)
        tickets.moment(createdAt)
        tickets.endRow()
    }

    /// A number as people write it, with or without what stands before it.
    private mutating func ticketNumber(_ line: Int, _ fields: inout ImportFields) -> Int64? {
        guard let text = fields.text("number", maximum: 40) else { return nil }
        let digits = text.uppercased().hasPrefix("TKT-") ? String(text.dropFirst(4)) : text
        guard let number = Int64(digits), (1...1_000_000_000_000).contains(number) else {
            fields.add("`number` is `\(ImportFields.shown(text))`; it can be a whole number such as 12 or TKT-0012.")
            return nil
        }
        note(number: String(number), .ticket, line, &fields)
        return number
    }

    // MARK: Invoices

    mutating func takeInvoice(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let number = fields.key("number")
        if let number {
            if number.unicodeScalars.count > 40 { fields.add("`number` has more than 40 characters.") }
            note(number: number, .invoice, line, &fields)
        }
        let status = fields.choice("status", ["draft", "sent", "paid"])
        let dates = ["issue_date", "due_date"].map { fields.date($0) }
        if let issued = dates[0], let due = dates[1], due < issued {
            fields.add("`due_date` lies before `issue_date`.")
        }
        let paid = fields.moment("completed_at")
        if paid != nil, status != "paid" { fields.add("`completed_at` belongs to an invoice whose `status` is paid.") }
        let currency = fields.currency("currency")
        let customer = fields.key("customer_external_id")
        let company = company(&fields)
        let notes = fields.text("notes", maximum: 20_000)
        let createdAt = fields.moment("created_at")
        guard fields.problems.isEmpty else { return }
        invoices.integer(line)
        // What is empty follows once it is sent, and stays then.
        invoices.integer(
            mask(.invoices, fields, ["issue_date": dates[0] != nil, "due_date": dates[1] != nil]))
        invoices.text(key)
        for text in [number, status] { invoices.text(text) }
        for date in dates { invoices.day(date) }
        invoices.moment(paid)
        for text in [currency, customer, company.name, company.key, notes] { invoices.text(text) }
        invoices.moment(createdAt)
        invoices.endRow()
    }

    mutating func takeInvoiceLine(_ key: String, _ line: Int, _ fields: inout ImportFields) {
        let invoice = fields.key("invoice_external_id", isNeeded: true)
        let description = fields.text("description", maximum: 500, isNeeded: true)
        let quantity = fields.decimal("quantity", places: 4, 0.0001...1_000_000)
        let price = fields.integer("unit_price", SaleLines.prices, isNeeded: true)
        let discount = fields.decimal("discount_percent", places: 2, 0...100)
        let tax = fields.decimal("tax_rate", places: 3, 0...100)
        guard fields.problems.isEmpty else { return }
        invoiceLines.integer(line)
        for text in [key, invoice, description, quantity] { invoiceLines.text(text) }
        invoiceLines.integer(price)
        for text in [discount, tax] { invoiceLines.text(text) }
        invoiceLines.endRow()
    }
}
