import Identity
import Postgres

/// What a workspace offers and bills: products, quotations, invoices with payments and a few credit notes.
struct SeedBilling {
    private struct Product {
        let id: String
        let name: String
        let kind: String
        let unit: String
        let price: Int
    }

    private let frame: SeedRows.Frame
    private let plan: SeedSales.Plan
    private var offered: [Product] = []
    private var products = CopyText()
    private var quotations = CopyText()
    private var quotationLines = CopyText()
    private var invoices = CopyText()
    private var invoiceLines = CopyText()
    private var payments = CopyText()
    private var quotationCount = 0
    private var invoiceCount = 0
    private var creditNoteCount = 0

    private static let catalogue = [
        ("SRV-01", "Call-out", "fixed_price", "visit", 95_00), ("SRV-02", "Fitter's hour", "hourly", "h", 78_50),
        ("SRV-03", "Maintenance contract", "service", "month", 249_00),
        ("MAT-01", "Copper pipe, 22 mm", "product", "m", 8_37),
        ("MAT-02", "Thermostatic valve", "product", "pcs", 34_95),
        ("MAT-03", "Circulation pump", "product", "pcs", 289_00),
        ("MAT-04", "Boiler, 24 kW", "product", "pcs", 1_899_00), ("SRV-04", "Disposal", "service", "pcs", 45_00),
    ]

    init(_ frame: SeedRows.Frame, _ plan: SeedSales.Plan) {
        self.frame = frame
        self.plan = plan
        let start = plan.now - 400 * SeedSales.day
        var random = SeedRandom(plan.seed, plan.workspace, 22)
        for (sku, name, kind, unit, price) in Self.catalogue {
            let product = Product(id: random.key(at: start), name: name, kind: kind, unit: unit, price: price)
            offered.append(product)
            products.text(frame.workspace.uuid)
            products.text(product.id)
            products.text(sku)
            products.text(name)
            products.text(kind)
            products.text(unit)
            products.integer(price)
            products.text("USD")
            products.text("8.875")
            products.moment(start)
            products.moment(start)
            products.endRow()
        }
        appendContracts()
        for position in 0..<plan.dealCount * 2 { appendJob(position) }
    }

    // MARK: Quotations

    mutating func appendQuotation(
        _ title: String, of deal: String, _ customer: SeedCustomer?, _ company: SeedCompany?, _ currency: String,
        value: Int, on day: Int64, answer: String?, at moment: Int64, _ random: inout SeedRandom
    ) {
        quotationCount += 1
        let id = random.key(at: day)
        let validUntil = day + 30 * SeedSales.day
        let status = answer ?? (validUntil < plan.now ? "expired" : random.chance(50) ? "viewed" : "sent")
        quotations.text(frame.workspace.uuid)
        quotations.text(id)
        quotations.text(Self.number("QUO", quotationCount))
        quotations.text(title)
        quotations.text(status)
        quotations.text(customer?.id)
        quotations.text(company?.id)
        quotations.text(deal)
        quotations.day(day)
        quotations.day(validUntil)
        quotations.text(currency)
        quotations.moment(answer == "accepted" ? moment : nil)
        quotations.moment(answer == "rejected" ? moment : nil)
        quotations.moment(day)
        quotations.moment(answer == nil ? day : moment)
        quotations.endRow()
        for line in 0..<random.number(1...4) {
            quotationLines.text(frame.workspace.uuid)
            quotationLines.text(random.key(at: day))
            quotationLines.text(id)
            quotationLines.integer(line)
            if line == 0 {
                quotationLines.null()
                quotationLines.text(title)
                quotationLines.text("1")
                quotationLines.integer(value)
            } else {
                Self.append(random.pick(offered), quantity: random.number(1...16), to: &quotationLines)
            }
            quotationLines.text(random.chance(20) ? "5" : "0")
            quotationLines.text("8.875")
            quotationLines.endRow()
        }
    }

    private static func append(_ product: Product, quantity: Int, to lines: inout CopyText) {
        lines.text(product.id)
        lines.text(product.name)
        // Halves are sold by the hour and by the metre.
        lines.text(product.unit == "h" || product.unit == "m" ? "\(quantity).5" : "\(quantity)")
        lines.integer(product.price)
    }

    // MARK: Invoices

    /// Companies with a contract pay for each month, or for a year at once.
    private mutating func appendContracts() {
        for (position, company) in plan.companies.prefix(6).enumerated() {
            var random = SeedRandom(plan.seed, plan.workspace, 23, UInt64(position))
            let isYearly = position % 3 == 2
            for age in isYearly ? [200] : Array(stride(from: 360, through: 0, by: -30)) {
                let issued = plan.now - Int64(age + position) * SeedSales.day
                appendInvoice(
                    company: company, customer: nil, on: issued, recurring: isYearly ? "yearly" : "monthly",
                    currency: position == 1 ? "EUR" : "USD",
                    lines: [(offered[2], isYearly ? 12 : 1)], &random)
            }
        }
    }

    private mutating func appendJob(_ position: Int) {
        var random = SeedRandom(plan.seed, plan.workspace, 24, UInt64(position))
        let customer = plan.customers.isEmpty ? nil : random.pick(plan.customers)
        let company = customer == nil && !plan.companies.isEmpty ? random.pick(plan.companies) : customer?.company
        let lines = (0..<random.number(1...4)).map { _ in
            (product: random.pick(offered), quantity: random.number(1...9))
        }
        appendInvoice(
            company: company, customer: customer, on: plan.now - Int64(random.number(0...365)) * SeedSales.day,
            recurring: "none", currency: random.chance(85) ? "USD" : "EUR", lines: lines, &random)
    }

    private mutating func appendInvoice(
        company: SeedCompany?, customer: SeedCustomer?, on day: Int64, recurring: String, currency: String,
        lines: [(product: Product, quantity: Int)], _ random: inout SeedRandom
    ) {
        let id = random.key(at: day)
        let isDraft = recurring == "none" && random.chance(6)
        let isLate = day + 30 * SeedSales.day < plan.now
        let isPaid = !isDraft && random.chance(isLate ? 88 : 30)
        if !isDraft { invoiceCount += 1 }
        append(
            id: id, number: isDraft ? nil : Self.number("INV", invoiceCount), kind: "invoice",
            status: isDraft ? "draft" : isLate ? "overdue" : "sent", customer, company, credits: nil,
            on: isDraft ? nil : day, currency, recurring, madeAt: day)
        var gross = 0
        for (position, line) in lines.enumerated() {
            appendLine(of: id, position, line, on: day, &random)
            gross += line.product.price * line.quantity
        }
        if isPaid {
            appendPayments(of: id, currency, on: day, part: random.chance(12) ? gross / 3 : nil, lines, &random)
        }
        guard !isDraft, !isPaid, recurring == "none", random.chance(15) else { return }
        let note = random.key(at: day)
        creditNoteCount += 1
        append(
            id: note, number: Self.number("CRN", creditNoteCount), kind: "credit_note", status: "sent", customer,
            company,
            credits: id, on: min(plan.now, day + 3 * SeedSales.day), currency, "none", madeAt: day)
        appendLine(of: note, 0, (lines[0].product, 1), on: day, &random)
    }

    private mutating func append(
        id: String, number: String?, kind: String, status: String, _ customer: SeedCustomer?, _ company: SeedCompany?,
        credits: String?, on day: Int64?, _ currency: String, _ recurring: String, madeAt: Int64
    ) {
        invoices.text(frame.workspace.uuid)
        invoices.text(id)
        invoices.text(number)
        invoices.text(kind)
        invoices.text(status)
        invoices.text(customer?.id)
        invoices.text(company?.id)
        invoices.text(credits)
        invoices.day(day)
        invoices.day(day.map { $0 + 30 * SeedSales.day })
        invoices.text(currency)
        invoices.text(recurring)
        invoices.moment(madeAt)
        invoices.moment(madeAt)
        invoices.endRow()
    }

    private mutating func appendLine(
        of invoice: String, _ position: Int, _ line: (product: Product, quantity: Int), on day: Int64,
        _ random: inout SeedRandom
    ) {
        invoiceLines.text(frame.workspace.uuid)
        invoiceLines.text(random.key(at: day))
        invoiceLines.text(invoice)
        invoiceLines.integer(position)
        Self.append(line.product, quantity: line.quantity, to: &invoiceLines)
        invoiceLines.text("0")
        invoiceLines.text("8.875")
        invoiceLines.endRow()
    }

    /// - Parameter part: How much of it is paid; all of it, to the unit that the database computes, if nil.
    private mutating func appendPayments(
        of invoice: String, _ currency: String, on day: Int64, part: Int?,
        _ lines: [(product: Product, quantity: Int)], _ random: inout SeedRandom
    ) {
        let amount = part ?? lines.reduce(0) { sum, line in sum + Self.total(line.product, line.quantity) }
        payments.text(frame.workspace.uuid)
        payments.text(random.key(at: day))
        payments.text(invoice)
        payments.integer(max(1, amount))
        payments.text(currency)
        payments.day(min(plan.now, day + SeedSales.day * Int64(random.number(1...40))))
        payments.text(random.pick(["bank", "bank", "card", "check", "cash"]))
        payments.moment(day)
        payments.endRow()
    }

    /// A line with tax, rounded as the database rounds: by itself, half away from zero.
    private static func total(_ product: Product, _ quantity: Int) -> Int {
        let halves = product.unit == "h" || product.unit == "m" ? 2 * quantity + 1 : 2 * quantity
        let net = (product.price * halves + 1) / 2
        return net + (net * 8_875 + 50_000) / 100_000
    }

    private static func number(_ prefix: String, _ count: Int) -> String {
        let digits = String(count)
        return prefix + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    // MARK: Storing

    mutating func store(on connection: Connection) throws {
        try StagedTable(
            "products", "workspace_id id sku name kind unit price_amount price_currency tax_rate created_at updated_at"
        ).load(products.take(), on: connection)
        try StagedTable(
            "quotations",
            "workspace_id id number title status contact_id company_id deal_id issue_date valid_until currency "
                + "accepted_at rejected_at created_at updated_at"
        ).load(quotations.take(), on: connection)
        try StagedTable(
            "quotation_lines",
            "workspace_id id quotation_id position product_id description quantity unit_price discount_percent tax_rate"
        ).load(quotationLines.take(), on: connection)
        try StagedTable(
            "invoices",
            "workspace_id id number kind status contact_id company_id credits_id issue_date due_date currency recurring "
                + "created_at updated_at"
        ).load(invoices.take(), on: connection)
        try StagedTable(
            "invoice_lines",
            "workspace_id id invoice_id position product_id description quantity unit_price discount_percent tax_rate"
        ).load(invoiceLines.take(), on: connection)
        try StagedTable(
            "payments", "workspace_id id invoice_id amount_amount amount_currency paid_at method created_at"
        ).load(payments.take(), on: connection)
        // Payments and credit notes touched their invoices just now; they did so in the past.
        _ = try connection.query(
            "UPDATE invoices SET version = 1, updated_at = created_at WHERE workspace_id = \(frame.workspace)::uuid"
        )
        _ = try connection.query(
            """
            UPDATE workspace_counters SET next_quotation_number = \(quotationCount + 1)::bigint,
                next_invoice_number = \(invoiceCount + 1)::bigint,
                next_credit_note_number = \(creditNoteCount + 1)::bigint
            WHERE workspace_id = \(frame.workspace)::uuid
            """
        )
    }
}
