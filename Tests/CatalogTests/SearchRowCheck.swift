import Identity
import Matching
import Postgres

/// Compares the stored search rows with those that follow from the tasks and customers.
enum SearchRowCheck {
    /// The numbers of tasks whose rows are not what their texts say, and how many tasks there are.
    static func wrong(_ connection: Connection, in workspace: WorkspaceID) throws -> (tasks: [Int64], checked: Int) {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            let words = try connection.query("SELECT DISTINCT word FROM search_words")
            let dictionary = Set((0..<words.rowCount).compactMap { words.string($0, 0) })
            let rows = try connection.query(
                """
                SELECT t.number, t.title, t.description, c.display_name,
                    (SELECT o.name FROM companies AS o WHERE o.id = t.company_id),
                    (SELECT o.name FROM companies AS o WHERE o.id = c.company_id),
                    c.city, c.email, c.phone, c.mobile, c.work_phone,
                    array_to_string(t.labels, E'\\n'),
                    (SELECT string_agg(a.value, E'\\n') FROM jsonb_each_text(t.answers) AS a),
                    (SELECT string_agg(m.body, E'\\x1E' ORDER BY m.created_at, m.id) FROM comments AS m
                        WHERE m.task_id = t.id),
                    (SELECT string_agg(k::text, ' ' ORDER BY s.part, k)
                        FROM search_documents AS s CROSS JOIN unnest(s.keys) AS k WHERE s.task_id = t.id),
                    (SELECT string_agg(p.reversed, ' ' ORDER BY p.reversed) FROM search_phones AS p
                        WHERE p.contact_id = c.id),
                    (SELECT string_agg(e.local || '@' || e.domain, ' ') FROM search_emails AS e WHERE e.contact_id = c.id),
                    (SELECT string_agg(n.name, E'\\n' ORDER BY n.is_turned, n.name) FROM contact_names AS n
                        WHERE n.contact_id = c.id)
                FROM tasks AS t LEFT JOIN contacts AS c ON c.id = t.customer_id
                ORDER BY t.number
                """
            )
            let keys = SearchKeyMaker(workspace: workspace.uuid)
            var wrong: [Int64] = []
            for row in 0..<rows.rowCount where !isRight(rows, row, keys, dictionary) {
                wrong.append(rows.int64(row, 0) ?? 0)
            }
            return (wrong, rows.rowCount)
        }
    }

    private static func isRight(
        _ rows: QueryResult, _ row: Int, _ keys: SearchKeyMaker, _ dictionary: Set<String>
    ) -> Bool {
        func parts(_ column: Int, _ separator: Character = "\n") -> [String] {
            (rows.string(row, column) ?? "").split(separator: separator).map(String.init)
        }
        let task = IndexedTask(
            SearchDocument(
                title: rows.string(row, 1) ?? "", description: rows.string(row, 2) ?? "", customerNames: parts(3),
                companies: parts(4) == parts(5) ? parts(4) : parts(4) + parts(5), cities: parts(6), labels: parts(11),
                answers: parts(12),
                comments: parts(13, "\u{1E}")
            )
        )
        let expected = task.parts.flatMap(\.words).map { keys.key(of: $0) }.sorted()
        let stored = parts(14, " ").compactMap { Int64($0) }.sorted()
        let phones = Set((parts(8) + parts(9) + parts(10)).compactMap { StoredPhone($0)?.reversed })
        let email = EmailAddress(rows.string(row, 7) ?? "")
        let turns = NameTurns.turns(rows.string(row, 3) ?? "")
        guard parts(17).first == turns.first, Set(parts(17)) == Set(turns) else { return false }
        return stored == expected && Set(parts(15, " ")) == phones && rows.string(row, 16) == email?.whole
            && task.dictionaryWords.allSatisfy { dictionary.contains($0.text) }
    }
}
