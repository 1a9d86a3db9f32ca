import Matching
import Postgres
import Tools

/// The tasks that the indexes offer for a search. The matcher decides which of them match.
struct TaskCandidates: Sendable {
    /// How many tasks each index offers at most; the newest.
    static let bound = 200

    private let workspace: SQL
    private let wishes: SearchWishes
    private let fields: [String]?

    init(_ call: ToolCall, _ wishes: SearchWishes) {
        workspace = call.workspace
        fields = call.arguments.words("fields")
        self.wishes = wishes
    }

    /// What the matcher needs to know of the workspace: its country and its prefix of task numbers.
    static func facts(of workspace: SQL) -> SQL {
        "SELECT w.default_country, w.task_number_prefix FROM workspaces AS w WHERE w.id = \(workspace)"
    }

    /// One row a candidate: its JSON, then what ``document(_:_:)`` reads.
    func statement(isRelaxed: Bool) -> SQL {
        """
        SELECT \(TaskItem.object(fields: fields)), p.*
        FROM (
            SELECT \(verbatim: TaskCandidates.documentColumns)
            FROM tasks AS t \(verbatim: TaskCandidates.documentJoins)
            WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL
                AND t.id IN (\(isRelaxed ? relaxed : offered)) \(conditions)
        ) AS p
        JOIN LATERAL (
            SELECT \(TaskItem.columns) FROM tasks AS t \(TaskItem.joins)
            WHERE t.workspace_id = \(workspace) AND t.id = p.key
        ) AS i ON true
        """
    }

    /// What ``document(_:_:)`` reads from its second column on, over `tasks AS t` and ``documentJoins``.
    static let documentColumns = """
        t.id AS key, t.number, t.title, left(t.description, 8000), c.display_name,
            coalesce(
                (SELECT o.name FROM companies AS o WHERE o.workspace_id = t.workspace_id AND o.id = t.company_id),
                (SELECT o.name FROM companies AS o WHERE o.workspace_id = t.workspace_id AND o.id = c.company_id)
            ),
            c.phone, c.mobile, c.work_phone, c.email, array_to_string(t.labels, E'\\n'),
            (SELECT string_agg(a.value, E'\\n') FROM jsonb_each_text(t.answers) AS a),
            t.status IN ('open', 'in_progress', 'waiting'), (extract(epoch FROM t.created_at) * 1e6)::bigint
        """
    static let documentJoins = """
        LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
        """

    /// A candidate as the matcher reads it.
    static func document(
        _ rows: QueryResult,
        _ row: Int
    ) -> (document: SearchDocument, id: String, isOpen: Bool, createdAt: Int64) {
        let document = SearchDocument(
            number: rows.int64(row, 2),
            title: rows.string(row, 3) ?? "",
            description: rows.string(row, 4) ?? "",
            customerNames: rows.string(row, 5).map { [$0] } ?? [],
            companies: rows.string(row, 6).map { [$0] } ?? [],
            phones: [7, 8, 9].compactMap { rows.string(row, $0) },
            emails: rows.string(row, 10).map { [$0] } ?? [],
            labels: lines(rows.string(row, 11)),
            answers: lines(rows.string(row, 12))
        )
        return (document, rows.string(row, 1) ?? "", rows.bool(row, 13) ?? false, rows.int64(row, 14) ?? 0)
    }

    private static func lines(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").map(String.init)
    }

    // MARK: Sets of keys

    /// What must hold beside the sets: the status, and named facts that an index answers.
    private var conditions: SQL {
        var conditions: SQL = ""
        if let status = wishes.status { conditions += "AND t.status = \(status) " }
        if let number = wishes.taskNumber { conditions += "AND t.number = \(number)::bigint " }
        return conditions
    }

    /// Tasks that one of the indexes offers for what was asked.
    private var offered: SQL {
        var sets: [SQL] = []
        if let number = number { sets.append(numbered(number)) }
        if let digits = phoneDigits { sets.append(called(digits)) }
        let words = self.words
        if !words.isEmpty { sets.append(holding(words, all: true)) }
        guard var union = sets.first else { return "SELECT NULL::uuid WHERE false" }
        for set in sets.dropFirst() { union = "\(union) UNION \(set)" }
        return union
    }

    /// Tasks with any of the words, where no task has them all.
    private var relaxed: SQL {
        let words = queryWords
        guard words.count > 1 else { return "SELECT NULL::uuid WHERE false" }
        return """
            \(holding(words, all: false))
            AND NOT EXISTS (SELECT FROM search_candidates(\(words)::text[], true, 1))
            """
    }

    private func numbered(_ number: Int64) -> SQL {
        "SELECT n.id FROM tasks AS n WHERE n.workspace_id = \(workspace) AND n.number = \(number)::bigint"
    }

    /// Tasks of customers with a number that ends in these digits: a range of the reversed digits.
    private func called(_ digits: String) -> SQL {
        let start = String(digits.reversed())
        return """
            (SELECT n.id FROM tasks AS n
            WHERE n.workspace_id = \(workspace) AND n.customer_id IN (
                SELECT p.contact_id FROM contact_phones AS p
                WHERE p.workspace_id = \(workspace) AND p.reversed >= \(start) AND p.reversed < \(start + ":")
                LIMIT \(TaskCandidates.bound)::bigint
            )
            ORDER BY n.id DESC
            LIMIT \(TaskCandidates.bound)::bigint)
            """
    }

    private func holding(_ words: [String], all: Bool) -> SQL {
        "SELECT k.task_id FROM search_candidates(\(words)::text[], \(all), \(TaskCandidates.bound)::integer) AS k WHERE true"
    }

    // MARK: What was asked

    /// The number that the query may mean, whatever letters stand before it: which prefix counts here is known later.
    private var number: Int64? {
        if let number = wishes.taskNumber { return number }
        guard let query = wishes.query else { return nil }
        return NumberMatch(query, prefix: String(query.prefix { !$0.isNumber }))?.number
    }

    /// At most the last seven digits: how numbers are written differs before them.
    private var phoneDigits: String? {
        let phone = wishes.phone.map { PhoneDigits($0) } ?? wishes.query.flatMap { PhoneDigits(query: $0) }
        guard let digits = phone?.digits.drop(while: { $0 == "0" }).suffix(7), digits.count >= 4 else { return nil }
        return String(digits)
    }

    /// Words of the query, each standing for all words that begin so; numbers and addresses of a query are no words.
    private var queryWords: [String] {
        guard let query = wishes.query else { return [] }
        let read = SearchQuery(query)
        if read.phone != nil { return [] }
        return read.wordMatch.words.map { $0 + "*" }
    }

    private var words: [String] {
        queryWords + Folding.words(wishes.customerName ?? "").map { $0 + "*" }
            + Folding.words(wishes.email ?? "").map { $0 + "*" }
    }
}
