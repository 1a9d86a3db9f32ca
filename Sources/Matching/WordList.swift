/// Many words, kept small and ready to be looked through: about 20 bytes a word beside its letters.
///
/// Words lie in groups of one length, each in order of their letters. Words of other scripts lie where their Latin
/// form belongs, and remember themselves.
struct WordList: Sendable {
    /// A word that is to be put into a list.
    struct Entry: Sendable {
        /// The folded word as it is stored.
        var word: [UInt8]
        /// How many tasks have it, roughly.
        var uses: Int
    }

    /// How many words there are.
    var count: Int { usage.count }

    /// The letters of all words, one after the other.
    private var letters: [UInt8] = []
    private var masks = LetterMasks()
    private var usage: [UInt8] = []
    /// For each length, its first word and where that word's letters begin; one more entry than there are lengths.
    private var groups: [(first: Int, offset: Int)] = [(0, 0)]
    /// Words that are not Latin, as they are stored, and a bit for each word that tells whether it is one.
    private var originals: [Int32: [UInt8]] = [:]
    private var foreignBits: [UInt64] = []
    /// Words in the order of their skeletons, where sounds are asked for.
    private var skeletons: [UInt32] = []
    private var skeletonOrder: [Int32] = []
    /// Words of other scripts by their skeletons.
    private var foreign: [UInt32: [Int32]] = [:]

    /// How much memory the list takes, in bytes.
    private(set) var byteCount = 0

    /// How long a word may be, in bytes of its Latin form.
    static let maxLength = 64

    /// Puts words in order.
    ///
    /// - Parameter hasSounds: Whether words are looked up by their sound.
    init(_ entries: [Entry], hasSounds: Bool) {
        var prepared: [[(latin: [UInt8], entry: Entry, isForeign: Bool)]] = Array(
            repeating: [], count: Self.maxLength + 1)
        for entry in entries {
            let latin = Self.latin(entry.word)
            let form = latin ?? entry.word
            guard form.count > 0, form.count <= Self.maxLength else { continue }
            prepared[form.count].append((form, entry, latin != nil))
        }
        masks.reserveCapacity(entries.count)
        usage.reserveCapacity(entries.count)
        var sounds: [(bits: UInt32, index: Int32)] = []
        for length in 0...Self.maxLength {
            let group = prepared[length].sorted { left, right in
                left.latin == right.latin
                    ? left.entry.word.lexicographicallyPrecedes(right.entry.word)
                    : left.latin.lexicographicallyPrecedes(right.latin)
            }
            for (latin, entry, isForeign) in Self.merged(group) {
                let index = Int32(usage.count)
                letters += latin
                masks.append(LetterMask(latin))
                usage.append(Usage.packed(entry.uses))
                if isForeign { originals[index] = entry.word }
                if hasSounds {
                    let skeleton = Skeleton(Phonemes.of(latin)).bits
                    sounds.append((skeleton, index))
                    if isForeign { foreign[skeleton, default: []].append(index) }
                }
            }
            groups.append((usage.count, letters.count))
        }
        sounds.sort { ($0.bits, $0.index) < ($1.bits, $1.index) }
        skeletons = sounds.map(\.bits)
        skeletonOrder = sounds.map(\.index)
        if !originals.isEmpty {
            foreignBits = [UInt64](repeating: 0, count: (usage.count + 63) / 64)
            for index in originals.keys { foreignBits[Int(index) / 64] |= 1 << UInt64(index & 63) }
        }
        byteCount = letters.count + masks.byteCount + usage.count + skeletons.count * 8 + foreignBits.count * 8 + 2_048
        byteCount += originals.values.reduce(0) { $0 + $1.count + 56 }
    }

    /// A word that came several times counts once, with all its uses.
    private static func merged(
        _ group: [(latin: [UInt8], entry: Entry, isForeign: Bool)]
    ) -> [(latin: [UInt8], entry: Entry, isForeign: Bool)] {
        var result: [(latin: [UInt8], entry: Entry, isForeign: Bool)] = []
        result.reserveCapacity(group.count)
        for member in group {
            if let last = result.last, last.latin == member.latin, last.entry.word == member.entry.word {
                result[result.count - 1].entry.uses += member.entry.uses
            } else {
                result.append(member)
            }
        }
        return result
    }

    /// A word's Latin form, where it is not Latin itself.
    static func latin(_ word: [UInt8]) -> [UInt8]? {
        word.contains { $0 >= 0x80 } ? Romanisation.latin(String(decoding: word, as: UTF8.self)) : nil
    }

    /// Gives all entries.
    var entries: [Entry] {
        (0..<count).map { Entry(word: original($0) ?? Array(latin($0)), uses: Usage.count(usage[$0])) }
    }

    // MARK: One word

    func latin(_ index: Int) -> ArraySlice<UInt8> {
        var (low, high) = (0, groups.count - 1)
        while low + 1 < high {
            let middle = (low + high) / 2
            if groups[middle].first <= index { low = middle } else { high = middle }
        }
        // Group `low` holds words of length `low`: group n begins at entry n and ends where entry n + 1 begins.
        let start = groups[low].offset + (index - groups[low].first) * low
        return letters[start..<start + low]
    }

    func original(_ index: Int) -> [UInt8]? { isForeign(index) ? originals[Int32(index)] : nil }

    func uses(_ index: Int) -> Int { Usage.count(usage[index]) }

    /// Whether the word is kept as it was typed, of another script or not.
    func isForeign(_ index: Int) -> Bool {
        !foreignBits.isEmpty && foreignBits[index / 64] & 1 << UInt64(index & 63) != 0
    }

    // MARK: Looking up

    /// Finds the words whose Latin form is this.
    func equal(to latin: [UInt8]) -> Range<Int> { starting(with: latin[...], length: latin.count) }

    /// Finds the words of one length that begin with these letters.
    func starting(with prefix: ArraySlice<UInt8>, length: Int) -> Range<Int> {
        guard length >= prefix.count, length < groups.count - 1, length > 0 else { return 0..<0 }
        let first = groups[length].first
        let count = groups[length + 1].first - first
        guard count > 0 else { return 0..<0 }
        let offset = groups[length].offset
        func order(_ place: Int) -> Int {
            let start = offset + place * length
            for position in 0..<prefix.count {
                let (own, other) = (letters[start + position], prefix[prefix.startIndex + position])
                if own != other { return own < other ? -1 : 1 }
            }
            return 0
        }
        func bound(_ isBefore: (Int) -> Bool) -> Int {
            var (low, high) = (0, count)
            while low < high {
                let middle = (low + high) / 2
                if isBefore(order(middle)) { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let low = bound { $0 < 0 }
        return first + low..<first + max(low, bound { $0 <= 0 })
    }

    /// Calls `body` for each word within `bound` errors of `typed`, itself included.
    func near(_ typed: [UInt8], bound: Int, _ body: (_ index: Int, _ errors: Int) -> Void) {
        guard !typed.isEmpty, typed.count <= TypedWord.maxLength else { return }
        let mask = LetterMask(typed)
        let pattern = TypedWord(typed)
        for length in max(1, typed.count - bound)...max(1, min(Self.maxLength, typed.count + bound)) {
            let (first, offset) = groups[length]
            let end = groups[length + 1].first
            // Each letter more or less is an error, which leaves fewer for letters that the other word lacks.
            let (more, less) = (bound - max(0, typed.count - length), bound - max(0, length - typed.count))
            masks.forEach(in: first..<end, near: mask, more: more, less: less) { index in
                let start = offset + (index - first) * length
                if let errors = pattern.errors(to: letters[start..<start + length], bound: bound) {
                    body(index, errors)
                }
            }
        }
    }

    /// Calls `body` for each word of another script with this skeleton.
    func soundingForeign(_ skeleton: UInt32, _ body: (Int) -> Void) {
        guard !foreign.isEmpty else { return }
        for index in foreign[skeleton] ?? [] { body(Int(index)) }
    }

    /// Calls `body` for each word with this skeleton.
    func sounding(_ skeleton: UInt32, _ body: (Int) -> Void) {
        var (low, high) = (0, skeletons.count)
        while low < high {
            let middle = (low + high) / 2
            if skeletons[middle] < skeleton { low = middle + 1 } else { high = middle }
        }
        while low < skeletons.count, skeletons[low] == skeleton {
            body(Int(skeletonOrder[low]))
            low += 1
        }
    }
}

/// How often a word is used, in one byte: an eighth of a power of two.
private enum Usage {
    static func packed(_ count: Int) -> UInt8 {
        var (whole, steps) = (max(1, count), 0)
        while whole >= 2, steps < 31 {
            whole >>= 1
            steps += 1
        }
        let rest = (max(1, count) >> max(0, steps - 3)) & 7
        return UInt8(min(255, steps * 8 + (steps >= 3 ? rest : 0)))
    }

    static func count(_ packed: UInt8) -> Int {
        let (steps, rest) = (Int(packed) / 8, Int(packed) % 8)
        return steps >= 3 ? (8 + rest) << (steps - 3) : 1 << steps
    }
}
