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
        ).about(entity)
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
        var parameters = RowFilters.parameters(of: entity)
        if entity.orders.count > 1 {
            let first = entity.orders[0]
            parameters.append(
                Parameter("sort", .choice(entity.orders.map(\.name)), "", standard: .string(first.name)))
        }
        return parameters + [
            Parameter("order", .choice(["asc", "desc"]), ""),
            Parameter("limit", .integer(1...100), "", standard: 20),
            Parameter("cursor", .text(maximum: 4096), "Last next_cursor.").terse,
            Parameter("fields", .names(EntityQuery.names(of: entity)), ""), ResultFormat.parameter,
        ]
    }

    static let output: JSONValue = [
        "type": "object",
        "properties": ["items": ["type": "array", "items": ["type": "object"]], "next_cursor": ["type": "string"]],
        "required": ["items"],
    ]

    func read(where condition: SQL) -> Read {
        let query = EntityQuery(entity: entity, workspace: call.workspace)
        let filters = RowFilters(entity, call)
        let page = query.page(
            "\(condition) \(filters.narrowing)", call.arguments.words("fields"), by: order, descending: isDescending,
            after: position, limit: limit)
        return Read([page] + filters.checks) { (results, _) throws(ToolError) in
            try filters.verify(results.dropFirst())
            return ListPage(results[0], limit: limit, orderedBy: 2).answer(
                to: call, untrusted: entity.untrusted(isInList: true, call.arguments.words("fields")))
        }
    }
}
