/// Other forms of a word: inflections of text, endings of surnames.
enum WordForms {
    /// Gives other inflections that an English word may stand in, whether they exist or not.
    static func inflections(of word: [UInt8]) -> Set<[UInt8]> {
        guard word.count >= 4, word.allSatisfy({ $0 < 0x80 }) else { return [] }
        var forms: Set<[UInt8]> = []
        for stem in stems(of: word) where stem.count >= 3 {
            for ending in endings { forms.insert(stem + ending) }
            if let last = stem.last {
                for ending in ["ed", "ing", "er"] { forms.insert(stem + [last] + Array(ending.utf8)) }
                if last == UInt8(ascii: "y") {
                    for ending in ["ies", "ied", "ier"] { forms.insert(stem.dropLast() + Array(ending.utf8)) }
                }
            }
        }
        forms.remove(word)
        return forms
    }

    private static func stems(of word: [UInt8]) -> Set<[UInt8]> {
        var stems: Set<[UInt8]> = [word]
        if word.last == UInt8(ascii: "e") { stems.insert(Array(word.dropLast())) }
        for (ending, replacements) in cuts
        where word.count >= ending.count + 3 && word.suffix(ending.count).elementsEqual(ending) {
            let rest = Array(word.dropLast(ending.count))
            for replacement in replacements { stems.insert(rest + replacement) }
            if rest.count > 3, rest[rest.count - 1] == rest[rest.count - 2] { stems.insert(Array(rest.dropLast())) }
        }
        return stems
    }

    private static let endings = ["", "s", "es", "ed", "d", "ing", "e", "er", "ers", "ly", "y"].map { Array($0.utf8) }
    private static let cuts: [(ending: [UInt8], replacements: [[UInt8]])] = [
        ("ies", ["y", "ie"]), ("ied", ["y"]), ("ing", ["", "e"]), ("ed", ["", "e"]), ("es", ["", "e"]), ("s", [""]),
        ("ly", [""]), ("er", ["", "e"]), ("ers", ["", "e"]),
    ].map { (Array($0.0.utf8), $0.1.map { Array($0.utf8) }) }

    /// Gives the part of a surname that a family shares, where a common ending tells women from men; the word if it has none.
    static func family(_ name: [UInt8]) -> [UInt8] { Array(family(name[...])) }

    /// The same for a word among others.
    static func family(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        // All endings have the same last letter.
        guard name.last == UInt8(ascii: "a") else { return name }
        for ending in familyEndings
        where name.count >= ending.count + 4 && name.suffix(ending.count).elementsEqual(ending) {
            return name.dropLast(ending.count)
        }
        return name
    }

    static let familyEndings = ["owna", "ovna", "ewna", "evna", "owa", "ova", "ewa"].map { Array($0.utf8) }
}
