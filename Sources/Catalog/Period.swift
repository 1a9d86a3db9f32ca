import JSON
import Postgres
import Tools

/// The days that a report is about, as a call names them: by a word, or from one day to another.
///
/// Which days a word means depends on the workspace's time zone, so the database works them out: a report's statement
/// begins with ``tables(in:now:)``. A day begins at its first instant in that zone and ends where the next one begins,
/// also where clocks change.
struct Period: Sendable {
    /// Days counted from today in the workspace's time zone.
    enum Word: String, Sendable, CaseIterable {
        case today, yesterday
        /// The calendar's week (from Monday), month, quarter or year that today lies in, to its end.
        case week, month, quarter, year
        case last7Days = "last_7_days"
        case last30Days = "last_30_days"
        case last90Days = "last_90_days"
        case last365Days = "last_365_days"
        case next30Days = "next_30_days"
        case next90Days = "next_90_days"

        /// The first and the last day, over `today`.
        fileprivate var days: (first: String, last: String) {
            switch self {
            case .today: ("today", "today")
            case .yesterday: ("today - 1", "today - 1")
            case .week: unit("week")
            case .month: unit("month")
            case .quarter: unit("quarter", "3 months")
            case .year: unit("year")
            case .last7Days: ("today - 6", "today")
            case .last30Days: ("today - 29", "today")
            case .last90Days: ("today - 89", "today")
            case .last365Days: ("today - 364", "today")
            case .next30Days: ("today", "today + 29")
            case .next90Days: ("today", "today + 89")
            }
        }

        private func unit(_ name: String, _ length: String? = nil) -> (String, String) {
            let first = "date_trunc('\(name)', today::timestamp)"
            return ("\(first)::date", "(\(first) + interval '\(length ?? "1 \(name)")')::date - 1")
        }
    }

    /// What a report is about that has no day to begin or end with.
    enum Standard: Sendable {
        case word(Word)
        /// All days.
        case always
    }

    /// How many days a period has at most: ten years.
    static let longest: Int64 = 3_653

    private let word: Word?
    private let from: String?
    private let to: String?
    /// Whether all days before the last one belong to it where no first day is given.
    private let reachesBack: Bool

    /// The parameters of a report.
    ///
    /// - Parameter standard: What holds unless a call says otherwise.
    static func parameters(_ standard: Word) -> [Parameter] {
        days + [
            Parameter(
                "period", .choice(Word.allCases.map(\.rawValue)), "Instead of from and to.",
                standard: .string(standard.rawValue))
        ]
    }

    /// The parameters of a report that is about all days unless a call says otherwise.
    static let days = [
        Parameter("from", .day, "First day, in the workspace's time zone."),
        Parameter("to", .day, "Last day; today if left out."),
    ]

    static let comparison = Parameter(
        "compare", .boolean, "Add the days before, as many.", standard: false)

    /// Reads the days that a call is about.
    ///
    /// - Throws: ``ToolError`` for a word beside days, days in the wrong order, and too many of them.
    init(_ arguments: Arguments, _ standard: Standard) throws(ToolError) {
        let named = arguments.text("period").flatMap(Word.init(rawValue:))
        from = arguments.day("from")
        to = arguments.day("to")
        if named != nil, from != nil || to != nil {
            throw ToolError(problems: [
                .init("period", "`period` and `from` or `to` were given; give one or the other.")
            ])
        }
        if let from, let to {
            // Both are days of four digits for the year, so that their order is that of their texts.
            guard from <= to else {
                throw ToolError(problems: [
                    .init("to", "`to` is \(to), before `from`; it can be \(from) or a later day.")
                ])
            }
            let length =
                ((Moment.microseconds(from: to) ?? 0) - (Moment.microseconds(from: from) ?? 0)) / 86_400_000_000
            guard length < Self.longest else {
                throw ToolError(problems: [
                    .init("from", "`from` is \(from), \(length) days before `to`; a report covers ten years at most.")
                ])
            }
        }
        if case .word(let word) = standard {
            self.word = from == nil && to == nil ? named ?? word : nil
            reachesBack = false
        } else {
            word = named
            reachesBack = true
        }
    }

    /// A period of days that are known.
    init(from: String?, to: String?) {
        word = nil
        self.from = from
        self.to = to
        reachesBack = false
    }

    /// A period that a word names.
    init(_ word: Word) {
        self.word = word
        from = nil
        to = nil
        reachesBack = false
    }

    /// Whether a call bounds the days at all.
    var isBounded: Bool { word != nil || from != nil || to != nil }

    /// The tables that a report's statement begins with, behind `WITH`, one row each.
    ///
    /// - `clock`: the workspace's `zone`, and `today` there.
    /// - `span`: `first_day` and `last_day` of the period, where it `starts` and `ends` (which is no part of it).
    /// - `before`: the same of as many days that end where the period starts.
    ///
    /// Where a call leaves out the last day, it is today, or the first one if that is later. Where it leaves out the first
    /// day, it is 29 days before the last, or the first of all days in a report that is about all of them.
    func tables(in workspace: SQL, now: SQL = "now()") -> SQL {
        """
        clock AS MATERIALIZED (
            SELECT w.timezone AS zone, (\(now) AT TIME ZONE w.timezone)::date AS today
            FROM workspaces AS w WHERE w.id = \(workspace)
        ), chosen AS (
            SELECT zone, \(bounds) FROM clock
        ), span AS MATERIALIZED (
            SELECT first_day, last_day, start_of_day(first_day, zone) AS starts, start_of_day(last_day + 1, zone) AS ends
            FROM chosen
        ), before AS MATERIALIZED (
            SELECT first_day - length AS first_day, first_day - 1 AS last_day,
                start_of_day(first_day - length, zone) AS starts, start_of_day(first_day, zone) AS ends
            FROM (SELECT zone, first_day, last_day - first_day + 1 AS length FROM chosen) AS c
        )
        """
    }

    private var bounds: SQL {
        if let word { return "\(verbatim: word.days.first) AS first_day, \(verbatim: word.days.last) AS last_day" }
        let last: SQL
        switch (from, to) {
        case (_, let to?): last = "\(to)::date"
        case (let from?, nil): last = "greatest(today, \(from)::date)"
        case (nil, nil): last = "today"
        }
        let first: SQL = from.map { "\($0)::date" } ?? (reachesBack ? "date '0001-01-01'" : "\(last) - 29")
        return "\(first) AS first_day, \(last) AS last_day"
    }

    /// Whether a moment lies in the period in the table `name`.
    static func holds(_ moment: String, in name: String = "span") -> SQL {
        """
        (\(verbatim: moment) >= (SELECT starts FROM \(verbatim: name))
            AND \(verbatim: moment) < (SELECT ends FROM \(verbatim: name)))
        """
    }

    /// Whether a day belongs to the period in the table `name`.
    static func holds(day: String, in name: String = "span") -> SQL {
        """
        (\(verbatim: day) BETWEEN (SELECT first_day FROM \(verbatim: name)) AND (SELECT last_day FROM \(verbatim: name)))
        """
    }

    /// What a result tells of the period in the table `name`.
    static func told(_ name: String) -> SQL {
        """
        (SELECT json_build_object('from', s.first_day, 'to', s.last_day, 'timezone', c.zone)
            FROM \(verbatim: name) AS s CROSS JOIN clock AS c)
        """
    }
}
