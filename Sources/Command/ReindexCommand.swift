import Catalog
import Identity
import Postgres

/// `workport reindex`
enum ReindexCommand {
    static let command = Subcommand(
        words: ["reindex"], summary: "Build the search index anew, while the service runs",
        options: [
            .init("workspace", "WORKSPACE", "One workspace, by id or slug; all if left out"),
            Subcommand.json,
        ],
        notes: """
            Not needed in daily use: every write keeps the index up to date. Run it when a workspace's country was changed,
            and after a dump was restored into another cluster.
            """,
        settings: Administration.settings, run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        guard flags.operands.isEmpty else { throw UsageError("`workport reindex` takes flags only.") }
        let connection = try Administration.connect(try flags.settings())
        let workspaces =
            try flags.text("workspace").map { [try Administration.workspace($0, connection)] }
            ?? SearchIndex(connection).all()
        let tasks = try build(workspaces) { try SearchIndex(connection).rebuild($0, $1) }
        if flags.has("json") {
            Terminal.print("{\"workspaces\":\(workspaces.count),\"tasks\":\(tasks)}")
        } else {
            Terminal.print("\(tasks) tasks of \(workspaces.count) workspaces are indexed.")
        }
    }

    /// Builds what the index lacks of workspaces.
    static func complete(_ workspaces: [WorkspaceID], _ connection: Connection) throws {
        _ = try build(workspaces) { try SearchIndex(connection).complete($0, $1) }
    }

    /// Builds the index of workspaces, and tells how far it is.
    ///
    /// - Returns: How many tasks they have.
    private static func build(
        _ workspaces: [WorkspaceID], _ body: (WorkspaceID, _ progress: (Int) -> Void) throws -> Int
    ) throws -> Int {
        let line = ProgressLine("Tasks")
        var done = 0
        for workspace in workspaces {
            let before = done
            done += try body(workspace) { line.show(before + $0, of: nil) }
        }
        line.end()
        return done
    }
}
