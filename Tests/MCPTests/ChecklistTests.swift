import Foundation
import Testing

/// `Tests/CHECKLIST.md` says which tests show what; this compares it with the tests.
@Suite("The checklist")
struct ChecklistTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    private let lines: [Substring]

    init() throws {
        lines = try String(contentsOf: Self.folder.appending(path: "CHECKLIST.md"), encoding: .utf8).split(
            separator: "\n")
    }

    /// Every test in the sources and every conversation, as `suite › title`.
    private static let tests: Set<String> = {
        var names = Set(Transcript.all.map { "transcript › \($0.title)" })
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let file as URL in files! where file.pathExtension == "swift" {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            var suite = ""
            for match in text.matches(of: /@(Suite|Test)\(\s*"((?:[^"\\]|\\.)*)"/) {
                let title = String(match.2).replacing("\\\"", with: "\"")
                if match.1 == "Suite" { suite = title } else { names.insert("\(suite) › \(title)") }
            }
        }
        return names
    }()

    private func references(in line: Substring) -> [String] {
        line.matches(of: /`([^`]+ › [^`]+)`/).map { String($0.1) }
    }

    private static func exists(_ reference: String) -> Bool {
        guard reference.hasSuffix("…") else { return tests.contains(reference) }
        return tests.contains { $0.hasPrefix(reference.dropLast()) }
    }

    @Test("names tests that there are")
    func references() {
        #expect(Self.tests.count > 400)
        let all = lines.flatMap { references(in: $0) }
        #expect(all.count > 100)
        for reference in all { #expect(Self.exists(reference), "\(reference)") }
        #expect(!Self.exists("The checklist › names tests that there are not"))
        #expect(!Self.exists("A checklist …"))
    }

    @Test("names one for each line")
    func coverage() {
        let rows = lines.filter { $0.hasPrefix("| ") && !$0.hasSuffix("| tests |") }
        #expect(rows.count > 60)
        for row in rows { #expect(!references(in: row).isEmpty, "\(row)") }
        let rules = rows.compactMap { Int($0.dropFirst(2).prefix { $0 != " " }) }
        #expect(rules == Array(1...20))
    }

    @Test("names files that there are")
    func files() {
        for line in lines {
            for match in line.matches(of: /`([A-Za-z\/]+\.(?:md|py|swift))`/) {
                let path = Self.folder.appending(path: String(match.1)).path()
                #expect(FileManager.default.fileExists(atPath: path), "\(match.1)")
            }
        }
    }
}
