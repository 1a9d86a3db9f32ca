import Identity
import JSON
import MCP
import Matching
import Tools

extension Tool {
    /// Tools that fit some words.
    static let searchTools = Tool(
        name: "search_tools",
        title: "Search tools",
        description: """
            Finds tools by words, also such as are not in the list; only those that this credential may use. Call them \
            with call_read_tool or call_write_tool.
            """,
        effects: .reading,
        parameters: [
            Parameter("query", .text(maximum: 200), "Such as: overdue invoices.", isRequired: true).terse,
            Parameter("limit", .integer(1...50), "", standard: 8),
            Parameter("schemas", .boolean, "With input schemas.", standard: false),
            Parameter("only_read", .boolean, "", standard: false),
        ],
        output: [
            "type": "object", "properties": ["items": ["type": "array", "items": ["type": "object"]]],
            "required": ["items"],
        ],
        body: .read { (call) throws(ToolError) in
            let query = ToolQuery(call.arguments.text("query") ?? "")
            return Read([]) { (_, principal) throws(ToolError) in
                let access = principal.access
                let onlyReads = call.arguments.boolean("only_read") == true
                let tools = call.registry.tools.filter {
                    $0.isCallable(by: access) && !($0.effects.writes && onlyReads)
                }
                let found = query.best(Int(call.arguments.integer("limit") ?? 8), of: tools)
                let withSchemas = call.arguments.boolean("schemas") == true
                let items = found.map { tool in
                    JSONValue.object(tool.summary(for: access) + (withSchemas ? [tool.inputSchema(for: access)] : []))
                }
                var members = [JSONMember("items", .array(items))]
                if items.isEmpty {
                    members.append(
                        JSONMember("hint", "Nothing fits. Try other words, such as the kind of row: contact, invoice."))
                }
                return ToolAnswer(RawJSON(.object(members)))
            }
        }
    )

    /// One tool in full.
    static let describe = Tool(
        name: "describe_tool",
        title: "Describe a tool",
        description: "Tells one tool's schemas, effects and permission, with an example of a call.",
        effects: .reading,
        parameters: [Parameter("name", .text(maximum: 64), "", isRequired: true).terse],
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .read { (call) throws(ToolError) in
            let name = call.arguments.text("name") ?? ""
            return Read([]) { (_, principal) throws(ToolError) in
                guard let tool = call.registry[name] else {
                    throw ToolError(
                        .notFound, "There is no tool of that name.", hint: "Find tools with search_tools.")
                }
                let access = principal.access
                try tool.requireCallable(by: access, of: call.registry)
                let members =
                    tool.summary(for: access) + [
                        JSONMember("toolset", .string(tool.toolset)),
                        JSONMember("permission", tool.permission.map { .string($0.name) } ?? .null),
                        JSONMember("idempotent", .bool(tool.effects.isIdempotent)),
                        JSONMember("waits_for_confirmation", .bool(tool.waits(under: access.confirmation))),
                        tool.inputSchema(for: access),
                        JSONMember(
                            "output_schema", .raw(tool.description(for: access.listingAll).outputSchema ?? "{}")),
                        JSONMember("example", ["name": .string(tool.name), "arguments": tool.exampleArguments]),
                    ]
                return ToolAnswer(RawJSON(["item": .object(members)]))
            }
        }
    )

    private func summary(for access: ToolAccess) -> [JSONMember] {
        [
            JSONMember("name", .string(name)), JSONMember("title", .string(title)),
            JSONMember("description", .string(description)), JSONMember("writes", .bool(effects.writes)),
            JSONMember("destructive", .bool(effects.destroys)), JSONMember("listed", .bool(isVisible(to: access))),
            JSONMember(
                "call_with", .string(isVisible(to: access) ? name : "call_\(effects.writes ? "write" : "read")_tool")),
        ]
    }

    private func inputSchema(for access: ToolAccess) -> JSONMember {
        JSONMember("input_schema", .raw(description(for: access).inputSchema))
    }

    /// Arguments that the schema takes: what is required, or the first one.
    private var exampleArguments: JSONValue {
        .object(Parameter.shown(parameters).map { JSONMember($0.name, $0.example) })
    }
}

extension Parameter {
    /// What an example gives: what is required, or the first one.
    fileprivate static func shown(_ parameters: [Parameter]) -> [Parameter] {
        let required = parameters.filter(\.isRequired)
        return required.isEmpty ? Array(parameters.prefix(1)) : required
    }

    fileprivate var example: JSONValue {
        switch kind {
        case .text, .names, .texts: kind.isList ? ["…"] : "…"
        case .choice(let words): .string(words[0])
        case .choices(let words): [.string(words[0])]
        case .integer(let range): .integer(max(range.lowerBound, 1))
        case .integers(let range, _): [.integer(max(range.lowerBound, 1))]
        case .moment: "2026-11-20T09:30:00Z"
        case .day: "2026-11-20"
        case .identifier(let prefix), .key(let prefix, _): .string("\(prefix)_" + String(repeating: "0", count: 32))
        case .identifiers(let prefix, _): [.string("\(prefix)_" + String(repeating: "0", count: 32))]
        case .taskNumber: 1042
        case .boolean: true
        case .decimal: 1.5
        case .money: ["amount": 129_900, "currency": "EUR"]
        case .member: "me"
        case .members: ["me"]
        case .object(let parts), .record(let parts):
            .object(Parameter.shown(parts).map { JSONMember($0.name, $0.example) })
        case .objects(let parts, _): [.object(Parameter.shown(parts).map { JSONMember($0.name, $0.example) })]
        case .currency: "EUR"
        case .anything: [:]
        }
    }
}

extension Parameter.Kind {
    fileprivate var isList: Bool {
        switch self {
        case .names, .texts: true
        default: false
        }
    }
}

/// Words that a tool is looked for by.
struct ToolQuery: Sendable {
    private let words: [String]

    init(_ text: String) { words = Self.words(in: text) }

    /// The tools that fit best, at most so many; of equal ones the earlier.
    func best(_ count: Int, of tools: [Tool]) -> [Tool] {
        let scored = tools.enumerated().map { (place: $0.offset, tool: $0.element, score: score(of: $0.element)) }
        return scored.filter { $0.score > 0 }
            .sorted { ($1.score, $0.place) < ($0.score, $1.place) }
            .prefix(count).map(\.tool)
    }

    /// A word counts more in the name than in the description, and a tool that has all words more than one with some.
    private func score(of tool: Tool) -> Int {
        let places: [(words: [String], weight: Int)] = [
            (Self.words(in: tool.name), 8), (Self.words(in: tool.title), 6), (Self.words(in: tool.toolset), 4),
            (Self.words(in: tool.description), 2), (tool.parameters.flatMap { Self.words(in: $0.name) }, 1),
        ]
        let scores = words.map { word in
            places.filter { place in place.words.contains { fits(word, $0) } }.map(\.weight).reduce(0, +)
        }
        let found = scores.filter { $0 > 0 }.count
        return found == 0 ? 0 : scores.reduce(0, +) + (found == words.count ? 100 : 10 * found)
    }

    private func fits(_ word: String, _ other: String) -> Bool {
        word == other || word.count > 3 && other.hasPrefix(word)
            || other.count > 3 && word.count - other.count < 4 && word.hasPrefix(other)
    }

    /// Folded words without the s of a plural; capitals inside a name begin a word.
    private static func words(in text: String) -> [String] {
        var spread = ""
        for character in text {
            if character.isUppercase { spread.append(" ") }
            spread.append(character == "_" ? " " : character)
        }
        return Folding.words(spread).map { $0.count > 3 && $0.hasSuffix("s") ? String($0.dropLast()) : $0 }
    }
}
