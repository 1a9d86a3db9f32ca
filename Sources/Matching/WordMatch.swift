/// The words of a query, compared with the words of a text.
///
/// A query word matches a text word that begins with it, and each text word answers for one query word only. All words
/// should match; when nothing in a workspace has all of them, any will do, and the answer says that it was relaxed.
package struct WordMatch: Sendable {
    /// How many words of a query count.
    package static let maxWords = 12

    /// The query's words, folded, in the order in which they were typed, each once.
    package let words: [String]

    /// Positions in ``words``, longest first. A word that is the beginning of another can do with more text words than
    /// that other, so whoever is choosier chooses first.
    private let choosingOrder: [Int]

    /// Takes the words of a query.
    package init(_ query: String) {
        self.init(words: Folding.words(query))
    }

    /// Takes folded words.
    package init(words: [String]) {
        var known: Set<String> = []
        self.words = Array(words.filter { known.insert($0).inserted }.prefix(Self.maxWords))
        let lengths = self.words.map(\.utf8.count)
        choosingOrder = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    }

    /// Gives the positions in ``words`` of the words that `text`, itself folded words, answers.
    package func matched(in text: [String]) -> Set<Int> {
        var used: Set<Int> = []
        var matched: Set<Int> = []
        for position in choosingOrder {
            let prefix = words[position].utf8
            let isAnswer = { index in !used.contains(index) && text[index].utf8.starts(with: prefix) }
            guard let index = text.indices.first(where: isAnswer) else { continue }
            used.insert(index)
            matched.insert(position)
        }
        return matched
    }

    /// Tells whether `text` has all words.
    package func matchesAll(in text: [String]) -> Bool {
        !words.isEmpty && matched(in: text).count == words.count
    }
}
