import Identity
import JSON
import Tools

extension Tool {
    /// What a kind of row has.
    static let describeEntity = Tool(
        name: "describe_entity",
        title: "Describe a kind of row",
        description:
            "Tells the fields, types, choices, relations, filters and orders of a kind of row, such as contact.",
        effects: .reading,
        parameters: [Parameter("entity", .text(maximum: 40), "Such as contact.", isRequired: true).terse],
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .read { (call) throws(ToolError) in
            let name = call.arguments.text("entity") ?? ""
            return Read([]) { (_, principal) throws(ToolError) in
                let known = Catalog.readable(by: principal.access, in: call.registry)
                guard let entity = known.first(where: { $0.name == name || $0.plural == name }) else {
                    let names = known.map { "`\($0.name)`" }.joined(separator: ", ")
                    throw ToolError(
                        .notFound, "There is no such kind of row; those that may be read here are: \(names).")
                }
                return ToolAnswer(RawJSON(["item": entity.described]))
            }
        }
    )
}

extension Catalog {
    /// The kinds of rows that a caller may read: those whose get tool it may call.
    static func readable(by access: ToolAccess, in registry: ToolRegistry) -> [Entity] {
        entities.values.sorted { $0.name < $1.name }.filter { entity in
            registry["get_" + entity.name].map { $0.isCallable(by: access) } ?? false
        }
    }
}

extension Entity {
    fileprivate var described: JSONValue {
        var members: [JSONMember] = [
            JSONMember("name", .string(name)), JSONMember("plural", .string(plural)),
            JSONMember("id_prefix", .string(prefix)), JSONMember("meaning", .string(meaning)),
            JSONMember("fields", .array(fields.map(\.described))),
            JSONMember("relations", .array(relations.map { .string($0.name) })),
            JSONMember("orders", .array(orders.map { .string($0.name) })),
        ]
        if !untrusted.isEmpty {
            members.append(JSONMember("untrusted_fields", .array(untrusted.map { .string($0.text) })))
        }
        return .object(members)
    }
}

extension Field {
    fileprivate var described: JSONValue {
        var members = [JSONMember("name", .string(name)), JSONMember("type", .string(word))]
        if case .choice(let words) = kind { members.append(JSONMember("choices", .array(words.map { .string($0) }))) }
        if case .reference(let entity) = kind { members.append(JSONMember("entity", .string(entity().name))) }
        if case .text(let maximum) = kind { members.append(JSONMember("max_length", .integer(Int64(maximum)))) }
        if !meaning.isEmpty { members.append(JSONMember("meaning", .string(meaning))) }
        if isRequired { members.append(JSONMember("required", true)) }
        if isFiltered { members.append(JSONMember("filter", true)) }
        let access =
            switch self.access {
            case .open: "open"
            case .fixed: "fixed"
            case .later: "later"
            case .computed: "computed"
            }
        members.append(JSONMember("access", .string(access)))
        return .object(members)
    }

    /// What results and pages call its kind.
    var word: String {
        switch kind {
        case .text: "text"
        case .choice: "choice"
        case .integer: "integer"
        case .decimal: "decimal"
        case .money: "money"
        case .day: "date"
        case .moment: "datetime"
        case .boolean: "boolean"
        case .labels: "labels"
        case .reference: "reference"
        case .member: "member"
        case .members: "members"
        case .json: "json"
        case .currency: "currency"
        case .lines: "lines"
        }
    }
}
