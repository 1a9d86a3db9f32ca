/// What the index holds about one task: which words stand where, for the database to find and for a search to compare.
package struct IndexedTask: Sendable {
    /// A row of the index: words field by field, and where each field ends.
    package struct Part: Sendable {
        /// The words in the order of the fields; a word may come several times.
        package fileprivate(set) var words: [StoredWord] = []
        /// Four bytes a field, see ``FieldLayout``.
        package fileprivate(set) var layout: [UInt8] = []
    }

    /// How many words one part of a task holds at most.
    package static let maxWords = 1_024
    /// From how many words on further comments begin another part: adding a comment rewrites one part only.
    package static let partWords = 256
    /// How many parts a task has at most; what was written after them is not found.
    package static let maxParts = 64

    /// The rows. Each has the words of names and title, so that they are found together with those of any comment.
    package let parts: [Part]

    /// Collects the words of a task.
    package init(_ document: SearchDocument) {
        var head = Part()
        for field in [SearchField.customerName, .company, .title, .city, .labels] { head.add(document, field) }
        var parts: [Part] = [head]
        for field in [SearchField.answers, .description] { parts[0].add(document, field) }
        for comment in document.comments {
            if parts[parts.count - 1].words.count >= Self.partWords {
                guard parts.count < Self.maxParts else { break }
                parts.append(head)
            }
            parts[parts.count - 1].add(comment, .comments)
        }
        self.parts = parts
    }

    /// The words that belong into the dictionary, each once.
    package var dictionaryWords: [StoredWord] {
        var known: Set<StoredWord> = []
        return parts.flatMap(\.words).filter { !$0.isInitial && known.insert($0).inserted }
    }
}

/// How the fields of a row of the index are told apart.
///
/// Each takes four bytes: the field, how many words it has in two bytes, and how many of those say something. Behind a
/// customer's name stand the initials of its words, as a field of their own.
enum FieldLayout {
    static let initials: UInt8 = 0xFF

    static func code(of field: SearchField) -> UInt8 { UInt8(SearchField.allCases.firstIndex(of: field) ?? 0) }

    static func field(of code: UInt8) -> SearchField? {
        code < SearchField.allCases.count ? SearchField.allCases[Int(code)] : nil
    }
}

extension StoredWord {
    /// What stands for all names that begin with a letter.
    package static func initial(_ letter: UInt8) -> StoredWord { StoredWord(.name, [letter, UInt8(ascii: ".")]) }

    /// What stands for all names that begin like this word; a letter that is not Latin stands for none.
    static func initial(of word: [UInt8]) -> StoredWord {
        let letter = (WordList.latin(word) ?? word).first ?? 0
        return .initial(letter < 0x80 ? letter : UInt8(ascii: "."))
    }

    /// Whether this is no word but stands for names that begin so.
    package var isInitial: Bool { word.count == 2 && word[1] == UInt8(ascii: ".") }
}

extension IndexedTask.Part {
    fileprivate mutating func add(_ document: SearchDocument, _ field: SearchField) {
        for text in document.texts(of: field) { add(text, field) }
    }

    fileprivate mutating func add(_ text: String, _ field: SearchField) {
        guard let section = field.section else { return }
        var typed = Folding.searchWords(text)
        if section == .text {
            // Where else a word stands in a long text tells nothing.
            var known: Set<[UInt8]> = []
            typed = typed.filter { known.insert($0).inserted }
        }
        let isName = field == .customerName
        let room = (IndexedTask.maxWords - words.count) / (isName ? 2 : 1)
        let kept = typed.prefix(max(0, room))
        guard !kept.isEmpty else { return }
        append(
            kept.map { StoredWord(section, $0) }, FieldLayout.code(of: field), kept.count { !QueryWords.isFiller($0) })
        if isName { append(kept.map { StoredWord.initial(of: $0) }, FieldLayout.initials, 0) }
    }

    private mutating func append(_ added: [StoredWord], _ code: UInt8, _ telling: Int) {
        words += added
        layout += [code, UInt8(added.count >> 8), UInt8(added.count & 255), UInt8(min(255, telling))]
    }
}
