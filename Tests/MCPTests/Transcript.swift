import Foundation
import Testing

/// A conversation from `Transcripts`: what a client sends, and what must come back.
///
///     ### A title that reads as a sentence
///     @ each 2025-03-26 2025-06-18  plays it once for each of these, which is <revision>; must come first
///     @ session 2025-06-18          opens a session; its id is <session> from then on
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
/// `= name text` at the top of a file defines `<name>`. Another name, alone in a header or a string of an answer,
/// takes whatever is there and means it from then on.
struct Transcript: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        case session(revision: String)
        case caller(String)
        case wide
        case advance(seconds: Int)
        case exchange(sent: [String], expected: [String], line: Int)
    }

    let file: String
    let title: String
    var definitions: [String: String]
    var steps: [Step] = []
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
        func finish(at line: Int) {
            guard !sent.isEmpty else { return }
            transcripts[transcripts.count - 1].steps.append(.exchange(sent: sent, expected: expected, line: line))
            (sent, expected) = ([], [])
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
            } else if line.hasPrefix("@ ") {
                transcripts[transcripts.count - 1].steps.append(directive(words))
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
            return copy
        }
    }

    private static func directive(_ words: [String]) -> Step {
        switch words[0] {
        case "session": .session(revision: words[1])
        case "wide": .wide
        case "as": .caller(words[1])
        case "advance": .advance(seconds: Int(words[1]) ?? 0)
        default: preconditionFailure("No directive is called \(words[0])")
        }
    }
}
