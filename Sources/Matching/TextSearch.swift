/// A search for words: what to ask the index for, and how well the tasks that it offers match.
///
/// The index is asked in tiers, from what was typed to what is like it; a tier that found what was meant ends the search.
package struct TextSearch: Sendable {
    /// How far from what was typed the index is asked.
    package enum Tier: Int, Sendable, CaseIterable {
        /// Words as they were typed, with or without blanks between them.
        case exact
        /// One word that is near, the others as they were typed.
        case oneNear
        /// The words that the workspace knows, as they were typed, without those that nothing is near to.
        case known
        /// Words that are near, one for each that was typed.
        case near
        /// Words that are near once a blank is put in or left out.
        case blanks
        /// The same with a word missing, from four words on.
        case partial
        /// Names that are near as a whole, where one word is near.
        case likeness

        /// Whether it is for what is mostly not there at all.
        package var isLastResort: Bool { rawValue > Tier.near.rawValue }
    }

    package let query: QueryWords
    private let dictionary: WordDictionary?
    private var table: MatchTable
    private let keys: SearchKeyMaker
    /// For each word of the query, what it may stand for by itself.
    private var singles: [[Alternative]] = []
    /// The same without the word itself, once it was looked for.
    private var nears: [Int: [Alternative]] = [:]
    private var tier = Tier.exact
    private let onlyNames: Bool

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - dictionary: The words of the workspace; without them words are found as they were typed only.
    ///   - keys: What the index knows the words of the workspace by.
    ///   - onlyNames: Whether only names of customers and companies count.
    package init(
        _ query: QueryWords, in dictionary: WordDictionary?, _ keys: SearchKeyMaker, onlyNames: Bool = false
    ) {
        self.query = query
        self.keys = keys
        table = MatchTable(keys)
        self.onlyNames = onlyNames
        self.dictionary = dictionary
        singles = query.words.map { WordMatches.exact($0.word, dictionary) }
        for (index, alternatives) in singles.enumerated() { table.add(alternatives, for: index..<index + 1) }
        for (index, word) in query.words.enumerated() where word.isInitial {
            table.addInitial(word.latin[0], for: index)
            let uses = max(1, (dictionary?.taskCount ?? 0) / 10)
            singles[index] += [
                Alternative(stored: .initial(word.latin[0]), similarity: 0.9, kind: .beginning, uses: uses)
            ]
        }
    }

    // MARK: What to ask for

    /// Goes on to a tier and says what to ask the index for, which may be nothing.
    package mutating func conjunctions(of tier: Tier) -> [Conjunction] {
        self.tier = tier
        let conjunctions: [Conjunction]
        switch tier {
        case .exact: conjunctions = exact()
        case .oneNear: conjunctions = oneNear()
        case .known: conjunctions = known()
        case .near: conjunctions = near()
        case .blanks: conjunctions = joined(isNear: true) + split(isNear: true)
        case .partial: conjunctions = partial()
        case .likeness: conjunctions = likeness()
        }
        return conjunctions.filter { !$0.isEmpty }
    }

    private var required: [Int] { query.meaningful }

    private mutating func exact() -> [Conjunction] {
        let all = Array(query.words.indices)
        var covers = [Conjunction(all.map { singles[$0] })]
        if required.count < all.count { covers.append(Conjunction(required.map { singles[$0] })) }
        guard dictionary != nil else { return covers }
        covers = covers.filter { $0.sets.allSatisfy { $0.uses > 0 } }
        return covers + joined(isNear: false) + split(isNear: false)
    }

    /// Looks for what a word may stand for, once.
    private mutating func expand(_ index: Int) {
        guard let dictionary, nears[index] == nil else { return }
        let word = query.words[index]
        guard word.isMeaningful, !word.isInitial else {
            nears[index] = []
            return
        }
        let isUnfinished = index == query.words.count - 1 && query.mayBeUnfinished
        let near = WordMatches(dictionary: dictionary).near(word, isUnfinished: isUnfinished)
        table.add(near, for: index..<index + 1)
        nears[index] = near
    }

    private func isKnown(_ index: Int) -> Bool { singles[index].contains { $0.uses > 0 } }

    private mutating func oneNear() -> [Conjunction] {
        guard dictionary != nil else { return [] }
        let unknown = required.filter { !isKnown($0) }
        guard unknown.count <= 1 else { return [] }
        return (unknown.isEmpty ? required : unknown).flatMap { index in
            expand(index)
            let others = required.filter { $0 != index }.map { singles[$0] }
            let near = useful(nears[index] ?? [])
            return covers(Conjunction(others + [near])) { Conjunction(others + [Array(near.prefix(Self.nearest))]) }
        }
    }

    /// As many words as may be missing are left out, if nothing else can be meant by them.
    private mutating func known() -> [Conjunction] {
        guard dictionary != nil else { return [] }
        let unknown = required.filter { !isKnown($0) }
        guard !unknown.isEmpty, unknown.count <= query.allowance else { return [] }
        for index in unknown {
            expand(index)
            guard nears[index]?.isEmpty ?? true else { return [] }
        }
        return [Conjunction(required.filter { isKnown($0) }.map { singles[$0] })]
    }

    private mutating func near() -> [Conjunction] {
        guard dictionary != nil else { return [] }
        let isOneTried = required.count { !isKnown($0) } <= 1
        for index in required { expand(index) }
        for index in required { singles[index] = singles[index].filter { $0.uses > 0 } + useful(nears[index] ?? []) }
        var choices = [required.map { singles[$0] }]
        if required.count == 2, isOneTried {
            let both = required.map { useful(nears[$0] ?? []) }
            if let apart = Self.apart(both) { choices = apart }
        }
        return choices.flatMap { sets in
            let sets = Thresholds.withinReach(sets)
            return covers(Conjunction(sets)) { Conjunction(sets.map { Array($0.prefix(Self.nearest)) }) }
        }
    }

    /// Two words, neither of which is as it was typed: those of names, and those of texts, for a guess at each counts only
    /// where the two stand together.
    ///
    /// What is no guess may stand anywhere. `nil` if those are many, such as what a word may go on to.
    private static func apart(_ sets: [[Alternative]]) -> [[[Alternative]]]? {
        let sure = sets.map { $0.filter { !$0.kind.isGuess } }
        guard sure.allSatisfy({ $0.count <= nearest }) else { return nil }
        return [WordSection.name, .text].map { section in
            sets.map { set in set.filter { !$0.kind.isGuess || $0.stored.section == section } }
        }
    }

    /// Those of the words that may count.
    private func useful(_ alternatives: [Alternative]) -> [Alternative] {
        let taskCount = max(dictionary?.taskCount ?? 0, 1_000)
        return alternatives.filter { Thresholds.mayCount($0, taskCount: taskCount) }
    }

    /// A conjunction, and behind it the nearest words by themselves where they might be lost among many that are less
    /// near.
    private func covers(_ whole: Conjunction, nearest: () -> Conjunction) -> [Conjunction] {
        guard whole.mostOffered > Self.few else { return [whole] }
        let nearest = nearest()
        let isSame = zip(nearest.sets, whole.sets).allSatisfy { $0.words.count == $1.words.count }
        return isSame ? [whole] : [nearest, whole]
    }

    private static let nearest = 6
    /// How many tasks are all compared, whatever offers them.
    private static let few = 150

    /// Leaves out one word, or two of many; a word that nothing is near to is left out by all.
    private func partial() -> [Conjunction] {
        guard dictionary != nil else { return [] }
        let known = required.filter { !singles[$0].isEmpty }
        let allowance = query.allowance - (required.count - known.count)
        guard allowance >= 0, known.count >= 2 else { return [] }
        if allowance == 0 { return [Conjunction(known.map { singles[$0] })] }
        var result = known.map { left in Conjunction(known.filter { $0 != left }.map { singles[$0] }) }
        if allowance > 1, known.count > 3 {
            // Of two missing words one is among the rarest, which is where errors are.
            let rare = known.sorted { uses(of: $0) < uses(of: $1) }.prefix(3)
            for first in rare {
                for second in known where second != first {
                    result.append(Conjunction(known.filter { $0 != first && $0 != second }.map { singles[$0] }))
                }
            }
        }
        return result
    }

    private func uses(of index: Int) -> Int { singles[index].reduce(0) { $0 + $1.uses } }

    private func likeness() -> [Conjunction] {
        guard let dictionary, NameLikeness.isName(query) else { return [] }
        let bound = NameLikeness.mostErrors(query, taskCount: dictionary.taskCount)
        return query.words.indices.compactMap { index in
            let typed = query.words[index].latin
            let known = singles[index].filter { $0.kind == .exact } + (nears[index] ?? [])
            let rare = known.filter { alternative in
                guard alternative.stored.section == .name, (1...NameLikeness.maxUses).contains(alternative.uses) else {
                    return false
                }
                let word = WordList.latin(alternative.stored.word) ?? alternative.stored.word
                return EditDistance.between(typed, word, bound: bound) != nil
            }
            let others = query.meaningful.count == 1 ? query.meaningful : query.meaningful.filter { $0 != index }
            let initials = NameLikeness.initials(of: others.map { query.words[$0] }, taskCount: dictionary.taskCount)
            return rare.isEmpty ? nil : Conjunction([rare, initials])
        }
    }

    // MARK: Blanks

    /// Two words that are one in the task.
    private mutating func joined(isNear: Bool) -> [Conjunction] {
        guard let dictionary else { return [] }
        let matches = WordMatches(dictionary: dictionary)
        var covers: [Conjunction] = []
        for index in query.words.indices.dropLast() {
            let word = QueryWord(query.words[index].word + query.words[index + 1].word, isMeaningful: true)
            guard word.latin.count >= 4, word.latin.count <= 24 else { continue }
            var found: [Alternative] = []
            if isNear {
                found = matches.near(word, onlySlips: true, penalty: 0.03).filter { $0.similarity >= 0.78 }
            } else {
                found = WordMatches.exact(word.word, dictionary).filter { $0.uses > 0 }
                    .map { Alternative(stored: $0.stored, similarity: 0.98, kind: .form, uses: $0.uses) }
            }
            guard !found.isEmpty else { continue }
            table.add(found, for: index..<index + 2)
            let others = required.filter { $0 != index && $0 != index + 1 }.map { singles[$0] }
            covers.append(Conjunction(others + [found]))
        }
        return covers
    }

    /// One word that is two in the task.
    private mutating func split(isNear: Bool) -> [Conjunction] {
        guard let dictionary else { return [] }
        let matches = WordMatches(dictionary: dictionary)
        var covers: [Conjunction] = []
        for index in required where query.words[index].word.count >= 4 && !query.words[index].hasDigits {
            let word = query.words[index].latin
            guard word.count <= 32 else { continue }
            let others = required.filter { $0 != index }.map { singles[$0] }
            var looked = 0
            for place in 1..<word.count {
                let (left, right) = (Array(word[..<place]), Array(word[place...]))
                guard place <= 1 || right.count > 1 else { continue }
                let lefts = dictionary.words(left, .name).map { Self.part($0, 1) }
                let rights = dictionary.words(right, .name).map { Self.part($0, 1) }
                if !lefts.isEmpty, !rights.isEmpty {
                    if !isNear {
                        table.add(lefts, rights, for: index)
                        covers.append(Conjunction(others + [lefts, rights]))
                    }
                } else if isNear, looked < 6, left.count >= 3, right.count >= 3, lefts.isEmpty != rights.isEmpty {
                    let guessed = QueryWord(lefts.isEmpty ? left : right, isMeaningful: true)
                    guard guessed.latin.count >= 4 else { continue }
                    looked += 1
                    let near = matches.near(guessed, onlySlips: true, penalty: 0.02)
                        .filter { $0.stored.section == .name && $0.similarity >= 0.76 }
                    guard !near.isEmpty else { continue }
                    table.add(lefts.isEmpty ? near : lefts, rights.isEmpty ? near : rights, for: index)
                    covers.append(Conjunction(others + (lefts.isEmpty ? [near, rights] : [lefts, near])))
                }
            }
        }
        return covers
    }

    private static func part(_ found: WordDictionary.Found, _ similarity: Float) -> Alternative {
        Alternative(stored: found.stored, similarity: similarity, kind: .exact, uses: found.uses)
    }

    // MARK: Comparing

    /// Compares a task; `nil` if it does not match.
    package func match(_ document: SearchDocument) -> TextMatch? { match(DocumentWords(document, keys)) }

    /// Compares a task whose words were read; `nil` if it does not match.
    package func match(_ words: DocumentWords) -> TextMatch? {
        let text = onlyNames ? words.names : words
        if let match = Assignment(table, text, query, taskCount: dictionary?.taskCount ?? 0).match { return match }
        return tier == .likeness ? NameLikeness.match(query, text, taskCount: dictionary?.taskCount ?? 0) : nil
    }
}

/// How well a task matches the words of a query.
package struct TextMatch: Sendable {
    /// What is compared among tasks; 1 and more is a full match.
    package let score: Float
    /// Where it matched, the most telling first.
    package let fields: [SearchField]
    /// The weakest way in which a word matched.
    package let kind: MatchKind
    /// Whether all words lie in one field.
    package let isInOneField: Bool
    /// Whether all words lie in what is told of the customer: names and town.
    package let isTogether: Bool
    /// How many words that carry meaning are missing.
    package let missing: Int
    /// What was found where it differs from what was typed, folded; `nil` where only the task's texts tell that.
    package let instead: [String]?

    init(
        score: Float, fields: [SearchField], kind: MatchKind, isInOneField: Bool, isTogether: Bool, missing: Int,
        instead: [String]?
    ) {
        self.score = score
        self.fields = fields
        self.kind = kind
        self.isInOneField = isInOneField
        self.isTogether = isTogether
        self.missing = missing
        self.instead = instead
    }

    /// Several matches of one task as one, as weak as the weakest; `nil` if there is none.
    package init?(_ matches: [TextMatch]) {
        guard let first = matches.first else { return nil }
        if matches.count == 1 {
            self = first
            return
        }
        self.init(
            score: matches.map(\.score).min() ?? first.score,
            fields: Set(matches.flatMap(\.fields)).sorted(),
            kind: matches.map(\.kind).max() ?? first.kind,
            isInOneField: matches.allSatisfy(\.isInOneField),
            isTogether: matches.allSatisfy(\.isTogether),
            missing: matches.reduce(0) { $0 + $1.missing },
            instead: matches.contains { $0.instead == nil } ? nil : matches.flatMap { $0.instead ?? [] }
        )
    }

    /// Whether the task has what was typed, word for word.
    package var isExact: Bool { kind <= .form && missing == 0 }

    /// Whether no other word stands for one that was typed, though some may be missing.
    var isKnown: Bool { kind <= .form }

    /// The same as ``isExact``, where a letter that was typed for a name counts as that name.
    var isAsTyped: Bool { kind <= .beginning && missing == 0 }
}
