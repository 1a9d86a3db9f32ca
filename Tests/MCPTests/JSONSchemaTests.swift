import Foundation
import JSON
import Testing

@testable import MCP

@Suite("A schema")
struct JSONSchemaTests {
    private func schema(_ text: String, checksFormats: Bool = false) throws -> JSONSchema {
        try JSONSchema(JSONDocument(text: text).root, checksFormats: checksFormats)
    }

    private func value(_ text: String) throws -> JSONNode { try JSONDocument(text: text).root }

    @Test(
        "accepts what conforms, and nothing else",
        arguments: [
            (#"{"type":"integer"}"#, "1.0", "1.5"), (#"{"type":["string","null"]}"#, "null", "1"),
            (#"{"enum":[1,"a",{"b":[]}]}"#, #"{"b":[]}"#, #"{"b":[1]}"#), (#"{"const":1}"#, "1.0", "true"),
            (#"{"multipleOf":0.1}"#, "0.3", "0.35"), (#"{"exclusiveMinimum":1,"maximum":2}"#, "2", "1"),
            (#"{"type":"integer","multipleOf":-1}"#, "-9223372036854775808", "true"),
            (#"{"minLength":2,"maxLength":2}"#, #""é\uD83D\uDE00""#, #""abc""#),
            (#"{"pattern":"^a+b?$"}"#, #""aaab""#, #""aabb""#),
            (#"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#, #"["a",1,2]"#, #"["a","b"]"#),
            (#"{"contains":{"const":1},"minContains":2,"maxContains":3}"#, "[1,1,0]", "[1,0]"),
            (#"{"uniqueItems":true}"#, "[1,2]", "[1,1.0]"),
            (
                #"{"properties":{"a":{"type":"string"}},"patternProperties":{"^x":true},"additionalProperties":false}"#,
                #"{"a":"b","xy":1}"#, #"{"c":1}"#
            ),
            (#"{"propertyNames":{"maxLength":1}}"#, #"{"a":1}"#, #"{"ab":1}"#),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1,"b":2}"#, #"{"a":1}"#),
            (#"{"dependentSchemas":{"a":{"minProperties":2}}}"#, #"{"b":1}"#, #"{"a":1}"#),
            (#"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, "1", "3"),
            (#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, "2", "1"), (#"{"not":{"type":"null"}}"#, "1", "null"),
            (#"{"if":{"minimum":5},"then":{"multipleOf":5},"else":{"multipleOf":2}}"#, "10", "7"),
            (
                ##"{"$defs":{"t":{"$anchor":"t","properties":{"child":{"$ref":"#t"},"n":{"type":"integer"}}}},"$ref":"#/$defs/t"}"##,
                #"{"child":{"child":{"n":1}}}"#, #"{"child":{"child":{"n":"1"}}}"#
            ),
            (
                #"{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}"#, #"{"a":1}"#, #"{"a":1,"b":2}"#
            ),
            (#"{"prefixItems":[true],"contains":{"const":2},"unevaluatedItems":false}"#, "[1,2]", "[1,3,2]"),
        ]
    )
    func cases(text: String, good: String, bad: String) throws {
        #expect(try schema(text).accepts(value(good)))
        #expect(try !schema(text).accepts(value(bad)))
    }

    @Test("says where a value does not conform, every mistake at once")
    func mistakes() throws {
        let schema = try schema(
            #"{"type":"object","properties":{"a":{"type":"array","items":{"enum":["x","y"]}},"b":{"minimum":3}},"required":["c"]}"#
        )
        let found = schema.mistakes(in: try value(#"{"a":["x","z"],"b":1}"#)).map(\.description)
        #expect(found.sorted() == [#"a[1] must be one of "x", "y""#, "b must be at least 3", "c is missing"])
        #expect(schema.mistakes(in: try value("[]")).map(\.description) == ["The value must be object"])
    }

    @Test(
        "is refused when values cannot be checked against it",
        arguments: [
            #"{"$ref":"https://example.net/other"}"#, ##"{"$ref":"#/$defs/none"}"##, ##"{"$ref":"#none"}"##,
            #"{"$schema":"http://json-schema.org/draft-04/schema#"}"#, #"{"pattern":"(a)\\1"}"#,
            #"{"pattern":"(?=a)"}"#, #"{"patternProperties":{"[":true}}"#, #"{"properties":{"a":1}}"#, "[]",
            #"{"pattern":"(a{1000}){1000}"}"#,
        ]
    )
    func refusals(text: String) throws {
        #expect(throws: SchemaMistake.self) { try schema(text) }
    }

    @Test("has bounds: a schema that refers to itself without end accepts nothing, and soon")
    func bounds() throws {
        let found = try schema(##"{"$ref":"#"}"##).mistakes(in: value("1"))
        #expect(found.map(\.message) == ["is too complex to be checked"])
        let many = (0..<2001).map { #""p\#($0)":{}"# }.joined(separator: ",")
        #expect(throws: SchemaMistake.self) { try schema(#"{"properties":{\#(many)}}"#) }
    }

    @Test(
        "has bounds: a long text is not searched for a large pattern, and a value is not written down for each choice")
    func work() throws {
        let start = ContinuousClock.now
        let text = try value("\"\(String(repeating: "a", count: 1 << 20))\"")
        let pattern = #"{"pattern":"(a?b?c?d?){400}e"}"#
        #expect(try schema(pattern).mistakes(in: text).map(\.message) == ["is too complex to be checked"])
        #expect(try !schema(#"{"not":\#(pattern)}"#).accepts(text))
        let names = try value(#"{"\#(String(repeating: "a", count: 1 << 20))":1}"#)
        #expect(try !schema(#"{"patternProperties":{"(a?b?c?d?){400}e":true}}"#).accepts(names))
        let choices = (0..<1000).map(String.init).joined(separator: ",")
        let list = "[" + repeatElement("1", count: 100_000).joined(separator: ",") + "]"
        #expect(try !schema(#"{"enum":[\#(choices)]}"#).accepts(value(list)))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test(
        "of a form knows formats",
        arguments: [
            ("email", "ann@example.net", "ann"), ("uri", "https://example.net/", "example"),
            ("date", "2024-02-29", "2023-02-29"), ("date-time", "2026-01-01T00:00:00Z", "2026-01-01"),
        ]
    )
    func formats(format: String, good: String, bad: String) throws {
        let text = #"{"type":"string","format":"\#(format)"}"#
        #expect(try schema(text, checksFormats: true).accepts(value("\"\(good)\"")))
        #expect(try !schema(text, checksFormats: true).accepts(value("\"\(bad)\"")))
        #expect(try schema(text).accepts(value("\"\(bad)\"")))
    }

    @Test(
        "matches patterns as ECMAScript does",
        arguments: [
            ("^[a-c]+\\d{2,3}$", "abc12", "abc1"), ("b", "abc", "ac"), ("^(?:a|bc)*$", "abca", "ab"),
            ("\\bfoo\\b", "a foo b", "afoo"), ("^\\p{Lu}\\u00e9$", "Zé", "zé"), ("^[^\\s-]+$", "a_b", "a b"),
            ("^.$", "😀", "\n"), ("^(?<year>[0-9]{4})?$", "", "20"), ("^a{0}$", "", "a"), ("^[\\w.]+?$", "a.b", "a-b"),
        ]
    )
    func patterns(pattern: String, good: String, bad: String) throws {
        let compiled = try #require(LinearPattern(pattern))
        #expect(compiled.matches(good))
        #expect(!compiled.matches(bad))
    }

    @Test(
        "compiles what takes nothing in no time, however often it is repeated",
        .timeLimit(.minutes(1)),
        arguments: ["(((((){1000}){1000}){1000}){1000}){1000}", "((((a{0}){1000}){1000}){1000}){1000,}"]
    )
    func emptyRepetitions(pattern: String) throws {
        let compiled = try #require(LinearPattern("^\(pattern)b$"))
        #expect(compiled.matches("b"))
        #expect(!compiled.matches("ab"))
    }

    @Test("matches in time linear in the text")
    func linearTime() throws {
        let pattern = try #require(LinearPattern("^(a+)+$"))
        #expect(!pattern.matches(String(repeating: "a", count: 20_000) + "b"))
    }

    /// The folder of the official test suite's `draft2020-12`, which is not part of this repository.
    private static let suite = ProcessInfo.processInfo.environment["JSON_SCHEMA_TEST_SUITE"]

    @Test("agrees with the official test suite where references stay inside the document", .enabled(if: suite != nil))
    func officialSuite() throws {
        let folder = URL(filePath: try #require(Self.suite))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".json") }
        var counts = (checked: 0, refused: 0)
        for name in names.sorted() {
            let document = try JSONDocument(Array(Data(contentsOf: folder.appending(path: name))))
            for group in document.root.elements ?? [] {
                let node = try #require(group["schema"])
                guard let schema = try? JSONSchema(node) else {
                    counts.refused += 1
                    print("refused:", name, group["description"]?.string ?? "")
                    continue
                }
                for test in group["tests"]?.elements ?? [] {
                    let data = try #require(test["data"])
                    counts.checked += 1
                    #expect(
                        schema.accepts(data) == test["valid"]?.bool,
                        "\(name): \(group["description"]?.string ?? ""): \(test["description"]?.string ?? "")"
                    )
                }
            }
        }
        print(counts)
        #expect(counts.checked > 1000)
    }
}
