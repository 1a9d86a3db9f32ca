/// How many typing errors lie between two words: letters wrong, missing, added, or swapped with their neighbour.
package enum EditDistance {
    /// Counts errors up to `bound`; `nil` if there are more.
    package static func between(_ left: [UInt8], _ right: [UInt8], bound: Int) -> Int? {
        if abs(left.count - right.count) > bound { return nil }
        if left == right { return 0 }
        if left.count <= TypedWord.maxLength { return TypedWord(left).errors(to: right[...], bound: bound) }
        if right.count <= TypedWord.maxLength { return TypedWord(right).errors(to: left[...], bound: bound) }
        return distance(left, right, bound)
    }

    /// The same for words of any length, by the table of all beginnings.
    private static func distance(_ left: [UInt8], _ right: [UInt8], _ bound: Int) -> Int? {
        var twoBefore = [Int](repeating: 0, count: right.count + 1)
        var before = Array(0...right.count)
        var row = twoBefore
        for line in 1...left.count {
            row[0] = line
            var best = line
            for column in 1...right.count {
                var value = before[column - 1] + (left[line - 1] == right[column - 1] ? 0 : 1)
                value = min(value, min(before[column], row[column - 1]) + 1)
                if line > 1, column > 1, left[line - 1] == right[column - 2], left[line - 2] == right[column - 1] {
                    value = min(value, twoBefore[column - 2] + 1)
                }
                row[column] = value
                best = min(best, value)
            }
            if best > bound { return nil }
            (twoBefore, before, row) = (before, row, twoBefore)
        }
        return before[right.count] <= bound ? before[right.count] : nil
    }

    /// Tells how much a word is like what was typed, given how many errors lie between them, from 0 to 1.
    ///
    /// Errors that hands and ears make often weigh less: neighbours on the keyboard, one vowel for another, letters that
    /// sound alike, doubled letters, swaps. An error in the first letter weighs more.
    package static func similarity(_ typed: [UInt8], _ word: [UInt8], errors: Int) -> Float {
        guard errors > 0 else { return 1 }
        let longest = Float(max(typed.count, word.count))
        var weight = Float(errors)
        if errors == 1 || typed.count == word.count { weight = Slips.weight(typed, word) ?? weight }
        if typed.first != word.first, !(typed.count > 1 && word.count > 1 && typed[0] == word[1] && typed[1] == word[0])
        {
            weight += 0.35
        }
        return max(0, 1 - weight / max(longest, 4))
    }

    /// How many errors a word of so many letters may have: short words are other words at once.
    package static func tolerance(_ length: Int) -> Int {
        switch length {
        case ..<3: 0
        case 3...5: 1
        case 6...11: 2
        default: 3
        }
    }
}

/// What single errors weigh.
private enum Slips {
    /// The weight of the errors between two words that differ in letters at equal places, by one letter more or by one
    /// swap; `nil` for all else.
    static func weight(_ typed: [UInt8], _ word: [UInt8]) -> Float? {
        guard typed.count == word.count else { return gap(typed, word) }
        var weight: Float = 0
        var index = 0
        while index < typed.count {
            if typed[index] == word[index] {
                index += 1
            } else if index + 1 < typed.count, typed[index] == word[index + 1], typed[index + 1] == word[index] {
                weight += 0.75
                index += 2
            } else {
                weight += substitution(typed[index], word[index])
                index += 1
            }
        }
        return weight
    }

    private static func gap(_ typed: [UInt8], _ word: [UInt8]) -> Float? {
        let (longer, shorter) = typed.count > word.count ? (typed, word) : (word, typed)
        guard longer.count == shorter.count + 1 else { return nil }
        let place = zip(longer, shorter).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? shorter.count
        let isDoubled = place > 0 && longer[place] == longer[place - 1]
        return isDoubled ? 0.6 : Phonemes.isVowel(longer[place]) ? 0.85 : 0.95
    }

    private static func substitution(_ left: UInt8, _ right: UInt8) -> Float {
        if Phonemes.isVowel(left), Phonemes.isVowel(right) { return 0.75 }
        if Phonemes.cost(left, right) < 0.5 { return 0.8 }
        return areNeighbours(left, right) ? 0.85 : 1
    }

    private static func areNeighbours(_ left: UInt8, _ right: UInt8) -> Bool {
        guard let one = places[Int(left & 127)], let other = places[Int(right & 127)] else { return false }
        return abs(one.row - other.row) <= 1 && abs(one.column - other.column) <= 2
    }

    /// Where keys are, columns in halves of a key.
    private static let places: [(row: Int, column: Int)?] = {
        var places = [(row: Int, column: Int)?](repeating: nil, count: 128)
        for (row, keys) in ["qwertyuiop", "asdfghjkl", "zxcvbnm"].enumerated() {
            for (column, key) in keys.utf8.enumerated() { places[Int(key)] = (row, column * 2 + row) }
        }
        return places
    }()
}

/// A word that many others are compared with: Hyyrö's bit-parallel form of the distance, a few operations a letter.
struct TypedWord: Sendable {
    /// How long the word may be: a bit for each letter.
    static let maxLength = 64

    /// For each byte, where in the word it stands.
    private var places = [UInt64](repeating: 0, count: 256)
    private let count: Int
    private let last: UInt64

    /// - Parameter word: One to ``maxLength`` bytes.
    init(_ word: [UInt8]) {
        count = word.count
        last = 1 << UInt64(max(0, word.count - 1))
        for (index, byte) in word.prefix(Self.maxLength).enumerated() { places[Int(byte)] |= 1 << UInt64(index) }
    }

    /// Counts errors up to `bound`; `nil` if there are more.
    func errors(to word: ArraySlice<UInt8>, bound: Int) -> Int? {
        guard count > 0 else { return word.count <= bound ? word.count : nil }
        var (up, down, diagonal, before): (UInt64, UInt64, UInt64, UInt64) = (~0, 0, 0, 0)
        var errors = count
        var rest = word.count
        for byte in word {
            let here = places[Int(byte)]
            let swapped = ((~diagonal & here) << 1) & before
            diagonal = (((here & up) &+ up) ^ up) | here | down | swapped
            var right = down | ~(diagonal | up)
            var left = diagonal & up
            if right & last != 0 { errors += 1 }
            if left & last != 0 { errors -= 1 }
            rest -= 1
            if errors - rest > bound { return nil }
            right = right << 1 | 1
            left <<= 1
            up = left | ~(diagonal | right)
            down = right & diagonal
            before = here
        }
        return errors <= bound ? errors : nil
    }
}
