/// What the index holds about one task.
package struct IndexedTask: Sendable {
    /// How many words one part of a task holds at most.
    package static let maxWords = 1_024
    /// From how many words on further comments begin another part: adding a comment rewrites one part only.
    package static let partWords = 256
    /// How many parts a task has at most; what was written after them is not found.
    package static let maxParts = 64

    /// The words of each part, each once. Every part has the words of names and title, so that they are found together
    /// with those of any comment.
    package let parts: [[StoredWord]]

    /// Collects the words of a task.
    package init(_ document: SearchDocument) {
        var head = WordSet()
        for field in [SearchField.customerName, .company, .title, .city, .labels] { head.add(document, field) }
        for name in document.customerNames { head.addInitials(of: name) }
        var parts: [WordSet] = [head]
        for field in [SearchField.answers, .description] { parts[0].add(document, field) }
        for comment in document.comments {
            if parts[parts.count - 1].words.count >= Self.partWords {
                guard parts.count < Self.maxParts else { break }
                parts.append(head)
            }
            parts[parts.count - 1].add(comment, .text)
        }
        self.parts = parts.map(\.words)
    }

    /// The words that belong into the dictionary, each once.
    package var dictionaryWords: [StoredWord] {
        var known: Set<StoredWord> = []
        return parts.joined().filter { !$0.isInitial && known.insert($0).inserted }
    }
}

extension StoredWord {
    /// What stands for all names that begin with a letter.
    package static func initial(_ letter: UInt8) -> StoredWord { StoredWord(.name, [letter, UInt8(ascii: ".")]) }

    /// Whether this is no word but stands for names that begin so.
    package var isInitial: Bool { word.count == 2 && word[1] == UInt8(ascii: ".") }
}

/// Words in their order, each once, up to a bound.
private struct WordSet {
    private(set) var words: [StoredWord] = []
    private var known: Set<StoredWord> = []

    mutating func add(_ document: SearchDocument, _ field: SearchField) {
        guard let section = field.section else { return }
        for text in document.texts(of: field) { add(text, section) }
    }

    mutating func add(_ text: String, _ section: WordSection) {
        guard words.count < IndexedTask.maxWords else { return }
        for word in Folding.searchWords(text) { add(StoredWord(section, word)) }
    }

    mutating func addInitials(of name: String) {
        for word in Folding.searchWords(name) {
            let latin = WordList.latin(word) ?? word
            if let letter = latin.first, letter < 0x80 { add(.initial(letter)) }
        }
    }

    private mutating func add(_ word: StoredWord) {
        guard words.count < IndexedTask.maxWords, known.insert(word).inserted else { return }
        words.append(word)
    }
}
