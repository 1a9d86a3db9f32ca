import Catalog
import Gateway
import Postgres

/// `workport migrate`
enum Migrate {
    static let command = Subcommand(
        words: ["migrate"], summary: "Bring the database's schema up to this program",
        options: [.init("status", nil, "Only tell how the schema stands"), Subcommand.json],
        settings: [.adminDatabaseURL, .migrations], run: run
    )

    /// Builds the search index of workspaces whose rows were made by older rules.
    static func fillIndexes(_ connection: Connection) throws {
        let outdated = try SearchIndex(connection).outdated()
        guard !outdated.isEmpty else { return }
        Terminal.note("Indexing \(outdated.count) workspaces for search …")
        try ReindexCommand.complete(outdated, connection)
    }

    @Sendable private static func run(_ flags: Flags) throws {
        let settings = try flags.settings()
        let connection = try Administration.open(settings)
        let migrator = try Migrations.migrator(settings)
        if flags.has("status") {
            try StartCheck.schema(connection, migrator)
            return Terminal.print(flags.has("json") ? #"{"status":"current"}"# : "The schema is current.")
        }
        let ran = try migrator.migrate(connection) { Terminal.note("Migrating: \($0.name)") }
        try StoredNames.complete(on: connection)
        try fillIndexes(connection)
        if flags.has("json") {
            Terminal.print("{\"applied\":[\(ran.map { "\"\($0)\"" }.joined(separator: ","))]}")
        } else {
            Terminal.print(
                ran.isEmpty ? "The schema is current." : "\(ran.count) migrations ran; the schema is current.")
        }
    }
}
