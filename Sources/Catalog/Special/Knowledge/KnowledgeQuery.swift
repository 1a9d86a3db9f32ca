import Embeddings
import Postgres
import Tools

/// The statements of a search in the knowledge base.
///
/// Each has rows of two columns: how the words fit (0 all of them, 1 some, 2 a title that is spelt alike, `NULL` not at
/// all), and the hit as JSON. What a hit has to be (published, of the category) is asked before anything is ranked.
struct KnowledgeQuery: Sendable {
    /// What is compared.
    enum Mode: String, Sendable {
        case text, semantic, hybrid
    }

    private let call: ToolCall
    private let query: String
    private let category: String?
    private let limit: Int64
    private let characters: Int64

    init(_ call: ToolCall) {
        self.call = call
        query = call.arguments.text("query") ?? ""
        category = call.arguments.text("category")
        limit = call.arguments.integer("limit") ?? 5
        characters = call.arguments.integer("max_chars") ?? 1200
    }

    /// How much like the query a title, or a part of it, has to be spelt.
    private static let likeness = "0.45"
    /// How many hits of each side are put together.
    private static let depth: Int64 = 50
    /// What reciprocal rank fusion adds to each rank (Cormack, Clarke and Büttcher 2009): the larger it is, the less the
    /// first ranks of one side count against what both sides found.
    private static let rankConstant = "60"

    /// The best documents by words.
    var words: SQL {
        """
        WITH \(best(limit))
        SELECT b.tier, json_build_object(
            'id', public_id('doc', d.id), 'title', d.title, 'category', d.category,
            'match', \(verbatim: Self.match), 'score', b.score, 'excerpt', \(excerpt), \(verbatim: Self.facts))
        FROM best AS b
        JOIN documents AS d ON d.workspace_id = \(call.workspace) AND d.id = b.id
        CROSS JOIN asked AS a
        ORDER BY b.tier, b.score DESC, b.updated_at DESC, b.id
        """
    }

    /// The best documents by meaning.
    func meanings(_ embedding: Embedding, of model: String) -> SQL {
        """
        SELECT NULL::integer, json_build_object(
            'id', public_id('doc', d.id), 'title', d.title, 'category', d.category,
            'match', 'meaning', 'found_by', json_build_array('semantic'), 'score', \(verbatim: Self.similarity),
            'excerpt', \(part), \(verbatim: Self.facts))
        FROM \(nearest(embedding, of: model, limit)) AS n
        JOIN documents AS d ON d.workspace_id = \(call.workspace) AND d.id = n.document_id
        ORDER BY n.distance, n.document_id
        """
    }

    /// The best documents by both, put together by their ranks.
    func both(_ embedding: Embedding, of model: String) -> SQL {
        """
        WITH \(best(Self.depth)), worded AS (
            SELECT b.id, b.tier, row_number() OVER (ORDER BY b.tier, b.score DESC, b.updated_at DESC, b.id) AS place
            FROM best AS b
        ), near AS MATERIALIZED (
            SELECT n.document_id, n.starts_at, n.length, n.distance,
                row_number() OVER (ORDER BY n.distance, n.document_id) AS place
            FROM \(nearest(embedding, of: model, Self.depth)) AS n
        ), fused AS (
            SELECT coalesce(w.id, n.document_id) AS id, w.tier, n.starts_at, n.length, n.distance,
                coalesce(1.0 / (\(verbatim: Self.rankConstant) + w.place), 0)
                    + coalesce(1.0 / (\(verbatim: Self.rankConstant) + n.place), 0) AS score
            FROM worded AS w FULL JOIN near AS n ON n.document_id = w.id
            ORDER BY score DESC, id LIMIT \(limit)::bigint
        )
        SELECT b.tier, json_build_object(
            'id', public_id('doc', d.id), 'title', d.title, 'category', d.category,
            'match', CASE WHEN b.tier IS NULL THEN 'meaning' ELSE \(verbatim: Self.match) END,
            'found_by', array_remove(ARRAY[CASE WHEN b.tier IS NOT NULL THEN 'text' END,
                CASE WHEN n.distance IS NOT NULL THEN 'semantic' END], NULL),
            'score', round(b.score, 6), 'similarity', \(verbatim: Self.similarity),
            'excerpt', CASE WHEN n.starts_at IS NULL THEN \(excerpt) ELSE \(part) END, \(verbatim: Self.facts))
        FROM fused AS b
        CROSS JOIN LATERAL (SELECT b.starts_at, b.length, b.distance) AS n
        JOIN documents AS d ON d.workspace_id = \(call.workspace) AND d.id = b.id
        LEFT JOIN asked AS a ON true
        ORDER BY b.score DESC, b.id
        """
    }

    // MARK: Parts

    private static let match =
        "CASE b.tier WHEN 0 THEN 'all_words' WHEN 1 THEN 'some_words' ELSE 'similar_title' END"
    private static let similarity = "round((1 - n.distance)::numeric, 4)"
    private static let facts =
        "'body_length', char_length(d.body), 'visibility', d.visibility, 'updated_at', rfc3339(d.updated_at)"

    /// Where the words are, or how a document begins whose title was meant.
    private var excerpt: SQL {
        """
        left(CASE WHEN b.tier < 2 THEN ts_headline('english', d.body, a.some,
            'StartSel="", StopSel="", MaxFragments=4, MaxWords=60, MinWords=20, FragmentDelimiter=" … "')
            ELSE d.body END, \(characters)::integer)
        """
    }

    /// The part of a document that is the nearest.
    private var part: SQL { "substr(d.body, n.starts_at + 1, least(n.length, \(characters)::integer))" }

    private func nearest(_ embedding: Embedding, of model: String, _ count: Int64) -> SQL {
        """
        nearest_documents(\(call.workspace), \(model), \(embedding.literal)::real[], \(category), \(count)::bigint)
        """
    }

    /// The tables of a search by words; `best` has the best documents, `asked` what is looked for.
    private func best(_ count: Int64) -> SQL {
        """
        asked AS MATERIALIZED (
            SELECT every, CASE WHEN numnode(words) > 0 THEN replace(words::text, '&', '|')::tsquery ELSE words END AS some
            FROM (
                SELECT websearch_to_tsquery('english', \(query)) || websearch_to_tsquery('simple', \(query)) AS every,
                    plainto_tsquery('english', \(query)) || plainto_tsquery('simple', \(query)) AS words
            ) AS q
            -- Words such as "the" alone ask for nothing.
            WHERE numnode(plainto_tsquery('english', \(query))) > 0
        ), seen AS MATERIALIZED (
            SELECT d.id, d.updated_at, d.words @@ a.every AS has_all, d.words @@ a.some AS has_some,
                ts_rank(d.words, a.some)::numeric AS rank, word_similarity(\(query), d.title)::numeric AS likeness
            FROM documents AS d CROSS JOIN asked AS a
            WHERE d.workspace_id = \(call.workspace) AND d.deleted_at IS NULL AND d.status = 'published'
                AND (\(category)::text IS NULL OR d.category = \(category))
        ), found AS (
            SELECT s.id, s.updated_at, s.rank, s.likeness,
                CASE WHEN s.has_all THEN 0 WHEN s.has_some AND NOT EXISTS (SELECT FROM seen AS o WHERE o.has_all) THEN 1
                    WHEN s.likeness >= \(verbatim: Self.likeness) THEN 2 END AS tier
            FROM seen AS s
        ), best AS (
            SELECT f.id, f.tier, round(CASE f.tier WHEN 2 THEN f.likeness ELSE f.rank END, 4) AS score, f.updated_at
            FROM found AS f WHERE f.tier IS NOT NULL
            ORDER BY f.tier, score DESC, f.updated_at DESC, f.id LIMIT \(count)::bigint
        )
        """
    }
}
