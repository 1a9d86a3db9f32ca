import Catalog
import Foundation
import Identity
import JSON
import Testing
import Tools

@testable import MCP

/// What clients see of each tool, kept in a file, so that a change of the surface shows in review line by line.
@Suite("The surface of a tool")
struct ToolSnapshotTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Tools")

    /// Set to write the files instead of comparing them.
    private static let isWriting = ProcessInfo.processInfo.environment["WORKPORT_TEST_WRITE_SNAPSHOTS"] != nil

    private static let remedy = """
        If that is meant, write the files anew: WORKPORT_TEST_WRITE_SNAPSHOTS=1 swift test --filter ToolSnapshotTests
        """

    /// Everything is there and nothing waits: a confirmation only takes requirements from a result's schema.
    private static let access = ToolAccess(
        readOnly: false, customerComments: true, customerCommentFactors: 2, profile: .all)

    /// The tool as a client of the newest revision gets it, a member a line.
    private static func surface(of tool: Tool) throws -> String {
        var writer = JSONWriter()
        tool.description(for: access).write(for: .july2026, to: &writer)
        return try JSONLines.text(of: JSONDocument(writer.bytes).root.value) + "\n"
    }

    @Test("is what its file says", arguments: Catalog.registry.names)
    func isKept(name: String) throws {
        let surface = try Self.surface(of: #require(Catalog.registry[name]))
        let file = Self.folder.appending(path: name + ".json")
        if Self.isWriting { return try surface.write(to: file, atomically: true, encoding: .utf8) }
        let stored = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(stored == surface, "\(name)\n\(LineDifference(from: stored, to: surface))\n\(Self.remedy)")
    }

    @Test("is kept for the tools that there are, and no others", .disabled(if: isWriting, "The files are written now."))
    func areAll() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let names = files.map { String($0.dropLast(".json".count)) }
        #expect(Set(names).subtracting(Catalog.registry.names).sorted() == [], "Delete the files of what is gone.")
        #expect(Set(Catalog.registry.names).subtracting(names).sorted() == [], "\(Self.remedy)")
    }

    @Test("tells a change line by line")
    func difference() {
        let difference = LineDifference(from: "a\nb\nc\n", to: "a\nd\nc\n")
        #expect("\(difference)" == "2: - b\n2: + d")
        #expect(LineDifference(from: "a\n", to: "a\n").isEmpty)
    }
}

/// JSON with a member or an element a line, so that files are compared line by line.
private enum JSONLines {
    static func text(of value: JSONValue, _ indentation: String = "") -> String {
        let inner = indentation + "  "
        switch value {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { inner + RawJSON(.string($0.name)).text + ": " + text(of: $0.value, inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indentation + "}"
        // Lists of words stand in a line of their own each as well: one that is added is one line of difference.
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + text(of: $0, inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indentation + "]"
        default: return RawJSON(value).text
        }
    }
}
