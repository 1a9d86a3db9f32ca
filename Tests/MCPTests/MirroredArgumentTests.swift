import JSON
import Testing

@testable import MCP

@Suite("An x-mcp-header")
struct MirroredArgumentTests {
    private func all(_ schema: String) throws -> [MirroredArgument] {
        try MirroredArgument.all(in: JSONDocument(text: schema).root)
    }

    @Test("is found on properties, also nested ones")
    func found() throws {
        let arguments = try all(
            """
            {"type":"object","properties":{"a":{"type":"string","x-mcp-header":"Region"},"properties":{"type":"object",
            "properties":{"b":{"type":"integer","x-mcp-header":"Page"},"c":{"type":"boolean"}}}},
            "default":{"x-mcp-header":1},"examples":[{"x-mcp-header":1}]}
            """
        )
        #expect(
            arguments == [
                MirroredArgument(header: "Region", path: ["a"], kind: .string),
                MirroredArgument(header: "Page", path: ["properties", "b"], kind: .integer),
            ]
        )
    }

    @Test(
        "is a mistake where clients would drop the tool",
        arguments: [
            #"{"properties":{"a":{"type":"string","x-mcp-header":""}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"A B"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"Ä"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"A\n"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":7}}}"#,
            #"{"properties":{"a":{"type":"number","x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"type":["string"],"x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}}"#,
            #"{"type":"string","x-mcp-header":"A"}"#,
            #"{"properties":{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}}"#,
            #"{"$defs":{"d":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}}}"#,
            #"{"allOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]}"#,
            #"{"properties":{"a":{"if":{"type":"string","x-mcp-header":"A"}}}}"#,
        ]
    )
    func mistakes(schema: String) {
        #expect(throws: MirroredArgument.Mistake.self) { try all(schema) }
    }

    @Test(
        "agrees with the body by value",
        arguments: [
            (.string, "eu", #""eu""#, true), (.string, "eu", #""EU""#, false), (.string, "1", "1", false),
            (.integer, "42", "42", true), (.integer, "42.0", "42", true), (.integer, "42", "42.0", true),
            (.integer, "43", "42", false), (.integer, "", "42", false), (.integer, "0x2A", "42", false),
            (.integer, "42", #""42""#, false), (.integer, "-1", "-1", true), (.boolean, "true", "true", true),
            (.boolean, "false", "true", false), (.boolean, "1", "true", false), (.boolean, "TRUE", "true", false),
        ] as [(MirroredArgument.Kind, String, String, Bool)]
    )
    func agreement(kind: MirroredArgument.Kind, header: String, body: String, expected: Bool) throws {
        let argument = MirroredArgument(header: "A", path: ["a"], kind: kind)
        #expect(argument.agrees(header, with: try JSONDocument(text: body).root) == expected)
    }
}
