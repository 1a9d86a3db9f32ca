import Matching
import Postgres

/// The texts of tasks as the index and the matcher read them.
enum TaskTexts {
    /// How much of a description is searched, in characters.
    static let descriptionCharacters = 8_000
    /// How many comments of a task are searched, the oldest ones, and how much of each.
    static let comments = 500
    static let commentCharacters = 4_000

    /// What ``row(_:_:from:)`` reads from a column on, over `tasks AS t` and ``joins``.
    static let columns: SQL = """
        t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, t.number, t.title,
        left(t.description, 8000) AS description, c.display_name,
        (SELECT o.name FROM companies AS o WHERE o.workspace_id = t.workspace_id AND o.id = t.company_id) AS own_company,
        (SELECT o.name FROM companies AS o WHERE o.workspace_id = t.workspace_id AND o.id = c.company_id) AS company,
        c.city, array_to_string(t.labels, E'\\n') AS labels,
        (SELECT string_agg(a.value, E'\\n') FROM jsonb_each_text(t.answers) AS a) AS answers,
        (SELECT string_agg(left(m.body, 4000), E'\\x1E' ORDER BY m.created_at, m.id) FROM (
            SELECT k.body, k.created_at, k.id FROM comments AS k
            WHERE k.workspace_id = t.workspace_id AND k.task_id = t.id AND k.deleted_at IS NULL
            ORDER BY k.created_at, k.id LIMIT 500
        ) AS m) AS comments
        """

    /// What ``columns`` needs beside `tasks AS t`.
    static let joins: SQL = "LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id"

    /// A task and what is searched of it.
    struct Row: Sendable {
        let id: String
        let createdAt: Int64
        let document: SearchDocument
    }

    /// Reads a row of ``columns``, the first of which is at a place.
    static func row(_ rows: QueryResult, _ row: Int, from first: Int = 0) -> Row {
        let companies = [rows.string(row, first + 6), rows.string(row, first + 7)].compactMap { $0 }
        let document = SearchDocument(
            number: rows.int64(row, first + 2),
            title: rows.string(row, first + 3) ?? "",
            description: rows.string(row, first + 4) ?? "",
            customerNames: rows.string(row, first + 5).map { [$0] } ?? [],
            companies: companies.count == 2 && companies[0] == companies[1] ? [companies[0]] : companies,
            cities: rows.string(row, first + 8).map { [$0] } ?? [],
            labels: parts(rows.string(row, first + 9), "\n"),
            answers: parts(rows.string(row, first + 10), "\n"),
            comments: parts(rows.string(row, first + 11), "\u{1E}")
        )
        return Row(id: rows.string(row, first) ?? "", createdAt: rows.int64(row, first + 1) ?? 0, document: document)
    }

    private static func parts(_ text: String?, _ separator: Character) -> [String] {
        (text ?? "").split(separator: separator).map(String.init)
    }
}
