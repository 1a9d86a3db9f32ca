import Identity
package import Postgres

// How a field is read from the database, and how it gets there.
extension Field {
    /// How much of a long text the rows of lists show, and records.
    private static let charactersInLists = 300

    /// The field as a column of a result, over the row `t`.
    func selected(isInList: Bool) -> String {
        if let expression { return "\(expression) AS \(name)" }
        let column = "t.\(self.column)"
        switch kind {
        case .text(let maximum):
            let most = isInList ? Self.charactersInLists : ResultBudget.textCharacters
            guard maximum > most else { return "\(column) AS \(name)" }
            // Cut, and the full length told.
            return """
                CASE WHEN char_length(\(column)) > \(most) THEN left(\(column), \(most)) || U&'\\2026' ELSE \(column) END
                    AS \(name),
                CASE WHEN char_length(\(column)) > \(most) THEN char_length(\(column)) END AS \(name)_length
                """
        case .choice, .integer, .day, .boolean, .labels, .json, .currency: return "\(column) AS \(name)"
        case .decimal: return "trim_scale(\(column)) AS \(name)"
        case .lines(let lines): return "\(lines.shown) AS \(name)"
        case .moment: return "rfc3339(\(column)) AS \(name)"
        case .money:
            return """
                CASE WHEN \(column)_amount IS NOT NULL THEN
                    json_build_object('amount', \(column)_amount, 'currency', \(column)_currency) END AS \(name)
                """
        case .reference(let entity): return "\(Self.named(entity(), by: column)) AS \(name)"
        case .member:
            return """
                (SELECT json_build_object('id', public_id('usr', r.id), 'name', r.name) FROM members AS r
                    WHERE r.workspace_id = t.workspace_id AND r.id = \(column)) AS \(name)
                """
        case .members(let table, let row):
            return """
                array_to_json(ARRAY(
                    SELECT json_build_object('id', public_id('usr', r.id), 'name', r.name) FROM \(table) AS l
                    JOIN members AS r ON r.workspace_id = l.workspace_id AND r.id = l.member_id
                    WHERE l.workspace_id = t.workspace_id AND l.\(row) = t.id
                    ORDER BY l.position, r.name, r.id
                )) AS \(name)
                """
        }
    }

    private static func named(_ entity: Entity, by column: String) -> String {
        """
        (SELECT json_build_object('id', public_id('\(entity.prefix)', r.id), 'name', r.\(entity.title))
            FROM \(entity.table) AS r WHERE r.workspace_id = t.workspace_id AND r.id = \(column))
        """
    }

    /// The condition that a call asks for with this field's filters; `nil` if it gives none.
    func condition(_ arguments: Arguments, in workspace: SQL) -> SQL? {
        guard isFiltered else { return nil }
        let column: SQL = "t.\(verbatim: self.column)"
        switch kind {
        case .choice, .text, .currency: return arguments.text(name).map { "\(column) = \($0)" }
        case .boolean: return arguments.boolean(name).map { $0 ? column : "NOT \(column)" }
        case .reference: return arguments.row(name).map { "\(column) = \($0)::uuid" }
        case .member: return arguments.member(name).map { "\(column) = \($0.key(in: workspace))" }
        case .day:
            return Self.range(
                column, arguments.day(name + "_from").map { "\($0)::date" },
                arguments.day(name + "_to").map { "\($0)::date" })
        case .moment:
            return Self.range(
                column, arguments.moment(name + "_from").map { "to_timestamp(\($0)::bigint / 1e6)" },
                arguments.moment(name + "_to").map { "to_timestamp(\($0)::bigint / 1e6)" })
        case .integer:
            return Self.range(
                column, arguments.integer(name + "_min").map { "\($0)::bigint" },
                arguments.integer(name + "_max").map { "\($0)::bigint" })
        case .money:
            return Self.range(
                "\(column)_amount", arguments.integer(name + "_min").map { "\($0)::bigint" },
                arguments.integer(name + "_max").map { "\($0)::bigint" })
        case .decimal:
            return Self.range(
                column, arguments.decimal(name + "_min").map { "\($0)::numeric" },
                arguments.decimal(name + "_max").map { "\($0)::numeric" })
        case .labels, .members, .json, .lines: return nil
        }
    }

    private static func range(_ column: SQL, _ from: SQL?, _ to: SQL?) -> SQL? {
        switch (from, to) {
        case (nil, nil): nil
        case (let from?, nil): "\(column) >= \(from)"
        case (nil, let to?): "\(column) <= \(to)"
        case (let from?, let to?): "\(column) BETWEEN \(from) AND \(to)"
        }
    }

    /// What a call puts into the field's columns; empty if it does not name the field.
    ///
    /// - Parameter isUntrusted: Whether text is kept without what a reader cannot see.
    func assignments(_ arguments: Arguments, in workspace: SQL, cleaned isUntrusted: Bool = false) -> [Assignment] {
        guard arguments.has(name), !isPrepared else { return [] }
        switch kind {
        case .text where isUntrusted:
            return [Assignment(column, "\(arguments.text(name).map(Untrusted.cleaned))")]
        case .labels where isUntrusted:
            return [Assignment(column, "\(arguments.words(name)?.map(Untrusted.cleaned))::text[]")]
        case .text, .choice, .currency: return [Assignment(column, "\(arguments.text(name))")]
        case .integer: return [Assignment(column, "\(arguments.integer(name))::bigint")]
        case .decimal: return [Assignment(column, "\(arguments.decimal(name))::numeric")]
        case .money:
            let money = arguments.money(name)
            return [
                Assignment(column + "_amount", "\(money?.amount)::bigint"),
                Assignment(column + "_currency", "\(money?.currency)"),
            ]
        case .day: return [Assignment(column, "\(arguments.day(name))::date")]
        case .moment: return [Assignment(column, "to_timestamp(\(arguments.moment(name))::bigint / 1e6)")]
        case .boolean: return [Assignment(column, "\(arguments.boolean(name))::boolean")]
        case .labels: return [Assignment(column, "\(arguments.words(name))::text[]")]
        case .reference: return [Assignment(column, "\(arguments.row(name))::uuid")]
        case .member: return [Assignment(column, arguments.member(name)?.key(in: workspace) ?? "NULL")]
        case .members, .json, .lines: return []
        }
    }

    /// For each row that a call names in this field, the path of the argument and whether the row is there.
    func existences(_ arguments: Arguments, in workspace: SQL, path: String = "") -> [(path: String, exists: SQL)] {
        switch kind {
        case .reference(let entity):
            guard let row = arguments.row(name) else { return [] }
            let query = EntityQuery(entity: entity(), workspace: workspace)
            return [
                (
                    path + name,
                    """
                    SELECT EXISTS (SELECT FROM \(verbatim: entity().table) AS t
                        WHERE \(query.living) AND t.id = \(row)::uuid)
                    """
                )
            ]
        case .member:
            guard let member = arguments.member(name) else { return [] }
            return [
                (
                    path + name,
                    """
                    SELECT EXISTS (SELECT FROM members AS t
                        WHERE t.workspace_id = \(workspace) AND t.id = \(member.key(in: workspace)))
                    """
                )
            ]
        case .lines(let lines):
            return (arguments.objects(name) ?? []).enumerated().flatMap { index, line in
                lines.given.flatMap { $0.existences(line, in: workspace, path: "\(path)\(name)[\(index)].") }
            }
        case .members:
            guard let members = arguments.members(name) else { return [] }
            return [
                (
                    path + name,
                    """
                    SELECT NOT EXISTS (SELECT FROM unnest(\(members.keys(in: workspace))) AS n(id)
                        WHERE NOT EXISTS (SELECT FROM members AS t
                            WHERE t.workspace_id = \(workspace) AND t.id = n.id))
                    """
                )
            ]
        default: return []
        }
    }

    /// The columns that are emptied with the field.
    var columns: [String] {
        switch kind {
        case .money: [column + "_amount", column + "_currency"]
        case .lines, .members: []
        default: isPrepared ? [] : [column]
        }
    }
}

/// A column and what goes into it.
package struct Assignment: Sendable {
    let column: String
    let value: SQL

    package init(_ column: String, _ value: SQL) {
        self.column = column
        self.value = value
    }
}

extension [MemberName] {
    /// The members' keys, as an array in a statement.
    func keys(in workspace: SQL) -> SQL { "ARRAY[\(SQL.joined(map { $0.key(in: workspace) }))]::uuid[]" }
}

extension MemberName {
    /// The member's key, as a value of a statement; `NULL` for a name that nobody has here.
    package func key(in workspace: SQL) -> SQL {
        switch self {
        case .caller: "current_member_id()"
        case .row(let row): "\(row)::uuid"
        case .email(let address):
            """
            (SELECT m.id FROM members AS m
                WHERE m.workspace_id = \(workspace) AND lower(m.email) = lower(\(address)) ORDER BY m.id LIMIT 1)
            """
        }
    }
}
