import Testing

@testable import Matching

@Suite("A search for words")
struct TextSearchTests {
    private let keys = SearchKeyMaker(workspace: [1, 2, 3])

    private static let names = [
        "martin", "morten", "mortan", "morton", "martyn", "mortin", "marton", "mertin", "mortun",
    ]

    private func dictionary(_ names: some Sequence<String>, uses: Int) -> WordDictionary {
        WordDictionary(names.map { (StoredWord(.name, Array($0.utf8)), uses) }, taskCount: 10_000)
    }

    /// What is asked for where nothing has the word as it was typed.
    private func conjunctions(_ dictionary: WordDictionary) -> [Conjunction] {
        var search = TextSearch(QueryWords("mortxin"), in: dictionary, keys)
        _ = search.conjunctions(of: .exact)
        return search.conjunctions(of: .oneNear)
    }

    @Test("asks for the nearest words by themselves only where all near ones may offer too many tasks")
    func nearest() {
        let few = conjunctions(dictionary(Self.names, uses: 2)).map { $0.sets.map(\.words.count) }
        let many = conjunctions(dictionary(Self.names, uses: 1_000)).map { $0.sets.map(\.words.count) }
        #expect(few.count == 1 && few[0][0] > 6)
        #expect(many == [[6], few[0]])
        // Where the nearest are all, they are asked for once.
        #expect(conjunctions(dictionary(Self.names.prefix(4), uses: 1_000)).map { $0.sets.map(\.words.count) } == [[4]])
    }

    @Test("ends with a customer of that name where a letter was typed for the first one")
    func initials() throws {
        var search = TextSearch(QueryWords("r. white"), in: dictionary(["rupert", "white", "whiter"], uses: 3), keys)
        #expect(!search.conjunctions(of: .exact).isEmpty)
        var hits = TextHits<Int>()
        hits.add(try #require(search.match(SearchDocument(customerNames: ["Rupert White"]))), 1, createdAt: 1)
        #expect(hits.isEnough(after: .exact))
        // A letter stands for names, not for what else begins so.
        var others = TextHits<Int>()
        others.add(
            try #require(search.match(SearchDocument(title: "White", customerNames: ["Rupert Green"]))), 2, createdAt: 2
        )
        #expect(!others.isEnough(after: .exact))
    }

    @Test("takes the nearest names of another script, however many are near")
    func nearestAcross() throws {
        var random = SeededRandom(seed: 7)
        let vowels = ["a", "e", "i", "o", "u", "ia", "ei", "oo"]
        let names = Set(
            (0..<3_000).map { _ in
                ["m", "rt", "n", "k"].map { $0 + vowels.randomElement(using: &random)! }.joined()
            })
        let dictionary = dictionary(names, uses: 1)
        let word = QueryWord(Array("мартинко".utf8), isMeaningful: true)
        let found = WordMatches(dictionary: dictionary).near(word).filter { $0.kind == .script }
        #expect(found.count == WordMatches.share)
        let furthest = try #require(found.map(\.similarity).min())
        let sounds = Phonemes.of(word.latin)
        let left = names.subtracting(found.map { String(decoding: $0.stored.word, as: UTF8.self) })
        #expect(left.count > 1_000)
        for name in left {
            #expect(
                Phonemes.similarity(sounds, Phonemes.of(Array(name.utf8)), vowel: 0.3) * 0.97 <= furthest, "\(name)")
        }
    }

    @Test("finds every word within so many errors, and no other", arguments: 1...3)
    func near(bound: Int) {
        var random = SeededRandom(seed: UInt64(bound))
        let letters = Array("abcde".utf8)
        func word() -> [UInt8] {
            (0..<Int.random(in: 2...9, using: &random)).map { _ in letters[Int.random(in: 0..<5, using: &random)] }
        }
        let words = Set((0..<4_000).map { _ in word() })
        let dictionary = WordDictionary(words.map { (StoredWord(.name, $0), 1) })
        for _ in 0..<50 {
            let typed = word()
            let found = dictionary.near(typed, bound: bound, .name, limit: .max).map(\.found.stored.word)
            let expected = words.filter { EditDistance.between(typed, $0, bound: bound) != nil }
            #expect(Set(found) == expected && found.count == expected.count)
        }
    }
}
