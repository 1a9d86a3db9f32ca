/// A name as an index of beginnings holds it: once from each of its words on.
///
/// `Elizabeth Maria Ruiz` is found by how it begins and by how any of its words begins, with what follows, the words
/// before them at the end: `elizabeth maria ruiz`, `maria ruiz elizabeth`, `ruiz elizabeth maria`. So `Ruiz, Eli` finds
/// it as well.
package enum NameTurns {
    /// How many words of a name begin a turn.
    package static let maxTurns = 8
    /// How many UTF-8 bytes of a turn count; what was typed is cut likewise.
    package static let maxBytes = 160

    /// The turns of a name, folded, each once; the first is the name as it is written. None if it has no letters or digits.
    package static func turns(_ name: String) -> [String] {
        let words = Folding.words(name)
        var turns: [String] = []
        for start in words.indices.prefix(maxTurns) {
            let turn = cut((words[start...] + words[..<start]).joined(separator: " "))
            if !turns.contains(turn) { turns.append(turn) }
        }
        return turns
    }

    /// What a turn begins with that somebody has typed so far; `nil` if that is nothing yet.
    package static func beginning(_ typed: String) -> String? {
        let words = Folding.words(typed)
        return words.isEmpty ? nil : cut(words.joined(separator: " "))
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maxBytes else { return text }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > maxBytes { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
