import Identity
import Postgres

/// Tickets of a workspace with what was said in them and how they went, on their way into the database.
struct SeedSupport {
    /// What the data follows from.
    struct Plan: Sendable {
        let seed: UInt64
        let workspace: UInt64
        let ticketCount: Int
        /// The moment that the data was taken, in microseconds since 1970.
        let now: Int64
        let customers: [SeedCustomer]
    }

    private static let hour: Int64 = 3_600_000_000

    private let frame: SeedRows.Frame
    private let plan: Plan
    private let policies: [String: String]
    private let team: String?
    private var tickets = CopyText()
    private var messages = CopyText()
    private var changes = CopyText()

    private static let subjects = [
        ("Invoice shows a visit that did not happen", "request"), ("No hot water since the last service", "bug"),
        ("Which parts are covered by the warranty?", "support"), ("Please move my appointment", "request"),
        ("The new tap drips", "bug"), ("Can you send reminders by text?", "feature"),
        ("Need the certificate again", "support"), ("Technician did not call ahead", "support"),
        ("Heating app cannot connect", "bug"), ("Quote for a second bathroom", "request"),
    ]
    private static let words = [
        "Could somebody look into this, please?", "It is the same problem as last month.",
        "I have attached photos to my earlier mail.", "Any time after four o'clock suits me.",
        "Thank you, that helped.", "It still does not work, sorry.",
    ]
    private static let replies = [
        "Thank you for writing; we are looking into it.", "We have found the cause and will come by on Thursday.",
        "Could you tell us the model on the label?", "The corrected document is on its way.",
        "Please try to switch it off for ten minutes.",
    ]
    private static let notes = [
        "Ask the supplier about the part.", "Known customer, be generous.", "Third time this year.",
    ]

    /// - Parameter connection: In a transaction that is set to the workspace, which has its policies.
    init(_ frame: SeedRows.Frame, _ plan: Plan, on connection: Connection) throws {
        let id = frame.workspace.uuid
        let rows = try connection.query("SELECT priority, id FROM sla_policies WHERE workspace_id = \(id)::uuid")
        policies = Dictionary(
            (0..<rows.rowCount).map { (rows.string($0, 0) ?? "", rows.string($0, 1) ?? "") },
            uniquingKeysWith: { first, _ in first })
        team = try connection.query(
            "SELECT id FROM teams WHERE workspace_id = \(id)::uuid ORDER BY name DESC LIMIT 1"
        ).string(0, 0)
        self.frame = frame
        self.plan = plan
        for position in 0..<plan.ticketCount { append(position) }
    }

    private mutating func append(_ position: Int) {
        var random = SeedRandom(plan.seed, plan.workspace, 40, UInt64(position))
        let step = 90 * 24 * Self.hour / Int64(max(1, plan.ticketCount))
        let createdAt = plan.now - step * Int64(plan.ticketCount - position) + random.below(step)
        let id = random.key(at: createdAt)
        let (title, type) = random.pick(Self.subjects)
        let customer = plan.customers.isEmpty ? nil : random.pick(plan.customers)
        let priority = random.pick(["low", "medium", "medium", "medium", "high", "urgent"])
        let assignee = random.chance(85) ? random.pick(frame.members) : nil
        let course = course(from: createdAt, &random)
        let last = course[course.count - 1]
        tickets.text(frame.workspace.uuid)
        tickets.text(id)
        tickets.integer(position + 1)
        tickets.text(title)
        tickets.text(random.pick(Self.words))
        tickets.text(type)
        tickets.text(random.pick(["portal", "email", "email", "phone", "chat"]))
        tickets.text(last.status)
        tickets.text(priority)
        tickets.text(customer?.id)
        tickets.text(customer?.company?.id)
        tickets.text(assignee)
        tickets.text(random.chance(60) ? team : nil)
        tickets.text(random.chance(95) ? policies[priority] : nil)
        tickets.integer(last.status == "closed" && random.chance(60) ? random.number(2...5) : nil)
        tickets.moment(createdAt)
        tickets.moment(last.at)
        tickets.endRow()
        for (index, step) in course.enumerated() {
            changes.text(frame.workspace.uuid)
            changes.text(random.key(at: step.at))
            changes.text(id)
            changes.text(step.status)
            changes.moment(step.at)
            changes.text(index == 0 ? nil : assignee)
            changes.endRow()
        }
        appendTalk(of: id, customer, assignee ?? frame.members[0], course, &random)
    }

    /// The statuses that a ticket takes, and when.
    private func course(from start: Int64, _ random: inout SeedRandom) -> [(status: String, at: Int64)] {
        var course = [(status: "open", at: start)]
        var at = start
        while true {
            at += Self.hour / 4 + random.below((random.chance(15) ? 120 : 20) * Self.hour)
            guard at < plan.now else { return course }
            switch course[course.count - 1].status {
            case "open": course.append((random.chance(85) ? "in_progress" : "waiting", at))
            case "in_progress": course.append((random.chance(35) ? "waiting" : "resolved", at))
            case "waiting": course.append((random.chance(75) ? "in_progress" : "resolved", at))
            case "resolved" where random.chance(6): course.append(("open", at))
            case "resolved": return course + [("closed", at)]
            default: return course
            }
        }
    }

    private mutating func appendTalk(
        of ticket: String, _ customer: SeedCustomer?, _ member: String, _ course: [(status: String, at: Int64)],
        _ random: inout SeedRandom
    ) {
        append("customer", random.pick(Self.words), to: ticket, nil, customer, at: course[0].at, &random)
        for step in course.dropFirst() {
            let at = max(course[0].at + 1, step.at - random.below(Self.hour / 4))
            switch step.status {
            case "in_progress" where random.chance(25):
                append("note", random.pick(Self.notes), to: ticket, member, nil, at: at, &random)
            case "in_progress", "waiting":
                append("reply", random.pick(Self.replies), to: ticket, member, nil, at: at, &random)
            case "resolved": append("reply", random.pick(Self.replies), to: ticket, member, nil, at: at, &random)
            default: append("customer", random.pick(Self.words), to: ticket, nil, customer, at: at, &random)
            }
        }
    }

    private mutating func append(
        _ kind: String, _ body: String, to ticket: String, _ member: String?, _ customer: SeedCustomer?, at: Int64,
        _ random: inout SeedRandom
    ) {
        messages.text(frame.workspace.uuid)
        messages.text(random.key(at: at))
        messages.text(ticket)
        messages.text(kind)
        messages.text(body)
        messages.text(member)
        messages.text(customer?.id)
        messages.moment(at)
        messages.moment(at)
        messages.endRow()
    }

    /// Stores what was made, in the transaction that stored the customers, and sets the clocks.
    mutating func store(on connection: Connection) throws {
        try StagedTable(
            "tickets",
            "workspace_id id number title description type channel status priority contact_id company_id assignee_id "
                + "team_id sla_policy_id satisfaction created_at updated_at"
        ).load(tickets.take(), on: connection)
        try StagedTable(
            "ticket_messages", "workspace_id id ticket_id kind body author_id contact_id created_at updated_at"
        ).load(messages.take(), on: connection)
        try StagedTable("ticket_status_changes", "workspace_id id ticket_id status at by_id")
            .load(changes.take(), on: connection)
        try connection.execute(
            script: """
                DO $$
                DECLARE
                    ticket uuid;
                BEGIN
                    FOR ticket IN SELECT t.id FROM tickets AS t WHERE t.workspace_id = current_workspace_id() LOOP
                        CALL settle_ticket(ticket);
                    END LOOP;
                END
                $$
                """)
        _ = try connection.query(
            """
            UPDATE workspace_counters SET next_ticket_number = \(Int64(plan.ticketCount + 1))::bigint
            WHERE workspace_id = \(frame.workspace)::uuid
            """)
    }
}
