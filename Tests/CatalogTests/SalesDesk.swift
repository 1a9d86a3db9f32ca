import Crypto
import Foundation
import HTTP
import Identity
import JSON
import Postgres
import Synchronization
import TestSupport
import Testing
import Tools

@testable import Catalog

/// Workspaces with generated sales, and tools that are run in them as the service runs them: as the application's role.
final class SalesDesk {
    private let owner: Connection
    private let application: Connection
    private let seal = try! Seal(keys: [SealKey.random(id: 1)])
    private let authenticator = Authenticator(pepper: TokenPepper([UInt8](repeating: 1, count: 32))!)

    /// All desks share a database; each test has workspaces of its own in it.
    private static let database = Result { try TestDatabase.make(migrations: true) }
    private static let lastNumber = Mutex(0)

    init() throws {
        let database = try Self.database.get()
        owner = try database.connect(as: .owner)
        application = try database.connect(as: .application)
    }

    /// Microseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }

    /// Makes a workspace with three members; empty of everything else without a seed.
    func workspace(_ name: String, zone: String, seed: UInt64? = nil, deals: Int = 120) throws -> WorkspaceID {
        let number = Self.lastNumber.withLock { number in
            number += 1
            return number
        }
        return try owner.transaction { connection in
            var settings = WorkspaceRegistry.Settings()
            settings.timezone = zone
            let workspace = try WorkspaceCreation.createInTransaction(
                name: name, slug: "\(name)-\(number)", settings: settings, on: connection)
            for name in ["Ann", "Ben", "Cleo"] {
                _ = try connection.query(
                    """
                    INSERT INTO members (workspace_id, name, email)
                    VALUES (\(workspace.uuid)::uuid, \(name), \(name.lowercased() + "@example.com"))
                    """)
            }
            if let seed { try Self.fill(workspace, seed, deals, on: connection) }
            return workspace
        }
    }

    /// Fills a workspace with generated sales.
    func fill(_ workspace: WorkspaceID, seed: UInt64, deals: Int = 120) throws {
        try owner.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            try Self.fill(workspace, seed, deals, on: connection)
        }
    }

    /// Writes into a workspace, as the owner.
    func write(in workspace: WorkspaceID, _ body: (Connection) throws -> Void) throws {
        try owner.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            try body(connection)
        }
    }

    private static func fill(_ workspace: WorkspaceID, _ seed: UInt64, _ deals: Int, on connection: Connection) throws {
        let frame = try SeedRows.Frame(workspace, on: connection)
        let plan = SeedPlan(
            seed: seed, workspace: 0, taskCount: 1, customerCount: 40, firstNumber: 1, memberCount: 3,
            period: now - 200 * SeedSales.day...now, trades: [.plumbing])
        var rows = SeedRows(frame)
        for company in plan.companies { rows.append(company) }
        for customer in plan.customers { rows.append(customer) }
        try rows.store(on: connection)
        let sales = SeedSales.Plan(
            seed: seed, workspace: 0, dealCount: deals, now: now, customers: Array(plan.customers),
            companies: Array(plan.companies))
        var made = try SeedSales(frame, sales, on: connection)
        try made.store(on: connection)
    }

    /// Runs statements in a workspace, as the application's role.
    @discardableResult
    func query(_ statement: SQL, in workspace: WorkspaceID) throws -> QueryResult {
        try application.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try connection.query(statement)
        }
    }

    /// The rows of a table, read plainly.
    func rows(_ table: String, in workspace: WorkspaceID) throws -> [Row] {
        let result = try query("SELECT to_jsonb(t) FROM \(verbatim: table) AS t", in: workspace)
        return try (0..<result.rowCount).map { row in
            Row(node: try JSONDocument(try #require(result.bytes(row, 0))).root)
        }
    }

    /// Calls a reading tool.
    func run(_ tool: Tool, _ arguments: String = "{}", in workspace: WorkspaceID, as member: String? = nil) throws
        -> JSONNode
    {
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + token(of: workspace))
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: [], peer: "", arrival: .now)
        let call = try ToolCall(
            tool, arguments: try JSONDocument(Array(arguments.utf8)).root,
            from: try authenticator.credential(in: request, for: workspace.text), seal: seal)
        guard case .read(let body) = tool.body else { throw ToolError(.internalError, "No reading tool.") }
        let read = try body(call)
        let key = try #require(RowID(uuid: String(repeating: "0", count: 32)))
        let access = ToolAccess(
            readOnly: true, customerComments: false, customerCommentFactors: 0)
        let principal = Principal(workspace: workspace, credential: key, member: nil, access: access)
        let results = try application.transaction(readOnly: true) { connection in
            _ = try connection.query(Tenancy.set(workspace))
            _ = try connection.query("SELECT set_config('workport.member_id', \(member ?? ""), true)")
            return try read.statements.map { try connection.query($0) }
        }
        return try JSONDocument(read.answer(results, principal).structured.bytes).root
    }

    /// One token a workspace, so that a cursor opens for the call that follows.
    private var tokens: [WorkspaceID: String] = [:]

    private func token(of workspace: WorkspaceID) -> String {
        if let token = tokens[workspace] { return token }
        let token = AccessToken(for: workspace).text
        tokens[workspace] = token
        return token
    }
}

/// A row as the database gives it.
struct Row {
    let node: JSONNode

    func text(_ name: String) -> String? { node[name]?.string }
    func number(_ name: String) -> Int64 { node[name]?.integer ?? 0 }
    func flag(_ name: String) -> Bool { node[name]?.bool ?? false }
    /// Microseconds since 1970.
    func moment(_ name: String) -> Int64? { text(name).flatMap(Moment.microseconds(from:)) }
    var isDeleted: Bool { text("deleted_at") != nil }
}

/// Days in a time zone, by another clockwork than the database's.
struct LocalDays {
    private let calendar: Calendar

    init(_ zone: String) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        self.calendar = calendar
    }

    /// The day of a moment, such as `2026-11-20`.
    func day(of microseconds: Int64) -> String {
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSince1970: Double(microseconds) / 1e6))
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    var today: String { day(of: SalesDesk.now) }

    /// The first instant of a day, in microseconds since 1970.
    func start(of day: String) throws -> Int64 {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        let noon = try #require(
            calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: 12)))
        return Int64(calendar.startOfDay(for: noon).timeIntervalSince1970 * 1e6)
    }

    /// A day some days later.
    static func day(_ day: String, plus count: Int) -> String {
        let midnight = Moment.microseconds(from: day) ?? 0
        return String(Moment.text(midnight + Int64(count) * 86_400_000_000).prefix(10))
    }

    /// How many days lie between two.
    static func count(from first: String, to last: String) -> Int {
        Int(((Moment.microseconds(from: last) ?? 0) - (Moment.microseconds(from: first) ?? 0)) / 86_400_000_000)
    }
}

/// A list with an element for each currency, by currency and figure.
func money(_ list: JSONNode?) -> [String: [String: Int64]] {
    var money: [String: [String: Int64]] = [:]
    for element in list?.elements ?? [] {
        for (name, value) in element.members ?? [] {
            if let number = value.integer { money[element["currency"]?.string ?? "", default: [:]][name] = number }
        }
    }
    return money
}

/// Adds figures up by currency, as ``money(_:)`` gives them.
struct Sums: Equatable {
    var byCurrency: [String: [String: Int64]] = [:]

    mutating func add(_ currency: String?, _ figures: KeyValuePairs<String, Int64>) {
        for (name, amount) in figures { byCurrency[currency ?? "", default: [:]][name, default: 0] += amount }
    }
}

extension Int64 {
    /// A product with a percentage, rounded half away from zero.
    func percent(_ percent: Int64) -> Int64 {
        let product = self * percent
        return product >= 0 ? (product + 50) / 100 : -((-product + 50) / 100)
    }

    /// A quotient, rounded half away from zero.
    func divided(by divisor: Int64) -> Int64 {
        self >= 0 ? (2 * self + divisor) / (2 * divisor) : -((-2 * self + divisor) / (2 * divisor))
    }
}
