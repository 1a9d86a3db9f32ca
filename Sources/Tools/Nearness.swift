/// Finds the known word that a mistyped one was meant to be.
package enum Nearness {
    /// The nearest of `words` within a third of the length in edits, a swap of neighbours counting as one.
    package static func nearest(to word: String, among words: [String]) -> String? {
        let typed = letters(word)
        let limit = max(1, typed.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in words {
            let known = letters(candidate)
            // A word that is longer or shorter by more is farther away.
            guard abs(known.count - typed.count) <= limit else { continue }
            let distance = distance(typed, known)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func letters(_ word: String) -> [Unicode.Scalar] {
        Array(word.lowercased().unicodeScalars.lazy.filter { $0 != "_" && $0 != "-" }.prefix(64))
    }

    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
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
