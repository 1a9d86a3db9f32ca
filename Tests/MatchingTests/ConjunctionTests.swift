import Testing

@testable import Matching

@Suite("What the index is asked for")
struct ConjunctionTests {
    private func conjunction(_ uses: [Int], words: Int = 1) -> Conjunction {
        Conjunction(
            uses.enumerated().map { place, uses in
                (0..<words).map { number in
                    Alternative(
                        stored: StoredWord(.text, Array("w\(place)x\(number)".utf8)), similarity: 1, kind: .exact,
                        uses: uses / words)
                }
            })
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
