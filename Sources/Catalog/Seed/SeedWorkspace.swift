import Identity
import Postgres

/// One generated workspace and the transactions that store it.
struct SeedWorkspace: Sendable {
    /// How many customers or tasks one transaction of a large workspace stores.
    static let blockSize = 20_000

    let plan: SeedPlan
    let slug: String
    private let members: [Member]

    private struct Member: Sendable {
        let id: String
        let name: String
        let email: String
        let role: String
    }

    /// The time of the data, the same in every run: 1 January 2024 to 30 June 2026.
    private static let period: ClosedRange<Int64> = 1_704_067_200_000_000...1_782_777_600_000_000

    init(seed: UInt64, position: Int, tasks: Int) {
        slug = "load-\(seed)-\(position + 1)"
        var random = SeedRandom(seed, UInt64(position), 4)
        let memberCount = min(40, 5 + tasks / 2_000)
        members = (0..<memberCount).map { index in
            let culture = SeedCulture.pick(&random)
            return Member(
                id: random.key(at: Self.period.lowerBound),
                name: "\(random.pick(culture.given)) \(random.pick(culture.family))",
                email: String("member\(index + 1)@example.com"),
                role: index == 0 ? "owner" : index == 1 ? "admin" : "member"
            )
        }
        plan = SeedPlan(
            seed: seed, workspace: UInt64(position), taskCount: tasks, customerCount: max(1, tasks / 4), firstNumber: 1,
            memberCount: memberCount, period: Self.period,
            trades: [random.pick(SeedTrade.all), random.pick(SeedTrade.all)]
        )
    }

    /// Whether its customers and tasks are stored in blocks.
    var isLarge: Bool { plan.taskCount > Self.blockSize }

    var made: WorkspaceSeeder.Made {
        WorkspaceSeeder.Made(workspace: workspace, slug: slug, tasks: plan.taskCount, member: members[0].email)
    }

    /// The first key of the frame's stream.
    private var workspace: WorkspaceID {
        var random = keys
        // 32 hexadecimal digits by construction.
        return WorkspaceID(RowID(uuid: random.key(at: Self.period.lowerBound))!)
    }

    private var keys: SeedRandom { SeedRandom(plan.seed, plan.workspace, 5) }

    // MARK: Transactions

    /// Stores the workspace with what its tasks point at, and all of it unless it is large.
    func make(on connection: Connection) throws {
        var random = keys
        var settings = WorkspaceRegistry.Settings()
        settings.country = "US"
        settings.customerComments = true
        let workspace = try WorkspaceCreation.createInTransaction(
            name: "Load test \(plan.seed)-\(plan.workspace + 1)", slug: slug, settings: settings,
            key: { random.key(at: Self.period.lowerBound) }, on: connection
        )
        try storeMembers(of: workspace, on: connection)
        try settle(workspace, on: connection)
        var rows = SeedRows(try SeedRows.Frame(workspace, on: connection))
        for company in plan.companies { rows.append(company) }
        if !isLarge {
            for customer in plan.customers { rows.append(customer) }
            for position in 0..<plan.taskCount { rows.append(plan.task(position)) }
        }
        try rows.store(on: connection)
        var sales = try SeedSales(rows.frame, salesPlan, on: connection)
        try sales.store(on: connection)
        try storeWork(rows.frame, on: connection)
    }

    /// A large workspace stores its customers later; its deals are about companies.
    private var salesPlan: SeedSales.Plan {
        SeedSales.Plan(
            seed: plan.seed, workspace: plan.workspace, dealCount: min(200, max(4, plan.taskCount / 20)),
            now: Self.period.upperBound, customers: isLarge ? [] : Array(plan.customers.prefix(200)),
            companies: Array(plan.companies.prefix(200)))
    }

    /// A large workspace stores its customers and tasks later; its tickets are nobody's, its projects without tasks.
    private func storeWork(_ frame: SeedRows.Frame, on connection: Connection) throws {
        var work = SeedWork(
            frame, plan, count: min(24, max(2, plan.taskCount / 50)), companies: Array(plan.companies.prefix(200)))
        try work.store(on: connection)
        let tickets = SeedSupport.Plan(
            seed: plan.seed, workspace: plan.workspace, ticketCount: min(200, max(4, plan.taskCount / 10)),
            now: Self.period.upperBound, customers: isLarge ? [] : Array(plan.customers.prefix(200)))
        var support = try SeedSupport(frame, tickets, on: connection)
        try support.store(on: connection)
        var recruiting = SeedRecruiting(
            frame, seed: plan.seed, workspace: plan.workspace, jobCount: min(12, max(1, plan.taskCount / 100)),
            now: Self.period.upperBound)
        try recruiting.store(on: connection)
        var knowledge = SeedKnowledge(
            frame, seed: plan.seed, workspace: plan.workspace, now: Self.period.upperBound)
        try knowledge.store(on: connection)
        try SearchIndex.add(SeedRows.others, in: frame.workspace, country: frame.phoneCountry, on: connection)
    }

    func storeCustomers(_ block: Range<Int>, on connection: Connection) throws {
        var rows = try openRows(on: connection)
        for position in block { rows.append(plan.customer(position)) }
        try rows.store(on: connection)
    }

    func storeTasks(_ block: Range<Int>, on connection: Connection) throws {
        var rows = try openRows(on: connection, scale: Double(plan.taskCount) / Double(max(1, block.count)))
        for position in block { rows.append(plan.task(position)) }
        try rows.store(on: connection)
    }

    private func openRows(on connection: Connection, scale: Double = 1) throws -> SeedRows {
        _ = try connection.query(Tenancy.set(workspace))
        return SeedRows(try SeedRows.Frame(workspace, on: connection), scale: scale)
    }

    private func storeMembers(of workspace: WorkspaceID, on connection: Connection) throws {
        _ = try connection.query(
            """
            INSERT INTO members (workspace_id, id, name, email, role)
            SELECT \(workspace)::uuid, m.id::uuid, m.name, m.email, m.role
            FROM unnest(\(members.map(\.id))::text[], \(members.map(\.name))::text[], \(members.map(\.email))::text[],
                \(members.map(\.role))::text[]) AS m(id, name, email, role)
            """
        )
    }

    /// Gives the frame the time of the data, and the counter the first free number.
    private func settle(_ workspace: WorkspaceID, on connection: Connection) throws {
        let start: SQL = "to_timestamp(\(Self.period.lowerBound / 1_000_000)::bigint)"
        let id: SQL = "\(workspace)::uuid"
        let statements: [SQL] = [
            "UPDATE workspaces SET created_at = \(start), updated_at = \(start) WHERE id = \(id)",
            "UPDATE workflows SET created_at = \(start) WHERE workspace_id = \(id)",
            "UPDATE pipeline_stages SET created_at = \(start), updated_at = \(start) WHERE workspace_id = \(id)",
            "UPDATE sla_policies SET created_at = \(start), updated_at = \(start) WHERE workspace_id = \(id)",
            "UPDATE members SET created_at = \(start), updated_at = \(start) WHERE workspace_id = \(id)",
            """
            UPDATE boards SET created_at = \(start), updated_at = \(start),
                questions = \(.json(SeedTrade.questions))::jsonb
            WHERE workspace_id = \(id)
            """,
            """
            UPDATE workspace_counters SET next_task_number = \(plan.firstNumber + plan.taskCount)::bigint
            WHERE workspace_id = \(id)
            """,
        ]
        for statement in statements { _ = try connection.query(statement) }
    }
}
