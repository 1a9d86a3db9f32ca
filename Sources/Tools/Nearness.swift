/// Finds the known word that a mistyped one was meant to be.
package enum Nearness {
    /// The nearest of `words` within a third of the length in edits, a swap of neighbours counting as one.
    package static func nearest(to word: String, among words: [String]) -> String? {
        let typed = Array(word.lowercased().filter { $0 != "_" && $0 != "-" }.prefix(64))
        let scored = words.map { candidate in
            (candidate, distance(typed, Array(candidate.lowercased().filter { $0 != "_" })))
        }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, typed.count / 3) else { return nil }
        return best.0
    }

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
