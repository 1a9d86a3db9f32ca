/// Where a word stands: what may be done to find it follows from that.
package enum WordSection: UInt8, Sendable, CaseIterable {
    /// In the name of a customer or company, or in a place: it has nicknames, other spellings, other scripts.
    case name = 0x6E
    /// In a title, a description, an answer, a label or a comment.
    case text = 0x74
    /// The part of an e-mail address before the `@`, letters and digits only.
    case local = 0x40
}

/// A word of a workspace as it is stored.
package struct StoredWord: Sendable, Hashable {
    package let section: WordSection
    /// The folded word, in its own script.
    package let word: [UInt8]

    package init(_ section: WordSection, _ word: [UInt8]) {
        self.section = section
        self.word = word
    }

    /// One letter for the section, then the word: how the database keeps it.
    package var text: String { String(decoding: [section.rawValue] + word, as: UTF8.self) }

    /// Reads ``text``; `nil` for anything else.
    package init?(text: some StringProtocol) {
        guard let first = text.utf8.first, let section = WordSection(rawValue: first) else { return nil }
        self.init(section, Array(text.utf8.dropFirst()))
    }
}

/// All words of one workspace: a value, so that a search sees the same words from its beginning to its end.
package struct WordDictionary: Sendable {
    /// The words that were read together, and those that were born since; each section by itself.
    private var lists: [WordSection: [WordList]]
    /// How many tasks there are, roughly.
    package private(set) var taskCount: Int

    /// Takes words with how many tasks have them, roughly.
    package init(_ words: [(word: StoredWord, uses: Int)] = [], taskCount: Int = 0) {
        var entries: [WordSection: [WordList.Entry]] = [:]
        for (word, uses) in words { entries[word.section, default: []].append(.init(word: word.word, uses: uses)) }
        lists = entries.reduce(into: [:]) { $0[$1.key] = [WordList($1.value, hasSounds: $1.key != .local)] }
        self.taskCount = taskCount
    }

    /// How many words there are.
    package var count: Int { lists.values.joined().reduce(0) { $0 + $1.count } }

    /// How much memory the words take, in bytes.
    package var byteCount: Int { lists.values.joined().reduce(64) { $0 + $1.byteCount } }

    /// Adds words that were born since; words that are known already change nothing.
    ///
    /// Cheap while they are few; many are put in order with all others.
    package func adding(_ words: [(word: StoredWord, uses: Int)]) -> WordDictionary {
        var new: [WordSection: [WordList.Entry]] = [:]
        var seen: Set<StoredWord> = []
        for (word, uses) in words where !contains(word) && seen.insert(word).inserted {
            new[word.section, default: []].append(.init(word: word.word, uses: uses))
        }
        var result = self
        for (section, entries) in new {
            var parts = lists[section] ?? []
            let recent = parts.dropFirst().reduce(0) { $0 + $1.count } + entries.count
            if parts.isEmpty || recent > 1_024 + parts[0].count / 4 {
                parts = [WordList(parts.flatMap(\.entries) + entries, hasSounds: section != .local)]
            } else {
                let known = parts.dropFirst().flatMap(\.entries)
                parts = [parts[0], WordList(known + entries, hasSounds: section != .local)]
            }
            result.lists[section] = parts
        }
        return result
    }

    /// Whether a word is known.
    package func contains(_ word: StoredWord) -> Bool {
        let latin = WordList.latin(word.word)
        return (lists[word.section] ?? []).contains { list in
            list.equal(to: latin ?? word.word).contains {
                (list.original($0) == nil) == (latin == nil)
                    && (latin == nil || list.original($0) == word.word)
            }
        }
    }

    /// A word that was found, with what is compared of it.
    struct Found: Sendable {
        let stored: StoredWord
        let latin: [UInt8]
        let uses: Int
        var isForeign: Bool { latin != stored.word }
    }

    private func found(_ list: WordList, _ index: Int, _ section: WordSection) -> Found {
        let latin = Array(list.latin(index))
        return Found(
            stored: StoredWord(section, list.original(index) ?? latin), latin: latin, uses: list.uses(index))
    }

    /// Finds words by their Latin form.
    func words(_ latin: [UInt8], _ section: WordSection) -> [Found] {
        (lists[section] ?? []).flatMap { list in list.equal(to: latin).map { found(list, $0, section) } }
    }

    /// Finds words that begin with these letters and have more of them, the shortest first.
    func completions(of prefix: [UInt8], _ section: WordSection, limit: Int) -> [Found] {
        var result: [Found] = []
        for length in prefix.count + 1...max(prefix.count + 1, min(prefix.count + 14, WordList.maxLength)) {
            for list in lists[section] ?? [] {
                for index in list.starting(with: prefix[...], length: length) {
                    guard result.count < limit else { return result }
                    result.append(found(list, index, section))
                }
            }
        }
        return result
    }

    /// Finds words within `bound` errors, the nearest first, at most `limit` of them.
    func near(_ typed: [UInt8], bound: Int, _ section: WordSection, limit: Int) -> [(found: Found, errors: Int)] {
        var hits: [(list: Int, index: Int, errors: Int)] = []
        let lists = lists[section] ?? []
        for (place, list) in lists.enumerated() {
            list.near(typed, bound: bound) { index, errors in hits.append((place, index, errors)) }
        }
        if hits.count > limit {
            // Few errors first, and of equal ones the same first letter.
            hits.sort { left, right in
                let (one, other) = (
                    lists[left.list].latin(left.index).first != typed[0],
                    lists[right.list].latin(right.index).first != typed[0]
                )
                return (left.errors, one ? 1 : 0, left.list, left.index) < (
                    right.errors, other ? 1 : 0, right.list, right.index
                )
            }
        }
        return hits.prefix(limit).map { (found(lists[$0.list], $0.index, section), $0.errors) }
    }

    /// Finds words by their skeletons.
    ///
    /// - Parameters:
    ///   - onlyForeign: Whether only words of other scripts are looked at.
    ///   - body: Told a word's Latin form and whether it is one of another script, of many that are not meant; gives
    ///     the word itself where it is.
    func sounding(
        _ skeletons: Set<UInt32>, _ section: WordSection, onlyForeign: Bool = false,
        _ body: (_ latin: ArraySlice<UInt8>, _ isForeign: Bool, _ found: () -> Found) -> Void
    ) {
        let skeletons = skeletons.sorted()
        for list in lists[section] ?? [] {
            func offer(_ index: Int) {
                body(list.latin(index), list.isForeign(index)) { found(list, index, section) }
            }
            for skeleton in skeletons {
                if onlyForeign { list.soundingForeign(skeleton, offer) } else { list.sounding(skeleton, offer) }
            }
        }
    }
}
