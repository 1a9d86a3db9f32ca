import Foundation
import Testing

/// A conversation from `Transcripts`: what a client sends, and what must come back.
///
///     ### A title that reads as a sentence
///     @ each 2025-03-26 2025-06-18  plays it once for each of these, which is <revision>; must come first
///     @ shows 2025-06-18: ping      it is an example of that row of the table of behaviours in that revision
///     @ session 2025-06-18 {}       opens a session, of a client with these capabilities; its id is <session>
///     @ wide                        serves everything, not tools alone; must come first
///     @ as bob                      changes the credential
///     @ advance 90000               lets seconds pass
///     > POST                        a method, headers, a blank line and a body; usual headers are added,
///     > Accept: text/html           unless they are given, or taken away by `-Accept`
///     >
///     > {"jsonrpc":"2.0"}
///     < 406                         status, headers, a blank line and a body, compared as JSON
///     < Content-Type: application/json
///     < -Mcp-Session-Id             must be absent
///     <
///     < {"jsonrpc":"2.0","error":{"code":-32600,"message":"<any>"}}
///
/// An answer that is a stream has an event a line: `(nothing)` for one without data, `[<id> 500] {}` for one with an id
/// and the time to wait, `[-] {}` for one without an id. Streams may stay open while other things happen:
///
///     > POST as call                sends, and goes on when the events below have come
///     …
///     < {"jsonrpc":"2.0","method":"notifications/progress","params":"<any>"}
///     @ events call                 the next events of that stream
///     < {"jsonrpc":"2.0","id":1,"result":"<any>"}
///     @ end call                    nothing more comes
///     @ leave call                  the client goes away
///     @ announce tools              the list has changed, or with `resource URI` what stands there
///     @ close                       the server ends its streams
///
/// `= name text` at the top of a file defines `<name>`. Another name, alone in a header or a string of an answer,
/// takes whatever is there and means it from then on.
struct Transcript: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        case session(revision: String, capabilities: String)
        case caller(String)
        case wide
        case advance(seconds: Int)
        case exchange(sent: [String], expected: [String], line: Int)
        /// Sends a request whose stream stays open under a name.
        case begin(name: String, sent: [String], expected: [String], line: Int)
        case events(name: String, expected: [String], line: Int)
        case end(name: String, line: Int)
        case leave(name: String)
        case announce(String)
        case close
    }

    /// What a conversation is an example of.
    struct Example: Hashable, Sendable {
        let behaviour: String
        let revision: String
    }

    let file: String
    let title: String
    var definitions: [String: String]
    var steps: [Step] = []
    /// What it is an example of.
    private(set) var examples: Set<Example> = []
    /// The revisions that it is played in, if it is one conversation in several.
    private var revisions: [String] = []

    var testDescription: String { "\(file): \(title)" + (definitions["revision"].map { " [\($0)]" } ?? "") }

    /// Every conversation in the folder.
    static let all: [Transcript] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().flatMap { name in
            read((try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? "", file: name)
        }
    }()

    private static func read(_ text: String, file: String) -> [Transcript] {
        var transcripts: [Transcript] = []
        var definitions: [String: String] = [:]
        var sent: [String] = []
        var expected: [String] = []
        var events: String?
        func add(_ step: Step) { transcripts[transcripts.count - 1].steps.append(step) }
        func finish(at line: Int) {
            if let name = events {
                add(.events(name: name, expected: expected, line: line))
            } else if let first = sent.first {
                let words = first.split(separator: " ").map(String.init)
                let isOpen = words.count == 3 && words[1] == "as"
                let request = [words[0]] + sent.dropFirst()
                add(
                    isOpen
                        ? .begin(name: words[2], sent: request, expected: expected, line: line)
                        : .exchange(sent: request, expected: expected, line: line)
                )
            }
            (sent, expected, events) = ([], [], nil)
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let rest = String(line.dropFirst(2))
            if line.hasPrefix("<") {
                expected.append(rest)
                continue
            }
            if !expected.isEmpty { finish(at: index) }
            let words = rest.split(separator: " ", maxSplits: 1).map(String.init)
            if line.hasPrefix("### ") {
                transcripts.append(Transcript(file: file, title: String(line.dropFirst(4)), definitions: definitions))
            } else if line.hasPrefix(">") {
                sent.append(rest)
            } else if line.hasPrefix("= ") {
                definitions[words[0]] = words[1]
            } else if line.hasPrefix("@ each ") {
                transcripts[transcripts.count - 1].revisions = words[1].split(separator: " ").map(String.init)
            } else if line.hasPrefix("@ shows ") {
                let parts = words[1].split(separator: ": ", maxSplits: 1).map(String.init)
                let example = Example(behaviour: parts[1], revision: parts[0])
                transcripts[transcripts.count - 1].examples.insert(example)
            } else if line.hasPrefix("@ events ") {
                events = words[1]
            } else if line.hasPrefix("@ ") {
                add(directive(words, line: index + 1))
            }
        }
        finish(at: 0)
        return transcripts.flatMap(\.inEachRevision)
    }

    private var inEachRevision: [Transcript] {
        guard !revisions.isEmpty else { return [self] }
        return revisions.map { revision in
            var copy = self
            copy.definitions["revision"] = revision
            copy.examples = Set(
                examples.map { $0.revision == "<revision>" ? Example(behaviour: $0.behaviour, revision: revision) : $0 }
            )
            return copy
        }
    }

    private static func directive(_ words: [String], line: Int) -> Step {
        let rest = words.count > 1 ? words[1] : ""
        switch words[0] {
        case "session":
            let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
            return .session(revision: parts[0], capabilities: parts.count > 1 ? parts[1] : #"{"elicitation":{}}"#)
        case "wide": return .wide
        case "as": return .caller(rest)
        case "advance": return .advance(seconds: Int(rest) ?? 0)
        case "end": return .end(name: rest, line: line)
        case "leave": return .leave(name: rest)
        case "announce": return .announce(rest)
        case "close": return .close
        default: preconditionFailure("No directive is called \(words[0])")
        }
    }
}
