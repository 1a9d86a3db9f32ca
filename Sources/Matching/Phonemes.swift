/// How a word in Latin letters may sound, without asking for its language: one byte a sound.
///
/// Written forms of one sound (`sh`, `sch`, `š`; `v`, `w`, `ff`) become one byte, or bytes that ``cost(_:_:)`` holds
/// for near. Spellings of one name in several languages, and names that went through another script, are compared so.
package enum Phonemes {
    /// Gives the sounds of a word of ASCII letters; other bytes are left out.
    package static func of(_ word: [UInt8]) -> [UInt8] { of(word[...]) }

    /// The same for a word among others.
    static func of(_ word: ArraySlice<UInt8>) -> [UInt8] {
        var sounds: [UInt8] = []
        sounds.reserveCapacity(word.count)
        read(word, into: &sounds)
        return sounds
    }

    /// The same in place of what an array holds, for many words one after the other.
    static func read(_ word: ArraySlice<UInt8>, into sounds: inout [UInt8]) {
        sounds.removeAll(keepingCapacity: true)
        let (letters, beginsGroup) = (word.span, Self.beginsGroup.span)
        var position = 0
        while position < letters.count {
            let byte = letters[position]
            let next = position + 1 < letters.count ? letters[position + 1] : 0
            if next < 128, byte < 128, beginsGroup[Int(byte) << 7 | Int(next)],
                let group = groupsByLetter[Int(byte)].first(where: {
                    word[(word.startIndex + position)...].starts(with: $0.letters)
                })
            {
                for sound in group.sounds where sounds.last != sound { sounds.append(sound) }
                position += group.letters.count
                continue
            }
            read(byte, next, into: &sounds)
            position += 1
        }
    }

    /// What it costs to take one sound for another, from 0 to 1.
    package static func cost(_ left: UInt8, _ right: UInt8) -> Float {
        if left == right { return 0 }
        return costs[Int(left & 127) << 7 | Int(right & 127)]
    }

    /// What it costs to leave a sound out or to put it in.
    package static func gap(_ sound: UInt8, vowel: Float) -> Float {
        let gap = gaps[Int(sound & 127)]
        return gap == 0 ? vowel : gap
    }

    /// Tells how much two sequences of sounds are alike, from 0 to 1; below `least` it may give 0.
    ///
    /// - Parameter vowel: What a vowel more or less costs: little where scripts leave vowels out or put them in.
    package static func similarity(_ left: [UInt8], _ right: [UInt8], least: Float = 0, vowel: Float = 0.45) -> Float {
        let longest = Float(max(left.count, right.count))
        guard longest > 0, !left.isEmpty, !right.isEmpty else { return 0 }
        let allowed = (1 - least) * longest
        if Float(abs(left.count - right.count)) * 0.2 > allowed { return 0 }
        guard right.count < 132 else { return 0 }
        let cost: Float?
        if right.count < 24 {
            var (row, gaps) = (InlineArray<24, Float>(repeating: 0), InlineArray<24, Float>(repeating: 0))
            cost = Self.cost(left.span, right.span, allowed: allowed, vowel: vowel, &row, &gaps)
        } else {
            // Two sounds for each letter of the longest word.
            var (row, gaps) = (InlineArray<132, Float>(repeating: 0), InlineArray<132, Float>(repeating: 0))
            cost = Self.cost(left.span, right.span, allowed: allowed, vowel: vowel, &row, &gaps)
        }
        return cost.map { max(0, 1 - $0 / longest) } ?? 0
    }

    /// What it costs at least to make one sequence of the other, by the table of all beginnings; `nil` where that is more
    /// than is `allowed`.
    ///
    /// Only what costs no more than that goes on: of most pairs that is two or three columns of a row.
    ///
    /// - Parameters:
    ///   - row: Room for one row of the table, which becomes the next in place.
    ///   - gaps: Room for what it costs to put in each sound of `right`.
    private static func cost<let width: Int>(
        _ left: Span<UInt8>, _ right: Span<UInt8>, allowed: Float, vowel: Float,
        _ row: inout InlineArray<width, Float>, _ gaps: inout InlineArray<width, Float>
    ) -> Float? {
        let costs = Self.costs.span
        for column in right.indices { gaps[column] = gap(right[column], vowel: vowel) }
        let end = right.count
        // Where the row goes on: what lies outside costs too much.
        var (low, high) = (0, 0)
        row[0] = 0
        while high < end, row[high] + gaps[high] <= allowed {
            row[high + 1] = row[high] + gaps[high]
            high += 1
        }
        for place in left.indices {
            let sound = left[place]
            let removal = gap(sound, vowel: vowel)
            let line = Int(sound & 127) << 7
            var corner = row[low]
            row[low] += removal
            var (first, last) = row[low] <= allowed ? (low, low) : (Int.max, -1)
            var column = low
            while column < end {
                let before = row[column]
                var value = before + gaps[column]
                if column <= high {
                    let other = right[column]
                    value = min(value, corner + (sound == other ? 0 : costs[line | Int(other & 127)]))
                    if column < high {
                        corner = row[column + 1]
                        value = min(value, corner + removal)
                    }
                } else if before > allowed {
                    break
                }
                column += 1
                row[column] = value
                if value <= allowed { (first, last) = (min(first, column), column) }
            }
            guard last >= 0 else { return nil }
            (low, high) = (first, last)
        }
        return high == end ? row[end] : nil
    }

    static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"):
            true
        default: false
        }
    }

    // MARK: Reading

    /// Letters that are one sound together, the longest first. Capitals are sounds that have no letter of their own:
    /// S as in ship, C as in church, Z as in measure, J as in judge, H as in loch, X the many sounds of `ch`.
    private static let groups: [(letters: [UInt8], sounds: [UInt8])] = [
        "shtsh:S", "szcz:S", "shch:S", "tsch:C", "dsch:J", "schk:Sk", "tch:C", "sch:S", "dzh:J", "dzs:J", "chs:ks",
        "cz:C", "cs:C", "sz:s", "sh:S", "sj:S", "ch:X", "kh:H", "gh:g", "th:t", "dh:d", "ph:f", "bh:b", "ck:k", "ts:c",
        "tz:c",
        "tc:C", "dz:J", "dj:J", "dg:J", "zh:Z", "qu:kv", "gn:n", "ou:u", "oo:u", "ee:i", "ie:i", "ae:e", "oe:o", "ue:u",
        "au:au",
        "wh:v", "rh:r",
    ].map { entry in
        let parts = entry.utf8.split(separator: UInt8(ascii: ":"))
        return (Array(parts[0]), Array(parts[1]))
    }

    private static let groupsByLetter: [[(letters: [UInt8], sounds: [UInt8])]] = (0..<128).map { letter in
        groups.filter { Int($0.letters[0]) == letter }
    }

    /// Pairs of letters with which a group begins.
    private static let beginsGroup: [Bool] = {
        var begins = [Bool](repeating: false, count: 128 * 128)
        for group in groups { begins[Int(group.letters[0]) << 7 | Int(group.letters[1])] = true }
        return begins
    }()

    /// Reads one letter; a doubled one is one sound.
    private static func read(_ byte: UInt8, _ next: UInt8, into sounds: inout [UInt8]) {
        let sound: UInt8
        switch byte {
        case UInt8(ascii: "c"):
            let isSoft = next == UInt8(ascii: "e") || next == UInt8(ascii: "i") || next == UInt8(ascii: "y")
            sound = isSoft ? UInt8(ascii: "c") : UInt8(ascii: "k")
        case UInt8(ascii: "q"): sound = UInt8(ascii: "k")
        case UInt8(ascii: "x"):
            if sounds.last != UInt8(ascii: "k") { sounds.append(UInt8(ascii: "k")) }
            sound = UInt8(ascii: "s")
        case UInt8(ascii: "y"): sound = isVowel(next) ? UInt8(ascii: "j") : UInt8(ascii: "i")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): sound = byte
        default: return
        }
        if sounds.last != sound { sounds.append(sound) }
    }

    // MARK: Costs

    private static let near: [(sounds: String, cost: Float)] = [
        ("aeiou", 0.35), ("ie", 0.2), ("ou", 0.2), ("ao", 0.3), ("ae", 0.25),
        ("SsCczZJX", 0.3), ("Ss", 0.2), ("Cc", 0.2), ("zs", 0.2), ("ZJ", 0.15), ("CX", 0.05), ("Zz", 0.2), ("SC", 0.3),
        ("kgHX", 0.35), ("kg", 0.3), ("HX", 0.05), ("kX", 0.1), ("Hh", 0.1), ("Xh", 0.15), ("gh", 0.3), ("kc", 0.4),
        ("gJ", 0.35),
        ("gj", 0.5), ("bpvfw", 0.4), ("vw", 0.05), ("vf", 0.2), ("bv", 0.3), ("bp", 0.3), ("pf", 0.3), ("fh", 0.4),
        ("td", 0.3), ("ts", 0.5), ("tc", 0.4), ("dJ", 0.5), ("dz", 0.5), ("tz", 0.5), ("tS", 0.6), ("lr", 0.4),
        ("mn", 0.4),
        ("Jj", 0.15), ("ji", 0.15), ("hj", 0.3), ("Zj", 0.3), ("wu", 0.15), ("wo", 0.25), ("vu", 0.25), ("je", 0.3),
        ("wa", 0.6),
        ("tC", 0.5), ("cJ", 0.3), ("tX", 0.5), ("jc", 0.5), ("jC", 0.4), ("jX", 0.5), ("jS", 0.5),
    ]

    private static let costs: [Float] = {
        var costs = [Float](repeating: 1, count: 128 * 128)
        for (sounds, cost) in near {
            for left in sounds.utf8 {
                for right in sounds.utf8 where left != right {
                    let place = Int(left) << 7 | Int(right)
                    costs[place] = min(costs[place], cost)
                }
            }
        }
        return costs
    }()

    private static let gaps: [Float] = {
        var gaps = [Float](repeating: 1, count: 128)
        for vowel in "aeiou".utf8 { gaps[Int(vowel)] = 0 }
        gaps[Int(UInt8(ascii: "h"))] = 0.2
        gaps[Int(UInt8(ascii: "j"))] = 0.3
        gaps[Int(UInt8(ascii: "w"))] = 0.3
        return gaps
    }()
}

/// The consonants of a word in classes that every script keeps apart, packed into four bytes.
///
/// Equal skeletons are where to look for other spellings of a name; whether they are near is for ``Phonemes``.
package struct Skeleton: Hashable, Sendable {
    /// Three bits a consonant, the first in the highest place; what is beyond the tenth is left out.
    package let bits: UInt32
    private let count: Int

    private init(_ classes: [UInt32]) {
        var bits: UInt32 = 0
        for (index, value) in classes.prefix(Skeleton.capacity).enumerated() {
            bits |= value << UInt32(3 * (Skeleton.capacity - 1 - index))
        }
        self.bits = bits
        count = min(classes.count, Skeleton.capacity)
    }

    private static let capacity = 10

    /// The skeleton of sounds; `w` is taken for a vowel.
    package init(_ sounds: [UInt8]) { self.init(sounds.compactMap { Skeleton.classes[Int($0 & 127)] }) }

    private var values: [UInt32] {
        (0..<count).map { bits >> UInt32(3 * (Skeleton.capacity - 1 - $0)) & 7 }
    }

    /// The skeletons that the same name may have elsewhere: `w` and `v` as a vowel or not, `ch` as in loch; and, unless
    /// `exactly`, those with one consonant more, less or other.
    package static func variants(of sounds: [UInt8], exactly: Bool) -> Set<UInt32> {
        var found: Set<UInt32> = []
        var forms: [[UInt32]] = [[]]
        for sound in sounds {
            let choices = choices(of: sound)
            if choices.count > 1, forms.count < 8 {
                forms = forms.flatMap { form in choices.map { form + $0 } }
            } else {
                forms = forms.map { $0 + (choices.first ?? []) }
            }
        }
        for form in forms {
            found.insert(Skeleton(form).bits)
            guard !exactly else { continue }
            for place in 0...form.count {
                for value in UInt32(1)...6 {
                    found.insert(Skeleton(form[..<place] + [value] + form[place...]).bits)
                    if place < form.count {
                        found.insert(Skeleton(form[..<place] + [value] + form[(place + 1)...]).bits)
                    }
                }
                if place < form.count, form.count > 1 {
                    found.insert(Skeleton(form[..<place] + form[(place + 1)...]).bits)
                }
            }
        }
        return found
    }

    private init(_ classes: ArraySlice<UInt32>) { self.init(Array(classes)) }

    private static func choices(of sound: UInt8) -> [[UInt32]] {
        switch sound {
        case UInt8(ascii: "w"): [[], [1]]
        case UInt8(ascii: "v"): [[1], []]
        case UInt8(ascii: "X"): [[4], [3], []]
        case UInt8(ascii: "H"): [[3], []]
        case UInt8(ascii: "h"): [[], [3]]
        case UInt8(ascii: "g"): [[3], [4]]
        case UInt8(ascii: "j"): [[], [4]]
        default: [classes[Int(sound & 127)].map { [$0] } ?? []]
        }
    }

    private static let classes: [UInt32?] = {
        var classes = [UInt32?](repeating: nil, count: 128)
        for (value, sounds) in ["bpvf", "td", "kgH", "sSzZcCJX", "mn", "lr"].enumerated() {
            for sound in sounds.utf8 { classes[Int(sound)] = UInt32(value + 1) }
        }
        return classes
    }()
}
