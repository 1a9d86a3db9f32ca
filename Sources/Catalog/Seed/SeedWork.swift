import Identity
import Postgres

/// Teams and projects of a workspace, on their way into the database, and the tasks that belong to the projects.
struct SeedWork {
    private static let day = UTCTime.microsecondsOfDay

    private let frame: SeedRows.Frame
    private let count: Int
    private var teams = CopyText()
    private var teamMembers = CopyText()
    private var projects = CopyText()
    private var projectMembers = CopyText()

    private static let titles = [
        "Hotel bathroom refit", "School heating renewal", "Showroom move", "Annual service campaign",
        "Water meter replacement", "Office rewiring", "Apprentice training", "New scheduling software",
        "Warehouse sprinkler check", "Apartment block risers", "Winter emergency plan", "Fleet replacement",
    ]
    private static let categories = ["Installation", "Maintenance", "Internal"]

    /// - Parameters:
    ///   - plan: The workspace's customers and its period, at whose end the data was taken.
    ///   - count: How many projects there are.
    init(_ frame: SeedRows.Frame, _ plan: SeedPlan, count: Int, companies: [SeedCompany]) {
        self.frame = frame
        self.count = count
        let now = plan.period.upperBound
        var teamKeys: [String] = []
        for (position, name) in ["Field", "Office"].enumerated() {
            var random = SeedRandom(plan.seed, plan.workspace, 30, UInt64(position))
            let id = random.key(at: plan.period.lowerBound)
            teamKeys.append(id)
            let members = frame.members.enumerated().filter { $0.offset % 2 == position }.map(\.element)
            teams.text(frame.workspace.uuid)
            teams.text(id)
            teams.text(name)
            teams.text(position == 0 ? "Works at customers' places" : "Plans, answers and bills")
            teams.text(members.first)
            teams.moment(plan.period.lowerBound)
            teams.moment(plan.period.lowerBound)
            teams.endRow()
            for (place, member) in members.enumerated() {
                teamMembers.text(frame.workspace.uuid)
                teamMembers.text(id)
                teamMembers.text(member)
                teamMembers.integer(place)
                teamMembers.endRow()
            }
        }
        for position in 0..<count {
            var random = SeedRandom(plan.seed, plan.workspace, 31, UInt64(position))
            append(position, before: now, teamKeys, companies, &random)
        }
    }

    private mutating func append(
        _ position: Int, before now: Int64, _ teams: [String], _ companies: [SeedCompany], _ random: inout SeedRandom
    ) {
        let createdAt = now - Self.day * Int64(random.number(20...200))
        let id = random.key(at: createdAt)
        let status = random.pick(["active", "active", "active", "planned", "on_hold", "completed", "cancelled"])
        let hasBudget = random.chance(70)
        let manager = random.pick(frame.members)
        let start = createdAt + Self.day * Int64(random.number(1...20))
        projects.text(frame.workspace.uuid)
        projects.text(id)
        projects.integer(position + 1)
        projects.text(Self.titles[position % Self.titles.count])
        projects.text("Agreed with everybody concerned; see the tasks for what is left.")
        projects.text(status)
        projects.text(random.pick(["low", "medium", "medium", "high"]))
        projects.text(random.chance(80) && !companies.isEmpty ? random.pick(companies).id : nil)
        projects.text(manager)
        projects.text(random.pick(teams))
        projects.text(random.pick(Self.categories))
        projects.day(start)
        projects.day(start + Self.day * Int64(random.number(30...180)))
        projects.day(status == "completed" ? now - Self.day * Int64(random.number(1...15)) : nil)
        projects.integer(hasBudget ? 1_000_00 * random.number(5...120) : nil)
        projects.text(hasBudget ? "USD" : nil)
        projects.integer(hasBudget ? 10 * random.number(4...80) : nil)
        projects.text(random.pick(["none", "fixed", "hourly"]))
        projects.moment(createdAt)
        projects.moment(createdAt)
        projects.endRow()
        for member in Set([manager, random.pick(frame.members), random.pick(frame.members)]).sorted() {
            projectMembers.text(frame.workspace.uuid)
            projectMembers.text(id)
            projectMembers.text(member)
            projectMembers.text(member == manager ? "manager" : "member")
            projectMembers.endRow()
        }
    }

    /// Stores what was made, in the transaction that stored companies and tasks; every fourth task belongs to a project.
    mutating func store(on connection: Connection) throws {
        try StagedTable("teams", "workspace_id id name description lead_id created_at updated_at")
            .load(teams.take(), on: connection)
        try StagedTable("team_members", "workspace_id team_id member_id position")
            .load(teamMembers.take(), on: connection)
        try StagedTable(
            "projects",
            "workspace_id id number title description status priority company_id manager_id team_id category start_date "
                + "due_date completed_at budget_amount budget_currency budget_hours billing created_at updated_at"
        ).load(projects.take(), on: connection)
        try StagedTable("project_members", "workspace_id project_id member_id role")
            .load(projectMembers.take(), on: connection)
        _ = try connection.query(
            """
            UPDATE tasks AS t SET project_id = p.id
            FROM projects AS p
            WHERE t.workspace_id = \(frame.workspace)::uuid AND p.workspace_id = t.workspace_id
                AND t.number % 4 = 0 AND p.number = t.number / 4 % \(Int64(max(1, count)))::bigint + 1
            """)
        _ = try connection.query(
            """
            UPDATE workspace_counters SET next_project_number = \(Int64(count + 1))::bigint
            WHERE workspace_id = \(frame.workspace)::uuid
            """)
    }
}
