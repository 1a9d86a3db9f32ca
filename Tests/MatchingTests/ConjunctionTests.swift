import Testing

@testable import Matching

@Suite("What the index is asked for")
struct ConjunctionTests {
    private func conjunction(_ uses: [Int], words: Int = 1) -> Conjunction {
        conjunction(uses.enumerated().map { ("w\($0.offset)", $0.element) }, words: words)
    }

    private func conjunction(_ sets: [(name: String, uses: Int)], words: Int = 1) -> Conjunction {
        Conjunction(
            sets.map { name, uses in
                (0..<words).map { number in
                    Alternative(
                        stored: StoredWord(.text, Array("\(name)x\(number)".utf8)), similarity: 1, kind: .exact,
                        uses: uses / words)
                }
            })
    }

    @Test("leaves out what offers no task that is not offered anyhow")
    func covered() {
        let (rare, few, many) = (("rare", 20), ("few", 90), ("many", 9_000))
        let asked = [
            conjunction([rare, many]), conjunction([rare]), conjunction([few, many]), conjunction([rare]),
            conjunction([few, ("other", 90)]), conjunction([many]), conjunction([many, few]), conjunction([many]),
        ]
        let left = Conjunction.withoutCovered(asked).map { conjunction in
            conjunction.sets.map { String(decoding: $0.words[0].word, as: UTF8.self) }
        }
        // Of what is frequent only a part is read, so it stands for nothing but the same.
        #expect(left == [["rarex0"], ["fewx0", "manyx0"], ["fewx0", "otherx0"], ["manyx0"]])
    }

    @Test(
        "begins with the newest tasks where all words are frequent, and reads fewer of them the more frequent they are",
        arguments: [
            ([300_000, 250_000], 960), ([900_000], 266), ([100_000, 500_000], 2_400), ([60_000], 4_000), ([50_000], 0),
            ([300_000, 40], 0), ([4_000], 0),
        ])
    func recent(uses: [Int], expected: Int) {
        #expect(conjunction(uses).recent(of: 1_000_000, wanted: 80) == expected)
    }

    @Test("begins with the index where there are few tasks, or many words to compare")
    func few() {
        #expect(conjunction([3_000, 3_000]).recent(of: 4_000, wanted: 80) == 0)
        #expect(conjunction([100_000], words: 100).recent(of: 1_000_000, wanted: 80) == 0)
        #expect(conjunction([300_000]).recent(of: 0, wanted: 80) == 0)
    }
}
