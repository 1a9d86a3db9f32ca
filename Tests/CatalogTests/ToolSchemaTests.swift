import Catalog
import Identity
import JSON
import MCP
import Testing
import Tools

/// What the strictest clients ask of schemas: those of models' makers refuse a whole list for one of them.
@Suite("The schemas of a tool")
struct ToolSchemaTests {
    /// How a listing may be asked for; a confirmation changes the schemas of results.
    private static let accesses: [ToolAccess] = ConfirmationMode.allCases.map {
        ToolAccess(
            readOnly: false, customerComments: true, customerCommentFactors: 2,
            profile: .all, confirmation: $0)
    }

    /// The words that a schema may hold; whatever is no schema of its own has none of `$ref`, unions and conditions.
    private static let words: Set = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "description", "default", "format",
        "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems",
    ]

    @Test("are taken by strict clients", arguments: Catalog.registry.names)
    func areFit(name: String) throws {
        let tool = try #require(Catalog.registry[name])
        for access in Self.accesses {
            let description = tool.description(for: access)
            let input = try JSONDocument(description.inputSchema.bytes).root.value
            #expect(input["type"] == "object" && input["properties"] != nil && input["additionalProperties"] == false)
            #expect(Self.problems(input, isInput: true, name) == [])
            let output = try JSONDocument(#require(description.outputSchema).bytes).root.value
            #expect(output["type"] == "object")
            #expect(Self.problems(output, isInput: false, name) == [])
        }
    }

    @Test(
        "are refused by this check where one is not fit",
        arguments: [
            #"{"anyOf": []}"#, #"{"$ref": "https://example.com/schema"}"#, #"{"type": "array"}"#,
            #"{"type": ["string", "null"]}"#, #"{"type": "object", "properties": {}, "required": ["a"]}"#,
            #"{"type": "object", "properties": {"a b": {"type": "string"}}, "additionalProperties": false}"#,
            #"{"type": "object", "properties": {"a": {"type": "string"}}}"#, #"{"type": "string", "enum": []}"#,
            #"{"type": "array", "items": {"oneOf": []}}"#, #"{}"#,
        ])
    func unfit(schema: String) throws {
        #expect(Self.problems(try JSONDocument(text: schema).root.value, isInput: true, "schema") != [])
    }

    private static func problems(_ schema: JSONValue, isInput: Bool, _ path: String) -> [String] {
        guard case .object(let members) = schema else { return ["\(path) is no object"] }
        var problems = members.filter { !words.contains($0.name) }.map { "\(path) has `\($0.name)`" }
        // A result may lack a value; an argument is left out instead.
        guard let type = type(of: schema, mayBeNull: !isInput) else {
            return problems + ["\(path) has no type, or several"]
        }
        if type == "array" {
            problems +=
                schema["items"].map { self.problems($0, isInput: isInput, path + "[]") } ?? ["\(path) has no items"]
        }
        if case .array(let words)? = schema["enum"], words.isEmpty || words.contains(where: { $0.string == nil }) {
            problems.append("\(path) has an enum that is empty or holds other things than texts")
        }
        guard type == "object", case .object(let parts) = schema["properties"] ?? [:] else { return problems }
        for part in parts {
            if part.name.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]{0,63}/) == nil {
                problems.append("\(path).\(part.name) is no plain name")
            }
            problems += self.problems(part.value, isInput: isInput, "\(path).\(part.name)")
        }
        return problems + objectProblems(schema, parts, isInput: isInput, path)
    }

    private static func type(of schema: JSONValue, mayBeNull: Bool) -> String? {
        guard mayBeNull, case .array(let types)? = schema["type"] else { return schema["type"]?.string }
        return types.count == 2 && types.last == "null" ? types.first?.string : nil
    }

    /// What an object of arguments says of other members: none, unless it lists no parts because another tool's schema
    /// does. Money has two parts, which the schema of every price would repeat.
    private static func objectProblems(
        _ schema: JSONValue, _ parts: [JSONMember], isInput: Bool, _ path: String
    ) -> [String] {
        guard isInput else { return [] }
        var problems: [String] = []
        let isMoney = parts.map(\.name) == ["amount", "currency"]
        let isOpen = parts.isEmpty && path.contains(".")
        if schema["additionalProperties"] != .bool(isOpen), !isMoney {
            problems.append("\(path) does not say that it has no other members")
        }
        if case .array(let names)? = schema["required"] {
            let unknown = names.compactMap(\.string).filter { name in !parts.contains { $0.name == name } }
            problems += unknown.map { "\(path) requires `\($0)`, which it does not have" }
        }
        return problems
    }
}
