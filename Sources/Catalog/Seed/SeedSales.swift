import Identity
import Postgres

/// What a workspace sells, on its way into the database: deals with their history, activities, quotations, and expenses.
/// Bills are in ``SeedBilling``.
struct SeedSales {
    /// What the data follows from.
    struct Plan: Sendable {
        let seed: UInt64
        let workspace: UInt64
        /// How many deals there are; everything else is in proportion.
        let dealCount: Int
        /// The moment that the data was taken, in microseconds since 1970.
        let now: Int64
        /// Whom deals are about.
        let customers: [SeedCustomer]
        let companies: [SeedCompany]
    }

    static let day = UTCTime.microsecondsOfDay

    private let frame: SeedRows.Frame
    private let plan: Plan
    /// The stages in order; the last two are won and lost.
    private let stages: [(id: String, probability: Int)]
    private var billing: SeedBilling
    private var deals = CopyText()
    private var people = CopyText()
    private var changes = CopyText()
    private var activities = CopyText()
    private var expenses = CopyText()

    private static let jobs = [
        "Boiler replacement", "Bathroom refit", "Annual service contract", "Underfloor heating", "Rain water tank",
        "Kitchen refit", "Heat pump", "Pipe renewal", "Leak detection", "Water softener",
    ]
    private static let sources = ["website", "referral", "phone", "trade fair", "repeat customer"]
    private static let losses = ["Too expensive", "Went with another firm", "Postponed to next year", "No answer"]
    private static let spending = [
        ("travel", "Fuel and parking"), ("meals", "Lunch with a supplier"), ("software", "Scheduling software"),
        ("hardware", "Inspection camera"), ("services", "Book-keeping"), ("office", "Printer paper and toner"),
        ("other", "Work clothes"),
    ]

    /// - Parameter connection: In a transaction that is set to the workspace, which has its stages.
    init(_ frame: SeedRows.Frame, _ plan: Plan, on connection: Connection) throws {
        let rows = try connection.query(
            "SELECT id, probability FROM pipeline_stages WHERE workspace_id = \(frame.workspace)::uuid ORDER BY position"
        )
        self.frame = frame
        self.plan = plan
        stages = (0..<rows.rowCount).map { (rows.string($0, 0) ?? "", Int(rows.int64($0, 1) ?? 0)) }
        billing = SeedBilling(frame, plan)
        for position in 0..<plan.dealCount { appendDeal(position) }
        for position in 0..<plan.dealCount * 2 { appendExpense(position) }
    }

    // MARK: Rows

    private mutating func appendDeal(_ position: Int) {
        var random = SeedRandom(plan.seed, plan.workspace, 20, UInt64(position))
        let createdAt = plan.now - Self.day * Int64(random.number(2...240)) - random.below(Self.day)
        let id = random.key(at: createdAt)
        let currency = random.chance(80) ? "USD" : "EUR"
        let customer = plan.customers.isEmpty ? nil : random.pick(plan.customers)
        let company = customer == nil && !plan.companies.isEmpty ? random.pick(plan.companies) : customer?.company
        let owner = random.pick(frame.members)
        let way = walk(from: createdAt, &random)
        let last = way[way.count - 1]
        let isWon = last.stage == stages.count - 2
        let isLost = last.stage == stages.count - 1
        let value = 50_00 * random.number(8...400)
        let title = random.pick(Self.jobs)
        deals.text(frame.workspace.uuid)
        deals.text(id)
        deals.text(title)
        deals.integer(value)
        deals.text(currency)
        deals.text(stages[last.stage].id)
        deals.text(isWon ? "closed_won" : isLost ? "closed_lost" : random.chance(10) ? "on_hold" : "open")
        deals.integer(stages[last.stage].probability)
        deals.day(isWon || isLost ? last.at : plan.now + Self.day * Int64(random.number(-10...100)))
        deals.moment(isWon || isLost ? last.at : nil)
        deals.text(isLost ? random.pick(Self.losses) : nil)
        deals.text(customer?.id)
        deals.text(company?.id)
        deals.text(owner)
        deals.text(random.pick(Self.sources))
        deals.moment(last.at)
        deals.moment(createdAt)
        deals.moment(last.at)
        deals.endRow()
        if let customer, random.chance(20) { appendContact(of: id, beside: customer, &random) }
        append(way, of: id, by: owner, &random)
        for step in way.dropLast() {
            appendActivity(deal: id, title, customer, company, owner, after: step.at, &random)
        }
        if !isWon, !isLost { appendPlan(deal: id, title, customer, company, owner, &random) }
        if way.count > 2 {
            let sentAt = way[2].at
            let answer = isWon ? "accepted" : isLost ? "rejected" : nil
            billing.appendQuotation(
                title, of: id, customer, company, currency, value: value, on: sentAt, answer: answer, at: last.at,
                &random)
        }
    }

    /// The stages that a deal enters, and when.
    private func walk(from start: Int64, _ random: inout SeedRandom) -> [(stage: Int, at: Int64)] {
        var way = [(stage: 0, at: start)]
        var at = start
        while true {
            at += Self.day * Int64(random.number(2...25)) + random.below(Self.day)
            guard at < plan.now else { return way }
            let stage = way[way.count - 1].stage
            if random.chance(12) { return way + [(stage: stages.count - 1, at: at)] }
            if random.chance(4), stage > 0 {
                way.append((stage: stage - 1, at: at))
            } else {
                way.append((stage: stage + 1, at: at))
            }
            if way[way.count - 1].stage == stages.count - 2 { return way }
        }
    }

    private mutating func appendContact(of deal: String, beside customer: SeedCustomer, _ random: inout SeedRandom) {
        let other = random.pick(plan.customers)
        guard other.id != customer.id else { return }
        people.text(frame.workspace.uuid)
        people.text(deal)
        people.text(other.id)
        people.endRow()
    }

    private mutating func append(
        _ way: [(stage: Int, at: Int64)], of deal: String, by member: String, _ random: inout SeedRandom
    ) {
        for (index, step) in way.enumerated() {
            changes.text(frame.workspace.uuid)
            changes.text(random.key(at: step.at))
            changes.text(deal)
            changes.text(index > 0 ? stages[way[index - 1].stage].id : nil)
            changes.text(stages[step.stage].id)
            changes.moment(step.at)
            changes.text(member)
            changes.endRow()
        }
    }

    private mutating func appendActivity(
        deal: String, _ title: String, _ customer: SeedCustomer?, _ company: SeedCompany?, _ owner: String,
        after moment: Int64, _ random: inout SeedRandom
    ) {
        let at = min(plan.now, moment + random.below(2 * Self.day))
        let kind = random.pick(["call", "email", "meeting", "call"])
        activities.text(frame.workspace.uuid)
        activities.text(random.key(at: at))
        activities.text(kind)
        activities.text("\(title): \(kind == "call" ? "call back" : kind == "email" ? "send details" : "visit")")
        activities.text("completed")
        activities.text(random.pick(["reached", "reached", "no_answer", "left_message"]))
        activities.moment(at)
        activities.moment(at)
        activities.integer(kind == "email" ? nil : 300 * random.number(1...12))
        appendSubject(deal, customer, company, owner, from: at, to: at)
    }

    /// Something that is still to be done, or should have been.
    private mutating func appendPlan(
        deal: String, _ title: String, _ customer: SeedCustomer?, _ company: SeedCompany?, _ owner: String,
        _ random: inout SeedRandom
    ) {
        let madeAt = plan.now - random.below(Self.day)
        activities.text(frame.workspace.uuid)
        activities.text(random.key(at: madeAt))
        activities.text(random.pick(["call", "meeting", "task"]))
        activities.text("\(title): follow up")
        activities.text("planned")
        activities.null()
        activities.moment(plan.now + Self.day * Int64(random.number(-3...14)))
        activities.null()
        activities.null()
        appendSubject(deal, customer, company, owner, from: madeAt, to: madeAt)
    }

    private mutating func appendSubject(
        _ deal: String, _ customer: SeedCustomer?, _ company: SeedCompany?, _ owner: String, from: Int64, to: Int64
    ) {
        activities.text(customer?.id)
        activities.text(company?.id)
        activities.text(deal)
        activities.text(owner)
        activities.moment(from)
        activities.moment(to)
        activities.endRow()
    }

    private mutating func appendExpense(_ position: Int) {
        var random = SeedRandom(plan.seed, plan.workspace, 21, UInt64(position))
        let at = plan.now - Self.day * Int64(random.number(0...150))
        let (category, description) = random.pick(Self.spending)
        let status = random.pick(["paid", "paid", "approved", "submitted", "rejected", "draft"])
        expenses.text(frame.workspace.uuid)
        expenses.text(random.key(at: at))
        expenses.day(at)
        expenses.text(category)
        expenses.integer(random.number(8_00...600_00))
        expenses.text(random.chance(90) ? "USD" : "EUR")
        expenses.text(description)
        expenses.text(random.chance(30) && !plan.companies.isEmpty ? random.pick(plan.companies).id : nil)
        expenses.text(status)
        expenses.bool(random.chance(30))
        expenses.text(random.pick(frame.members))
        expenses.text(status == "draft" || status == "submitted" ? nil : frame.members.first)
        expenses.text(status == "rejected" ? "No receipt" : nil)
        expenses.moment(at)
        expenses.moment(at)
        expenses.endRow()
    }

    // MARK: Storing

    /// Stores what was made, in the transaction that stored customers and companies.
    mutating func store(on connection: Connection) throws {
        try StagedTable(
            "deals",
            "workspace_id id title value_amount value_currency stage_id status probability expected_close_date closed_at "
                + "lost_reason contact_id company_id owner_id source stage_entered_at created_at updated_at"
        ).load(deals.take(), on: connection)
        try StagedTable("deal_contacts", "workspace_id deal_id contact_id").load(people.take(), on: connection)
        try StagedTable("deal_stage_changes", "workspace_id id deal_id from_id to_id at by_id")
            .load(changes.take(), on: connection)
        try StagedTable(
            "activities",
            "workspace_id id type subject status outcome due_at completed_at duration contact_id company_id deal_id "
                + "owner_id created_at updated_at"
        ).load(activities.take(), on: connection)
        try StagedTable(
            "expenses",
            "workspace_id id date category amount_amount amount_currency description supplier_id status billable "
                + "submitted_by_id decided_by_id reason created_at updated_at"
        ).load(expenses.take(), on: connection)
        try billing.store(on: connection)
    }
}
