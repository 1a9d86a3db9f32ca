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

    @Test("asks for words as they were typed without those that nothing is near to")
    func known() throws {
        func conjunctions(_ query: String) -> [Conjunction] {
            let words = ["window", "windows", "frames", "paint", "hall"]
            var search = TextSearch(
                QueryWords(query), in: WordDictionary(words.map { (StoredWord(.text, Array($0.utf8)), 3) }), keys)
            _ = search.conjunctions(of: .exact)
            return search.conjunctions(of: .known)
        }
        let asked = try #require(conjunctions("window frames paint qvortex").first)
        #expect(
            asked.sets.flatMap(\.words).filter { $0.section == .text }.map { String(decoding: $0.word, as: UTF8.self) }
                .sorted() == ["frames", "paint", "window"])
        // Another word may have been meant, or too many are missing.
        #expect(conjunctions("window frames paint halls").isEmpty)
        #expect(conjunctions("window frames qvortex").isEmpty)
        #expect(conjunctions("window frames paint hall").isEmpty)
    }

    @Test("ends with a task that has the words in one field but for one that nobody uses")
    func knownIsEnough() throws {
        let words = ["window", "frames", "paint"].map { (StoredWord(.text, Array($0.utf8)), 3) }
        var search = TextSearch(QueryWords("window frames paint qvortex"), in: WordDictionary(words), keys)
        for tier in [TextSearch.Tier.exact, .oneNear, .known] { _ = search.conjunctions(of: tier) }
        func isEnough(_ document: SearchDocument) throws -> Bool {
            var hits = TextHits<Int>()
            hits.add(try #require(search.match(document)), 1, createdAt: 1)
            return hits.isEnough(after: .known)
        }
        #expect(try isEnough(SearchDocument(title: "Paint the window frames")))
        #expect(try !isEnough(SearchDocument(title: "Window frames", description: "They want paint.")))
    }

    @Test("offers each task that two words match, whatever is left out of the look-ups", arguments: [1_000, 1_000_000])
    func offersAllThatMatch(taskCount: Int) {
        var random = SeededRandom(seed: 11)
        let vowels = ["a", "e", "i", "o", "u", "ee", "ia"]
        func words(_ consonants: [String]) -> [String] {
            (0..<40).map { _ in consonants.map { $0 + vowels.randomElement(using: &random)! }.joined() + "n" }
        }
        let (first, second) = (words(["m", "rt", "l"]), words(["k", "st", "r"]))
        let known = Set(first + second).flatMap { word in
            [WordSection.name, .text].map { (StoredWord($0, Array(word.utf8)), 3) }
        }
        let dictionary = WordDictionary(known, taskCount: taskCount)
        var matched = 0
        for _ in 0..<30 {
            let typed = [words(["m", "rt", "l"]), first].randomElement(using: &random)!.randomElement(using: &random)!
            var search = TextSearch(
                QueryWords(typed + " " + words(["k", "st", "r"])[0]), in: dictionary, keys)
            let asked = [TextSearch.Tier.exact, .oneNear, .known, .near].flatMap { search.conjunctions(of: $0) }
            for _ in 0..<200 {
                let (one, other) = (first.randomElement(using: &random)!, second.randomElement(using: &random)!)
                let (name, title) = [
                    ("\(one) \(other)", "lamp"), ("lamp", "\(other) \(one)"), (one, other), (other, one),
                ].randomElement(using: &random)!
                guard search.match(SearchDocument(title: title, customerNames: [name])) != nil else { continue }
                matched += 1
                let stored = Set(
                    name.split(separator: " ").map { StoredWord(.name, Array($0.utf8)) }
                        + title.split(separator: " ").map { StoredWord(.text, Array($0.utf8)) })
                let isOffered = asked.contains { $0.sets.allSatisfy { $0.words.contains(where: stored.contains) } }
                #expect(isOffered, "\(search.query.texts), name \(name), title \(title)")
            }
        }
        #expect(matched > 50)
    }
}
