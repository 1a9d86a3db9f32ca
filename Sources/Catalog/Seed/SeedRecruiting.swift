import Identity
import Postgres

/// Jobs of a workspace and who applied for them, on their way into the database.
struct SeedRecruiting {
    private static let day = UTCTime.microsecondsOfDay

    private let frame: SeedRows.Frame
    private let seed: UInt64
    private let workspace: UInt64
    private let now: Int64
    private var jobs = CopyText()
    private var candidates = CopyText()
    private var applications = CopyText()
    private var changes = CopyText()

    private static let titles = [
        ("Plumber", "Field"), ("Dispatcher", "Office"), ("Heating engineer", "Field"), ("Apprentice", "Field"),
        ("Book-keeper", "Office"), ("Service manager", "Office"),
    ]
    private static let headlines = [
        "Ten years on building sites", "Trained in customer service", "Looking for a change after an apprenticeship",
        "Certified for gas and oil", "Back after parental leave",
    ]
    private static let skills = [
        "soldering", "scheduling", "invoicing", "gas certificate", "driving licence", "Spanish",
    ]
    private static let reasons = [
        "Wants more than we can pay", "Lives too far away", "Chose another offer", "No licence",
    ]
    private static let way = ["applied", "screening", "interview", "assessment", "offer", "hired"]

    /// - Parameter now: The moment that the data was taken, in microseconds since 1970.
    init(_ frame: SeedRows.Frame, seed: UInt64, workspace: UInt64, jobCount: Int, now: Int64) {
        self.frame = frame
        self.seed = seed
        self.workspace = workspace
        self.now = now
        for position in 0..<jobCount { append(position) }
    }

    private mutating func append(_ position: Int) {
        var random = SeedRandom(seed, workspace, 50, UInt64(position))
        let openedAt = now - Self.day * Int64(random.number(15...150))
        let id = random.key(at: openedAt)
        let (title, department) = Self.titles[position % Self.titles.count]
        let status = random.pick(["open", "open", "open", "paused", "filled", "closed"])
        let low = 1_000_00 * random.number(24...48)
        jobs.text(frame.workspace.uuid)
        jobs.text(id)
        jobs.text(title)
        jobs.text(department)
        jobs.text(random.pick(SeedTrade.cities))
        jobs.text(random.pick(["full_time", "full_time", "part_time", "contract"]))
        jobs.text(status)
        jobs.text("\(title) wanted, to start as soon as possible. We train and we pay for tools.")
        jobs.integer(random.number(1...3))
        jobs.integer(low)
        jobs.text("USD")
        jobs.integer(low + 1_000_00 * random.number(4...16))
        jobs.text("USD")
        jobs.text(random.pick(frame.members))
        jobs.day(openedAt)
        jobs.day(status == "filled" || status == "closed" ? now - Self.day * Int64(random.number(1...10)) : nil)
        jobs.moment(openedAt)
        jobs.moment(openedAt)
        jobs.endRow()
        for number in 0..<random.number(4...12) {
            var random = SeedRandom(seed, workspace, 51, UInt64(position), UInt64(number))
            appendCandidate(for: id, from: openedAt, &random)
        }
    }

    private mutating func appendCandidate(for job: String, from openedAt: Int64, _ random: inout SeedRandom) {
        let appliedAt = openedAt + random.below(max(1, now - openedAt))
        let id = random.key(at: appliedAt)
        let culture = SeedCulture.pick(&random)
        let (given, family) = (random.pick(culture.given), random.pick(culture.family))
        var course = [(stage: "applied", at: appliedAt)]
        var at = appliedAt
        while course[course.count - 1].stage != "hired" {
            at += Self.day / 2 + random.below(12 * Self.day)
            guard at < now else { break }
            let place = Self.way.firstIndex(of: course[course.count - 1].stage) ?? 0
            let isRejected = random.chance(28)
            course.append((isRejected ? "rejected" : Self.way[place + 1], at))
            if isRejected { break }
        }
        let last = course[course.count - 1]
        candidates.text(frame.workspace.uuid)
        candidates.text(id)
        candidates.text(given)
        candidates.text(family)
        candidates.text(SeedMail.address(given, family, &random))
        candidates.text(SeedPhone.number(culture.country, &random))
        candidates.text(random.pick(SeedTrade.cities))
        candidates.text(random.pick(Self.headlines))
        candidates.texts(Array(Set([random.pick(Self.skills), random.pick(Self.skills)])).sorted())
        candidates.text(random.pick(["site", "site", "email", "referral", "agency", "manual"]))
        candidates.text(last.stage == "hired" ? "hired" : "active")
        candidates.moment(appliedAt)
        candidates.moment(appliedAt)
        candidates.endRow()
        let application = random.key(at: appliedAt)
        applications.text(frame.workspace.uuid)
        applications.text(application)
        applications.text(id)
        applications.text(job)
        applications.text(last.stage)
        applications.moment(last.at)
        applications.integer(course.count > 2 ? random.number(35...98) : nil)
        applications.text(last.stage == "rejected" ? random.pick(Self.reasons) : nil)
        applications.moment(appliedAt)
        applications.moment(last.at)
        applications.endRow()
        for (index, step) in course.enumerated() {
            changes.text(frame.workspace.uuid)
            changes.text(random.key(at: step.at))
            changes.text(application)
            changes.text(step.stage)
            changes.moment(step.at)
            changes.text(index == 0 ? nil : frame.members.first)
            changes.endRow()
        }
    }

    /// Stores what was made, in the transaction that is set to the workspace.
    mutating func store(on connection: Connection) throws {
        try StagedTable(
            "jobs",
            "workspace_id id title department location employment status description openings salary_min_amount "
                + "salary_min_currency salary_max_amount salary_max_currency hiring_manager_id opened_at closed_at "
                + "created_at updated_at"
        ).load(jobs.take(), on: connection)
        try StagedTable(
            "candidates",
            "workspace_id id first_name last_name email phone location headline skills source status created_at updated_at"
        ).load(candidates.take(), on: connection)
        try StagedTable(
            "applications",
            "workspace_id id candidate_id job_id stage stage_entered_at score rejected_reason created_at updated_at"
        ).load(applications.take(), on: connection)
        try StagedTable("application_stage_changes", "workspace_id id application_id stage at by_id")
            .load(changes.take(), on: connection)
    }
}
