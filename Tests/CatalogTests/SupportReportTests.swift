import Foundation
import Identity
import JSON
import Postgres
import Testing
import Tools

@testable import Catalog

/// Every figure is computed once more from the rows, in Swift and with another calendar: the clocks from the history of
/// each ticket, and the report from the clocks.
@Suite("Reports of support and recruiting")
struct SupportReportTests {
    static let zones = ["Pacific/Auckland", "America/New_York", "UTC"]

    private let desk: SalesDesk

    init() throws { desk = try SalesDesk() }

    private func workspace(_ zone: String, seed: UInt64 = 5) throws -> WorkspaceID {
        let workspace = try desk.workspace("w", zone: zone)
        try desk.write(in: workspace) { connection in
            let frame = try SeedRows.Frame(workspace, on: connection)
            let plan = SeedSupport.Plan(seed: seed, workspace: 0, ticketCount: 150, now: SalesDesk.now, customers: [])
            var support = try SeedSupport(frame, plan, on: connection)
            try support.store(on: connection)
            var recruiting = SeedRecruiting(frame, seed: seed, workspace: 0, jobCount: 8, now: SalesDesk.now)
            try recruiting.store(on: connection)
        }
        return workspace
    }

    // MARK: Clocks

    @Test("stand on clocks that run as the policies say", arguments: Self.zones)
    func clocks(zone: String) throws {
        let workspace = try workspace(zone)
        let book = try TicketBook(desk, workspace, zone)
        var late = 0
        for ticket in book.tickets {
            guard let policy = book.policy(of: ticket) else {
                #expect(ticket.moment("response_due_at") == nil && ticket.moment("resolution_due_at") == nil)
                continue
            }
            let created = try #require(ticket.moment("created_at"))
            #expect(ticket.moment("response_due_at") == policy.moment(after: policy.response, from: created))
            let due = book.resolutionDue(ticket, policy)
            #expect(ticket.moment("resolution_due_at") == due, "\(ticket.text("status") ?? "")")
            #expect(ticket.moment("resolved_at") == book.resolved(ticket))
            if let resolved = ticket.moment("resolved_at"), resolved > due { late += 1 }
        }
        #expect(late > 0 && late < book.tickets.count)
        #expect(Set(book.tickets.compactMap { $0.text("status") }).count >= 4)
    }

    @Test(
        "run through days on which clocks change",
        arguments: [("2026-03-27", "2026-03-31"), ("2026-10-23", "2026-10-27")])
    func clockChanges(first: String, last: String) throws {
        let zone = "Europe/Berlin"
        let policy = PolicyClock(zone: zone, isOfWork: true, response: 0, resolution: 0)
        let from = try #require(Moment.microseconds(from: first + "T14:30:00Z"))
        let to = try #require(Moment.microseconds(from: last + "T10:15:30Z"))
        let workspace = try desk.workspace("c", zone: zone)
        let rows = try desk.query(
            """
            SELECT sla_seconds(p, \(zone), to_timestamp(\(from)::bigint / 1e6), to_timestamp(\(to)::bigint / 1e6))::bigint,
                (extract(epoch FROM sla_moment(p, \(zone), to_timestamp(\(from)::bigint / 1e6), 100000)) * 1e6)::bigint
            FROM sla_policies AS p WHERE p.priority = 'medium'
            """, in: workspace)
        #expect(rows.int64(0, 0) == policy.microseconds(from: from, to: to) / 1_000_000)
        #expect(rows.int64(0, 1) == policy.moment(after: 100_000_000_000, from: from))
    }

    // MARK: Support

    @Test("tell volume, times and compliance", arguments: Self.zones)
    func support(zone: String) throws {
        let workspace = try workspace(zone)
        let book = try TicketBook(desk, workspace, zone)
        let days = book.days
        let (first, last) = (LocalDays.day(days.today, plus: -60), LocalDays.day(days.today, plus: -5))
        let report = try desk.run(
            .supportMetrics, #"{"from":"\#(first)","to":"\#(last)","group_by":"day","compare":true}"#, in: workspace)
        let before = (LocalDays.day(first, plus: -56), LocalDays.day(first, plus: -1))
        for (name, span) in [("figures", (first, last)), ("figures_before", before)] {
            let figures = try #require(report[name])
            let created = book.tickets.filter { days.isIn(span, $0.moment("created_at")) }
            let resolved = book.tickets.filter { days.isIn(span, book.resolved($0)) }
            #expect(figures["created"]?.integer == Int64(created.count))
            #expect(figures["resolved"]?.integer == Int64(resolved.count))
            for (member, column) in [("by_priority", "priority"), ("by_type", "type"), ("by_channel", "channel")] {
                let counts = Dictionary(grouping: created) { $0.text(column) ?? "" }.mapValues { Int64($0.count) }
                let told = (figures[member]?.members ?? []).map { ($0.name, $0.value.integer ?? 0) }
                #expect(Dictionary(uniqueKeysWithValues: told) == counts)
            }
            check(figures["first_response"], created.compactMap { book.answered($0).map { $0.0 - $0.1 } })
            check(figures["resolution"], resolved.map { book.resolved($0)! - $0.moment("created_at")! })
            for (member, verdict) in [("response", book.responseVerdict), ("resolution", book.resolutionVerdict)] {
                let verdicts = created.compactMap(verdict)
                let told = figures["sla"]?[member]
                let count = { (word: String) in verdicts.count { $0 == word } }
                for word in ["met", "missed", "pending"] {
                    #expect(told?[word]?.integer == Int64(count(word)), "\(member) \(word)")
                }
                let decided = count("met") + count("missed")
                #expect(
                    decided == 0
                        ? told?["rate"]?.isNull == true
                        : abs((told?["rate"]?.double ?? -1) - Double(count("met")) / Double(decided)) < 0.0001)
            }
            let ratings = resolved.filter { $0.text("satisfaction") != nil || $0.number("satisfaction") > 0 }.map {
                $0.number("satisfaction")
            }
            #expect(figures["satisfaction"]?["rated"]?.integer == Int64(ratings.count))
        }
        var series: [String: [Int64]] = [:]
        for ticket in book.tickets {
            for (place, moment) in [ticket.moment("created_at"), book.resolved(ticket)].enumerated() {
                guard let moment, days.isIn((first, last), moment) else { continue }
                series[days.day(of: moment), default: [0, 0]][place] += 1
            }
        }
        let told = (report["series"]?.elements ?? []).map {
            ($0["from"]?.string ?? "", [$0["created"]?.integer ?? -1, $0["resolved"]?.integer ?? -1])
        }
        #expect(Dictionary(uniqueKeysWithValues: told) == series && told.map(\.0) == told.map(\.0).sorted())
        let unfinished = book.tickets.filter { ["open", "in_progress", "waiting"].contains($0.text("status")) }
        #expect(report["open"]?["total"]?.integer == Int64(unfinished.count) && !unfinished.isEmpty)
        let ann = try #require(try desk.rows("members", in: workspace).first { $0.text("name") == "Ann" }?.text("id"))
        let hers = try desk.run(
            .supportMetrics, #"{"from":"\#(first)","to":"\#(last)","assignee":"ann@example.com"}"#, in: workspace)
        let count = book.tickets.count {
            $0.text("assignee_id") == ann && days.isIn((first, last), $0.moment("created_at"))
        }
        #expect(hers["figures"]?["created"]?.integer == Int64(count) && count > 0)
    }

    private func check(_ told: JSONNode?, _ times: [Int64]) {
        let seconds = times.map { Double($0) / 1e6 }.sorted()
        #expect(told?["tickets"]?.integer == Int64(seconds.count))
        guard !seconds.isEmpty else {
            #expect(told?["median_seconds"]?.isNull == true)
            return
        }
        let percentile = { (part: Double) -> Double in
            let place = part * Double(seconds.count - 1)
            let low = seconds[Int(place)]
            return low + (seconds[min(seconds.count - 1, Int(place) + 1)] - low) * (place - place.rounded(.down))
        }
        for (name, value) in [
            ("average_seconds", seconds.reduce(0, +) / Double(seconds.count)), ("median_seconds", percentile(0.5)),
            ("p90_seconds", percentile(0.9)),
        ] {
            #expect(abs((told?[name]?.double ?? -1) - value) <= 0.51, "\(name)")
        }
    }

    // MARK: Recruiting

    @Test("tell the funnel, the time to hire and what sources bring", arguments: Self.zones)
    func recruiting(zone: String) throws {
        let workspace = try workspace(zone)
        let days = try LocalDays(zone)
        let span = (LocalDays.day(days.today, plus: -100), LocalDays.day(days.today, plus: -10))
        let report = try desk.run(.recruitingMetrics, #"{"from":"\#(span.0)","to":"\#(span.1)"}"#, in: workspace)
        let changes = Dictionary(grouping: try desk.rows("application_stage_changes", in: workspace)) {
            $0.text("application_id") ?? ""
        }
        let sources = Dictionary(
            uniqueKeysWithValues: try desk.rows("candidates", in: workspace).map {
                ($0.text("id")!, $0.text("source")!)
            })
        let way = ["applied", "screening", "interview", "assessment", "offer", "hired"]
        let all = try desk.rows("applications", in: workspace)
        let reached = { (row: Row) in
            changes[row.text("id")!]!.compactMap { way.firstIndex(of: $0.text("stage")!) }.max() ?? 0
        }
        let asked = all.filter { days.isIn(span, $0.moment("created_at")) }
        #expect(asked.count > 10)
        var previous: Int?
        for (place, element) in (report["funnel"]?.elements ?? []).enumerated() {
            let count = asked.count { reached($0) >= place }
            #expect(element["stage"]?.string == way[place] && element["reached"]?.integer == Int64(count))
            if let previous, previous > 0 {
                #expect(abs((element["conversion"]?.double ?? -1) - Double(count) / Double(previous)) < 0.0001)
            }
            previous = count
        }
        #expect(report["funnel"]?.count == 6)
        let waits = all.compactMap { row -> Double? in
            guard row.text("stage") == "hired",
                let hired = changes[row.text("id")!]!.filter({ $0.text("stage") == "hired" }).compactMap({
                    $0.moment("at")
                }).max(),
                days.isIn(span, hired)
            else { return nil }
            return Double(hired - row.moment("created_at")!) / 86_400_000_000
        }
        #expect(report["time_to_hire"]?["hires"]?.integer == Int64(waits.count) && !waits.isEmpty)
        #expect(
            abs((report["time_to_hire"]?["average_days"]?.double ?? -1) - waits.reduce(0, +) / Double(waits.count))
                < 0.006)
        var bySource: [String: [Int64]] = [:]
        for row in asked {
            let source = sources[row.text("candidate_id")!]!
            let facts = [true, reached(row) >= 2, reached(row) >= 4, row.text("stage") == "hired"]
            for (place, fact) in facts.enumerated() where fact { bySource[source, default: [0, 0, 0, 0]][place] += 1 }
        }
        let told = (report["sources"]?.elements ?? []).map { element in
            (
                element["source"]?.string ?? "",
                ["applications", "interviewed", "offered", "hired"].map { element[$0]?.integer ?? -1 }
            )
        }
        #expect(Dictionary(uniqueKeysWithValues: told) == bySource)
    }

    // MARK: Nothing

    @Test("give zeros and nulls in an empty workspace")
    func empty() throws {
        let workspace = try desk.workspace("e", zone: "UTC")
        let support = try desk.run(.supportMetrics, #"{"compare":true}"#, in: workspace)
        #expect(support["figures"]?["created"]?.integer == 0 && support["open"]?["total"]?.integer == 0)
        #expect(support["figures"]?["first_response"]?["median_seconds"]?.isNull == true)
        #expect(support["figures"]?["sla"]?["response"]?["rate"]?.isNull == true && support["series"]?.count == 0)
        let recruiting = try desk.run(.recruitingMetrics, in: workspace)
        #expect(recruiting["funnel"]?.count == 6 && recruiting["applications"]?["received"]?.integer == 0)
        #expect(recruiting["time_to_hire"]?["average_days"]?.isNull == true && recruiting["sources"]?.count == 0)
        let error = #expect(throws: ToolError.self) {
            try desk.run(
                .recruitingMetrics, #"{"job":"job_00000000000000000000000000000000"}"#, in: workspace)
        }
        #expect(error?.problems.map(\.field) == ["job"])
    }
}

extension LocalDays {
    fileprivate func isIn(_ span: (String, String), _ moment: Int64?) -> Bool {
        moment.map { (span.0...span.1).contains(day(of: $0)) } ?? false
    }
}

/// A policy's clock by another clockwork than the database's: minute by minute through days of Foundation's calendar.
private struct PolicyClock {
    private let calendar: Calendar
    private let isOfWork: Bool
    let response: Int64
    let resolution: Int64

    init(zone: String, isOfWork: Bool, response: Int64, resolution: Int64) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone)!
        self.calendar = calendar
        self.isOfWork = isOfWork
        self.response = response
        self.resolution = resolution
    }

    /// The hours of work from a moment on: each with its first and its last instant.
    private func hours(from moment: Int64) -> some Sequence<(Int64, Int64)> {
        let start = calendar.startOfDay(for: Date(timeIntervalSince1970: Double(moment) / 1e6))
        return (0...1000).lazy.compactMap { offset -> (Int64, Int64)? in
            let day = calendar.date(byAdding: .day, value: offset, to: start)!
            guard (2...6).contains(calendar.component(.weekday, from: day)) else { return nil }
            let opens = calendar.date(bySettingHour: 9, minute: 0, second: 0, of: day)!
            let closes = calendar.date(bySettingHour: 17, minute: 0, second: 0, of: day)!
            return (Int64(opens.timeIntervalSince1970 * 1e6), Int64(closes.timeIntervalSince1970 * 1e6))
        }.filter { $0.1 > moment }
    }

    func microseconds(from: Int64, to: Int64) -> Int64 {
        guard isOfWork else { return max(0, to - from) }
        var sum: Int64 = 0
        for (opens, closes) in hours(from: from) {
            if opens >= to { break }
            sum += max(0, min(to, closes) - max(from, opens))
        }
        return sum
    }

    func moment(after microseconds: Int64, from: Int64) -> Int64 {
        guard isOfWork else { return from + microseconds }
        var left = microseconds
        for (opens, closes) in hours(from: from) {
            let begin = max(from, opens)
            if closes - begin >= left { return begin + left }
            left -= closes - begin
        }
        return .max
    }
}

/// The tickets of a workspace with their histories, read plainly.
private struct TicketBook {
    let tickets: [Row]
    let days: LocalDays
    private let policies: [String: PolicyClock]
    private let courses: [String: [(status: String, at: Int64)]]
    private let replies: [String: Int64]
    private let now = SalesDesk.now

    init(_ desk: SalesDesk, _ workspace: WorkspaceID, _ zone: String) throws {
        tickets = try desk.rows("tickets", in: workspace)
        days = try LocalDays(zone)
        policies = Dictionary(
            uniqueKeysWithValues: try desk.rows("sla_policies", in: workspace).map { row in
                let hours = { (name: String) in Int64((row.node[name]?.double ?? 0) * 3_600_000_000) }
                return (
                    row.text("id")!,
                    PolicyClock(
                        zone: zone, isOfWork: row.flag("business_hours_only"), response: hours("response_hours"),
                        resolution: hours("resolution_hours"))
                )
            })
        courses = Dictionary(grouping: try desk.rows("ticket_status_changes", in: workspace)) { $0.text("ticket_id")! }
            .mapValues { rows in
                rows.map { (status: $0.text("status")!, at: $0.moment("at")!) }.sorted { $0.at < $1.at }
            }
        replies = Dictionary(
            grouping: try desk.rows("ticket_messages", in: workspace).filter { $0.text("kind") == "reply" }
        ) { $0.text("ticket_id")! }.mapValues { rows in rows.compactMap { $0.moment("created_at") }.min()! }
    }

    func policy(of ticket: Row) -> PolicyClock? { ticket.text("sla_policy_id").flatMap { policies[$0] } }

    private func course(_ ticket: Row) -> [(status: String, at: Int64)] { courses[ticket.text("id")!] ?? [] }

    /// When the ticket came to be finished, if it is.
    func resolved(_ ticket: Row) -> Int64? {
        var since: Int64?
        for step in course(ticket) {
            since = ["resolved", "closed"].contains(step.status) ? since ?? step.at : nil
        }
        return since
    }

    func answered(_ ticket: Row) -> (Int64, Int64)? {
        replies[ticket.text("id")!].map { ($0, ticket.moment("created_at")!) }
    }

    /// When the resolution is due: walks through the stretches in which the clock runs.
    func resolutionDue(_ ticket: Row, _ policy: PolicyClock) -> Int64 {
        var left = policy.resolution
        let course = course(ticket)
        var stopped: Int64?
        for (index, step) in course.enumerated() {
            guard ["open", "in_progress"].contains(step.status) else {
                stopped = stopped ?? step.at
                continue
            }
            stopped = nil
            guard index + 1 < course.count else { return policy.moment(after: left, from: step.at) }
            let counted = policy.microseconds(from: step.at, to: course[index + 1].at)
            if counted >= left { return policy.moment(after: left, from: step.at) }
            left -= counted
        }
        return policy.moment(after: left, from: stopped ?? course[course.count - 1].at)
    }

    func responseVerdict(_ ticket: Row) -> String? {
        guard let policy = policy(of: ticket) else { return nil }
        let due = policy.moment(after: policy.response, from: ticket.moment("created_at")!)
        guard let end = replies[ticket.text("id")!] ?? resolved(ticket) else { return now > due ? "missed" : "pending" }
        return end > due ? "missed" : "met"
    }

    func resolutionVerdict(_ ticket: Row) -> String? {
        guard let policy = policy(of: ticket) else { return nil }
        let due = resolutionDue(ticket, policy)
        // The clock stands still from the first status of those at the end in which it does not run.
        let still = course(ticket).reversed().prefix { !["open", "in_progress"].contains($0.status) }.last
        if (still?.at ?? now) > due { return "missed" }
        return resolved(ticket) == nil ? "pending" : "met"
    }
}
