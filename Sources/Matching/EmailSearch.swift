/// A search for an e-mail address that may be mistyped.
package struct EmailSearch: Sendable {
    /// What was typed.
    package let typed: EmailAddress

    package init(_ typed: EmailAddress) { self.typed = typed }

    /// The letters and digits of the part before the `@`: people forget dots and take one mark for another.
    package static func squeezed(_ local: String) -> String {
        String(String.UnicodeScalarView(local.unicodeScalars.filter(\.isWordPart)))
    }

    /// The squeezed local parts that may be meant: the typed one, and those of the dictionary that are near.
    package func locals(in dictionary: WordDictionary?) -> [String] {
        let squeezed = Self.squeezed(typed.local)
        var found: [(text: String, errors: Int)] = [(squeezed, 0)]
        let letters = Array(squeezed.utf8)
        let bound = min(2, EditDistance.tolerance(letters.count))
        if bound > 0, letters.count <= WordList.maxLength {
            for (word, errors) in dictionary?.near(letters, bound: bound, .local, limit: 512) ?? [] where errors > 0 {
                found.append((String(decoding: word.stored.word, as: UTF8.self), errors))
            }
        }
        return found.sorted { ($0.errors, $0.text) < ($1.errors, $1.text) }.prefix(Self.maxLocals).map(\.text)
    }

    /// Counts the errors between what was typed and a stored address; `nil` if there are too many.
    package func errors(to stored: EmailAddress) -> Int? {
        guard stored != typed else { return 0 }
        let (local, domain) = (Array(typed.local.utf8), Array(typed.domain.utf8))
        let bound = min(2, EditDistance.tolerance(local.count))
        guard let inLocal = EditDistance.between(local, Array(stored.local.utf8), bound: bound),
            let inDomain = EditDistance.between(domain, Array(stored.domain.utf8), bound: 2),
            inLocal + inDomain <= 3
        else { return nil }
        return inLocal + inDomain
    }

    private static let maxLocals = 64
}
