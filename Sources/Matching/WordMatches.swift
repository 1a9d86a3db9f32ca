/// How a word of a query came to stand for a word of a task, the surest first.
package enum MatchKind: Int, Sendable, Comparable {
    case exact
    /// The same word with or without a blank in it, or in another inflection.
    case form
    /// Unfinished, or an initial.
    case beginning
    case nickname
    /// Another spelling of the same name.
    case spelling
    /// The same name in another script.
    case script
    case typo

    /// Orders the surest first.
    package static func < (left: MatchKind, right: MatchKind) -> Bool { left.rawValue < right.rawValue }

    /// Whether it is a guess rather than what was typed.
    package var isGuess: Bool { self >= .nickname }
}

/// A stored word that a part of the query may stand for.
struct Alternative: Sendable {
    let stored: StoredWord
    let similarity: Float
    let kind: MatchKind
    let uses: Int
}

/// Finds what the words of a query may stand for in a dictionary.
struct WordMatches {
    let dictionary: WordDictionary

    /// How many alternatives of each kind a word has at most.
    static let share = 16
    static let completionShare = 256
    /// How many words within the tolerance are looked at more closely.
    static let nearLimit = 256

    /// What the word is, if it is in the dictionary; no look-up is needed to ask for it.
    static func exact(_ word: [UInt8], _ dictionary: WordDictionary?) -> [Alternative] {
        [WordSection.name, .text].map { section in
            let uses = dictionary.map { dictionary in
                dictionary.words(WordList.latin(word) ?? word, section).first { $0.stored.word == word }?.uses ?? 0
            }
            return Alternative(
                stored: StoredWord(section, word), similarity: 1, kind: .exact, uses: uses ?? 1)
        }
    }

    /// Whether any section has the word.
    func isKnown(_ word: [UInt8]) -> Bool {
        dictionary.contains(StoredWord(.name, word)) || dictionary.contains(StoredWord(.text, word))
    }

    /// Everything that is near enough, the nearest first, without the word itself.
    ///
    /// - Parameters:
    ///   - isUnfinished: Whether longer words that begin so count.
    ///   - onlySlips: Whether only errors of hands and ears in one script are looked for.
    ///   - penalty: What is taken off each similarity, for parts that are a guess themselves.
    func near(
        _ word: QueryWord, isUnfinished: Bool = false, onlySlips: Bool = false, penalty: Float = 0
    ) -> [Alternative] {
        var best: [StoredWord: Alternative] = [:]
        best.reserveCapacity(128)
        func offer(_ found: WordDictionary.Found, _ similarity: Float, _ kind: MatchKind) {
            let stored = found.stored
            guard stored.word != word.word else { return }
            let similarity = similarity - penalty
            if let known = best[stored], known.similarity >= similarity { return }
            best[stored] = Alternative(stored: stored, similarity: similarity, kind: kind, uses: found.uses)
        }
        typos(word, offer)
        if !word.isForeign { textSounds(word, offer) }
        if word.latin.count >= 2, !word.hasDigits {
            sounds(word, onlySlips: onlySlips, offer)
            if !onlySlips {
                nicknames(word, offer)
                inflections(word, offer)
            }
        }
        var result = Self.nearest(
            best.values.filter { !onlySlips || $0.kind == .typo || $0.kind == .spelling }
        ).sorted(by: Self.isBefore)
        if isUnfinished {
            result += completions(word).filter { best[$0.stored] == nil || best[$0.stored]!.similarity < $0.similarity }
        }
        return result
    }

    /// The nearest alternatives of each kind and section.
    ///
    /// Of another script there may be a thousand: those that cannot be among the nearest are not put in order.
    private static func nearest(_ all: [Alternative]) -> [Alternative] {
        var kinds = [[Alternative]](repeating: [], count: (MatchKind.typo.rawValue + 1) * 2)
        for alternative in all {
            kinds[alternative.kind.rawValue << 1 | (alternative.stored.section == .name ? 1 : 0)].append(alternative)
        }
        return kinds.flatMap { members -> [Alternative] in
            guard members.count > Self.share else { return members }
            var tops: [Float] = []
            for member in members where tops.count < Self.share || member.similarity > tops[Self.share - 1] {
                tops.insert(member.similarity, at: tops.firstIndex { $0 < member.similarity } ?? tops.count)
                if tops.count > Self.share { tops.removeLast() }
            }
            return Array(
                members.filter { $0.similarity >= tops[Self.share - 1] }.sorted(by: isBefore).prefix(Self.share))
        }
    }

    static func isBefore(_ left: Alternative, _ right: Alternative) -> Bool {
        if left.similarity != right.similarity { return left.similarity > right.similarity }
        if left.stored.word != right.stored.word {
            return left.stored.word.lexicographicallyPrecedes(right.stored.word)
        }
        return left.stored.section.rawValue < right.stored.section.rawValue
    }

    // MARK: Kinds

    private typealias Offer = (WordDictionary.Found, Float, MatchKind) -> Void

    private func typos(_ word: QueryWord, _ offer: Offer) {
        let bound = EditDistance.tolerance(word.latin.count)
        guard bound > 0, !word.hasDigits else { return }
        let sounds = Phonemes.of(word.latin)
        var own: [UInt8] = []
        for (found, errors) in dictionary.near(word.latin, bound: bound, .name, limit: Self.nearLimit) {
            let typing = EditDistance.similarity(word.latin, found.latin, errors: errors)
            Phonemes.read(found.latin[...], into: &own)
            let sound = Phonemes.similarity(sounds, own, least: 0.8) * 0.97
            let isAcross = found.isForeign != word.isForeign
            offer(found, max(typing, sound), isAcross ? .script : sound > 0.94 ? .spelling : .typo)
        }
        guard !word.isForeign else { return }
        for (found, errors) in dictionary.near(word.latin, bound: bound, .text, limit: Self.nearLimit) {
            guard errors <= EditDistance.tolerance(found.latin.count) else { continue }
            offer(found, EditDistance.similarity(word.latin, found.latin, errors: errors), .typo)
        }
    }

    private func sounds(_ word: QueryWord, onlySlips: Bool, _ offer: Offer) {
        let sounds = Phonemes.of(word.latin)
        guard sounds.count >= 2 else { return }
        let family = WordForms.family(word.latin)
        let stem = family.count < word.latin.count ? Phonemes.of(family) : sounds
        // Spellings of one script keep their consonants; another script may lose one.
        var skeletons = Skeleton.variants(of: sounds, exactly: true)
        var others: Set<UInt32> = []
        if !onlySlips, word.isForeign, sounds.count >= 4 { others = Skeleton.variants(of: sounds, exactly: false) }
        if stem.count >= 4 {
            skeletons.formUnion(Skeleton.variants(of: stem, exactly: true))
            for ending in ["ova", "ovna"] {
                skeletons.formUnion(Skeleton.variants(of: stem + Array(ending.utf8), exactly: true))
            }
        }
        var (own, ownStem): ([UInt8], [UInt8]) = ([], [])
        // A word may be found by its typing errors as well, so twice as many are kept as are wanted.
        var within = SimilarityFloor(0.84, for: Self.share * 2)
        var across = SimilarityFloor(0.64, for: Self.share * 2)
        func compare(_ latin: ArraySlice<UInt8>, _ isForeign: Bool, _ found: () -> WordDictionary.Found) {
            let isAcross = isForeign != word.isForeign
            if isAcross, onlySlips { return }
            let least = isAcross ? across.least : within.least
            Phonemes.read(latin, into: &own)
            var similarity = Phonemes.similarity(sounds, own, least: least, vowel: isAcross ? 0.3 : 0.45)
            if stem.count >= 4 {
                let other = WordForms.family(latin)
                if other.count < latin.count || stem.count < sounds.count {
                    Phonemes.read(other, into: &ownStem)
                    similarity = max(similarity, 0.95 * Phonemes.similarity(stem, ownStem, least: 0.8))
                }
            }
            guard similarity >= least else { return }
            if isAcross { across.add(similarity) } else { within.add(similarity) }
            offer(found(), similarity * 0.97, isAcross ? .script : .spelling)
        }
        // Those with the same consonants first: the nearer they are, the sooner most of the others are seen to be farther.
        dictionary.sounding(skeletons, .name, compare)
        dictionary.sounding(others.subtracting(skeletons), .name, compare)
        if !onlySlips, !word.isForeign, sounds.count >= 4 {
            dictionary.sounding(Skeleton.variants(of: sounds, exactly: false), .name, onlyForeign: true, compare)
        }
    }

    /// Misspellings that sound right, such as `fezent` for pheasant.
    private func textSounds(_ word: QueryWord, _ offer: Offer) {
        guard word.latin.count >= 4, !word.hasDigits else { return }
        let sounds = Phonemes.of(word.latin)
        var own: [UInt8] = []
        dictionary.sounding(Skeleton.variants(of: sounds, exactly: true), .text) { latin, _, found in
            guard latin.count >= 4 else { return }
            Phonemes.read(latin, into: &own)
            let similarity = Phonemes.similarity(sounds, own, least: 0.84)
            if similarity >= 0.84 { offer(found(), similarity * 0.95, .spelling) }
        }
    }

    private func nicknames(_ word: QueryWord, _ offer: Offer) {
        for form in Nicknames.shared.forms(of: word.latin) {
            for found in dictionary.words(form.name, .name) { offer(found, form.similarity, .nickname) }
        }
    }

    private func inflections(_ word: QueryWord, _ offer: Offer) {
        guard !word.isForeign else { return }
        for form in WordForms.inflections(of: word.latin) {
            for found in dictionary.words(form, .text) { offer(found, 0.95, .form) }
        }
    }

    func completions(_ word: QueryWord) -> [Alternative] {
        guard word.latin.count >= 2, !word.hasDigits else { return [] }
        return [WordSection.name, .text].flatMap { section in
            dictionary.completions(of: word.latin, section, limit: Self.completionShare).map { found in
                let known = Float(word.latin.count) / Float(found.latin.count)
                return Alternative(
                    stored: found.stored, similarity: 0.86 + 0.1 * known, kind: .beginning, uses: found.uses)
            }
        }
    }
}

/// The similarity below which a word is none of the nearest, which rises with each that is nearer.
private struct SimilarityFloor {
    private(set) var least: Float
    private let count: Int
    /// The highest so far, in falling order.
    private var highest: [Float] = []

    /// - Parameters:
    ///   - least: What counts at all.
    ///   - count: How many words are wanted.
    init(_ least: Float, for count: Int) {
        self.least = least
        self.count = count
        highest.reserveCapacity(count + 1)
    }

    mutating func add(_ similarity: Float) {
        guard highest.count < count || similarity > highest[count - 1] else { return }
        highest.insert(similarity, at: highest.firstIndex { $0 < similarity } ?? highest.count)
        if highest.count > count { highest.removeLast() }
        // Words that are equally near stay in, whatever the rounding.
        if highest.count == count { least = max(least, highest[count - 1] - 0.001) }
    }
}
