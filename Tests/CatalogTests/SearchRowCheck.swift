import Identity
import Matching
import Postgres
import Testing

/// Compares the stored search rows with those that follow from the tasks and customers.
enum SearchRowCheck {
    /// The numbers of tasks whose keys are not what their texts say, and how many tasks there are.
    static func wrong(_ connection: Connection, in workspace: WorkspaceID) throws -> (tasks: [Int64], checked: Int) {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            let rows = try connection.query(
                """
                SELECT t.number, t.title, t.description, c.display_name, o.name, c.phone, c.mobile, c.work_phone, c.email,
                    array_to_string(t.labels, E'\\n'),
                    (SELECT string_agg(a.value, E'\\n') FROM jsonb_each_text(t.answers) AS a),
                    (SELECT string_agg(k, ' ' ORDER BY k) FROM unnest(tsvector_to_array(s.keys)) AS k),
                    search_prefix(t.workspace_id),
                    (SELECT string_agg(p.reversed, ' ' ORDER BY p.reversed) FROM contact_phones AS p
                        WHERE p.contact_id = c.id),
                    (SELECT string_agg(n.name, E'\\n' ORDER BY n.is_turned, n.name) FROM contact_names AS n
                        WHERE n.contact_id = c.id)
                FROM tasks AS t
                LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
                LEFT JOIN companies AS o ON o.workspace_id = t.workspace_id AND o.id = coalesce(t.company_id, c.company_id)
                LEFT JOIN task_search AS s ON s.workspace_id = t.workspace_id AND s.task_id = t.id
                ORDER BY t.number
                """
            )
            var wrong: [Int64] = []
            for row in 0..<rows.rowCount where try !isRight(rows, row) { wrong.append(rows.int64(row, 0) ?? 0) }
            return (wrong, rows.rowCount)
        }
    }

    private static func isRight(_ rows: QueryResult, _ row: Int) throws -> Bool {
        func lines(_ column: Int) -> [String] {
            (rows.string(row, column) ?? "").split(separator: "\n").map(String.init)
        }
        let keys = SearchKeys(
            SearchDocument(
                title: rows.string(row, 1) ?? "", description: rows.string(row, 2) ?? "", customerNames: lines(3),
                companies: lines(4), phones: lines(5) + lines(6) + lines(7), emails: lines(8), labels: lines(9),
                answers: lines(10)
            )
        )
        let prefix = try #require(rows.string(row, 12))
        let expected = Set(keys.words.map { prefix + $0 })
        let stored = Set((rows.string(row, 11) ?? "").split(separator: " ").map(String.init))
        let phones = (rows.string(row, 13) ?? "").split(separator: " ").map(String.init)
        let turns = NameTurns.turns(rows.string(row, 3) ?? "")
        return stored == expected && Set(phones) == Set(keys.reversedPhones)
            && lines(14).first == turns.first && Set(lines(14)) == Set(turns)
    }
}
