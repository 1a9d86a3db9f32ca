import Postgres

/// Rows that belong to one row of an entity and are given, shown and taken back with it, such as the lines of an invoice.
///
///     Field("lines", .lines(Lines("invoice_lines", of: "invoice_id", fields: [Field("description", .text(1000)).required])))
///
/// Their table has the columns `workspace_id`, `id` and `position`. A write that gives lines replaces all of them, in one
/// statement each for those that go and those that come.
package struct Lines: Sendable {
    package let table: String
    /// The column that holds the row to which they belong.
    package let owner: String
    package let fields: [Field]

    package init(_ table: String, of owner: String, fields: [Field]) {
        self.table = table
        self.owner = owner
        self.fields = fields
    }

    /// How many a row has at most.
    package static let bound = 100

    /// The fields that a caller gives.
    var given: [Field] { fields.filter { $0.access != .computed } }

    // MARK: SQL

    /// The lines of the row `t` as JSON, in order.
    ///
    /// Fields are expressions over `t`, which is a line here: the row outside is called `o`.
    var shown: String {
        let columns = fields.map { $0.selected(isInList: true) }.joined(separator: ", ")
        return """
            (SELECT array_to_json(ARRAY(
                SELECT row_to_json(x) FROM (
                    SELECT t.position, \(columns)
                    FROM (SELECT t.workspace_id AS workspace, t.id AS key) AS o
                    JOIN \(table) AS t ON t.workspace_id = o.workspace AND t.\(owner) = o.key
                    ORDER BY t.position, t.id LIMIT \(Self.bound)
                ) AS x
            )))
            """
    }

    /// All columns of the lines of the row `t` as JSON, to bring them back.
    var stored: String {
        """
        (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position, l.id), '[]')
            FROM \(table) AS l WHERE l.workspace_id = t.workspace_id AND l.\(owner) = t.id)
        """
    }

    func removal(of row: SQL, in workspace: SQL) -> SQL {
        """
        DELETE FROM \(verbatim: table) AS l WHERE l.workspace_id = \(workspace) AND l.\(verbatim: owner) = \(row)
        """
    }

    func addition(of lines: [Arguments], to row: SQL, in workspace: SQL) -> SQL {
        let columns = ["workspace_id", owner, "position"] + given.flatMap(\.columns)
        let rows = lines.enumerated().map { index, line -> SQL in
            let values = given.flatMap { (field: Field) -> [SQL] in
                let assignments = field.assignments(line, in: workspace)
                return assignments.isEmpty ? field.columns.map { _ in "DEFAULT" as SQL } : assignments.map(\.value)
            }
            return "(\(workspace), \(row), \(Int64(index + 1))::integer, \(SQL.joined(values)))"
        }
        return """
            INSERT INTO \(verbatim: table) (\(verbatim: columns.joined(separator: ", ")))
            VALUES \(SQL.joined(rows))
            """
    }

    /// Adds lines as ``stored`` kept them.
    ///
    /// - Parameter kept: A JSON array.
    func addition(kept: SQL) -> SQL {
        let names = (["workspace_id", "id", owner, "position"] + given.flatMap(\.columns)).joined(separator: ", ")
        return """
            INSERT INTO \(verbatim: table) (\(verbatim: names))
            SELECT \(verbatim: names) FROM jsonb_populate_recordset(NULL::\(verbatim: table), \(kept))
            """
    }
}
