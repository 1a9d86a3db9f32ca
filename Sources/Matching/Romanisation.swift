/// Words of other scripts in Latin letters, as somebody would write them down who hears them.
package enum Romanisation {
    /// Gives a folded word in Latin letters; `nil` if it has no letter of a script that is known here.
    package static func latin(_ word: String) -> [UInt8]? {
        guard word.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
        let scalars = Array(word.unicodeScalars)
        var reader = Reader(scalars)
        guard reader.read() else { return nil }
        return reader.output
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        var output: [UInt8] = []
        var position = 0
        /// Whether a Devanagari consonant waits for its vowel.
        var owesVowel = false

        init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

        /// Returns whether there was a letter of another script.
        mutating func read() -> Bool {
            var isForeign = false
            while position < scalars.count {
                let scalar = scalars[position]
                let value = scalar.value
                if scalar.isASCIILetter || scalar.isASCIIDigit {
                    payVowel(isLast: false)
                    output.append(UInt8(value))
                } else if readJamo(value) || readKana(scalar) || readPair(scalar) {
                    isForeign = true
                    continue
                } else if let latin = Tables.shared.letters[value] {
                    isForeign = true
                    append(latin, of: value)
                } else if value == 0x94D {
                    owesVowel = false
                }
                position += 1
            }
            payVowel(isLast: true)
            return isForeign
        }

        private mutating func append(_ latin: [UInt8], of value: UInt32) {
            let isSign = (0x93A...0x94C).contains(value)
            if isSign || value == 0x902 || value == 0x901 || value == 0x903 {
                if isSign { owesVowel = false } else { payVowel(isLast: false) }
                output += latin
                return
            }
            payVowel(isLast: false)
            output += latin
            owesVowel = (0x915...0x939).contains(value)
        }

        /// Devanagari's consonants carry an `a` unless told otherwise; at the end of a word it is not spoken.
        private mutating func payVowel(isLast: Bool) {
            if owesVowel, !isLast { output.append(UInt8(ascii: "a")) }
            owesVowel = false
        }

        private mutating func readJamo(_ value: UInt32) -> Bool {
            let part: [UInt8]
            switch value {
            case 0x1100...0x1112: part = Tables.shared.leads[Int(value - 0x1100)]
            case 0x1161...0x1175: part = Tables.shared.vowels[Int(value - 0x1161)]
            case 0x11A8...0x11C2: part = Tables.shared.tails[Int(value - 0x11A8)]
            default: return false
            }
            output += part
            position += 1
            return true
        }

        private mutating func readKana(_ scalar: Unicode.Scalar) -> Bool {
            guard let kana = Kana(scalar) else { return false }
            position += 1
            if kana.isDoubling { return true }
            var sound = Tables.shared.letters[kana.base] ?? []
            if position < scalars.count, scalars[position].value == 0x3099 || scalars[position].value == 0x309A {
                let table = scalars[position].value == 0x3099 ? Tables.shared.voiced : Tables.shared.halfVoiced
                sound = table[kana.base] ?? sound
                position += 1
            }
            guard kana.isSmall, let last = output.last, sound.count > 0 else {
                output += sound
                return true
            }
            // A small vowel or y-sound replaces the vowel before it: ディ is di, シェ is she, キョ is kyo.
            if Phonemes.isVowel(last) { output.removeLast() }
            let isSoft = output.last == UInt8(ascii: "h") || output.last == UInt8(ascii: "j")
            output += isSoft && sound.first == UInt8(ascii: "y") ? Array(sound.dropFirst()) : sound
            return true
        }

        private mutating func readPair(_ scalar: Unicode.Scalar) -> Bool {
            guard (0x3B1...0x3C9).contains(scalar.value) || scalar.value == 0x578, position + 1 < scalars.count,
                let sound = Tables.shared.pairs[UInt64(scalar.value) << 32 | UInt64(scalars[position + 1].value)]
            else { return false }
            // Inside of a word a stop keeps its nasal: Κωνσταντίνος is Konstantinos, but Ντίνος is Dinos.
            let isInside = position > 0
            if isInside, let nasal = Tables.nasals[scalar.value], sound.count == 1 { output.append(nasal) }
            output += sound
            position += 2
            return true
        }
    }

    /// One letter of either syllabary.
    private struct Kana {
        let base: UInt32
        let isSmall: Bool
        var isDoubling: Bool { base == 0x30C3 }

        init?(_ scalar: Unicode.Scalar) {
            var value = scalar.value
            if (0x3041...0x3096).contains(value) { value += 0x60 }
            guard (0x30A1...0x30FC).contains(value) else { return nil }
            switch value {
            case 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5, 0x30E7, 0x30EE:
                (base, isSmall) = (value + 1, true)
            case 0x30C3: (base, isSmall) = (value, true)
            default: (base, isSmall) = (value, false)
            }
        }
    }

    private struct Tables: Sendable {
        static let shared = Tables()
        static let nasals: [UInt32: UInt8] = [
            0x3BC: UInt8(ascii: "m"), 0x3BD: UInt8(ascii: "n"), 0x3B3: UInt8(ascii: "n"),
        ]

        let letters = Tables.single(RomanisationTable.letters)
        let voiced = Tables.single(RomanisationTable.voiced)
        let halfVoiced = Tables.single(RomanisationTable.halfVoiced)
        let pairs: [UInt64: [UInt8]]
        let leads = Tables.list(RomanisationTable.hangulLeads)
        let vowels = Tables.list(RomanisationTable.hangulVowels)
        let tails = Tables.list(RomanisationTable.hangulTails)

        init() {
            var table: [UInt64: [UInt8]] = [:]
            for (key, sound) in Tables.entries(RomanisationTable.pairs) where key.count == 2 {
                table[UInt64(key[0].value) << 32 | UInt64(key[1].value)] = sound
            }
            pairs = table
        }

        private static func single(_ text: String) -> [UInt32: [UInt8]] {
            var table: [UInt32: [UInt8]] = [:]
            for (key, sound) in entries(text) where key.count == 1 { table[key[0].value] = sound }
            return table
        }

        private static func entries(_ text: String) -> [(key: [Unicode.Scalar], sound: [UInt8])] {
            text.unicodeScalars.split { $0 == " " || $0 == "\n" }.compactMap { entry in
                guard let colon = entry.firstIndex(of: ":") else { return nil }
                let sound = entry[entry.index(after: colon)...].map { UInt8(truncatingIfNeeded: $0.value) }
                return (Array(entry[..<colon]), sound)
            }
        }

        private static func list(_ text: String) -> [[UInt8]] {
            text.utf8.split(separator: UInt8(ascii: " ")).map { $0 == [UInt8(ascii: "-")] ? [] : Array($0) }
        }
    }
}

extension Substring.UTF8View {
    fileprivate static func == (left: Substring.UTF8View, right: [UInt8]) -> Bool { left.elementsEqual(right) }
}
