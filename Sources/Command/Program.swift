import Gateway
import Glibc

/// The program `workport`: finds the command, runs it, and turns every problem into one sentence and exit code 1.
@main
enum Program {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise()
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            try run(words)
        } catch let error as UsageError {
            Terminal.error(error.message)
            exit(2)
        } catch {
            Terminal.error(Failure.sentence(for: error))
            exit(1)
        }
    }

    private static func run(_ words: [String]) throws {
        guard let first = words.first, !["help", "--help", "-h"].contains(first) else {
            return Terminal.print(Help.overview)
        }
        if first == "--version" { return try Version.run(Flags()) }
        guard let (command, rest) = Subcommand.find(words) else {
            let group = Subcommand.all.filter { $0.words.count > 1 && $0.words[0] == first }
            if !group.isEmpty, words.count == 1 || words[1].hasPrefix("-") { return Terminal.print(Help.group(group)) }
            throw UsageError("There is no command `\(first)`. `workport --help` lists the commands.")
        }
        if rest.contains("--help") || rest.contains("-h") { return Terminal.print(Help.page(of: command)) }
        try command.run(try Flags(rest, for: command))
    }
}

/// A command line that cannot be understood; the exit code is 2.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
