import Foundation
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@testable import Catalog

@Suite("Periods")
struct PeriodTests {
    private func row(_ period: Period, zone: String, now: String) throws -> [String?] {
        let database = try TestDatabase.make(migrations: true)
        let connection = try database.connect(as: .owner)
        let made = try connection.query(
            "INSERT INTO workspaces (name, slug, timezone) VALUES ('A', 'a', \(zone)) RETURNING id")
        let rows = try connection.query(
            """
            WITH \(period.tables(in: "\(made.string(0, 0))::uuid", now: "\(now)::timestamptz"))
            SELECT s.first_day, s.last_day, rfc3339(s.starts), rfc3339(s.ends), b.first_day, b.last_day,
                rfc3339(b.starts), rfc3339(b.ends)
            FROM span AS s CROSS JOIN before AS b
            """)
        return (0..<8).map { rows.string(0, $0) }
    }

    @Test(
        "of a word are days of the workspace's time zone, with as many before",
        arguments: [
            // The evening of one day is the morning of the next elsewhere.
            (
                Period.Word.today, "UTC", "2026-03-01T23:30Z", "2026-03-01", "2026-03-01", "2026-03-01T00:00",
                "2026-03-02T00:00"
            ),
            (
                .today, "Pacific/Kiritimati", "2026-03-01T23:30Z", "2026-03-02", "2026-03-02", "2026-03-01T10:00",
                "2026-03-02T10:00"
            ),
            (
                .today, "America/New_York", "2026-03-02T03:30Z", "2026-03-01", "2026-03-01", "2026-03-01T05:00",
                "2026-03-02T05:00"
            ),
            // A day of 23 hours, and one of 25.
            (
                .today, "America/New_York", "2026-03-08T16:00Z", "2026-03-08", "2026-03-08", "2026-03-08T05:00",
                "2026-03-09T04:00"
            ),
            (
                .today, "Europe/Berlin", "2026-10-25T16:00Z", "2026-10-25", "2026-10-25", "2026-10-24T22:00",
                "2026-10-25T23:00"
            ),
            // Clocks go forward at midnight: the day begins at one.
            (
                .today, "Africa/Cairo", "2024-04-26T12:00Z", "2024-04-26", "2024-04-26", "2024-04-25T22:00",
                "2024-04-26T21:00"
            ),
            // Clocks go back over midnight: it comes twice, and the day begins at the first.
            (
                .today, "America/Havana", "2024-11-03T12:00Z", "2024-11-03", "2024-11-03", "2024-11-03T04:00",
                "2024-11-04T05:00"
            ),
            // Half an hour.
            (
                .today, "Australia/Lord_Howe", "2026-04-05T12:00Z", "2026-04-05", "2026-04-05", "2026-04-04T13:00",
                "2026-04-05T13:30"
            ),
            (
                .yesterday, "UTC", "2024-03-01T12:00Z", "2024-02-29", "2024-02-29", "2024-02-29T00:00",
                "2024-03-01T00:00"
            ),
            (.week, "UTC", "2026-03-01T12:00Z", "2026-02-23", "2026-03-01", "2026-02-23T00:00", "2026-03-02T00:00"),
            (
                .month, "America/New_York", "2026-03-31T12:00Z", "2026-03-01", "2026-03-31", "2026-03-01T05:00",
                "2026-04-01T04:00"
            ),
            (.quarter, "UTC", "2026-11-26T12:00Z", "2026-10-01", "2026-12-31", "2026-10-01T00:00", "2027-01-01T00:00"),
            (.year, "UTC", "2026-11-26T12:00Z", "2026-01-01", "2026-12-31", "2026-01-01T00:00", "2027-01-01T00:00"),
            (
                .last7Days, "UTC", "2026-03-03T12:00Z", "2026-02-25", "2026-03-03", "2026-02-25T00:00",
                "2026-03-04T00:00"
            ),
            (
                .next30Days, "UTC", "2026-03-03T12:00Z", "2026-03-03", "2026-04-01", "2026-03-03T00:00",
                "2026-04-02T00:00"
            ),
        ] as [(Period.Word, String, String, String, String, String, String)]
    )
    func words(
        word: Period.Word, zone: String, now: String, first: String, last: String, starts: String, ends: String
    ) throws {
        let row = try row(Period(word), zone: zone, now: now)
        #expect(Array(row[..<4]) == [first, last, starts + ":00.000Z", ends + ":00.000Z"])
        let length = LocalDays.count(from: first, to: last) + 1
        #expect(row[4] == LocalDays.day(first, plus: -length))
        #expect(row[5] == LocalDays.day(first, plus: -1))
        #expect(row[7] == row[2])
    }

    @Test(
        "begin where the calendar of another clockwork begins a day, all days of three years",
        arguments: [
            "UTC", "America/New_York", "Europe/Berlin", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe",
            "Asia/Kathmandu", "Pacific/Apia", "America/Santiago", "Asia/Beirut",
        ]
    )
    func days(zone: String) throws {
        let database = try TestDatabase.make(migrations: true)
        let rows = try database.connect(as: .owner).query(
            """
            SELECT d::date, (extract(epoch FROM start_of_day(d::date, \(zone))) * 1000000)::bigint
            FROM generate_series('2023-01-01'::date, '2025-12-31'::date, '1 day') AS d
            """)
        let days = try LocalDays(zone)
        var wrong: [String] = []
        for row in 0..<rows.rowCount {
            let day = try #require(rows.string(row, 0))
            if try rows.int64(row, 1) != days.start(of: day) { wrong.append(day) }
        }
        #expect(rows.rowCount == 1096)
        #expect(wrong.isEmpty)
    }

    @Test("of days that a call leaves out end today, or on the first day if that is later")
    func openEnds() throws {
        let now = "2026-03-03T12:00Z"
        let from = try row(Period(from: "2026-02-01", to: nil), zone: "UTC", now: now)
        #expect(Array(from[..<2]) == ["2026-02-01", "2026-03-03"])
        let future = try row(Period(from: "2026-05-01", to: nil), zone: "UTC", now: now)
        #expect(Array(future[..<2]) == ["2026-05-01", "2026-05-01"])
        let to = try row(Period(from: nil, to: "2026-01-30"), zone: "UTC", now: now)
        #expect(Array(to[..<2]) == ["2026-01-01", "2026-01-30"])
    }

    @Test(
        "are refused that begin after they end, are too long, or are named twice",
        arguments: [
            (#"{"from":"2026-03-02","to":"2026-03-01"}"#, "to"), (#"{"from":"2000-01-01","to":"2026-03-01"}"#, "from"),
            (#"{"period":"week","to":"2026-03-01"}"#, "period"),
        ]
    )
    func refusals(arguments: String, field: String) throws {
        let read = try Arguments(JSONDocument(text: arguments).root, for: Period.parameters(.month))
        let error = #expect(throws: ToolError.self) { try Period(read, .word(.month)) }
        #expect(error?.problems.map(\.field) == [field])
    }
}
