/// Which stored words answer which part of a query.
struct MatchTable: Sendable {
    /// A part of the query that one stored word, or two in a row, may answer.
    struct Entry: Sendable {
        /// The words of the query, a bit each.
        let mask: UInt32
        let similarity: Float
        let kind: MatchKind
        let uses: Int
        /// The pair that this is the first or second half of.
        let pair: Int?
        let isSecond: Bool
    }

    /// The entries of each word, by its key in the index.
    private var known: [Int64: [Entry]] = [:]
    /// The words themselves, by their keys.
    private var words: [Int64: [UInt8]] = [:]
    /// A bit for each key that has entries, by the last digits of the key: nearly all words of tasks have none.
    private var places = [UInt64](repeating: 0, count: 64)
    private let keys: SearchKeyMaker
    private var pairs = 0

    init(_ keys: SearchKeyMaker) { self.keys = keys }

    /// What a word of a task may answer, by its key.
    func entries(of key: Int64) -> [Entry] {
        guard places[Int(key >> 6 & 63)] & 1 << UInt64(key & 63) != 0 else { return [] }
        return known[key] ?? []
    }

    /// The word with this key, if it has entries; of an initial that is no word of the task.
    func word(of key: Int64) -> [UInt8]? { words[key] }

    private mutating func add(_ entry: Entry, _ key: Int64) {
        places[Int(key >> 6 & 63)] |= 1 << UInt64(key & 63)
        known[key, default: []].append(entry)
    }

    mutating func add(_ alternatives: [Alternative], for words: Range<Int>) {
        let mask = words.reduce(0 as UInt32) { $0 | 1 << UInt32($1) }
        for alternative in alternatives { add(alternative, mask, pair: nil, isSecond: false) }
    }

    /// Adds two words in a row that one of the query's words may stand for.
    mutating func add(_ first: [Alternative], _ second: [Alternative], for word: Int) {
        pairs += 1
        for alternative in first { add(alternative, 1 << UInt32(word), pair: pairs, isSecond: false) }
        for alternative in second { add(alternative, 1 << UInt32(word), pair: pairs, isSecond: true) }
    }

    private mutating func add(_ alternative: Alternative, _ mask: UInt32, pair: Int?, isSecond: Bool) {
        let entry = Entry(
            mask: mask, similarity: alternative.similarity, kind: alternative.kind, uses: alternative.uses, pair: pair,
            isSecond: isSecond)
        let key = keys.key(of: alternative.stored)
        add(entry, key)
        words[key] = alternative.stored.word
    }

    /// Lets the initials of the query's words answer for names that begin so.
    mutating func addInitial(_ letter: UInt8, for word: Int) {
        let entry = Entry(
            mask: 1 << UInt32(word), similarity: 0.9, kind: .beginning, uses: 1_000, pair: nil, isSecond: false)
        add(entry, keys.key(of: .initial(letter)))
    }
}

/// The words of a task, field by field, as the keys that the index has of them.
package struct DocumentWords: Sendable {
    struct Field: Sendable {
        let field: SearchField
        let keys: ArraySlice<Int64>
        /// How many of the words say something.
        let telling: Int
        /// Of a customer's name, the keys that its words share with all that begin alike.
        var initials: ArraySlice<Int64> = []
        /// The words themselves, where the task was read.
        var words: [[UInt8]] = []
    }

    /// How many words of one field are compared.
    static let maxWords = 2_048

    let fields: [Field]

    /// The words of names alone.
    var names: DocumentWords {
        DocumentWords(fields: fields.filter { $0.field == .customerName || $0.field == .company })
    }

    private init(fields: [Field]) { self.fields = fields }

    /// Takes a row of the index as it was made from an ``IndexedTask/Part``.
    package init(keys: [Int64], layout: [UInt8]) {
        var fields: [Field] = []
        fields.reserveCapacity(layout.count / 4)
        var place = 0
        for start in stride(from: 0, to: layout.count - 3, by: 4) {
            let end = min(keys.count, place + Int(layout[start + 1]) << 8 + Int(layout[start + 2]))
            if layout[start] == FieldLayout.initials, let last = fields.indices.last {
                fields[last].initials = keys[place..<end]
            } else if let field = FieldLayout.field(of: layout[start]) {
                fields.append(Field(field: field, keys: keys[place..<end], telling: Int(layout[start + 3])))
            }
            place = end
        }
        self.fields = fields
    }

    /// Reads the words of a task.
    package init(_ document: SearchDocument, _ keys: SearchKeyMaker) {
        fields = SearchDocument.wordFields.flatMap { field in
            document.texts(of: field).compactMap { text in
                let words = Array(Folding.searchWords(text).prefix(Self.maxWords))
                guard !words.isEmpty, let section = field.section else { return nil }
                var read = Field(
                    field: field, keys: words.map { keys.key(of: StoredWord(section, $0)) }[...],
                    telling: words.count { !QueryWords.isFiller($0) })
                if field == .customerName { read.initials = words.map { keys.key(of: .initial(of: $0)) }[...] }
                read.words = words
                return read
            }
        }
    }
}

/// The best way to give each word of a query a word of a task.
struct Assignment {
    private struct Edge {
        let mask: UInt32
        let field: Int
        let start: Int
        let length: Int
        let similarity: Float
        let kind: MatchKind
        let uses: Int
        var value: Float
    }

    private let table: MatchTable
    private let text: DocumentWords
    private let query: QueryWords
    private let taskCount: Int
    private var edges: [Edge] = []

    init(_ table: MatchTable, _ text: DocumentWords, _ query: QueryWords, taskCount: Int) {
        self.table = table
        self.text = text
        self.query = query
        self.taskCount = max(taskCount, 1_000)
        for (index, field) in text.fields.enumerated() {
            var before: [MatchTable.Entry] = []
            for (position, key) in field.keys.enumerated() {
                let entries = table.entries(of: key)
                if entries.isEmpty, before.isEmpty { continue }
                for entry in entries where entry.kind != .nickname || field.field == .customerName {
                    add(entry, after: before, index, position)
                }
                before = entries
            }
            for (position, key) in field.initials.enumerated() {
                for entry in table.entries(of: key) { addInitial(entry, index, position) }
            }
        }
        if edges.count > 1 { edges.sort { ($0.value, -$0.field, -$0.start) > ($1.value, -$1.field, -$1.start) } }
    }

    private mutating func add(
        _ entry: MatchTable.Entry, after before: [MatchTable.Entry], _ field: Int, _ position: Int
    ) {
        var (similarity, kind, length, uses) = (entry.similarity, entry.kind, 1, entry.uses)
        if entry.pair != nil {
            guard entry.isSecond, let first = before.first(where: { $0.pair == entry.pair && !$0.isSecond }) else {
                return
            }
            similarity = min(0.98, (similarity + first.similarity) / 2)
            kind = max(kind, max(first.kind, .form))
            uses = min(uses, first.uses)
            length = 2
        }
        let weight = text.fields[field].field.weight
        edges.append(
            Edge(
                mask: entry.mask, field: field, start: position - length + 1, length: length, similarity: similarity,
                kind: kind, uses: uses,
                value: similarity * weight + 0.01 * Float(entry.mask.nonzeroBitCount + length - 2)))
    }

    private mutating func addInitial(_ entry: MatchTable.Entry, _ field: Int, _ position: Int) {
        edges.append(
            Edge(
                mask: entry.mask, field: field, start: position, length: 1, similarity: entry.similarity,
                kind: entry.kind, uses: entry.uses, value: 0.5))
    }

    /// The match, if there is one that is good enough.
    var match: TextMatch? {
        guard !edges.isEmpty else { return nil }
        // Most tasks lack a word, which needs no choice.
        let found = edges.reduce(0 as UInt32) { $0 | $1.mask } & query.needed
        guard query.meaningful.count - found.nonzeroBitCount <= query.allowance else { return nil }
        var best = evaluate(choose { _ in true })
        let fields = fieldsWithEdges
        for field in fields where fields.count > 1 {
            guard let match = evaluate(choose { $0.field == field }) else { continue }
            if best.map({ match.score > $0.score }) ?? true { best = match }
        }
        return best
    }

    /// The fields that have one of the words, each once, in their order.
    private var fieldsWithEdges: [Int] {
        var fields: [Int] = []
        for edge in edges where !fields.contains(edge.field) { fields.append(edge.field) }
        fields.sort()
        return fields
    }

    private func choose(_ isAllowed: (Edge) -> Bool) -> [Edge] {
        var taken: [Edge] = []
        var covered: UInt32 = 0
        for edge in edges where edge.mask & covered == 0 && isAllowed(edge) {
            let clashes = taken.contains {
                $0.field == edge.field && $0.start < edge.start + edge.length && edge.start < $0.start + $0.length
            }
            if clashes { continue }
            covered |= edge.mask
            taken.append(edge)
        }
        return taken
    }

    private func rarity(_ uses: Int) -> Float {
        let ratio = Float(taskCount) / Float(max(1, uses))
        // The natural logarithm by halves: exact enough, and without a library.
        var (steps, rest) = (Float(0), max(1, ratio))
        while rest >= 2 {
            rest /= 2
            steps += 1
        }
        return 0.6 + 0.1 * (steps + rest - 1)
    }

    private func evaluate(_ taken: [Edge]) -> TextMatch? {
        let covered = taken.reduce(0 as UInt32) { $0 | $1.mask }
        let needed = query.needed
        let missing = (needed & ~covered).nonzeroBitCount
        guard missing <= query.allowance, missing < query.meaningful.count, covered != 0 else { return nil }
        let telling = taken.filter { $0.mask & needed != 0 }
        guard !telling.isEmpty else { return nil }
        var (sum, weights, plain) = (Float(0), Float(0), Float(0))
        var words = 0
        for edge in telling {
            let count = (edge.mask & needed).nonzeroBitCount
            let weight = rarity(edge.uses) * Float(count)
            sum += weight * edge.similarity * text.fields[edge.field].field.weight
            weights += weight
            plain += edge.similarity * Float(count)
            words += count
        }
        weights += Float(missing)
        let mean = plain / Float(words)
        let isInOneField = telling.allSatisfy { $0.field == telling[0].field }
        let isTogether = isInOneField || telling.allSatisfy { text.fields[$0.field].field.section == .name }
        let kind = telling.map(\.kind).max() ?? .exact
        guard
            !kind.isGuess
                || Thresholds.accepts(
                    telling.map { edge in
                        Thresholds.Word(
                            kind: edge.kind, similarity: edge.similarity,
                            words: (edge.mask & needed).nonzeroBitCount,
                            isName: text.fields[edge.field].field.section == .name)
                    }, mean: mean, words: words, isInOneField: isInOneField, isTogether: isTogether,
                    taskCount: taskCount)
        else { return nil }
        var score = sum / weights
        if missing == 0, isInOneField {
            score += 0.05
            let field = text.fields[telling[0].field]
            let used = telling.reduce(0) { $0 + $1.length }
            if field.field == .customerName || field.field == .company {
                score += 0.08 * Float(used) / Float(max(used, field.telling))
            }
        }
        for edge in taken where edge.mask & needed == 0 {
            score += edge.kind == .beginning && isInOneField && edge.field == telling[0].field ? 0.05 : 0.01
        }
        let first = text.fields[telling[0].field].field
        let fields = isInOneField ? [first] : Set(telling.map { text.fields[$0.field].field }).sorted()
        return TextMatch(
            score: score, fields: fields, kind: kind, isInOneField: isInOneField, isTogether: isTogether,
            missing: missing, instead: instead(of: telling))
    }

    /// The words of the task that differ from what was typed; `nil` where one is known by its first letter alone.
    private func instead(of edges: [Edge]) -> [String]? {
        var result: [String] = []
        for edge in edges.filter({ $0.kind > .exact }).sorted(by: { $0.mask < $1.mask }) {
            let field = text.fields[edge.field]
            var words: [String] = []
            for place in edge.start..<edge.start + edge.length {
                let read = field.words.isEmpty ? nil : field.words[place]
                guard let word = read ?? table.word(of: field.keys[field.keys.startIndex + place]) else { return nil }
                words.append(String(decoding: word, as: UTF8.self))
            }
            result.append(words.joined(separator: " "))
        }
        return result
    }
}

/// From where on guesses count as found.
///
/// The more words a workspace has, the more of them are near to anything: what is a find among ten thousand tasks is a
/// coincidence among a million.
enum Thresholds {
    /// How a word of the task stands for words of the query.
    struct Word {
        let kind: MatchKind
        let similarity: Float
        /// For how many of them it stands.
        let words: Int
        /// Whether it is one of a person, a company or a town; names that sound alike are many, and mean different people.
        let isName: Bool
    }

    static func accepts(
        _ matches: [Word],
        mean: Float,
        words: Int,
        isInOneField: Bool,
        isTogether: Bool,
        taskCount: Int
    ) -> Bool {
        let guesses = matches.filter(\.kind.isGuess)
        if guesses.isEmpty { return true }
        if guesses.contains(where: {
            $0.kind == .spelling && $0.similarity < leastSpelling(isName: $0.isName, taskCount: taskCount)
        }) {
            return false
        }
        if words == 1 { return guesses[0].similarity >= 0.76 }
        let guessed = guesses.reduce(0) { $0 + $1.words }
        guard isTogether else {
            // Words of different fields have nothing to do with each other but the task: only slips of the hand count.
            let areSlips = guesses.allSatisfy { $0.similarity >= ($0.kind == .typo ? 0.78 : 0.93) }
            return mean >= 0.88 && guessed < words && areSlips
        }
        if !isInOneField, guesses.contains(where: { $0.kind == .spelling && $0.similarity < 0.9 }) { return false }
        if guessed < words { return mean >= leastMean }
        // Two guesses together are a guess at a guess, unless hands or scripts explain both.
        let isExplained =
            guesses.allSatisfy { $0.kind == .typo || $0.kind == .nickname } || guesses.allSatisfy { $0.kind == .script }
        return mean >= (isExplained ? leastMean : 0.85 + crowd(taskCount) / 2)
    }

    /// How near the words of a task with a guess are at least, if there are several.
    private static let leastMean: Float = 0.8

    /// How much nearer words are wanted to be because there are many of them.
    private static func crowd(_ taskCount: Int) -> Float { taskCount > 300_000 ? 0.05 : taskCount > 30_000 ? 0.03 : 0 }

    private static func leastSpelling(isName: Bool, taskCount: Int) -> Float {
        0.81 + (isName && taskCount > 300_000 ? 0.07 : crowd(taskCount))
    }

    /// Whether a task may be found by a word, whatever its other words are.
    static func mayCount(_ alternative: Alternative, taskCount: Int) -> Bool {
        alternative.kind != .spelling
            || alternative.similarity
                >= leastSpelling(isName: alternative.stored.section == .name, taskCount: taskCount)
    }

    /// The same sets without the guesses that are too far away even beside the nearest words of the other sets.
    static func withinReach(_ sets: [[Alternative]]) -> [[Alternative]] {
        guard sets.count > 1 else { return sets }
        let best = sets.map { $0.map(\.similarity).max() ?? 0 }
        let sum = best.reduce(0, +)
        return sets.indices.map { index in
            // A thousandth less, whatever the rounding.
            let least = leastMean * Float(sets.count) - (sum - best[index]) - 0.001
            return sets[index].filter { !$0.kind.isGuess || $0.similarity >= least }
        }
    }
}
