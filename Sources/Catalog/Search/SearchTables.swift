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
    /// How many rows are looked at where the call's filters may leave few of them.
    static let narrowedLooked = 2_000
    /// How many rows of numbers, addresses or words bring their tasks' JSON along.
    private static let fewRows = 12
    /// How many of those whose words are near, of which fewer match.
    private static let fewNear = 6

    private let subject: any SearchSubject
    private var workspace: SQL { subject.workspace }
    private var keys: SearchKeyMaker { subject.keys }
    private var table: SQL { "\(verbatim: subject.table)" }
    private var condition: SQL { subject.condition }

    init(_ subject: any SearchSubject) { self.subject = subject }

    /// Makes the statements behind it keep one plan: how many tasks one of them names says nothing about the best plan
    /// for it, and making a plan takes longer than all else.
    static let keepsPlans: SQL = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"

    /// The workspace's country, its prefix of task numbers, and what a dictionary needs.
    func facts(_ words: DictionaryRead?) -> SQL {
        let more: SQL = if let words { ", \(words.columns)" } else { "" }
        return """
            SELECT w.default_country, w.task_number_prefix\(more) FROM workspaces AS w WHERE w.id = \(workspace)
            """
    }

    /// Rows with their JSON as one more column, if they are so few that they can be the whole answer: another flush takes
    /// longer.
    ///
    /// - Parameter columns: Those of the rows, the first of which is the row's key, `id`.
    private func withItems(_ rows: SQL, _ columns: SQL, few: Int = Self.fewRows) -> SQL {
        """
        SELECT \(columns), CASE WHEN count(*) OVER () <= \(few)::bigint THEN \(subject.item("r.id")) END
        FROM (\(rows)) AS r
        """
    }

    /// Rows of ``IndexRow``: those that have the words of one of the conjunctions, those of the first conjunction first.
    ///
    /// - Parameter isExact: Whether they have the words as they were typed. Fewer are given then, for most of them match
    ///   equally well; and more of them bring their JSON along, for mostly they are the answer.
    func documents(_ conjunctions: [Conjunction], isExact: Bool, taskCount: Int = 0) -> SQL {
        let limit = isExact ? Self.exactBound : Self.bound
        let looked = isExact ? Self.exactLooked : Self.bound
        let few = isExact ? Self.fewRows : Self.fewNear
        if subject.isNarrowed { return narrowed(conjunctions, limit: limit, few: few).withBinaryRows }
        let rows: SQL = """
            SELECT k.id, k.keys, k.layout
            FROM \(offered(conjunctions, looked: looked, limit: limit, taskCount)) AS k
            ORDER BY x.place, k.id DESC
            LIMIT \(limit * 2)::bigint
            """
        let statement: SQL = """
            SELECT r.id, CASE WHEN r.few THEN (
                    SELECT \(Self.created) FROM \(table) AS t WHERE \(condition) AND t.id = r.id
                ) END, r.keys, r.layout, CASE WHEN r.few THEN \(subject.item("r.id")) END
            FROM (
                SELECT n.id, n.keys, n.layout, count(*) OVER () <= \(few)::bigint AS few FROM (\(rows)) AS n
            ) AS r
            """
        return statement.withBinaryRows
    }

    private static let created: SQL = "(extract(epoch FROM t.created_at) * 1e6)::bigint"

    /// The same where a condition may leave few of the rows: more are looked at, and each is read.
    private func narrowed(_ conjunctions: [Conjunction], limit: Int, few: Int) -> SQL {
        let rows: SQL = """
            SELECT \(IndexRow.columns) FROM (
                SELECT k.id, k.keys, k.layout
                FROM \(offered(conjunctions, looked: Self.narrowedLooked, limit: Self.narrowedLooked)) AS k
                ORDER BY x.place, k.id DESC
                LIMIT \(Self.narrowedLooked)::bigint
            ) AS k
            JOIN \(table) AS t ON \(condition) AND t.id = k.id
            LIMIT \(limit * 2)::bigint
            """
        return withItems(rows, "r.id, r.created, r.keys, r.layout", few: few)
    }

    private func offered(_ conjunctions: [Conjunction], looked: Int, limit: Int, _ taskCount: Int = 0) -> SQL {
        let sets = (0..<Conjunction.maxSets).map { index in
            conjunctions.map { index < $0.sets.count ? literal($0.sets[index].words) : "" }
        }
        let recent = conjunctions.map { Int64($0.recent(of: taskCount, wanted: limit)) }
        return """
            unnest(\(sets[0])::text[], \(sets[1])::text[], \(sets[2])::text[], \(sets[3])::text[], \(recent)::bigint[])
                WITH ORDINALITY AS x(a, b, c, d, recent, place)
            CROSS JOIN LATERAL (
                SELECT f.* FROM \(verbatim: subject.function)x.a::bigint[], nullif(x.b, '')::bigint[],
                    nullif(x.c, '')::bigint[], nullif(x.d, '')::bigint[], \(looked)::integer, \(limit)::integer,
                    x.recent::integer)
                    AS f(\(verbatim: subject.functionColumns))
            )
            """
    }

    /// The same for rows that are known.
    func documents(of rows: [String]) -> SQL {
        let rows: SQL = """
            SELECT \(IndexRow.columns) FROM unnest(\(rows)::uuid[]) AS x(id)
            JOIN \(subject.index)
            JOIN \(table) AS t ON \(condition) AND t.id = x.id
            """
        return rows.withBinaryRows
    }

    /// Rows that have the words of one of the conjunctions, with nothing but their names.
    func names(_ conjunctions: [Conjunction]) -> SQL {
        """
        SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint, \(subject.name.expression) FROM (
            SELECT DISTINCT k.id FROM \(offered(conjunctions, looked: Self.bound, limit: Self.bound)) AS k
            ORDER BY k.id DESC
            LIMIT \(Self.bound)::bigint
        ) AS k
        JOIN \(table) AS t ON \(condition) AND t.id = k.id
        \(subject.name.joins)
        """
    }

    private func literal(_ words: [StoredWord]) -> String {
        "{" + words.map { String(keys.key(of: $0)) }.joined(separator: ",") + "}"
    }

    /// The key and the time of the row with a number, and its JSON.
    func numbered(_ number: Int64) -> SQL {
        withItems(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created FROM \(table) AS t
            WHERE \(condition) AND \(subject.numbered(number) ?? "false")
            """, "r.id, r.created")
    }

    /// Rows of owners with a number in one of the ranges, each with the number; few with their JSON.
    func called(endings: [String], beginnings: [String]) -> SQL {
        withItems(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, p.reversed, p.national
            FROM (
                \(numbers("reversed", in: endings, most: Self.bound * 2))
                UNION ALL
                \(numbers("national", in: beginnings, most: Self.bound * 4))
            ) AS p
            \(subject.rows(ofOwner: "p.owner"))
            """, "r.id, r.created, r.reversed, r.national")
    }

    /// The numbers in the ranges alone, each with its owner: more are looked at than rows would be read.
    func slips(endings: [String], beginnings: [PhoneSearch.SlipRange]) -> SQL {
        """
        \(numbers("reversed", in: endings, most: Self.bound * 2))
        UNION ALL
        SELECT n.owner, n.reversed, n.national
        FROM unnest(
            \(beginnings.map(\.beginning))::text[], \(beginnings.map { $0.beginning + ":" })::text[],
            \(beginnings.map(\.longer))::text[], \(beginnings.map(\.ending))::text[]
        ) AS x(low, high, longer, ending)
        CROSS JOIN LATERAL (
            \(numbers("national"))
            LIMIT \(Self.bound * 10)::bigint
        ) AS n
        WHERE starts_with(n.national, x.longer) OR starts_with(n.reversed, x.ending)
        """
    }

    /// Numbers whose digits begin so, from right to left or as they are dialled.
    private func numbers(_ digits: String, in beginnings: [String], most: Int) -> SQL {
        """
        SELECT n.owner, n.reversed, n.national
        FROM unnest(\(beginnings)::text[], \(beginnings.map { $0 + ":" })::text[]) AS x(low, high)
        CROSS JOIN LATERAL (
            \(numbers(digits))
            LIMIT \(most)::bigint
        ) AS n
        """
    }

    private func numbers(_ digits: String) -> SQL {
        let phones = subject.phones
        return """
            SELECT s.\(verbatim: phones.owner) AS owner, s.reversed, s.national FROM \(verbatim: phones.name) AS s
            WHERE s.workspace_id = \(workspace) \(phones.condition)
                AND s.\(verbatim: digits) >= x.low AND s.\(verbatim: digits) < x.high
            """
    }

    /// Rows of these owners, each with the owner; few with their JSON.
    func rows(ofOwners owners: [String]) -> SQL {
        withItems(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created,
                t.\(verbatim: subject.owner) AS owner
            FROM unnest(\(owners)::uuid[]) AS p(owner)
            \(subject.rows(ofOwner: "p.owner"))
            """, "r.id, r.created, r.owner")
    }

    /// Rows of owners with an address under one of the conditions, each with the address; few with their JSON.
    func addressed(_ range: SQL) -> SQL {
        let emails = subject.emails
        return withItems(
            """
            SELECT t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, p.local, p.domain
            FROM (
                SELECT s.\(verbatim: emails.owner) AS owner, s.local, s.domain FROM \(verbatim: emails.name) AS s
                WHERE s.workspace_id = \(workspace) \(emails.condition) AND \(range)
                LIMIT \(Self.bound)::bigint
            ) AS p
            \(subject.rows(ofOwner: "p.owner"))
            """, "r.id, r.created, r.local, r.domain")
    }

    /// How many rows are put in order for a page at most.
    static let mostOrdered = 400

    /// The best rows behind a place, and of equal ones the newest: key, score and time.
    func page(
        of rows: [FoundRow], after place: (score: Float, createdAt: Int64, id: String)?, limit: Int
    ) -> SQL {
        var behind: SQL = ""
        if let place {
            behind = """
                WHERE (x.score, \(Self.created), x.id)
                    < (\(String(place.score))::real, \(place.createdAt)::bigint, \(place.id)::uuid)
                """
        }
        return """
            SELECT x.id, x.score, \(Self.created) AS created
            FROM unnest(\(rows.map(\.id))::uuid[], \(rows.map { String($0.score) })::real[]) AS x(id, score)
            JOIN \(table) AS t ON \(condition) AND t.id = x.id
            \(behind)
            ORDER BY x.score DESC, created DESC, x.id DESC
            LIMIT \(limit)::bigint
            """
    }

    /// The rows of a page in their order: key, time and JSON, and behind these the texts of those that are to be explained.
    func items(onPage page: SQL, explaining unclear: [String]) -> SQL {
        """
        SELECT p.id, p.created, \(subject.item("p.id"))\(textColumns(unclear)) FROM (\(page)) AS p \(texts(unclear))
        ORDER BY p.score DESC, p.created DESC, p.id DESC
        """
    }

    /// The same for rows whose order and times are known, in the order given.
    func items(_ rows: [String], explaining unclear: [String]) -> SQL {
        """
        SELECT p.id, NULL::bigint, \(subject.item("p.id"))\(textColumns(unclear))
        FROM unnest(\(rows)::uuid[]) WITH ORDINALITY AS p(id, place) \(texts(unclear))
        ORDER BY p.place
        """
    }

    /// How many columns stand before the texts.
    static let pageWidth = 3

    private func textColumns(_ unclear: [String]) -> SQL { unclear.isEmpty ? "" : ", x.*" }

    private func texts(_ unclear: [String]) -> SQL {
        if unclear.isEmpty { return "" }
        return """
            LEFT JOIN LATERAL (
                SELECT \(subject.texts.columns) FROM \(table) AS t \(subject.texts.joins)
                WHERE \(condition) AND t.id = p.id AND p.id = ANY (\(unclear)::uuid[])
            ) AS x ON true
            """
    }
}
