import Catalog
import Gateway
import Identity
import JSON
import Postgres
import Synchronization

/// `workport seed`
enum SeedCommand {
    static let command = Subcommand(
        words: ["seed"], summary: "Fill new workspaces with made-up data for load tests",
        options: [
            .init("workspaces", "N", "How many workspaces (1)"),
            .init("tasks", "M", "How many tasks in each workspace (1000)"),
            .init("one-large", "K", "Give the first workspace K tasks instead"),
            .init("seed", "S", "A number that all data follows from, keys included (1)"),
            .init("connections", "C", "How many connections work side by side (one for each processor)"),
            .init("tokens", nil, "Make a token in each workspace and print it"),
            Subcommand.json,
        ],
        settings: Administration.settings + [.tokenPepper], run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        guard flags.operands.isEmpty else { throw UsageError("`workport seed` takes flags only.") }
        let order = WorkspaceSeeder.Order(
            workspaces: try flags.integer("workspaces", 1...100_000) ?? 1,
            tasks: try flags.integer("tasks", 0...100_000_000) ?? 1_000,
            tasksOfFirst: try flags.integer("one-large", 0...100_000_000),
            seed: UInt64(try flags.integer("seed", 0...Int.max) ?? 1)
        )
        let connections = try flags.integer("connections", 1...64) ?? Process.cores
        let settings = try flags.settings()
        let pepper = flags.has("tokens") ? try Configuration.pepper(settings) : nil
        let connection = try Administration.connect(settings)
        let seeder = WorkspaceSeeder(order) { try Administration.open(settings) }
        let line = ProgressLine("Tasks")
        let made = try seeder.run(connections: connections) { line.show($0, of: $1) }
        line.end()
        let rows = try made.map { made in
            try row(made, token: pepper.map { try token(for: made, pepper: $0, connection) })
        }
        Report.print(rows, columns: ["id", "slug", "tasks", "member", "token"], asJSON: flags.has("json"))
    }

    private static func token(for made: WorkspaceSeeder.Made, pepper: TokenPepper, _ connection: Connection) throws
        -> String
    {
        var wishes = CredentialRegistry.Settings()
        wishes.name = "Load test"
        wishes.actsAs = made.member
        wishes.customerComments = true
        // A load test is to find what the service can do.
        wishes.limits = .unlimited
        return try CredentialRegistry(connection, in: made.workspace, pepper: pepper).create(wishes).token.text
    }

    private static func row(_ made: WorkspaceSeeder.Made, token: String?) throws -> RawJSON {
        var members: [JSONMember] = [
            .init("id", .string(made.workspace.text)), .init("slug", .string(made.slug)),
            .init("tasks", .integer(Int64(made.tasks))), .init("member", .string(made.member)),
        ]
        if let token { members.append(.init("token", .string(token))) }
        return RawJSON(.object(members))
    }
}

/// One line that tells how far a long command is: at most four times a second on a terminal, every ten seconds in a log.
final class ProgressLine: Sendable {
    private let what: String
    private let start = ContinuousClock.now
    private let lastShown = Mutex(ContinuousClock.now)

    init(_ what: String) { self.what = what }

    /// Tells how many there are now; `total` is nil where nobody knows yet.
    func show(_ count: Int, of total: Int?) {
        let now = ContinuousClock.now
        let isDue = lastShown.withLock { last in
            guard now - last >= Terminal.progressInterval || count == total else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = max(0.001, Double((now - start).components.seconds) + 0.001 * Double(milliseconds(now - start)))
        let rate = "\(Int(Double(count) / seconds)) a second"
        Terminal.progress(total.map { "\(what): \(count) of \($0), \(rate)" } ?? "\(what): \(count), \(rate)")
    }

    func end() { Terminal.endProgress() }

    private func milliseconds(_ duration: Duration) -> Int64 { duration.components.attoseconds / 1_000_000_000_000_000 }
}
