/// One word of a query that is text.
struct QueryWord: Sendable {
    /// The word, folded, in the script it was typed in.
    let word: [UInt8]
    /// The same in Latin letters.
    let latin: [UInt8]
    /// Whether a task must have it. Words such as `the`, `Mrs.` or `Ltd` help when they are there.
    let isMeaningful: Bool

    init(_ word: [UInt8], isMeaningful: Bool) {
        self.word = word
        latin = WordList.latin(word) ?? word
        self.isMeaningful = isMeaningful
    }

    /// Whether it was typed in another script.
    var isForeign: Bool { latin != word }
    var hasDigits: Bool { latin.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
    /// Whether it stands for a name that begins so.
    var isInitial: Bool { latin.count == 1 && !hasDigits }
}

/// The words of a query that is text.
package struct QueryWords: Sendable {
    /// How many words of a query count.
    package static let maxWords = 12

    let words: [QueryWord]
    /// Whether words were left out because there are too many.
    package let isCut: Bool
    /// Whether the last word may be unfinished: nothing was typed behind it.
    let mayBeUnfinished: Bool
    /// The positions of words that a task must have.
    let meaningful: [Int]
    /// The same, a bit each.
    let needed: UInt32

    /// Reads the words of a text.
    package init(_ text: String) {
        let typed = Folding.searchWords(text)
        var known: Set<[UInt8]> = []
        let distinct = typed.filter { known.insert($0).inserted }
        var meaningful = distinct.filter { !Self.isFiller($0) }
        // Somebody who stops after `regard them` or `tristan she` means the last word, if not all of it.
        let isShort = distinct.count <= 3 && meaningful.count == 1 && !distinct.isEmpty
        if isShort, let last = distinct.last, last.count >= 3, Self.stopWords.contains(last) { meaningful.append(last) }
        let isAllFiller = meaningful.allSatisfy { $0.count < 2 && $0.allSatisfy { $0 < 0x80 } }
        // Words that carry meaning come first where there are too many.
        let telling = Set(meaningful)
        let kept = Set((meaningful + distinct.filter { !telling.contains($0) }).prefix(Self.maxWords))
        isCut = distinct.count > Self.maxWords
        let words = distinct.filter(kept.contains).map {
            QueryWord($0, isMeaningful: isAllFiller || telling.contains($0))
        }
        self.words = words
        self.meaningful = words.indices.filter { words[$0].isMeaningful }
        needed = self.meaningful.reduce(0) { $0 | 1 << UInt32($1) }
        mayBeUnfinished = !isCut && text.unicodeScalars.last.map { $0.properties.isAlphabetic } ?? false
    }

    /// Whether there is nothing to look for: a look-up of single letters would not be bounded.
    package var isEmpty: Bool { !words.contains { $0.word.count >= 2 } }

    /// The words as text, folded.
    package var texts: [String] { words.map { String(decoding: $0.word, as: UTF8.self) } }

    /// How many of the words that carry meaning may be missing.
    var allowance: Int {
        switch meaningful.count {
        case ..<4: 0
        case 4...5: 1
        default: 2
        }
    }

    /// Whether a word says little.
    static func isFiller(_ word: [UInt8]) -> Bool { stopWords.contains(word) || labels.contains(word) }

    /// Articles and the like.
    private static let stopWords = list(
        """
        a an the of for to in on at by and or with from into is are was were be been am do does did has have had he she it
        its his her him they them their this that these those there i we you me my our your as if so but not no
        """
    )

    /// Titles, legal forms, and what people say around a query.
    private static let labels = list(
        """
        mr mrs ms miss mister missus dr doctor prof sir madam herr frau senor senora monsieur madame
        ltd limited inc incorporated llc llp plc gmbh ag kg kgaa ohg ug ev eg co corp corporation company sa sas sarl srl spa
        bv nv pty proprietary oy ab aps kk gesellschaft aktiengesellschaft mit beschrankter haftung mbh sons brothers group holding
        sociedad anonima limitada societe anonyme societa azioni besloten naamloze vennootschap kabushiki kaisha
        customer customers client clients task tasks ticket tickets job jobs call calls caller called about regarding
        named name who whose find search
        """
    )

    private static func list(_ words: String) -> Set<[UInt8]> {
        Set(words.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }).map(Array.init))
    }
}

extension Folding {
    /// Gives the words of a text as they are searched: like ``words(_:)``, and single letters with dots between them
    /// are one word, so that `S.A.` and `SA` are the same.
    package static func searchWords(_ text: String) -> [[UInt8]] {
        let folded = ASCIIText(text)?.bytes ?? Array(fold(text).utf8)
        var splitter = ByteSplitter()
        splitter.split(folded)
        return splitter.words
    }
}

/// Text that needs no table to be folded.
private struct ASCIIText {
    let bytes: [UInt8]

    init?(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            guard byte < 0x80 else { return nil }
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case UInt8(ascii: "`"): bytes.append(UInt8(ascii: "'"))
            default: bytes.append(byte)
            }
        }
        self.bytes = bytes
    }
}

/// Collects words from folded UTF-8.
private struct ByteSplitter {
    private(set) var words: [[UInt8]] = []
    private var word: [UInt8] = []
    /// Whether the last word is a letter, or letters with dots between them, and a dot came after it.
    private var isDotted = false

    mutating func split(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count, words.count < Folding.maxWords {
            let byte = bytes[index]
            if byte < 0x80 {
                index += 1
                append(ascii: byte)
                continue
            }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            let end = min(bytes.count, index + length)
            if isWordPart(bytes[index..<end]) { append(contentsOf: bytes[index..<end]) } else { endWord(isDot: false) }
            index = end
        }
        endWord(isDot: false)
    }

    private func isWordPart(_ bytes: ArraySlice<UInt8>) -> Bool {
        var value = UInt32(bytes.first ?? 0)
        value &= bytes.count == 2 ? 0x1F : bytes.count == 3 ? 0x0F : 0x07
        for byte in bytes.dropFirst() { value = value << 6 | UInt32(byte & 0x3F) }
        return Unicode.Scalar(value)?.isWordPart ?? false
    }

    private mutating func append(ascii byte: UInt8) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            if word.count < Folding.maxWordBytes { word.append(byte) }
        case UInt8(ascii: "'"): break
        default: endWord(isDot: byte == UInt8(ascii: "."))
        }
    }

    private mutating func append(contentsOf bytes: ArraySlice<UInt8>) {
        if word.count + bytes.count <= Folding.maxWordBytes { word += bytes }
    }

    private mutating func endWord(isDot: Bool) {
        guard !word.isEmpty else {
            if !isDot { isDotted = false }
            return
        }
        let isLetter = word.count == 1 && word[0] >= UInt8(ascii: "a")
        if isDotted, isLetter, !words.isEmpty {
            words[words.count - 1] += word
        } else {
            words.append(word)
        }
        isDotted = isDot && isLetter
        word.removeAll(keepingCapacity: true)
    }
}
