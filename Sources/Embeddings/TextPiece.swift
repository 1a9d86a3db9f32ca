/// A part of a document that gets an embedding of its own.
///
/// Parts end where the text does: before a heading, else between paragraphs, sentences or words. One that does not begin
/// with a heading begins a little before the end of the one before, so that what stands across the border is in one of them.
package struct TextPiece: Sendable, Equatable {
    /// Where it begins in the document and how long it is, in characters as PostgreSQL counts them.
    package let start: Int
    package let length: Int
    package let text: String

    /// Names a part of a text.
    package init(start: Int, length: Int, text: String) {
        self.start = start
        self.length = length
        self.text = text
    }

    /// What a piece holds at most.
    static let most = 1_600
    /// From where on a piece ends at the next good place.
    static let least = 800
    /// How much of the end of a piece the next one repeats at most.
    static let overlap = 200

    /// The pieces of a text; none for one that is blank.
    package static func pieces(of text: String) -> [TextPiece] {
        let scalars = Array(text.unicodeScalars)
        var pieces: [TextPiece] = []
        var start = 0
        var covered = 0
        while covered < scalars.count {
            let border = Border(in: scalars, from: start, covered: covered)
            pieces += [piece(scalars, start..<border.end)].compactMap(\.self)
            covered = border.end
            start = border.isHeading ? covered : beginning(scalars, before: covered, after: start)
        }
        return pieces
    }

    /// Without blanks at both ends.
    private static func piece(_ scalars: [Unicode.Scalar], _ range: Range<Int>) -> TextPiece? {
        guard let first = range.first(where: { !scalars[$0].properties.isWhitespace }),
            let last = range.last(where: { !scalars[$0].properties.isWhitespace })
        else { return nil }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[first...last])
        return TextPiece(start: first, length: last - first + 1, text: String(text))
    }

    /// Where the next piece begins: at a word, at most ``overlap`` before the border.
    private static func beginning(_ scalars: [Unicode.Scalar], before border: Int, after start: Int) -> Int {
        let earliest = max(start + 1, border - overlap)
        guard earliest < border else { return border }
        return (earliest..<border).first { scalars[$0 - 1].properties.isWhitespace } ?? border
    }
}

/// Where a piece ends.
private struct Border {
    let end: Int
    /// Whether a heading follows.
    let isHeading: Bool

    /// - Parameter covered: Up to where the piece repeats the one before.
    init(in scalars: [Unicode.Scalar], from start: Int, covered: Int) {
        let last = min(scalars.count, start + TextPiece.most)
        let first = max(covered + 1, 1)
        // A heading ends a piece of any length but a tiny one: what stands under it belongs together.
        if let heading = (first..<max(first, last)).first(where: {
            $0 - start >= TextPiece.overlap && Self.isHeading(scalars, at: $0)
        }) {
            self.init(end: heading, isHeading: true)
            return
        }
        guard last < scalars.count else {
            self.init(end: scalars.count, isHeading: false)
            return
        }
        let range = max(first, min(start + TextPiece.least, last))...last
        let tests: [([Unicode.Scalar], Int) -> Bool] = [Self.isParagraph, Self.isLine, Self.isSentence, Self.isWord]
        let end = tests.lazy.compactMap { test in range.last { test(scalars, $0) } }.first
        self.init(end: end ?? last, isHeading: false)
    }

    private init(end: Int, isHeading: Bool) {
        self.end = end
        self.isHeading = isHeading
    }

    /// A line that begins with one to six number signs and a blank.
    private static func isHeading(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        guard scalars[place - 1] == "\n", scalars[place] == "#" else { return false }
        let signs = scalars[place...].prefix { $0 == "#" }
        return signs.count <= 6 && signs.endIndex < scalars.count && scalars[signs.endIndex] == " "
    }

    private static func isParagraph(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        guard isLine(scalars, at: place) else { return false }
        let line = scalars[..<(place - 1)].reversed().prefix { $0 != "\n" }
        return line.count < place - 1 && line.allSatisfy { $0.properties.isWhitespace }
    }

    private static func isLine(_ scalars: [Unicode.Scalar], at place: Int) -> Bool { scalars[place - 1] == "\n" }

    private static func isSentence(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        place >= 2 && scalars[place - 1].properties.isWhitespace && scalars[place - 2].properties.isSentenceTerminal
    }

    private static func isWord(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        scalars[place - 1].properties.isWhitespace
    }
}
