import Foundation
import JSON
import Testing

@testable import MCP

/// The official test suite of JSON Schema: its required part, and of 2020-12 also the optional part. It is not part of
/// this repository; `make test` takes it from the source distribution of the Python package `jsonschema` and names the
/// folder.
@Suite("The official test suite of JSON Schema")
struct JSONSchemaSuiteTests {
    private static let folder = ProcessInfo.processInfo.environment["WORKPORT_TEST_JSON_SCHEMA_SUITE"]

    /// Why a schema of the suite is refused.
    enum Reason: String {
        case elsewhere = "It refers to another document, and nothing is fetched."
        case dialect = "It is written in a dialect that another document defines."
    }

    /// The groups whose schema is refused, by file; in every other group each value gets the verdict of the suite.
    private static let refusals: [String: [(group: String, reason: Reason)]] = [
        "defs": [("validate definition against metaschema", .elsewhere)],
        "definitions": [("validate definition against metaschema", .elsewhere)],
        "dynamicRef": [
            ("strict-tree schema, guards against misspelled properties", .elsewhere),
            ("tests for implementation dynamic anchor and reference link", .elsewhere),
            ("$ref and $dynamicAnchor are independent of order - $defs first", .elsewhere),
            ("$ref and $dynamicAnchor are independent of order - $ref first", .elsewhere),
            ("$ref to $dynamicRef finds detached $dynamicAnchor", .elsewhere),
        ],
        "ref": [("remote ref, containing refs itself", .elsewhere)],
        // All of the file.
        "refRemote": [("*", .elsewhere)],
        "vocabulary": [
            ("schema that uses custom metaschema with with no validation vocabulary", .dialect),
            ("ignore unrecognized optional vocabulary", .dialect),
        ],
        "optional/cross-draft": [
            ("refs to historic drafts are processed as historic drafts", .elsewhere),
            ("refs to future drafts are processed as future drafts", .elsewhere),
        ],
        "optional/format-assertion": [("*", .dialect)],
    ]

    /// A file of the suite.
    struct File: Sendable, CustomTestStringConvertible {
        let draft: String
        let name: String

        var testDescription: String { "\(draft)/\(name)" }

        /// Every file; formats are annotations, so the folder of their files is left out.
        static let all = files("draft2020-12") + files("draft2020-12", in: "optional/") + files("draft7")

        private static func files(_ draft: String, in part: String = "") -> [File] {
            let path = (folder ?? "") + "/\(draft)/\(part)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return names.filter { $0.hasSuffix(".json") }.sorted().map {
                File(draft: draft, name: part + $0.dropLast(5))
            }
        }
    }

    @Test("is all there", .enabled(if: folder != nil))
    func isComplete() {
        #expect(File.all.count { $0.draft == "draft2020-12" } > 50)
        #expect(File.all.count { $0.draft == "draft7" } > 30)
    }

    @Test("is agreed with in every point", .enabled(if: folder != nil), arguments: File.all)
    func verdicts(file: File) throws {
        let path = try #require(Self.folder) + "/\(file.draft)/\(file.name).json"
        let document = try JSONDocument([UInt8](Data(contentsOf: URL(filePath: path))))
        for group in document.root.elements ?? [] {
            let title = try #require(group["description"]?.string)
            let refusal = Self.refusals[file.name]?.first { $0.group == title || $0.group == "*" }
            guard refusal == nil else {
                #expect(throws: SchemaMistake.self, "\(title) is not refused any more") {
                    _ = try self.schema(of: group, file)
                }
                continue
            }
            let schema = try schema(of: group, file)
            for test in group["tests"]?.elements ?? [] {
                let data = try #require(test["data"])
                #expect(schema.accepts(data) == test["valid"]?.bool, "\(title): \(test["description"]?.string ?? "")")
            }
        }
    }

    /// The schema of a group. Those of draft-07 do not say what they are, so that is added.
    private func schema(of group: JSONNode, _ file: File) throws -> JSONSchema {
        let node = try #require(group["schema"])
        guard file.draft == "draft7", let members = node.members, node["$schema"] == nil else {
            return try JSONSchema(node)
        }
        let dialect = JSONMember("$schema", "http://json-schema.org/draft-07/schema#")
        let written = members.map { JSONMember($0.name, .raw($0.value.raw)) }
        return try JSONSchema(JSONDocument(RawJSON(.object([dialect] + written)).bytes).root)
    }
}
