package import Identity
package import Postgres
import Telemetry

/// A small business to try the product with: some weeks of tasks, customers and conversations, up to now.
package enum DemoWorkspace {
    /// Its short name at the command line.
    package static let slug = "harbour-plumbing"
    /// The member for whom a token acts.
    package static let memberEmail = "dana@harbour.example"

    private static let taskCount = 200
    private static let customerCount = 80
    private static let dealCount = 40
    private static let projectCount = 8
    private static let ticketCount = 60
    private static let firstNumber = 901
    private static let days: Int64 = 60

    private static let members = [
        ("Dana Reyes", memberEmail, "Office manager", "owner"),
        ("Tomasz Nowak", "tomasz@harbour.example", "Plumber", "admin"),
        ("Aoife Byrne", "aoife@harbour.example", "Plumber", "member"),
        ("Marcus Hill", "marcus@harbour.example", "Heating engineer", "member"),
        ("Priya Nair", "priya@harbour.example", "Dispatcher", "member"),
        ("Jonas Weber", "jonas@harbour.example", "Apprentice", "viewer"),
    ]

    /// Makes the workspace, whole or not at all; finds it if it is there already.
    ///
    /// - Parameter connection: The owner's connection, in no transaction.
    package static func create(on connection: Connection) throws -> WorkspaceID {
        if let workspace = try WorkspaceRegistry(connection).find(slug) { return workspace }
        return try connection.transaction { connection in try make(now: WallClock.system.now, on: connection) }
    }

    private static func make(now: Int64, on connection: Connection) throws -> WorkspaceID {
        var settings = WorkspaceRegistry.Settings()
        settings.country = "US"
        settings.timezone = "America/New_York"
        settings.customerComments = true
        settings.factors = 2
        let workspace = try WorkspaceCreation.createInTransaction(
            name: "Harbour Plumbing", slug: slug, settings: settings, on: connection
        )
        for (name, email, title, role) in members {
            _ = try connection.query(
                """
                INSERT INTO members (workspace_id, name, email, title, role)
                VALUES (\(workspace)::uuid, \(name), \(email), \(title), \(role))
                """
            )
        }
        _ = try connection.query(
            """
            UPDATE boards SET questions = \(.json(SeedTrade.questions))::jsonb WHERE workspace_id = \(workspace)::uuid
            """
        )
        try fill(try SeedRows.Frame(workspace, on: connection), now: now, on: connection)
        _ = try connection.query(
            """
            UPDATE workspace_counters SET next_task_number = \(firstNumber + taskCount)::bigint
            WHERE workspace_id = \(workspace)::uuid
            """
        )
        return workspace
    }

    private static func fill(_ frame: SeedRows.Frame, now: Int64, on connection: Connection) throws {
        let story = DemoStory(now: now)
        let start = now - days * UTCTime.microsecondsOfDay
        let plan = SeedPlan(
            seed: 1042, workspace: 0, taskCount: taskCount, customerCount: customerCount, firstNumber: firstNumber,
            memberCount: frame.members.count, period: start...now, trades: [.plumbing],
            knownCustomers: [0: DemoStory.customer(at: start)]
        )
        var rows = SeedRows(frame)
        for company in plan.companies { rows.append(company) }
        for customer in plan.customers { rows.append(customer) }
        var extras = DemoExtras(frame, now: now)
        for position in 0..<taskCount {
            var task = plan.task(position)
            if task.number == DemoStory.number { task = story.told(over: task, customer: plan.customer(0)) }
            rows.append(task)
            extras.append(task)
        }
        try rows.store(on: connection)
        try extras.store(on: connection)
        var sales = try SeedSales(
            frame,
            SeedSales.Plan(
                seed: 1042, workspace: 0, dealCount: dealCount, now: now, customers: Array(plan.customers),
                companies: Array(plan.companies)),
            on: connection)
        try sales.store(on: connection)
        var work = SeedWork(frame, plan, count: projectCount, companies: Array(plan.companies))
        try work.store(on: connection)
        var support = try SeedSupport(
            frame,
            SeedSupport.Plan(
                seed: 1042, workspace: 0, ticketCount: ticketCount, now: now, customers: Array(plan.customers)),
            on: connection)
        try support.store(on: connection)
        var recruiting = SeedRecruiting(frame, seed: 1042, workspace: 0, jobCount: 5, now: now)
        try recruiting.store(on: connection)
        var knowledge = SeedKnowledge(frame, seed: 1042, workspace: 0, now: now)
        try knowledge.store(on: connection)
        try SearchIndex.add(SeedRows.others, in: frame.workspace, country: frame.phoneCountry, on: connection)
    }
}
