import JSON
package import Postgres

/// What narrows a list of an entity's rows, or a search among them, by the arguments of one call.
package struct RowFilters: Sendable {
    private let entity: Entity
    private let arguments: Arguments
    private let workspace: SQL

    package init(_ entity: Entity, _ call: ToolCall) {
        self.init(entity, call.arguments, in: call.workspace)
    }

    /// - Parameter arguments: Those of ``parameters(of:)``, perhaps among others.
    init(_ entity: Entity, _ arguments: Arguments, in workspace: SQL) {
        self.entity = entity
        self.arguments = arguments
        self.workspace = workspace
    }

    /// One filter for each field that says so, and what every list is narrowed by.
    package static func parameters(of entity: Entity) -> [Parameter] {
        var parameters = entity.fields.flatMap(\.filters) + entity.filters.map(\.parameter)
        parameters.append(Parameter("updated_since", .moment, "").terse)
        if entity.isArchived { parameters.append(Parameter("include_archived", .boolean, "", standard: false)) }
        return parameters
    }

    /// The names that `fields` of a call may hold.
    package static func names(of entity: Entity) -> [String] { EntityQuery.names(of: entity) }

    /// The rows that are there and that the call asks for, over `t`.
    package var condition: SQL {
        "\(EntityQuery(entity: entity, workspace: workspace).living) \(narrowing)"
    }

    /// What the call adds to the rows that are there; empty or beginning with `AND`.
    var narrowing: SQL {
        var condition: SQL = ""
        for part in given { condition += "AND \(part) " }
        if entity.isArchived, arguments.boolean("include_archived") != true {
            condition += "AND t.archived_at IS NULL"
        }
        return condition
    }

    /// Whether the call asks for some rows only.
    package var areGiven: Bool { !given.isEmpty }

    private var given: [SQL] {
        var parts = entity.fields.compactMap { $0.condition(arguments, in: workspace) }
        parts += entity.filters.compactMap { $0.condition(arguments, workspace) }
        if let since = arguments.moment("updated_since") {
            parts.append("t.updated_at >= to_timestamp(\(since)::bigint / 1e6)")
        }
        return parts
    }

    /// A row of the table by its key, as lists show it: a value of a statement.
    ///
    /// - Parameters:
    ///   - key: A column of anything but `t`, which is the row itself here.
    ///   - names: The fields that were asked for; all that lists show if none were.
    package func item(_ key: SQL, _ names: [String]?) -> SQL {
        let query = EntityQuery(entity: entity, workspace: workspace)
        return """
            (SELECT json_strip_nulls(row_to_json(i)) FROM (
                SELECT \(verbatim: query.columns(names, isInList: true)) FROM \(verbatim: entity.table) AS t
                WHERE \(query.living) AND t.id = \(key)
            ) AS i)
            """
    }

    // MARK: Members

    /// The arguments that name members.
    private var members: [String] {
        Self.parameters(of: entity).map(\.name).filter { arguments.member($0) != nil }
    }

    /// Statements that tell whether the members are there that the call names.
    package var checks: [SQL] {
        members.map { name in
            "SELECT \(arguments.member(name)?.key(in: workspace) ?? "NULL") IS NOT NULL"
        }
    }

    /// Reads the rows of ``checks``.
    ///
    /// - Throws: ``ToolError`` if the call names a member who is not there.
    package func verify(_ results: ArraySlice<QueryResult>) throws(ToolError) {
        let problems = zip(members, results).filter { $1.bool(0, 0) != true }.map { name, _ in
            ToolError.Problem(
                name, "`\(name)` names no member here, or `me` where nobody stands behind the token.")
        }
        guard problems.isEmpty else { throw ToolError(problems: problems) }
    }
}
