import Identity
import Postgres

/// An entity's statements: the only place that puts names of tables and columns into SQL. They come from declarations,
/// never from a caller.
struct EntityQuery: Sendable {
    let entity: Entity
    let workspace: SQL

    // MARK: What is read

    /// The columns of a result: identifier, fields, and the moments that every row has.
    ///
    /// - Parameter names: The fields that were asked for; all that such a result shows if none were.
    func columns(_ names: [String]?, isInList: Bool) -> String {
        let fields = entity.fields.filter { field in names?.contains(field.name) ?? (field.isListed || !isInList) }
        var columns = ["public_id('\(entity.prefix)', t.id) AS id"] + fields.map { $0.selected(isInList: isInList) }
        for name in Self.moments(of: entity) where names?.contains(name) ?? (name != "archived_at" || !isInList) {
            columns.append("rfc3339(t.\(name)) AS \(name)")
        }
        if names?.contains("version") ?? !isInList { columns.append("t.version") }
        return columns.joined(separator: ", ")
    }

    /// The names that a call may ask for.
    static func names(of entity: Entity) -> [String] {
        ["id"] + entity.fields.map(\.name) + moments(of: entity) + ["version"]
    }

    private static func moments(of entity: Entity) -> [String] {
        ["created_at", "updated_at"] + (entity.isArchived ? ["archived_at"] : [])
    }

    /// The rows that are there, over `t`.
    var living: SQL {
        "t.workspace_id = \(workspace)\(verbatim: entity.isSoftlyDeleted ? " AND t.deleted_at IS NULL" : "")"
    }

    /// The row that a key names, over `t`.
    func named(_ key: RowKey) -> SQL {
        switch key {
        case .row(let row): "t.id = \(row)::uuid"
        case .number(let number):
            if entity.counting == nil {
                "t.\(verbatim: entity.number ?? "id::text") = \(number)"
            } else {
                "t.\(verbatim: entity.number ?? "") = \(entity.counted(number))::bigint"
            }
        }
    }

    /// One row as JSON.
    func record(_ condition: SQL, _ names: [String]?, including relations: [Relation] = []) -> SQL {
        let embedded = relations.map { relation in
            """
            , array_to_json(ARRAY(SELECT row_to_json(x) FROM (\(relation.rows) LIMIT \(Relation.bound)) AS x))
                AS \(relation.name)
            """
        }
        return """
            SELECT row_to_json(i) FROM (
                SELECT \(verbatim: columns(names, isInList: false) + embedded.joined())
                FROM \(verbatim: entity.table) AS t WHERE \(living) AND \(condition)
            ) AS i
            """
    }

    /// A page of rows as JSON, each with the two columns by which the list is ordered.
    ///
    /// - Parameters:
    ///   - condition: What narrows the list, over `t`; empty or beginning with `AND`.
    ///   - position: Where the page before ended.
    func page(
        _ condition: SQL, _ names: [String]?, by order: Order, descending: Bool, after position: [String]?, limit: Int
    ) -> SQL {
        let key: SQL = "\(verbatim: order.expression)"
        let direction: SQL = descending ? "DESC" : "ASC"
        var after: SQL = ""
        if let position {
            let side: SQL = descending ? "<" : ">"
            after = """
                AND (\(key), t.id) \(side) (\(position[0])::\(verbatim: order.type), \(position[1])::uuid)
                """
        }
        // PostgreSQL reckons with a tenth of all rows where the limit is a bind; with the inner one, the largest page, it
        // reads the rows in order and looks the page up by key.
        return """
            SELECT json_strip_nulls(row_to_json(i)), p.place::text, p.key::text
            FROM (
                SELECT q.workspace_id, q.key, q.place
                FROM (
                    SELECT t.workspace_id, t.id AS key, \(key) AS place
                    FROM \(verbatim: entity.table) AS t
                    WHERE \(living) \(condition) \(after)
                    ORDER BY \(key) \(direction), t.id \(direction)
                    LIMIT 101
                ) AS q
                ORDER BY q.place \(direction), q.key \(direction)
                LIMIT \(limit + 1)::bigint
            ) AS p
            JOIN LATERAL (
                SELECT \(verbatim: columns(names, isInList: true)) FROM \(verbatim: entity.table) AS t
                WHERE t.workspace_id = p.workspace_id AND t.id = p.key
            ) AS i ON true
            ORDER BY p.place \(direction), p.key \(direction)
            """
    }

    // MARK: What is written

    /// The row that a key names, locked: its key, its version, all of its columns and its record.
    func locked(_ key: RowKey) -> SQL {
        """
        SELECT t.id::text, t.version, \(verbatim: columnsOfRow), \(recordOfRow)
        FROM \(verbatim: entity.table) AS t WHERE \(living) AND \(named(key)) FOR UPDATE
        """
    }

    /// The same of a row by its key, deleted or not.
    func stored(_ row: RowID, isLocked: Bool = false) -> SQL {
        """
        SELECT t.id::text, t.version, \(verbatim: columnsOfRow), \(recordOfRow)
        FROM \(verbatim: entity.table) AS t WHERE t.workspace_id = \(workspace) AND t.id = \(row)::uuid
        \(verbatim: isLocked ? "FOR UPDATE" : "")
        """
    }

    /// Everything that a write may change, as JSON: the columns, and under the names of their fields all lines and the
    /// members beside the row.
    private var columnsOfRow: String {
        let beside = entity.fields.compactMap { field -> String? in
            switch field.kind {
            case .lines(let lines): "'\(field.name)', \(lines.stored)"
            case .members(let table, let row):
                """
                '\(field.name)', to_jsonb(ARRAY(
                    SELECT l.member_id FROM \(table) AS l
                    WHERE l.workspace_id = t.workspace_id AND l.\(row) = t.id ORDER BY l.position, l.member_id))
                """
            default: nil
            }
        }
        guard !beside.isEmpty else { return "to_jsonb(t)::text" }
        return "(to_jsonb(t) || jsonb_build_object(\(beside.joined(separator: ", "))))::text"
    }

    private var recordOfRow: SQL {
        let deletion = entity.isSoftlyDeleted ? ", rfc3339(t.deleted_at) AS deleted_at" : ""
        return "(SELECT row_to_json(i)::text FROM (SELECT \(verbatim: columns(nil, isInList: false) + deletion)) AS i)"
    }
}

extension Entity {
    /// The whole number in what a caller calls a row by, such as 42 in `TKT-0042`; `nil` if it is no number of these.
    func counted(_ text: String) -> Int64? {
        let prefix = (counting ?? "").lowercased()
        let word = text.lowercased()
        let digits = word.hasPrefix(prefix) ? word.dropFirst(prefix.count) : word[...]
        return digits.utf8.allSatisfy { (48...57).contains($0) } ? Int64(digits) : nil
    }

    /// The number as people write it, over a row: the words before it and at least four digits.
    package static func number(_ column: String, counting prefix: String) -> String {
        "'\(prefix)' || lpad(\(column)::text, greatest(4, length(\(column)::text)), '0')"
    }
}
