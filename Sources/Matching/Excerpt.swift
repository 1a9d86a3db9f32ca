/// A short piece of a text around what was found in it.
package enum Excerpt {
    /// How long an excerpt is at most, in characters as a reader counts them, with the dots at its ends.
    package static let maxCharacters = 160

    /// Cuts `text` to a piece that shows the query's words; the beginning if it has none of them.
    ///
    /// Blanks and line breaks become single spaces. Characters stay whole; one that is absurdly large, for it carries
    /// hundreds of marks, is left out.
    ///
    /// - Parameters:
    ///   - text: The stored text; its first 20,000 scalars are looked at.
    ///   - words: The words to show, folded, as they stand in the text.
    package static func around(_ words: [String], in text: String) -> String {
        let (characters, isCut) = normalised(text)
        guard characters.count > maxCharacters || isCut else { return String(characters) }
        // One place at each end is for the dots.
        let length = maxCharacters - 2
        let match = firstMatch(of: Set(words), in: characters) ?? 0
        var start = max(0, match - leadIn)
        start = min(start, max(0, characters.count - length))
        if start > 0 { start = wordStart(after: start, before: match, in: characters) }
        let end = min(characters.count, start + length)
        let piece = String(characters[start..<end])
        return (start > 0 ? "…" : "") + piece + (end < characters.count || isCut ? "…" : "")
    }

    /// How much is shown before the match.
    private static let leadIn = 40
    private static let maxScalars = 20_000
    private static let maxCharacterBytes = 128

    private static func normalised(_ text: String) -> (characters: [Character], isCut: Bool) {
        var characters: [Character] = []
        let scalars = text.unicodeScalars.prefix(maxScalars)
        let isCut = scalars.endIndex < text.unicodeScalars.endIndex
        for character in String(scalars) where character.utf8.count <= maxCharacterBytes {
            guard !character.isWhitespace && character.unicodeScalars.first?.properties.generalCategory != .control
            else {
                if characters.last != " ", !characters.isEmpty { characters.append(" ") }
                continue
            }
            characters.append(character)
        }
        if characters.last == " " { characters.removeLast() }
        // The last character may have lost scalars to the limit.
        if isCut, !characters.isEmpty { characters.removeLast() }
        return (characters, isCut)
    }

    /// Finds the first word that begins with one of those sought.
    private static func firstMatch(of sought: Set<String>, in characters: [Character]) -> Int? {
        guard !sought.isEmpty else { return nil }
        var start = 0
        while start < characters.count {
            let end = characters[start...].firstIndex { !isWordPart($0) } ?? characters.count
            let words = end > start ? Folding.words(String(characters[start..<end])) : []
            if words.contains(where: { word in sought.contains(where: word.hasPrefix) }) { return start }
            start = end + 1
        }
        return nil
    }

    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "'" || character == "’"
    }

    /// Moves the start of a piece to the next word, unless that is beyond the match.
    private static func wordStart(after start: Int, before match: Int, in characters: [Character]) -> Int {
        guard characters[start - 1] != " ", start < match,
            let blank = characters[start..<match].firstIndex(of: " ")
        else { return start }
        return blank + 1
    }
}
