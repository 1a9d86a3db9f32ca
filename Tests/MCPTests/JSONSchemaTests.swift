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
            #"{"pattern":"(a{1000}){1000}"}"#, #"{"$schema":7}"#, #"{"$defs":{"a":{"$id":"b"},"c":{"$id":"b"}}}"#,
            ##"{"$defs":{"a":{"$id":"b","$ref":"#/$defs/a"}}}"##, ##"{"$ref":"#/%zz"}"##,
        ]
    )
    func refusals(text: String) throws {
        #expect(throws: SchemaMistake.self) { try schema(text) }
    }

    @Test(
        "keeps its references apart where a part of it has an address of its own",
        arguments: [
            // The same name in two resources.
            (
                ##"{"$id":"a:b","$ref":"c#x","$defs":{"x":{"$id":"c","$defs":{"y":{"$anchor":"x","const":1}}},"y":{"$anchor":"x","const":2}}}"##,
                "1", "2"
            ),
            // A pointer within the inner resource, which counts from its root.
            (
                ##"{"$ref":"in#/$defs/n","$defs":{"n":{"const":2},"in":{"$id":"in","$defs":{"n":{"const":1}}}}}"##, "1",
                "2"
            ),
            // The resource that was entered first says what the name means.
            (
                ##"{"$id":"a:1","$ref":"2","$defs":{"s":{"$dynamicAnchor":"t","const":1},"2":{"$id":"2","$dynamicRef":"#t","$defs":{"u":{"$dynamicAnchor":"t","const":2}}}}}"##,
                "1", "2"
            ),
            // Draft-07 reads nothing beside a reference.
            (
                ##"{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"$ref":"#/definitions/n","const":2}},"definitions":{"n":{"type":"number"}}}"##,
                #"{"a":1}"#, #"{"a":"2"}"#
            ),
            (
                #"{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"],"b":{"minProperties":2}}}"#,
                #"{"a":1,"b":2}"#, #"{"a":1}"#
            ),
            // Where no keyword has a schema, one may still be referred to.
            (##"{"$ref":"#/x-own/~1","x-own":{"/":{"pattern":"^a$"}}}"##, #""a""#, #""b""#),
        ]
    )
    func resources(text: String, good: String, bad: String) throws {
        #expect(try schema(text).accepts(value(good)))
        #expect(try !schema(text).accepts(value(bad)))
    }

    // MARK: Bounds

    /// A value or a schema in itself, so many times.
    private func nested(_ open: String, _ inner: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    @Test("that refers to itself without end accepts nothing, and soon")
    func endlessReference() throws {
        for text in [##"{"$ref":"#"}"##, ##"{"$dynamicRef":"#"}"##, ##"{"allOf":[{"$ref":"#"}]}"##] {
            let found = try schema(text).mistakes(in: value("1"))
            #expect(found.map(\.message) == ["is too complex to be checked"])
        }
        // Nor does it accept what is not what is too complex.
        #expect(try !schema(##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/a"}}}"##).accepts(value("1")))
    }

    @Test("has at most two thousand schemas, 32 in each other, and looks 32 levels into a value")
    func size() throws {
        let properties = { (count: Int) in (0..<count).map { #""p\#($0)":{}"# }.joined(separator: ",") }
        _ = try schema(#"{"properties":{\#(properties(1999))}}"#)
        #expect(throws: SchemaMistake.self) { try schema(#"{"properties":{\#(properties(2000))}}"#) }
        _ = try schema(nested(#"{"not":"#, "{}", "}", 32))
        #expect(throws: SchemaMistake.self) { try schema(nested(#"{"not":"#, "{}", "}", 33)) }
        let list = try schema(##"{"items":{"$ref":"#"}}"##)
        #expect(try list.accepts(value(nested("[", "1", "]", 32))))
        let found = try list.mistakes(in: value(nested("[", "1", "]", 33)))
        #expect(found.map(\.message) == ["is too complex to be checked"])
        #expect(found.first?.path.steps.count == 33)
        // What no schema looks at may be as deep as JSON may be.
        #expect(try schema(#"{"type":"array"}"#).accepts(value(nested("[", "1", "]", 60))))
    }

    @Test("is given up when the time is over")
    func time() throws {
        var limits = SchemaLimits()
        #expect(limits.time == .milliseconds(50))
        limits.time = .zero
        let document = try JSONDocument(text: #"{"items":{"type":"integer"}}"#)
        let elements = (0..<200).map(String.init).joined(separator: ",")
        let found = try JSONSchema(document.root, limits: limits).mistakes(in: value("[\(elements)]"))
        #expect(found.map(\.message) == ["is too complex to be checked"])
        var patient = SchemaLimits()
        patient.time = .seconds(600)
        #expect(try JSONSchema(document.root, limits: patient).accepts(value("[\(elements)]")))
        // The texts that a pattern is looked for in take their time, too.
        let pattern = try JSONDocument(text: #"{"pattern":"^(a?){500}$"}"#)
        let text = try value("\"" + String(repeating: "a", count: 100_000) + "\"")
        #expect(
            try JSONSchema(pattern.root, limits: limits).mistakes(in: text).map(\.message)
                == ["is too complex to be checked"]
        )
    }

    @Test(
        "has bounds: a long text is not searched for a large pattern, and a value is not written down for each choice")
    func work() throws {
        let text = try value("\"\(String(repeating: "a", count: 1 << 20))\"")
        let pattern = #"{"pattern":"(a?b?c?d?){400}e"}"#
        #expect(try schema(pattern).mistakes(in: text).map(\.message) == ["is too complex to be checked"])
        #expect(try !schema(#"{"not":\#(pattern)}"#).accepts(text))
        let names = try value(#"{"\#(String(repeating: "a", count: 1 << 20))":1}"#)
        #expect(try !schema(#"{"patternProperties":{"(a?b?c?d?){400}e":true}}"#).accepts(names))
        let choices = (0..<1000).map(String.init).joined(separator: ",")
        let list = "[" + repeatElement("1", count: 100_000).joined(separator: ",") + "]"
        #expect(try !schema(#"{"enum":[\#(choices)]}"#).accepts(value(list)))
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
}
