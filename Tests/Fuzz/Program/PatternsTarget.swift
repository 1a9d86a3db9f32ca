import Telemetry

@testable import MCP

extension FuzzTarget {
    /// Regular expressions: a pattern on the first line, a text behind it, compared with a matcher that tries everything.
    static let patterns = FuzzTarget("patterns") { bytes in
        let (lines, rest) = bytes.lines(1)
        let (pattern, text) = (lines[0].text, rest.text)
        let start = ThreadTime.now
        let compiled = LinearPattern(pattern)
        let matches = compiled?.matches(text, until: start + .milliseconds(20))
        let time = ThreadTime.now - start
        require(time < .seconds(2), "\(pattern.utf8.count) bytes of pattern took \(time)")
        var parser = PatternParser(pattern)
        guard let matches, let node = parser.parse(), text.utf8.count <= 64 else { return }
        var search = SlowSearch(text)
        guard let expected = search.finds(node) else { return }
        require(matches == expected, "\(pattern) \(matches ? "matches" : "does not match") \(text)")
    }
}

/// Where a pattern can end, found by trying: right for small things, and too slow for others.
private struct SlowSearch {
    private let scalars: [Unicode.Scalar]
    private var steps = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Whether the pattern is somewhere in the text; `nil` if that takes too long.
    mutating func finds(_ node: LinearPattern.Node) -> Bool? {
        var isFound = false
        for start in 0...scalars.count where !isFound {
            guard let ends = ends(of: node, from: [start]) else { return nil }
            isFound = !ends.isEmpty
        }
        return isFound
    }

    private mutating func ends(of node: LinearPattern.Node, from starts: Set<Int>) -> Set<Int>? {
        steps += 1
        guard steps < 4000 else { return nil }
        switch node {
        case .empty: return starts
        case .scalars(let set):
            return Set(starts.filter { $0 < scalars.count && set.contains(scalars[$0]) }.map { $0 + 1 })
        case .start: return starts.filter { $0 == 0 }
        case .end: return starts.filter { $0 == scalars.count }
        case .wordEdge(let isEdge): return starts.filter { (isWord($0 - 1) != isWord($0)) == isEdge }
        case .sequence(let parts):
            var places = starts
            for part in parts {
                guard let next = ends(of: part, from: places) else { return nil }
                places = next
            }
            return places
        case .choice(let parts):
            var places: Set<Int> = []
            for part in parts {
                guard let next = ends(of: part, from: starts) else { return nil }
                places.formUnion(next)
            }
            return places
        case .repeated(let part, let least, let most):
            var places = starts
            var found: Set<Int> = least == 0 ? starts : []
            // After as many rounds as there are places nothing new can be reached.
            for round in 1...max(1, min(most ?? .max, least + scalars.count + 1)) where most != 0 {
                guard let next = ends(of: part, from: places) else { return nil }
                places = next
                if round >= least { found.formUnion(places) }
                if places.isEmpty { break }
            }
            return found
        }
    }

    private func isWord(_ index: Int) -> Bool {
        scalars.indices.contains(index) && ScalarSet.word.contains(scalars[index])
    }
}
