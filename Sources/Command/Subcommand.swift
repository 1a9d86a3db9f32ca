import Gateway

/// One command: its words, what it takes, and what it does.
struct Subcommand: Sendable {
    /// A flag of a command's own, beside the settings that every command shares.
    struct Option: Sendable {
        let name: String
        /// What stands behind the flag in the help, or `nil` for a switch that takes no value.
        let value: String?
        let meaning: String

        init(_ name: String, _ value: String?, _ meaning: String) {
            self.name = name
            self.value = value
            self.meaning = meaning
        }
    }

    let words: [String]
    let summary: String
    /// What may follow without a flag, as the help shows it.
    var operands: String = ""
    var options: [Option] = []
    /// What the help tells at its end.
    var notes: String = ""
    /// The settings that the command reads.
    var settings: [Setting] = []
    let run: @Sendable (Flags) throws -> Void

    var name: String { words.joined(separator: " ") }

    /// The command that a command line begins with, and what follows its words.
    static func find(_ line: [String]) -> (Subcommand, [String])? {
        all.first { line.starts(with: $0.words) }.map { ($0, Array(line.dropFirst($0.words.count))) }
    }

    /// All commands, in the order in which the help lists them.
    static let all: [Subcommand] =
        [
            Serve.command, Dev.command, Migrate.command, ReindexCommand.command, EmbedCommand.command,
            ImportCommand.command,
            SeedCommand.command,
        ]
        + WorkspaceCommands.all + MemberCommands.all + ServerCommands.all + TokenCommands.all + AccessCommands.all
        + [ToolsCommand.command, AuditCommand.verify]
        + [Stdio.command, HealthCommand.command, Version.command]

    static let json = Option("json", nil, "Print JSON for programs to read")
}
