/// The one folding of text, for writing and for asking.
///
/// Marks go from Latin, Greek and Cyrillic letters, and stay where they carry the sound, as in Kana or Devanagari. Case,
/// width, styles of quotes and dashes, and digits of other scripts are evened out; letters such as `ø` become what
/// people type for them; what cannot be seen is left out. Folding what is folded changes nothing.
package enum Folding {
    /// How many marks one letter keeps; more are decoration.
    package static let maxMarks = 8
    /// How many UTF-8 bytes of a word count; the rest is cut off, in stored words and asked ones alike.
    package static let maxWordBytes = 64
    /// How many words of one text count.
    package static let maxWords = 8192

    /// Folds `text`. The result has at most twelve times as many bytes; time grows with the length only.
    package static func fold(_ text: String) -> String {
        var folder = Folder()
        for scalar in text.unicodeScalars { folder.append(scalar) }
        return String(folder.output)
    }

    /// Gives the words of `text`, folded, in their order: runs of letters, digits and their marks. Apostrophes inside
    /// a word are left out, so `O’Brien` is one word, `obrien`.
    package static func words(_ text: String) -> [String] {
        var splitter = WordSplitter()
        for scalar in fold(text).unicodeScalars where !splitter.isFull { splitter.append(scalar) }
        return splitter.finish()
    }
}

/// Folds scalar by scalar.
private struct Folder {
    private(set) var output = String.UnicodeScalarView()
    /// What the next mark stands on.
    private var base: Base = .other
    /// The marks on that base which are kept, in canonical order.
    private var marks: [Unicode.Scalar] = []

    private enum Base {
        /// A letter that loses its marks, or something that is no letter at all.
        case other
        /// A letter that keeps its marks.
        case keeping
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 {
            let value = FoldingMap.shared.ascii[Int(scalar.value)]
            append(folded: Unicode.Scalar(value))
        } else if let syllable = Hangul(scalar) {
            for part in syllable.parts { append(folded: part) }
        } else if let target = FoldingMap.shared.target(of: scalar) {
            for part in target { append(folded: part) }
        } else {
            append(folded: scalar)
        }
    }

    private mutating func append(folded scalar: Unicode.Scalar) {
        guard scalar.value >= 0x80 else {
            base = .other
            marks.removeAll(keepingCapacity: true)
            output.append(scalar)
            return
        }
        switch scalar.kind {
        case .mark: append(mark: scalar)
        case .letter where !scalar.losesMarks: start(.keeping, with: scalar)
        default: start(.other, with: scalar)
        }
    }

    private mutating func start(_ base: Base, with scalar: Unicode.Scalar) {
        self.base = base
        marks.removeAll(keepingCapacity: true)
        output.append(scalar)
    }

    /// Keeps a mark in canonical order, so that marks typed in another order compare equal.
    private mutating func append(mark: Unicode.Scalar) {
        guard base == .keeping, marks.count < Folding.maxMarks else { return }
        let order = mark.properties.canonicalCombiningClass.rawValue
        var position = marks.count
        if order > 0 {
            while position > 0, marks[position - 1].properties.canonicalCombiningClass.rawValue > order {
                position -= 1
            }
        }
        output.removeLast(marks.count - position)
        marks.insert(mark, at: position)
        output.append(contentsOf: marks[position...])
    }
}

/// A Hangul syllable, which is put together from two or three letters by arithmetic.
private struct Hangul {
    private let index: UInt32

    init?(_ scalar: Unicode.Scalar) {
        guard (0xAC00...0xD7A3).contains(scalar.value) else { return nil }
        index = scalar.value - 0xAC00
    }

    var parts: [Unicode.Scalar] {
        let values = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28]
        return values.prefix(index % 28 == 0 ? 2 : 3).compactMap(Unicode.Scalar.init)
    }
}

/// Collects words from folded scalars.
private struct WordSplitter {
    private var words: [String] = []
    private var word = String.UnicodeScalarView()
    private var bytes = 0

    /// Whether no further word counts.
    var isFull: Bool { words.count >= Folding.maxWords }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar == "'" { return }
        guard scalar.isWordPart else {
            endWord()
            return
        }
        bytes += UTF8.width(scalar)
        if bytes <= Folding.maxWordBytes { word.append(scalar) }
    }

    mutating func finish() -> [String] {
        endWord()
        return words
    }

    private mutating func endWord() {
        guard !word.isEmpty, !isFull else { return }
        words.append(String(word))
        word = String.UnicodeScalarView()
        bytes = 0
    }
}
