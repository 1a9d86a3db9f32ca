import Gateway

/// The pages of `--help`.
enum Help {
    static var overview: String {
        let commands = Subcommand.all.map { line($0.name, $0.summary, 18) }.joined(separator: "\n")
        return """
            workport: a workspace's tasks and customers for AI assistants, over MCP

            Usage: workport COMMAND [FLAGS]

            Commands
            \(commands)

            `workport COMMAND --help` tells a command's flags.

            Settings (a flag wins over the environment; secrets are taken from VARIABLE or from the file VARIABLE_FILE)
            \(Setting.all.map(setting).joined(separator: "\n"))
            """
    }

    /// The commands that share a first word.
    static func group(_ commands: [Subcommand]) -> String {
        commands.map { line($0.name, $0.summary, 18) }.joined(separator: "\n")
    }

    static func page(of command: Subcommand) -> String {
        var text = "workport \(command.name): \(command.summary)\n\nUsage: workport \(command.name)"
        text += command.operands.isEmpty ? " [FLAGS]\n" : " \(command.operands) [FLAGS]\n"
        if !command.options.isEmpty {
            text += "\nFlags\n"
            for option in command.options {
                text += line("--" + option.name + (option.value.map { " " + $0 } ?? ""), option.meaning, 34) + "\n"
            }
        }
        if !command.settings.isEmpty {
            text += "\nSettings\n" + command.settings.map(setting).joined(separator: "\n") + "\n"
        }
        if !command.notes.isEmpty { text += "\n" + command.notes + "\n" }
        return String(text.dropLast())
    }

    private static func setting(_ setting: Setting) -> String {
        let standard = setting.standard.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        let flag = setting.form == .secret ? "" : "--\(setting.name)"
        return line(flag, "", 26) + line(setting.variable, setting.meaning + standard, 32)
    }

    static func line(_ left: String, _ right: String, _ width: Int) -> String {
        "  " + left + String(repeating: " ", count: max(1, width - left.count)) + right
    }
}
