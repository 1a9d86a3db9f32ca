import Identity
import JSON
import Postgres
import Testing
import Tools

@testable import Catalog

/// Every figure is computed once more from the rows, in Swift and with another calendar.
@Suite("Sales reports")
struct SalesReportTests {
    /// A workspace east of Greenwich and one west of it, so that most moments are on different days in them.
    static let zones = ["Pacific/Auckland", "America/New_York"]

    private let desk: SalesDesk

    init() throws { desk = try SalesDesk() }

    private struct Books {
        let workspace: WorkspaceID
        let days: LocalDays
        let deals: [Row]
        let stages: [String: Row]

        func isIn(_ first: String, _ last: String, _ moment: Int64?) -> Bool {
            guard let moment else { return false }
            return (first...last).contains(days.day(of: moment))
        }
    }

    private func books(_ zone: String, seed: UInt64 = 11) throws -> Books {
        let workspace = try desk.workspace("w", zone: zone, seed: seed)
        let stages = try desk.rows("pipeline_stages", in: workspace)
        return Books(
            workspace: workspace, days: try LocalDays(zone), deals: try desk.rows("deals", in: workspace),
            stages: Dictionary(uniqueKeysWithValues: stages.map { ($0.text("id") ?? "", $0) }))
    }

    private func near(_ node: JSONNode?, _ expected: Double?, within distance: Double = 0.00006) -> Bool {
        guard let expected else { return node?.isNull == true }
        guard let value = node?.double else { return false }
        return abs(value - expected) <= distance
    }

    private func share(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }

    // MARK: Deals

    @Test("of the pipeline add up deals by stage and currency", arguments: Self.zones)
    func pipelineSummary(zone: String) throws {
        let books = try books(zone)
        let report = try desk.run(.pipelineSummary, #"{"include_closed":true}"#, in: books.workspace)
        for element in report["stages"]?.elements ?? [] {
            let id = try #require(element["stage"]?["id"]?.string)
            var expected = Sums()
            for deal in books.deals where "stg_" + deal.text("stage_id")!.filter({ $0 != "-" }) == id {
                let value = deal.number("value_amount")
                expected.add(
                    deal.text("value_currency"),
                    ["deals": 1, "amount": value, "weighted": value.percent(deal.number("probability"))])
            }
            #expect(money(element["values"]) == expected.byCurrency)
        }
        #expect(report["stages"]?.count == 6)
        var totals = Sums()
        for deal in books.deals where ["open", "on_hold"].contains(deal.text("status")) {
            let value = deal.number("value_amount")
            totals.add(
                deal.text("value_currency"),
                ["deals": 1, "amount": value, "weighted": value.percent(deal.number("probability"))])
        }
        #expect(money(report["totals"]?["values"]) == totals.byCurrency)
        #expect(totals.byCurrency.count == 2)
        let open = try desk.run(.pipelineSummary, in: books.workspace)
        #expect(open["stages"]?.count == 4)
        #expect(open["totals"]?.canonical == report["totals"]?.canonical)
    }

    @Test("of the pipeline keep one member's deals, and those of days", arguments: Self.zones)
    func pipelineOfMember(zone: String) throws {
        let books = try books(zone)
        let (first, last) = (LocalDays.day(books.days.today, plus: -90), LocalDays.day(books.days.today, plus: -20))
        let members = try desk.rows("members", in: books.workspace)
        let ann = try #require(members.first { $0.text("name") == "Ann" }?.text("id"))
        let expected = books.deals.count {
            $0.text("owner_id") == ann && ["open", "on_hold"].contains($0.text("status"))
                && books.isIn(first, last, $0.moment("created_at"))
        }
        let arguments = #"{"owner":"ann@example.com","from":"\#(first)","to":"\#(last)"}"#
        let report = try desk.run(.pipelineSummary, arguments, in: books.workspace)
        #expect(report["totals"]?["deals"]?.integer == Int64(expected))
        #expect(expected > 0)
        let me = arguments.replacing("ann@example.com", with: "me")
        let mine = try desk.run(.pipelineSummary, me, in: books.workspace, as: ann)
        #expect(mine.canonical == report.canonical)
        let error = #expect(throws: ToolError.self) {
            try desk.run(.pipelineSummary, #"{"owner":"zoe@example.com"}"#, in: books.workspace)
        }
        #expect(error?.problems.map(\.field) == ["owner"])
    }

    @Test("of the pipeline's analytics follow each deal from stage to stage", arguments: Self.zones)
    func pipelineAnalytics(zone: String) throws {
        let books = try books(zone)
        let (first, last) = (LocalDays.day(books.days.today, plus: -89), books.days.today)
        let report = try desk.run(.pipelineAnalytics, in: books.workspace)
        let changes = try desk.rows("deal_stage_changes", in: books.workspace)
        struct Stay {
            let stage: Row
            let began: Int64
            let ended: Int64?
            let next: Row?
        }
        var stays: [Stay] = []
        for (_, steps) in Dictionary(grouping: changes, by: { $0.text("deal_id") }) {
            let way = steps.sorted { ($0.moment("at") ?? 0, $0.text("id")!) < ($1.moment("at") ?? 0, $1.text("id")!) }
            for (index, step) in way.enumerated() {
                let next = index + 1 < way.count ? way[index + 1] : nil
                stays.append(
                    Stay(
                        stage: books.stages[step.text("to_id")!]!, began: step.moment("at")!, ended: next?.moment("at"),
                        next: next.map { books.stages[$0.text("to_id")!]! }))
            }
        }
        var longest: (median: Double, name: String)?
        for element in report["stages"]?.elements ?? [] {
            let name = try #require(element["stage"]?["name"]?.string)
            let begun = stays.filter { $0.stage.text("name") == name && books.isIn(first, last, $0.began) }
            let advanced = begun.count { stay in
                stay.next.map { next in
                    next.flag("is_won")
                        || !next.flag("is_lost") && next.number("position") > stay.stage.number("position")
                } ?? false
            }
            #expect(element["entered"]?.integer == Int64(begun.count))
            #expect(element["advanced"]?.integer == Int64(advanced))
            #expect(element["lost"]?.integer == Int64(begun.count { $0.next?.flag("is_lost") == true }))
            #expect(element["waiting"]?.integer == Int64(begun.count { $0.next == nil }))
            #expect(near(element["conversion_rate"], share(advanced, begun.count)))
            let lengths = stays.filter { $0.stage.text("name") == name && books.isIn(first, last, $0.ended) }
                .map { Double($0.ended! - $0.began) / 86_400_000_000 }.sorted()
            #expect(element["stays_ended"]?.integer == Int64(lengths.count))
            #expect(
                near(
                    element["average_days"], lengths.isEmpty ? nil : lengths.reduce(0, +) / Double(lengths.count),
                    within: 0.0051))
            let middle = lengths.count / 2
            let median: Double? =
                lengths.isEmpty
                ? nil : lengths.count % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2
            #expect(near(element["median_days"], median, within: 0.0051))
            if let median, median > longest?.median ?? -1 { longest = (median, name) }
            let standing = books.deals.filter {
                books.stages[$0.text("stage_id")!]!.text("name") == name
                    && ["open", "on_hold"].contains($0.text("status"))
            }
            #expect(element["standing"]?.integer == Int64(standing.count))
            let stalled = standing.count { deal in
                median.map { Double(SalesDesk.now - deal.moment("stage_entered_at")!) / 86_400_000_000 > 2 * $0 }
                    ?? false
            }
            #expect(element["stalled"]?.integer == Int64(stalled))
        }
        #expect(report["bottleneck"]?["name"]?.string == longest?.name)
        let closed = books.deals.filter { books.isIn(first, last, $0.moment("closed_at")) }
        let won = closed.filter { $0.text("status") == "closed_won" }
        #expect(report["closed"]?["won"]?.integer == Int64(won.count))
        #expect(near(report["closed"]?["win_rate"], share(won.count, closed.count)))
        let lengths = won.map { Double($0.moment("closed_at")! - $0.moment("created_at")!) / 86_400_000_000 }
        #expect(
            near(report["closed"]?["average_days_to_win"], lengths.reduce(0, +) / Double(lengths.count), within: 0.0051)
        )
        #expect(won.count > 1)
    }

    @Test("of the forecast weight open deals by their dates", arguments: Self.zones)
    func forecast(zone: String) throws {
        let books = try books(zone)
        let today = books.days.today
        let report = try desk.run(.salesForecast, #"{"period":"next_90_days","compare":true}"#, in: books.workspace)
        let span = today...LocalDays.day(today, plus: 89)
        var (expected, months, won) = (Sums(), [String: Int64](), Sums())
        for deal in books.deals
        where deal.text("status") == "open" && deal.text("expected_close_date").map({ span.contains($0) }) == true {
            let (value, probability) = (deal.number("value_amount"), deal.number("probability"))
            expected.add(
                deal.text("value_currency"),
                [
                    "deals": 1, "best_case": value, "weighted": value.percent(probability),
                    "commit": probability >= 75 ? value : 0,
                ])
            let month = "\(deal.text("expected_close_date")!.prefix(8))01 \(deal.text("value_currency")!)"
            months[month, default: 0] += value.percent(probability)
        }
        for deal in books.deals
        where deal.text("status") == "closed_won"
            && books.isIn(LocalDays.day(today, plus: -90), LocalDays.day(today, plus: -1), deal.moment("closed_at"))
        {
            won.add(deal.text("value_currency"), ["deals": 1, "amount": deal.number("value_amount")])
        }
        #expect(money(report["forecast"]) == expected.byCurrency)
        #expect(expected.byCurrency.count == 2)
        #expect(money(report["won_before"]) == won.byCurrency)
        let groups = (report["groups"]?.elements ?? []).map {
            ($0["group"]!.string! + " " + $0["currency"]!.string!, $0["weighted"]!.integer!)
        }
        #expect(Dictionary(uniqueKeysWithValues: groups) == months)
        let open = books.deals.filter { $0.text("status") == "open" }
        #expect(
            report["outside"]?["past_due"]?.integer
                == Int64(open.count { $0.text("expected_close_date").map { $0 < today } ?? false }))
        for currency in report["forecast"]?.elements ?? [] {
            let sums = expected.byCurrency[currency["currency"]!.string!]!
            #expect(near(currency["win_probability"], Double(sums["weighted"]!) / Double(sums["best_case"]!)))
        }
        let closed = books.deals.filter { $0.moment("closed_at") != nil }
        #expect(
            near(
                report["win_rate"]?["rate"], share(closed.count { $0.text("status") == "closed_won" }, closed.count)))
    }

    @Test("of the dashboard count what is there and what happened", arguments: Self.zones)
    func dashboard(zone: String) throws {
        let books = try books(zone)
        let today = books.days.today
        let report = try desk.run(.crmDashboard, #"{"period":"last_90_days","compare":true}"#, in: books.workspace)
        let spans = [
            ("in_period", LocalDays.day(today, plus: -89), today),
            ("in_period_before", LocalDays.day(today, plus: -179), LocalDays.day(today, plus: -90)),
        ]
        let activities = try desk.rows("activities", in: books.workspace)
        for (name, first, last) in spans {
            let part = report[name]
            let closed = books.deals.filter { books.isIn(first, last, $0.moment("closed_at")) }
            let won = closed.filter { $0.text("status") == "closed_won" }
            #expect(part?["won_deals"]?.integer == Int64(won.count))
            #expect(part?["lost_deals"]?.integer == Int64(closed.count - won.count))
            #expect(near(part?["win_rate"], share(won.count, closed.count)))
            #expect(
                part?["new_deals"]?.integer
                    == Int64(books.deals.count { books.isIn(first, last, $0.moment("created_at")) }))
            var sums = Sums()
            for deal in won {
                sums.add(deal.text("value_currency"), ["deals": 1, "amount": deal.number("value_amount")])
            }
            #expect(money(part?["won"]) == sums.byCurrency)
            let done = activities.filter { books.isIn(first, last, $0.moment("completed_at")) }
            let types = Dictionary(grouping: done) { $0.text("type")! }.mapValues { Int64($0.count) }
            let told = (part?["completed_activities"]?.members ?? []).map { ($0.name, $0.value.integer!) }
            #expect(Dictionary(uniqueKeysWithValues: told) == types)
            #expect(!done.isEmpty)
        }
        let planned = activities.filter { $0.text("status") == "planned" }
        #expect(report["now"]?["planned_activities"]?.integer == Int64(planned.count))
        #expect(
            report["now"]?["overdue_activities"]?.integer
                == Int64(planned.count { $0.moment("due_at").map { $0 < SalesDesk.now } ?? false }))
        #expect(report["now"]?["contacts"]?.integer == 40)
    }

    // MARK: Invoices

    @Test("of invoices add up what was billed, paid and is owed", arguments: Self.zones)
    func invoiceStats(zone: String) throws {
        let books = try books(zone)
        let today = books.days.today
        let invoices = try desk.rows("invoices", in: books.workspace)
        let payments = Dictionary(grouping: try desk.rows("payments", in: books.workspace)) { $0.text("invoice_id")! }
        let lines = Dictionary(grouping: try desk.rows("invoice_lines", in: books.workspace)) { $0.text("invoice_id")! }
        for (first, last) in [
            ("0001-01-01", "9998-12-31"), (LocalDays.day(today, plus: -120), LocalDays.day(today, plus: -30)),
        ] {
            var expected = Sums()
            for invoice in invoices {
                let day = invoice.text("issue_date") ?? books.days.day(of: invoice.moment("created_at")!)
                guard (first...last).contains(day) else { continue }
                let total = Ledger.total(lines[invoice.text("id")!] ?? [])
                #expect(invoice.number("total_amount") == total.net + total.tax)
                let paid = (payments[invoice.text("id")!] ?? []).reduce(0) { $0 + $1.number("amount_amount") }
                let credited = invoices.filter { $0.text("credits_id") == invoice.text("id")! }
                    .reduce(0) { $0 + $1.number("total_amount") }
                let isIssued = !["draft", "void"].contains(invoice.text("status"))
                let isBill = invoice.text("kind") == "invoice" && isIssued
                let balance = isBill ? max(0, total.net + total.tax - paid - credited) : 0
                let isLate = balance > 0 && invoice.text("due_date")! < today
                expected.add(
                    invoice.text("currency"),
                    [
                        "invoices": isBill ? 1 : 0, "invoiced": isBill ? total.net + total.tax : 0,
                        "tax": isBill ? total.tax : 0, "paid": isBill ? paid : 0,
                        "credit_notes": isIssued && !isBill ? total.net + total.tax : 0, "outstanding": balance,
                        "overdue_invoices": isLate ? 1 : 0, "overdue": isLate ? balance : 0,
                    ])
            }
            let isAll = first == "0001-01-01"
            let report = try desk.run(
                .invoiceStats, isAll ? "{}" : #"{"from":"\#(first)","to":"\#(last)"}"#, in: books.workspace)
            #expect(money(report["by_currency"]) == expected.byCurrency)
            #expect(expected.byCurrency.count == 2)
            if isAll {
                let counts = (report["by_status"]?.elements ?? []).reduce(0) { $0 + ($1["count"]?.integer ?? 0) }
                #expect(counts == Int64(invoices.count))
            }
        }
        let owed = try desk.run(.invoiceStats, #"{"currency":"EUR"}"#, in: books.workspace)
        #expect(owed["by_currency"]?.count == 1)
    }

    @Test("of ageing put what was owed on a day into buckets", arguments: Self.zones)
    func aging(zone: String) throws {
        let books = try books(zone)
        let invoices = try desk.rows("invoices", in: books.workspace)
        let payments = Dictionary(grouping: try desk.rows("payments", in: books.workspace)) { $0.text("invoice_id")! }
        for (asOf, bounds) in [
            (books.days.today, [30, 60, 90]), (LocalDays.day(books.days.today, plus: -75), [7, 45]),
        ] {
            var expected: [String: Sums] = [:]
            for invoice in invoices
            where invoice.text("kind") == "invoice" && !["draft", "void"].contains(invoice.text("status"))
                && invoice.text("issue_date")! <= asOf
            {
                let paid = (payments[invoice.text("id")!] ?? []).filter { $0.text("paid_at")! <= asOf }
                let credits = invoices.filter {
                    $0.text("credits_id") == invoice.text("id")! && $0.text("issue_date")! <= asOf
                }
                let balance =
                    invoice.number("total_amount") - paid.reduce(0) { $0 + $1.number("amount_amount") }
                    - credits.reduce(0) { $0 + $1.number("total_amount") }
                guard balance > 0 else { continue }
                let days = LocalDays.count(from: invoice.text("due_date")!, to: asOf)
                var name = days < 0 ? "not_due" : "\(bounds.last!)+"
                var first = 0
                for bound in bounds {
                    if (first...bound).contains(days) { name = "\(first)-\(bound)" }
                    first = bound + 1
                }
                expected[name, default: Sums()].add(invoice.text("currency"), ["invoices": 1, "amount": balance])
                expected["all", default: Sums()].add(invoice.text("currency"), ["invoices": 1, "amount": balance])
            }
            let isToday = asOf == books.days.today
            let report = try desk.run(
                .invoiceAging, isToday ? "{}" : #"{"as_of":"\#(asOf)","buckets":[7,45]}"#, in: books.workspace)
            #expect(report["as_of"]?.string == asOf)
            #expect(report["buckets"]?.count == bounds.count + 2)
            for bucket in report["buckets"]?.elements ?? [] {
                let name = try #require(bucket["bucket"]?.string)
                #expect(money(bucket["values"]) == expected[name]?.byCurrency ?? [:])
            }
            #expect(money(report["totals"]) == expected["all"]?.byCurrency)
            #expect((expected["all"]?.byCurrency.count ?? 0) == 2)
        }
    }

    @Test("of revenue tell what was invoiced, received and won, and what recurs", arguments: Self.zones)
    func revenue(zone: String) throws {
        let books = try books(zone)
        let today = books.days.today
        let invoices = try desk.rows("invoices", in: books.workspace).filter {
            !["draft", "void"].contains($0.text("status"))
        }
        let payments = try desk.rows("payments", in: books.workspace)
        let (first, last) = (LocalDays.day(today, plus: -100), LocalDays.day(today, plus: -11))
        let arguments = #"{"from":"\#(first)","to":"\#(last)","compare":true}"#
        let report = try desk.run(.revenueMetrics, arguments, in: books.workspace)
        var sums: [Sums] = []
        for (first, last) in [(first, last), (LocalDays.day(first, plus: -90), LocalDays.day(first, plus: -1))] {
            var sum = Sums()
            for invoice in invoices {
                let sign: Int64 = invoice.text("kind") == "invoice" ? 1 : -1
                let net = sign * (invoice.number("subtotal_amount") - invoice.number("discount_total_amount"))
                let day = invoice.text("issue_date")!
                sum.add(invoice.text("currency"), ["invoiced": (first...last).contains(day) ? net : 0])
                let part: Int64 =
                    switch invoice.text("recurring") {
                    case "monthly" where day <= last && Ledger.monthLater(day) > last: net
                    case "yearly" where day <= last && Ledger.yearLater(day) > last: net.divided(by: 12)
                    default: 0
                    }
                sum.add(invoice.text("currency"), ["mrr": part, "arr": 12 * part])
            }
            for payment in payments where (first...last).contains(payment.text("paid_at")!) {
                sum.add(payment.text("amount_currency"), ["received": payment.number("amount_amount")])
            }
            for deal in books.deals
            where deal.text("status") == "closed_won" && books.isIn(first, last, deal.moment("closed_at")) {
                sum.add(deal.text("value_currency"), ["won": deal.number("value_amount")])
            }
            sums.append(sum)
        }
        #expect(Set(sums[0].byCurrency.keys) == ["USD", "EUR"])
        for (list, sum) in [("revenue", sums[0]), ("revenue_before", sums[1])] {
            let told = money(report[list])
            for (currency, figures) in sum.byCurrency {
                for (name, amount) in figures {
                    #expect(told[currency]?[name] == amount, "\(list) \(currency) \(name)")
                }
            }
        }
        for element in report["revenue"]?.elements ?? [] {
            let currency = element["currency"]!.string!
            let (now, before) = (sums[0].byCurrency[currency]!["invoiced"]!, sums[1].byCurrency[currency]!["invoiced"]!)
            #expect(near(element["growth"], before > 0 ? Double(now - before) / Double(before) : nil))
            #expect(sums[0].byCurrency[currency]!["mrr"]! > 0)
        }
        var series = Sums()
        for element in report["series"]?.elements ?? [] {
            series.add(element["currency"]?.string, ["invoiced": element["invoiced"]!.integer!])
        }
        #expect(series.byCurrency.mapValues { $0["invoiced"] } == sums[0].byCurrency.mapValues { $0["invoiced"] })
    }

    // MARK: Quotations and expenses

    @Test("of quotations tell what customers made of them", arguments: Self.zones)
    func quotationStats(zone: String) throws {
        let books = try books(zone)
        let today = books.days.today
        let quotations = try desk.rows("quotations", in: books.workspace)
        let lines = Dictionary(grouping: try desk.rows("quotation_lines", in: books.workspace)) {
            $0.text("quotation_id")!
        }
        var (expected, states) = (Sums(), [String: Int]())
        for quotation in quotations {
            let total = Ledger.total(lines[quotation.text("id")!] ?? [])
            let isSent = ["sent", "viewed"].contains(quotation.text("status"))
            let state = isSent ? quotation.text("valid_until")! < today ? "expired" : "open" : quotation.text("status")!
            states[state, default: 0] += 1
            expected.add(
                quotation.text("currency"),
                [
                    "quotations": 1, "total": total.net + total.tax, "open": state == "open" ? 1 : 0,
                    "open_total": state == "open" ? total.net + total.tax : 0, "accepted": state == "accepted" ? 1 : 0,
                    "accepted_total": state == "accepted" ? total.net + total.tax : 0,
                ])
        }
        let report = try desk.run(.quotationStats, in: books.workspace)
        #expect(money(report["by_currency"]) == expected.byCurrency)
        #expect(expected.byCurrency.count == 2)
        let decided = ["accepted", "rejected", "expired"].reduce(0) { $0 + (states[$1] ?? 0) }
        #expect(near(report["acceptance"]?["rate"], share(states["accepted"] ?? 0, decided)))
        #expect(decided > 1)
    }

    @Test("of expenses group what was spent", arguments: Self.zones)
    func expenses(zone: String) throws {
        let books = try books(zone)
        let today = books.days.today
        let (first, last) = (LocalDays.day(today, plus: -89), today)
        let expenses = try desk.rows("expenses", in: books.workspace).filter {
            (first...last).contains($0.text("date")!) && ["submitted", "approved", "paid"].contains($0.text("status"))
        }
        var totals = Sums()
        var groups: [String: [String: Int64]] = [:]
        for expense in expenses {
            let amount = expense.number("amount_amount")
            let key = expense.text("amount_currency")!
            totals.add(
                key,
                [
                    "expenses": 1, "amount": amount, "billable": expense.flag("billable") ? amount : 0,
                    "settled": expense.text("status") == "submitted" ? 0 : amount,
                ])
            groups["category", default: [:]]["\(expense.text("category")!) \(key)", default: 0] += amount
            groups["month", default: [:]]["\(expense.text("date")!.prefix(7))-01 \(key)", default: 0] += amount
        }
        for group in ["category", "month"] {
            let report = try desk.run(
                .expenseSummary, #"{"period":"last_90_days","group_by":"\#(group)"}"#, in: books.workspace)
            #expect(money(report["totals"]) == totals.byCurrency)
            let told = (report["groups"]?.elements ?? []).map {
                ($0["group"]!.string! + " " + $0["currency"]!.string!, $0["amount"]!.integer!)
            }
            #expect(Dictionary(uniqueKeysWithValues: told) == groups[group])
        }
        #expect(totals.byCurrency.count == 2)
    }

    // MARK: Bounds

    @Test("put a deal that is won just before midnight on that day of the workspace", arguments: Self.zones)
    func midnight(zone: String) throws {
        let workspace = try desk.workspace("w", zone: zone)
        try desk.query(
            """
            INSERT INTO deals (workspace_id, title, value_amount, value_currency, status, closed_at, created_at)
            SELECT \(workspace.uuid)::uuid, m.at, m.amount, 'USD', 'closed_won', m.at::timestamp AT TIME ZONE \(zone),
                '2026-01-01'
            FROM (VALUES ('2026-03-07 23:59:59', 1), ('2026-03-08 00:00', 10), ('2026-03-08 23:59:59', 100),
                ('2026-03-09 00:00', 1000)) AS m(at, amount)
            """, in: workspace)
        let arguments = #"{"from":"2026-03-08","to":"2026-03-08","compare":true}"#
        let report = try desk.run(.revenueMetrics, arguments, in: workspace)
        #expect(money(report["revenue"])["USD"]?["won"] == 110)
        #expect(money(report["revenue_before"])["USD"]?["won"] == 1)
    }

    @Test("of an empty workspace hold zeros and nothing", arguments: Self.zones)
    func empty(zone: String) throws {
        let workspace = try desk.workspace("w", zone: zone)
        let tools: [Tool] = [
            .pipelineSummary, .crmDashboard, .invoiceStats, .quotationStats, .invoiceAging, .pipelineAnalytics,
            .revenueMetrics, .salesForecast, .expenseSummary,
        ]
        for tool in tools {
            let arguments = tool.parameters.contains { $0.name == "compare" } ? #"{"compare":true}"# : "{}"
            let report = try desk.run(tool, arguments, in: workspace)
            #expect((report["definitions"]?.count ?? 0) > 0, "\(tool.name)")
            for (name, value) in report.members ?? [] where name != "stages" && name != "buckets" {
                if let elements = value.elements { #expect(elements.isEmpty, "\(tool.name) \(name)") }
            }
        }
        #expect(try desk.run(.pipelineSummary, in: workspace)["totals"]?["deals"]?.integer == 0)
        #expect(try desk.run(.quotationStats, in: workspace)["acceptance"]?["rate"]?.isNull == true)
        #expect(try desk.run(.pipelineAnalytics, in: workspace)["bottleneck"]?.isNull == true)
    }

    @Test("see nothing of a workspace with the same data")
    func isolation() throws {
        let (one, other) = (
            try desk.workspace("one", zone: "UTC", seed: 5), try desk.workspace("other", zone: "UTC")
        )
        let tools: [Tool] =
            [Toolset.deals, .activities, .pipeline, .invoicing, .quotations, .analytics].flatMap(\.tools)
        // What depends on the moment itself is left out: how long deals have been standing.
        let steady = tools.filter {
            $0.name.hasPrefix("list_") || $0.name == "get_invoice_stats" || $0.name == "get_invoice_aging"
        }
        let before = try steady.map { try desk.run($0, in: one).canonicalWithoutCursor }
        let nothing = try steady.map { try desk.run($0, in: other).canonicalWithoutCursor }
        try desk.fill(other, seed: 5)
        #expect(try steady.map { try desk.run($0, in: one).canonicalWithoutCursor } == before)
        try desk.query("UPDATE deals SET deleted_at = now()", in: one)
        try desk.query("UPDATE invoices SET deleted_at = now()", in: one)
        #expect(try desk.run(.pipelineSummary, in: one)["totals"]?["deals"]?.integer == 0)
        #expect((try desk.run(.pipelineSummary, in: other)["totals"]?["deals"]?.integer ?? 0) > 0)
        #expect(zip(before, nothing).allSatisfy { $0 != $1 })
    }
}

extension JSONNode {
    /// The same bytes for the same content, whatever cursor leads on.
    var canonicalWithoutCursor: [UInt8] {
        (members ?? []).filter { $0.name != "next_cursor" }.flatMap { Array($0.name.utf8) + $0.value.canonical }
    }
}

/// Sums of lines as a book-keeper makes them: each line rounded by itself, half away from zero.
enum Ledger {
    static func total(_ lines: [Row]) -> (net: Int64, tax: Int64) {
        var sum: (net: Int64, tax: Int64) = (0, 0)
        for line in lines {
            // Ten-thousandths of the quantity, hundredths and thousandths of percentages.
            let quantity = scaled(line, "quantity", 10_000)
            let gross = (quantity * line.number("unit_price")).divided(by: 10_000)
            let net = gross - (gross * scaled(line, "discount_percent", 100)).divided(by: 10_000)
            sum.net += net
            sum.tax += (net * scaled(line, "tax_rate", 1000)).divided(by: 100_000)
        }
        return sum
    }

    private static func scaled(_ line: Row, _ name: String, _ scale: Double) -> Int64 {
        Int64(((line.node[name]?.double ?? 0) * scale).rounded())
    }

    /// The same day of the next month, or its last one.
    static func monthLater(_ day: String) -> String {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        let (year, month) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
        return clamped(year, month, parts[2])
    }

    static func yearLater(_ day: String) -> String {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        return clamped(parts[0] + 1, parts[1], parts[2])
    }

    private static func clamped(_ year: Int, _ month: Int, _ day: Int) -> String {
        for day in stride(from: day, to: 27, by: -1) {
            let text = text(year, month, day)
            if Moment.microseconds(from: text) != nil { return text }
        }
        return text(year, month, day)
    }

    private static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
        [year, month, day].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    }
}
