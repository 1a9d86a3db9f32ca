/// All data of one workspace, as a function: any customer or task can be asked for by its position, in any order.
struct SeedPlan: Sendable {
    /// What the data follows from.
    let seed: UInt64
    /// Which workspace of the seed, from 0.
    let workspace: UInt64
    /// How many tasks there are.
    let taskCount: Int
    /// How many customers share them.
    let customerCount: Int
    /// The number of the first task.
    let firstNumber: Int
    /// How many members there are.
    let memberCount: Int
    /// When the first task came in, and the moment that the data was taken, in microseconds since 1970.
    let period: ClosedRange<Int64>
    let trades: [SeedTrade]
    /// Customers that are written out, by position.
    var knownCustomers: [Int: SeedCustomer] = [:]

    private static let hour: Int64 = 3_600_000_000

    private var companyCount: Int { max(1, customerCount / 8) }

    // MARK: Customers

    func company(_ position: Int) -> SeedCompany {
        var random = SeedRandom(seed, workspace, 1, UInt64(position))
        let createdAt = period.lowerBound
        let id = random.key(at: createdAt)
        let family = random.pick(SeedCulture.pick(&random).family)
        let name = "\(family) \(random.pick(SeedTrade.businesses))"
        return SeedCompany(id: id, name: name, createdAt: createdAt)
    }

    var companies: some Sequence<SeedCompany> { (0..<companyCount).lazy.map { company($0) } }

    func customer(_ position: Int) -> SeedCustomer {
        if let known = knownCustomers[position] { return known }
        var random = SeedRandom(seed, workspace, 2, UInt64(position))
        let culture = SeedCulture.pick(&random)
        let (given, family) = (random.pick(culture.given), random.pick(culture.family))
        let id = random.key(at: period.lowerBound)
        var customer = SeedCustomer(
            id: id, externalID: "C-\(position + 1)", given: given, family: family,
            city: random.pick(SeedTrade.cities), createdAt: period.lowerBound
        )
        if random.chance(85) { customer.email = SeedMail.address(given, family, &random) }
        if random.chance(90) { customer.phone = SeedPhone.number(culture.country, &random) }
        if random.chance(25) { customer.mobile = SeedPhone.number(culture.country, &random) }
        if random.chance(30) { customer.company = company(random.below(companyCount)) }
        return customer
    }

    var customers: some Sequence<SeedCustomer> { (0..<customerCount).lazy.map { customer($0) } }

    // MARK: Tasks

    func task(_ position: Int) -> SeedTask {
        var random = SeedRandom(seed, workspace, 3, UInt64(position))
        let trade = random.pick(trades)
        let step = max(1, (period.upperBound - period.lowerBound) / Int64(taskCount))
        let createdAt = period.lowerBound + Int64(position) * step + random.below(step)
        let place = random.pick(trade.places)
        var task = SeedTask(
            id: random.key(at: createdAt),
            number: firstNumber + position,
            title: title(random.pick(trade.jobs), place, &random),
            description: description(trade, place, &random),
            status: .pick(&random),
            priority: priority(&random),
            customer: random.chance(92) ? customer(random.below(customerCount)) : nil,
            isPublic: random.chance(40),
            progress: 0,
            answers: answers(trade, &random),
            source: random.pick(["app", "app", "portal", "email", "api", "form"]),
            labels: random.chance(55) ? [random.pick(trade.labels)] : [],
            assignees: assignees(&random),
            comments: [],
            createdAt: createdAt,
            updatedAt: createdAt
        )
        addCourse(to: &task, &random)
        return task
    }

    private func title(_ job: String, _ place: String, _ random: inout SeedRandom) -> String {
        switch random.below(4) {
        case 0: job
        case 1: "\(job) (\(place))"
        default: "\(job), \(place)"
        }
    }

    private func description(_ trade: SeedTrade, _ place: String, _ random: inout SeedRandom) -> String {
        let sentences = [random.pick(trade.symptoms), random.pick(SeedTrade.wishes)].filter { !$0.isEmpty }
        return sentences.joined(separator: " ")
    }

    private func priority(_ random: inout SeedRandom) -> String {
        switch random.below(100) {
        case 0..<8: "urgent"
        case 8..<28: "high"
        case 28..<75: "medium"
        case 75..<93: "low"
        default: "none"
        }
    }

    private func answers(_ trade: SeedTrade, _ random: inout SeedRandom) -> [(key: String, value: String)] {
        guard random.chance(70) else { return [] }
        var answers = [("address", "\(random.number(1...240)) \(random.pick(SeedTrade.streets))")]
        if random.chance(60) { answers.append(("access", random.pick(SeedTrade.accesses))) }
        if random.chance(60) { answers.append(("preferred_time", random.pick(SeedTrade.times))) }
        if random.chance(35) { answers.append(("model", random.pick(trade.models))) }
        return answers
    }

    private func assignees(_ random: inout SeedRandom) -> [Int] {
        guard random.chance(80) else { return [] }
        let first = random.below(memberCount)
        let second = random.below(memberCount)
        return random.chance(12) && second != first ? [first, second] : [first]
    }

    /// What happened after the task came in: dates, comments, its end.
    private func addCourse(to task: inout SeedTask, _ random: inout SeedRandom) {
        var at = task.createdAt
        let pause = Self.hour * Int64(random.number(1...72))
        if random.chance(task.status.isOpen ? 70 : 50) {
            task.dueDate = task.createdAt + Self.hour * 24 * Int64(random.number(2...45))
        }
        if task.status != .open, random.chance(50) { task.startDate = task.createdAt + pause }
        let count = random.chance(45) ? 0 : random.number(1...3)
        for _ in 0..<count {
            at = min(period.upperBound, at + 1 + random.below(pause))
            let isCustomer = task.customer != nil && random.chance(35)
            task.comments.append(
                SeedComment(
                    id: random.key(at: at),
                    body: random.pick(isCustomer ? SeedTrade.customerComments : SeedTrade.memberComments),
                    isPublic: isCustomer || random.chance(30),
                    member: isCustomer ? nil : random.below(memberCount),
                    at: at
                )
            )
        }
        if !task.status.isOpen {
            at = min(period.upperBound, at + random.below(pause))
            task.completedAt = at
        }
        task.progress = task.status == .done ? 100 : task.status == .inProgress ? 10 * random.number(1...8) : 0
        task.updatedAt = at
    }
}
