import Matching
import Testing

@Suite("Excerpts")
struct ExcerptTests {
    private let long = (0..<200).map { "word\($0)" }.joined(separator: " ")

    @Test("of short texts are the text, with blanks evened out")
    func short() {
        #expect(Excerpt.around(["x"], in: "  The\n\nfurnace \t leaks ") == "The furnace leaks")
        #expect(Excerpt.around([], in: "") == "")
    }

    @Test("show the match", arguments: ["word0", "word1", "word50", "word123", "word199"])
    func match(word: String) {
        let excerpt = Excerpt.around([word], in: long)
        #expect(excerpt.contains(word))
        #expect(excerpt.count <= Excerpt.maxCharacters)
        #expect(excerpt.count > 100)
    }

    @Test("say with dots where text was left out")
    func dots() {
        #expect(Excerpt.around(["word0"], in: long).hasPrefix("word0 word1"))
        #expect(Excerpt.around(["word0"], in: long).hasSuffix("…"))
        #expect(Excerpt.around(["word100"], in: long).hasPrefix("…word"))
        #expect(Excerpt.around(["word100"], in: long).hasSuffix("…"))
        #expect(Excerpt.around(["word199"], in: long).hasSuffix("word199"))
        #expect(Excerpt.around(["nothing"], in: long) == Excerpt.around([], in: long))
    }

    @Test("find words as a search does, however they are written")
    func folding() {
        let text = long + " (RÉMI’S) " + long
        #expect(Excerpt.around(["remis"], in: text).contains("(RÉMI’S)"))
        #expect(Excerpt.around(["rem"], in: text).contains("(RÉMI’S)"))
    }

    @Test("keep characters whole", arguments: ["👩‍👩‍👧", "🇩🇪", "e\u{301}", "각", "\u{1112}\u{1161}\u{11AB}"])
    func graphemes(character: String) {
        let excerpt = Excerpt.around(
            ["target"],
            in: String(repeating: character, count: 300) + " target " + String(repeating: character, count: 300))
        #expect(excerpt.count == Excerpt.maxCharacters)
        #expect(excerpt.contains("target"))
        #expect(Set(excerpt).subtracting(" target…") == [Character(character)])
    }

    @Test("are bounded whatever the text", arguments: HostileText.all)
    func hostile(text: HostileText) {
        for words in [[], ["a"], ["target"]] {
            let excerpt = Excerpt.around(words, in: text.value + " target " + text.value)
            #expect(excerpt.count <= Excerpt.maxCharacters)
            #expect(excerpt.utf8.count <= 128 * Excerpt.maxCharacters)
        }
    }
}
