import Identity
import JSON
import Postgres

extension Tool {
    /// `list_<plural>`: the entity's rows, narrowed by its filters, in one of its orders, a page at a time.
    ///
    /// - Parameters:
    ///   - subject: What the permission to read is about.
    ///   - name: The tool's name, where it is not made from the entity's.
    ///   - condition: Which rows it shows at all, over `t`.
    package static func list(
        _ entity: Entity,
        _ subject: String,
        named name: String? = nil,
        _ description: String,
        where condition: String = "true"
    ) -> Tool {
        Tool(
            name: name ?? "list_" + entity.plural,
            title: "List " + entity.plural.split(separator: "_").joined(separator: " "),
            description: description,
            effects: .reading,
            permission: .read(subject),
            parameters: ListReading.parameters(of: entity),
            output: ListReading.output,
            body: .read { (call) throws(ToolError) in
                try ListReading(entity, call).read(where: "AND \(verbatim: condition)")
            }
        )
    }
}

/// How the arguments of a list become its statement and its answer.
struct ListReading: Sendable {
    private let entity: Entity
    private let call: ToolCall
    private let order: Order
    private let isDescending: Bool
    private let limit: Int
    private let position: [String]?

    init(_ entity: Entity, _ call: ToolCall) throws(ToolError) {
        self.entity = entity
        self.call = call
        let sort = call.arguments.text("sort")
        order = entity.orders.first { $0.name == sort } ?? entity.orders[0]
        isDescending = call.arguments.text("order").map { $0 == "desc" } ?? order.isDescending
        limit = Int(call.arguments.integer("limit") ?? 20)
        position = try Cursor(of: call, width: 2)?.position
    }

    /// Filters first, then what every list takes.
    static func parameters(of entity: Entity) -> [Parameter] {
        var parameters = entity.filters
        if entity.orders.count > 1 {
            let first = entity.orders[0]
            parameters.append(
                Parameter("sort", .choice(entity.orders.map(\.name)), "", standard: .string(first.name)))
        }
        return parameters + [
            Parameter("order", .choice(["asc", "desc"]), ""),
            Parameter("limit", .integer(1...100), "", standard: 20),
            Parameter("cursor", .text(maximum: 4096), "next_cursor of the page before.").terse,
            Parameter("fields", .names(EntityQuery.names(of: entity)), "Only these fields."),
        ]
    }

    static let output: JSONValue = [
        "type": "object",
        "properties": ["items": ["type": "array", "items": ["type": "object"]], "next_cursor": ["type": "string"]],
        "required": ["items"],
    ]

    func read(where condition: SQL) -> Read {
        let query = EntityQuery(entity: entity, workspace: call.workspace)
        let narrowing = entity.narrowing(call.arguments, in: call.workspace)
        let page = query.page(
            "\(condition) \(narrowing)", call.arguments.words("fields"), by: order, descending: isDescending,
            after: position, limit: limit)
        let named = entity.fields.filter { field in
            if case .member = field.kind { field.isFiltered && call.arguments.has(field.name) } else { false }
        }
        let checks = named.map { field -> SQL in
            "SELECT \(call.arguments.member(field.name)?.key(in: call.workspace) ?? "NULL") IS NOT NULL"
        }
        return Read([page] + checks) { (results, _) throws(ToolError) in
            let problems = zip(named, results.dropFirst()).filter { $1.bool(0, 0) != true }.map { field, _ in
                ToolError.Problem(
                    field.name, "`\(field.name)` names no member here, or `me` where nobody stands behind the token.")
            }
            guard problems.isEmpty else { throw ToolError(problems: problems) }
            return ListPage(results[0], limit: limit, orderedBy: 2).answer(to: call, extra: extra)
        }
    }

    private var extra: [JSONMember] {
        guard !entity.untrusted.isEmpty else { return [] }
        return [JSONMember("untrusted_fields", .array(entity.untrusted.map { .string("items[].\($0)") }))]
    }
}

extension Entity {
    /// The parameters by which rows are chosen.
    var filters: [Parameter] {
        var parameters = fields.flatMap(\.filters)
        parameters.append(Parameter("updated_since", .moment, "").terse)
        if isArchived { parameters.append(Parameter("include_archived", .boolean, "", standard: false)) }
        return parameters
    }

    /// The conditions that such arguments give, over `t`; each begins with `AND`.
    func narrowing(_ arguments: Arguments, in workspace: SQL) -> SQL {
        var condition: SQL = ""
        for field in fields {
            guard let part = field.condition(arguments, in: workspace) else { continue }
            condition += "AND \(part) "
        }
        if let since = arguments.moment("updated_since") {
            condition += "AND t.updated_at >= to_timestamp(\(since)::bigint / 1e6) "
        }
        if isArchived, arguments.boolean("include_archived") != true { condition += "AND t.archived_at IS NULL" }
        return condition
    }
}
