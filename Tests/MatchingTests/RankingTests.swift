import Matching
import Testing

@Suite("Ranking")
struct RankingTests {
    private static func key(
        _ evidence: Evidence, missing: Int = 0, isOpen: Bool = true, at createdAt: Int64 = 0, id: String = "a"
    ) -> RankKey {
        let hit = SearchHit(evidence: evidence, missingWords: missing, fields: [.title])
        return RankKey(hit, isOpen: isOpen, createdAt: createdAt, id: id)
    }

    /// Each before the next, for the reason given by what differs.
    private static let ordered = [
        key(.exactNumber, isOpen: false, at: 1), key(.exactContact, isOpen: false, at: 2), key(.namePrefix, at: 1),
        key(.namePrefix, isOpen: false, at: 9), key(.title, at: 5), key(.title, at: 4, id: "a"),
        key(.title, at: 4, id: "b"),
        key(.title, at: -3), key(.body, at: 100), key(.body, isOpen: false, at: 200),
        key(.namePrefix, missing: 1, at: 300),
        key(.body, missing: 1), key(.namePrefix, missing: 2),
    ]

    @Test("puts the better evidence first, then open, then newest, then by id")
    func order() {
        for (left, right) in zip(Self.ordered, Self.ordered.dropFirst()) {
            #expect(left < right)
            #expect(!(right < left))
        }
    }

    @Test("does not depend on the order of candidates")
    func independence() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<200 {
            let shuffled = Self.ordered.shuffled(using: &random)
            #expect(Ranking.page(of: shuffled) { $0 } == Self.ordered)
        }
    }

    @Test("gives the same order page by page, each result once", arguments: 1...14)
    func pages(limit: Int) {
        var random = SeededRandom(seed: 12)
        var seen: [RankKey] = []
        var cursor: RankKey?
        while true {
            let page = Ranking.page(of: Self.ordered.shuffled(using: &random), after: cursor, limit: limit) { $0 }
            seen += page
            guard let last = page.last else { break }
            cursor = RankKey(text: last.text)
        }
        #expect(seen == Self.ordered)
    }

    @Test("keeps one of several results with the same key")
    func repetition() {
        #expect(Ranking.page(of: Self.ordered + Self.ordered) { $0 } == Self.ordered)
    }

    @Test("carries its keys as text")
    func text() {
        for key in Self.ordered { #expect(RankKey(text: key.text) == key) }
        let odd = Self.key(.body, at: .min, id: "with.dots.and é")
        #expect(RankKey(text: odd.text) == odd)
    }

    @Test(
        "refuses other texts as keys",
        arguments: ["", "1.2", "0.9.1.0.a", "0.1.2.0.a", "0.1.1.x.a", "x.1.1.0.a", "0.1.1.0"])
    func badText(text: String) {
        #expect(RankKey(text: text) == nil)
    }
}
