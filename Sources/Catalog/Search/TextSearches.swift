import Matching
import Postgres

/// The searches for words of one call, all of which a task must match: those of the query, and those of a name.
struct TextSearches: Sendable {
    private var searches: [TextSearch]
    private let words: [SearchWishes.Words]
    private var hits = TextHits<String>()
    private var rows: [String: TaskTexts.Row] = [:]
    /// How many tasks the index offered last.
    private(set) var offered = 0

    init(_ words: [SearchWishes.Words], in dictionary: WordDictionary?) {
        self.words = words
        searches = words.map { TextSearch($0.words, in: dictionary, onlyNames: $0.isName) }
    }

    /// What to ask the index for: a word out of each set of one of the conjunctions of each search.
    mutating func conjunctions(of tier: TextSearch.Tier) -> [Conjunction] {
        var result: [Conjunction] = []
        for index in searches.indices {
            let own = searches[index].conjunctions(of: tier)
            result = index == 0 ? own : result.flatMap { left in own.map { Conjunction(left, $0) } }
        }
        return Array(result.prefix(32))
    }

    /// Compares the tasks that the index offered.
    mutating func take(_ result: QueryResult) {
        offered = result.rowCount
        for place in 0..<result.rowCount {
            let row = TaskTexts.row(result, place)
            let document = DocumentWords(row.document)
            let matches = searches.compactMap { $0.match(document) }
            guard matches.count == searches.count, let match = TextMatch(matches) else { continue }
            rows[row.id] = row
            hits.add(match, row.id, createdAt: row.createdAt)
        }
    }

    /// Whether nothing less sure needs to be looked for.
    func isEnough(after tier: TextSearch.Tier) -> Bool { hits.isEnough(after: tier) }

    /// The tasks that matched, without those that are much weaker than the best.
    var found: [FoundTask] {
        hits.ranked.map { hit in
            let field = hit.match.fields.first ?? .title
            var task = FoundTask(
                id: hit.id, createdAt: hit.createdAt, score: hit.match.score, field: field,
                certainty: hit.match.isExact ? .exact : .similar,
                value: hit.match.instead.isEmpty ? nil : hit.match.instead.joined(separator: " "),
                missing: hit.match.missing)
            if [.description, .answers, .comments].contains(field) {
                task.words = words.flatMap(\.words.texts) + hit.match.instead
                task.text =
                    rows[hit.id]?.document.texts(of: field).first { text in
                        let stored = Set(Folding.words(text))
                        return task.words.contains(where: stored.contains)
                    } ?? rows[hit.id]?.document.texts(of: field).first
            }
            return task
        }
    }
}
