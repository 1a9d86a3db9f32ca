import Testing

@testable import Embeddings

@Suite("Parts of a text")
struct TextPieceTests {
    private func slice(_ text: String, _ piece: TextPiece) -> String {
        var slice = String.UnicodeScalarView()
        slice.append(contentsOf: Array(text.unicodeScalars)[piece.start..<(piece.start + piece.length)])
        return String(slice)
    }

    @Test("are the whole text where it is short, without blanks around it")
    func short() {
        #expect(TextPiece.pieces(of: "  One line.\n") == [TextPiece(start: 2, length: 9, text: "One line.")])
        #expect(TextPiece.pieces(of: "") == [] && TextPiece.pieces(of: " \n\t ") == [])
    }

    @Test("begin with headings where there are some")
    func headings() {
        let section = String(repeating: "Some words of it. ", count: 20)
        let text = "# One\n\n\(section)\n\n## Two\n\n\(section)\n#hashtag\n####### seven\n### Three\n\(section)"
        let starts = TextPiece.pieces(of: text).map { $0.text.prefix(6) }
        #expect(starts == ["# One\n", "## Two", "### Th"])
    }

    @Test("end between paragraphs, sentences or words, and overlap a little")
    func borders() {
        let paragraph = String(repeating: "word ", count: 60) + "end."
        let paragraphs = Array(repeating: paragraph, count: 12).joined(separator: "\n\n")
        let byParagraph = TextPiece.pieces(of: paragraphs)
        #expect(byParagraph.count > 2 && byParagraph.allSatisfy { $0.text.hasSuffix("end.") })
        let sentences = TextPiece.pieces(of: String(repeating: "This is a sentence of it. ", count: 200))
        #expect(sentences.count > 2 && sentences.allSatisfy { $0.text.hasSuffix("of it.") })
        let words = TextPiece.pieces(of: String(repeating: "word ", count: 1_000))
        #expect(words.count > 2 && words.allSatisfy { $0.text.hasPrefix("word") && $0.text.hasSuffix("word") })
        for (one, next) in zip(words, words.dropFirst()) {
            let overlap = one.start + one.length - next.start
            #expect((0...TextPiece.overlap).contains(overlap))
        }
    }

    @Test(
        "cover every text, hold what they say, and are bounded",
        arguments: [
            String(repeating: "x", count: 5_000), String(repeating: "漢字。", count: 2_000),
            String(repeating: "👩‍👩‍👧 é\r\n", count: 900), "# a\n" + String(repeating: "\n", count: 4_000) + "# b",
            String(repeating: "# h\n", count: 1_500), String(repeating: "a b\n\n", count: 3_000),
        ]
    )
    func cover(text: String) {
        let pieces = TextPiece.pieces(of: text)
        var seen = Set<Int>()
        for piece in pieces {
            #expect(piece.length <= TextPiece.most && piece.length > 0)
            #expect(slice(text, piece).unicodeScalars.elementsEqual(piece.text.unicodeScalars))
            seen.formUnion(piece.start..<(piece.start + piece.length))
        }
        for (place, scalar) in text.unicodeScalars.enumerated() where !scalar.properties.isWhitespace {
            #expect(seen.contains(place), "\(place) is in no part")
        }
        #expect(pieces.count <= text.unicodeScalars.count / 180 + 2)
    }
}
