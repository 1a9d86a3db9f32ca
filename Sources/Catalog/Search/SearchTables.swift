import Identity
import Matching
import Postgres
import Tools

/// The statements of a search.
struct SearchTables: Sendable {
    /// How many tasks, numbers or addresses one look-up offers at most.
    static let bound = 200
    /// How many tasks with all words as typed are compared, and how many are looked at for the newest of them.
    static let exactBound = 80
    static let exactLooked = 480
    /// How many rows of numbers, addresses or words bring their tasks' JSON along.
    private static let fewRows = 12

    let workspace: SQL
    let keys: SearchKeyMaker
    private let status: SQL
    private let fields: [String]?

    /// - Parameter fields: What the answer shows of a task; `nil` for everything.
    init(_ call: ToolCall, status: String?, fields: [String]?) {
        workspace = call.workspace
        keys = SearchKeyMaker(workspace: call.credential.workspace.uuid)
        self.status = status.map { "AND t.status = \($0)" } ?? ""
        self.fields = fields
    }

    /// Makes the statements behind it keep one plan: how many tasks one of them names says nothing about the best plan
    /// for it, and making a plan takes longer than all else.
    static let keepsPlans: SQL = "SELECT \(keepingPlans)"
    private static let keepingPlans: SQL = "set_config('plan_cache_mode', 'force_generic_plan', true)"

    /// The same, with the workspace's country, its prefix of task numbers, and what a dictionary needs.
    func facts(_ words: DictionaryRead?) -> SQL {
        let more: SQL = if let words { ", \(words.columns)" } else { "" }
        return """
            SELECT \(Self.keepingPlans), w.default_country, w.task_number_prefix\(more)
            FROM workspaces AS w WHERE w.id = \(workspace)
            """
    }

    /// Rows with their tasks' JSON as one more column, if they are so few that they can be the whole answer: another
    /// flush takes longer.
    ///
    /// - Parameter columns: Those of the rows, the first of which is the task's key, `id`.
    private func withTasks(_ rows: SQL, _ columns: SQL) -> SQL {
        """
        SELECT \(columns), CASE WHEN count(*) OVER () <= \(Self.fewRows)::bigint THEN (
            SELECT \(TaskItem.object(fields: fields)) FROM (
                SELECT \(TaskItem.columns) FROM tasks AS t \(TaskItem.joins)
                WHERE t.workspace_id = \(workspace) AND t.id = r.id AND t.deleted_at IS NULL
            ) AS i
        ) END
        FROM (\(rows)) AS r
        """
    }

    /// Rows of ``IndexRow``: tasks that have the words of one of the conjunctions, those of the first conjunction first.
    ///
    /// - Parameter isExact: Whether tasks have the words as they were typed. Fewer do then, for most of them match
    ///   equally well; and few bring their JSON along, for mostly they are the answer.
    func documents(_ conjunctions: [Conjunction], isExact: Bool) -> SQL {
        let limit = isExact ? Self.exactBound : Self.bound
        let rows: SQL = """
            SELECT \(IndexRow.columns) FROM (
                SELECT k.task_id, k.keys, k.layout
                FROM \(offered(conjunctions, looked: isExact ? Self.exactLooked : Self.bound, limit: limit)) AS k
                ORDER BY x.place, k.task_id DESC
                LIMIT \(limit * 2)::bigint
            ) AS k
            JOIN tasks AS t ON t.workspace_id = \(workspace) AND t.id = k.task_id AND t.deleted_at IS NULL \(status)
            """
        return (isExact ? withTasks(rows, "r.id, r.created, r.keys, r.layout") : rows).withBinaryRows
    }

    private func offered(_ conjunctions: [Conjunction], looked: Int, limit: Int) -> SQL {
        let sets = (0..<Conjunction.maxSets).map { index in
            conjunctions.map { index < $0.sets.count ? literal($0.sets[index].words) : "" }
        }
        return """
            unnest(\(sets[0])::text[], \(sets[1])::text[], \(sets[2])::text[], \(sets[3])::text[])
                WITH ORDINALITY AS x(a, b, c, d, place)
            CROSS JOIN LATERAL search_tasks(x.a::bigint[], nullif(x.b, '')::bigint[], nullif(x.c, '')::bigint[],
                nullif(x.d, '')::bigint[], \(looked)::integer, \(limit)::integer)
            """
    }

    /// The same for tasks that are known.
    func documents(of tasks: [String]) -> SQL {
        let rows: SQL = """
            SELECT \(IndexRow.columns) FROM unnest(\(tasks)::uuid[]) AS x(id)
            JOIN search_documents AS k ON k.workspace_id = \(workspace) AND k.task_id = x.id
            JOIN tasks AS t ON t.workspace_id = \(workspace) AND t.id = k.task_id AND t.deleted_at IS NULL \(status)
            """
        return rows.withBinaryRows
    }

    /// Tasks that have the words of one of the conjunctions, with nothing but their customers' names.
    func names(_ conjunctions: [Conjunction]) -> SQL {
        """
        SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint, c.display_name FROM (
            SELECT DISTINCT k.task_id FROM \(offered(conjunctions, looked: Self.bound, limit: Self.bound)) AS k
            ORDER BY k.task_id DESC
            LIMIT \(Self.bound)::bigint
        ) AS k
        JOIN tasks AS t ON t.workspace_id = \(workspace) AND t.id = k.task_id AND t.deleted_at IS NULL \(status)
        JOIN contacts AS c ON c.workspace_id = \(workspace) AND c.id = t.customer_id
        """
    }

    /// Rows of ``TaskTexts/row(_:_:)`` of tasks that are known.
    func texts(of tasks: [String]) -> SQL {
        """
        SELECT \(TaskTexts.columns) FROM unnest(\(tasks)::uuid[]) AS k(id)
        JOIN tasks AS t ON t.workspace_id = \(workspace) AND t.id = k.id AND t.deleted_at IS NULL
        \(TaskTexts.joins)
        """
    }

    private func literal(_ words: [StoredWord]) -> String {
        "{" + words.map { String(keys.key(of: $0)) }.joined(separator: ",") + "}"
    }

    /// The key and the time of the task with a number, and its JSON.
    func numbered(_ number: Int64) -> SQL {
        withTasks(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created FROM tasks AS t
            WHERE t.workspace_id = \(workspace) AND t.number = \(number)::bigint AND t.deleted_at IS NULL \(status)
            """, "r.id, r.created")
    }

    /// Tasks of customers with a number in one of the ranges, each with the number; few with their JSON.
    func called(endings: [String], beginnings: [String]) -> SQL {
        withTasks(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, p.reversed, p.national
            FROM (
                SELECT n.* FROM unnest(\(endings)::text[], \(endings.map { $0 + ":" })::text[]) AS x(low, high)
                CROSS JOIN LATERAL (
                    SELECT s.contact_id, s.reversed, s.national FROM search_phones AS s
                    WHERE s.workspace_id = \(workspace) AND s.reversed >= x.low AND s.reversed < x.high
                    LIMIT \(Self.bound * 2)::bigint
                ) AS n
                UNION ALL
                SELECT n.* FROM unnest(\(beginnings)::text[], \(beginnings.map { $0 + ":" })::text[]) AS x(low, high)
                CROSS JOIN LATERAL (
                    SELECT s.contact_id, s.reversed, s.national FROM search_phones AS s
                    WHERE s.workspace_id = \(workspace) AND s.national >= x.low AND s.national < x.high
                    LIMIT \(Self.bound * 4)::bigint
                ) AS n
            ) AS p
            \(tasks(of: "p.contact_id"))
            """, "r.id, r.created, r.reversed, r.national")
    }

    /// The newest tasks of a customer whose key stands in a column.
    private func tasks(of column: String) -> SQL {
        """
        CROSS JOIN LATERAL (
            SELECT u.id, u.created_at FROM tasks AS u
            WHERE u.workspace_id = \(workspace) AND u.customer_id = \(verbatim: column) AND u.deleted_at IS NULL
            ORDER BY u.updated_at DESC LIMIT 100
        ) AS v
        JOIN tasks AS t ON t.workspace_id = \(workspace) AND t.id = v.id \(status)
        """
    }

    /// The numbers in the ranges alone, each with its customer: more are looked at than tasks would be read.
    func slips(endings: [String], beginnings: [String]) -> SQL {
        """
        SELECT n.contact_id, n.reversed, n.national
        FROM unnest(\(endings)::text[], \(endings.map { $0 + ":" })::text[]) AS x(low, high)
        CROSS JOIN LATERAL (
            SELECT s.contact_id, s.reversed, s.national FROM search_phones AS s
            WHERE s.workspace_id = \(workspace) AND s.reversed >= x.low AND s.reversed < x.high
            LIMIT \(Self.bound * 2)::bigint
        ) AS n
        UNION ALL
        SELECT n.contact_id, n.reversed, n.national
        FROM unnest(\(beginnings)::text[], \(beginnings.map { $0 + ":" })::text[]) AS x(low, high)
        CROSS JOIN LATERAL (
            SELECT s.contact_id, s.reversed, s.national FROM search_phones AS s
            WHERE s.workspace_id = \(workspace) AND s.national >= x.low AND s.national < x.high
            LIMIT \(Self.bound * 10)::bigint
        ) AS n
        """
    }

    /// Tasks of these customers, each with the customer; few with their JSON.
    func tasks(ofContacts contacts: [String]) -> SQL {
        withTasks(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, t.customer_id
            FROM unnest(\(contacts)::uuid[]) AS p(contact_id)
            \(tasks(of: "p.contact_id"))
            """, "r.id, r.created, r.customer_id")
    }

    /// Tasks of customers with an address under one of the conditions, each with the address; few with their JSON.
    func addressed(_ condition: SQL) -> SQL {
        withTasks(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, p.local, p.domain
            FROM (
                SELECT s.contact_id, s.local, s.domain FROM search_emails AS s
                WHERE s.workspace_id = \(workspace) AND \(condition)
                LIMIT \(Self.bound)::bigint
            ) AS p
            \(tasks(of: "p.contact_id"))
            """, "r.id, r.created, r.local, r.domain")
    }

    /// The JSON of tasks for the answer, in the order given.
    func items(_ tasks: [String]) -> SQL {
        """
        SELECT p.id, \(TaskItem.object(fields: fields))
        FROM unnest(\(tasks)::uuid[]) WITH ORDINALITY AS p(id, place)
        JOIN LATERAL (
            SELECT \(TaskItem.columns) FROM tasks AS t \(TaskItem.joins)
            WHERE t.workspace_id = \(workspace) AND t.id = p.id AND t.deleted_at IS NULL
        ) AS i ON true
        ORDER BY p.place
        """
    }
}
