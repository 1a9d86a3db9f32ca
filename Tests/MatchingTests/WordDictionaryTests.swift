import Matching
import Testing

@Suite("A dictionary")
struct WordDictionaryTests {
    private func word(_ text: String, _ section: WordSection = .name) -> StoredWord {
        StoredWord(section, Array(text.utf8))
    }

    @Test("knows the words that it was made of, each in its section")
    func knows() {
        let dictionary = WordDictionary([(word("anna"), 3), (word("щербаков"), 1), (word("anna", .text), 1)])
        #expect(dictionary.contains(word("anna")))
        #expect(dictionary.contains(word("щербаков")))
        #expect(dictionary.contains(word("anna", .text)))
        #expect(!dictionary.contains(word("anna", .local)))
        #expect(!dictionary.contains(word("shcherbakov")))
        #expect(!dictionary.contains(word("ann")))
        #expect(dictionary.count == 3)
    }

    @Test("takes in words that were born since, and each once")
    func adding() {
        var dictionary = WordDictionary([(word("anna"), 1)])
        for number in 0..<3_000 { dictionary = dictionary.adding([(word("name\(number)x"), 1), (word("anna"), 1)]) }
        #expect(dictionary.count == 3_001)
        #expect(dictionary.contains(word("name0x")))
        #expect(dictionary.contains(word("name2999x")))
    }

    @Test("takes at most 25 bytes a word beside what a workspace needs at least")
    func size() {
        var random = SeededRandom(seed: 3)
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let words = (0..<20_000).map { _ in
            word(String((0..<7).map { _ in letters[Int.random(in: 0..<26, using: &random)] }))
        }
        let dictionary = WordDictionary(words.map { ($0, 1) })
        #expect(dictionary.byteCount <= 25 * dictionary.count + 8_192)
    }

    @Test("gives words back as they were stored")
    func text() {
        for section in WordSection.allCases {
            let stored = word("anna", section)
            #expect(StoredWord(text: stored.text) == stored)
        }
        #expect(StoredWord(text: "?anna") == nil)
        #expect(StoredWord(text: "") == nil)
    }

    @Test("has keys that differ between workspaces, sections and words")
    func keys() {
        let (one, other) = (
            SearchKeyMaker(workspace: "01a1fad98caa7316bec0af85e71cc907"),
            SearchKeyMaker(workspace: "01a1fad98caa7316bec0af85e71cc908")
        )
        #expect(one.key(of: word("anna")) == one.key(of: word("anna")))
        #expect(one.key(of: word("anna")) != other.key(of: word("anna")))
        #expect(one.key(of: word("anna")) != one.key(of: word("anna", .text)))
        #expect(one.key(of: word("anna")) != one.key(of: word("annb")))
    }

}

@Suite("Typing errors")
struct EditDistanceTests {
    @Test(
        "are counted, a swap of neighbours as one",
        arguments: [
            ("anna", "anna", 0), ("anna", "ana", 1), ("anna", "anma", 1), ("anna", "anan", 1),
            ("stephenson", "stepehnsn", 2),
            ("kitten", "sitting", 3), ("", "ab", 2), ("ab", "", 2),
        ])
    func count(left: String, right: String, errors: Int) {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        #expect(EditDistance.between(left, right, bound: 3) == errors)
        #expect(EditDistance.between(right, left, bound: 3) == errors)
        if errors > 0 { #expect(EditDistance.between(left, right, bound: errors - 1) == nil) }
    }

    @Test("are counted alike in short and in long words")
    func long() {
        let long =
            [UInt8](repeating: UInt8(ascii: "a"), count: 40) + Array("stephenson".utf8)
            + [UInt8](repeating: 98, count: 40)
        var other = long
        other.swapAt(42, 43)
        other[10] = UInt8(ascii: "z")
        #expect(EditDistance.between(long, other, bound: 3) == 2 || long[42] == long[43])
    }
}

@Suite("Other scripts")
struct RomanisationTests {
    @Test(
        "are written as they sound",
        arguments: [
            ("щербаков", "shcherbakov"), ("παπαδοπουλος", "papadopulos"), ("トロルフ", "tororufu"),
            ("ディディエジャン", "didiejan"),
            ("ყულოშვილი", "quloshvili"), ("արշարունի", "arsharuni"), ("नलिनी", "nalini"), ("थापा", "thapa"),
            ("كوروساكي", "kwrwsaky"), ("나카우네", "nakaune"), ("ガパ", "gapa"),
        ])
    func latin(word: String, sound: String) throws {
        let folded = try #require(Folding.words(word).first)
        #expect(Romanisation.latin(folded).map { String(decoding: $0, as: UTF8.self) } == sound)
    }

    @Test("are none for Latin words", arguments: ["anna", "muller", "b17"])
    func none(word: String) {
        #expect(Romanisation.latin(word) == nil)
    }
}
