import Matching
import Postgres

/// The searches for words of one call, all of which a task must match: those of the query, and those of a name.
struct TextSearches: Sendable {
    private var searches: [TextSearch]
    private let words: [SearchWishes.Words]
    private var hits = TextHits<String>()
    /// The JSON of tasks where it came along.
    private var json: [String: [UInt8]] = [:]
    /// How many tasks the index offered last.
    private(set) var offered = 0
    private let keys: SearchKeyMaker
    private let taskCount: Int

    /// Whether what is near is looked for beside what is as typed.
    private let isThorough: Bool

    init(
        _ words: [SearchWishes.Words], in dictionary: WordDictionary?, _ keys: SearchKeyMaker, isThorough: Bool = false
    ) {
        self.words = words
        self.isThorough = isThorough
        self.keys = keys
        taskCount = dictionary?.taskCount ?? 0
        searches = words.map { TextSearch($0.words, in: dictionary, keys, onlyNames: $0.isName) }
    }

    /// What the index is asked for.
    struct Asked: Sendable {
        let tier: TextSearch.Tier
        let conjunctions: [Conjunction]
        /// How many tasks there are, roughly; none without a dictionary.
        let taskCount: Int
        fileprivate let all: [Conjunction]
        /// Whether words were left out.
        private let isLean: Bool
        /// What was known of the words when the index was asked.
        fileprivate let searches: [TextSearch]

        fileprivate init(
            _ tier: TextSearch.Tier, _ all: [Conjunction], _ searches: [TextSearch], taskCount: Int, isLean: Bool
        ) {
            self.tier = tier
            self.taskCount = taskCount
            self.all = all
            self.searches = searches
            let asked = isLean ? all.map(\.lean) : all
            self.isLean = zip(asked, all).contains { $0.sets.count < $1.sets.count }
            conjunctions = Conjunction.withoutCovered(asked)
        }

        /// The same with all words, if some were left out.
        var whole: Asked? {
            isLean ? Asked(tier, all, searches, taskCount: taskCount, isLean: false) : nil
        }
    }

    /// How many conjunctions are asked for at once.
    private static let maxConjunctions = 32

    /// Goes on to the tiers that are asked for together, those that may offer anything; none behind the last.
    ///
    /// Where words that are near do not find what was meant, mostly nothing does: what else may be tried leaves in one
    /// flush. Before that a flush more costs less than what is looked for in vain.
    mutating func next(after tier: TextSearch.Tier?) -> [Asked] {
        guard let first = one(after: tier) else { return [] }
        var asked = [first]
        while tier != nil, let last = asked.last, last.tier.isLastResort, let more = one(after: last.tier) {
            asked.append(more)
        }
        return asked
    }

    private mutating func one(after tier: TextSearch.Tier?) -> Asked? {
        var next = tier.map { TextSearch.Tier(rawValue: $0.rawValue + 1) } ?? .exact
        while let tier = next {
            let conjunctions = conjunctions(of: tier)
            if !conjunctions.isEmpty {
                return Asked(tier, conjunctions, searches, taskCount: taskCount, isLean: tier != .exact)
            }
            next = TextSearch.Tier(rawValue: tier.rawValue + 1)
        }
        return nil
    }

    /// Finds out what the words may stand for, where the tasks to compare are known.
    mutating func prepare(_ tier: TextSearch.Tier) { _ = conjunctions(of: tier) }

    /// A word out of each set of one of the conjunctions of each search.
    private mutating func conjunctions(of tier: TextSearch.Tier) -> [Conjunction] {
        var result: [Conjunction] = []
        for index in searches.indices {
            let own = searches[index].conjunctions(of: tier)
            result = index == 0 ? own : result.flatMap { left in own.map { Conjunction(left, $0) } }
        }
        return Array(result.prefix(Self.maxConjunctions))
    }

    /// Compares the tasks that the index offered, by what was known when it was asked.
    mutating func take(_ result: QueryResult, of asked: Asked) {
        searches = asked.searches
        take(result, of: asked.tier)
    }

    /// Compares the tasks that the index offered: rows of ``IndexRow``, or of names where whole names are compared.
    mutating func take(_ result: QueryResult, of tier: TextSearch.Tier) {
        offered = result.rowCount
        for place in 0..<result.rowCount {
            if tier == .likeness {
                let name = SearchDocument(customerNames: [result.string(place, 2) ?? ""])
                take(DocumentWords(name, keys), result.string(place, 0) ?? "", result.int64(place, 1) ?? 0)
            } else {
                let row = IndexRow(result, place)
                take(row.words, row.id, row.createdAt)
                if let json = row.json { self.json[row.id] = json }
            }
        }
    }

    private mutating func take(_ words: DocumentWords, _ id: String, _ createdAt: Int64) {
        if let match = match(words) { hits.add(match, id, createdAt: createdAt) }
    }

    private func match(_ words: DocumentWords) -> TextMatch? {
        let matches = searches.compactMap { $0.match(words) }
        return matches.count == searches.count ? TextMatch(matches) : nil
    }

    /// Whether nothing less sure needs to be looked for.
    func isEnough(after tier: TextSearch.Tier) -> Bool {
        hits.isEnough(after: tier) && (!isThorough || tier.rawValue >= TextSearch.Tier.near.rawValue)
    }

    /// The tasks that matched, without those that are much weaker than the best.
    var found: [FoundRow] {
        (isThorough ? hits.all : hits.ranked).map { hit in
            let match = hit.match
            return FoundRow(
                id: hit.id, createdAt: hit.createdAt, score: match.score, field: match.fields.first ?? .title,
                certainty: match.isExact ? .exact : .similar, value: match.isExact ? nil : Self.value(match),
                isValueKnown: match.isExact || match.instead != nil, missing: match.missing, json: json[hit.id])
        }
    }

    private static func value(_ match: TextMatch) -> String? {
        guard let instead = match.instead, !instead.isEmpty else { return nil }
        return instead.joined(separator: " ")
    }

    /// A task with what is stored where it differs from what was typed, and with the text that an excerpt shows.
    func explained(_ task: FoundRow, by document: SearchDocument) -> FoundRow {
        guard let match = match(DocumentWords(document, keys)) else { return task }
        var task = task
        if let value = Self.value(match) { task.value = value }
        guard task.isInLongText else { return task }
        let sought = words.flatMap(\.words.texts) + (match.instead ?? [])
        task.words = sought
        let texts = document.texts(of: task.field)
        task.text =
            texts.first { text in
                let stored = Set(Folding.words(text))
                return sought.contains(where: stored.contains)
            } ?? texts.first
        return task
    }
}
