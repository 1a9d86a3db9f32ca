/// The tasks that matched a search for words so far, and their order.
package struct TextHits<ID: Hashable & Sendable & Comparable>: Sendable {
    /// A task that matched.
    package struct Hit: Sendable {
        package let id: ID
        package let match: TextMatch
        /// When the task was made, in microseconds since 1970.
        package let createdAt: Int64
    }

    private var hits: [Hit] = []
    private var places: [ID: Int] = [:]

    package init() {}

    /// Whether nothing matched.
    package var isEmpty: Bool { hits.isEmpty }

    /// Takes a task that matched; of two matches of one task the better one counts.
    package mutating func add(_ match: TextMatch, _ id: ID, createdAt: Int64) {
        let hit = Hit(id: id, match: match, createdAt: createdAt)
        guard let place = places[id] else {
            places[id] = hits.count
            return hits.append(hit)
        }
        if hits[place].match.score < match.score { hits[place] = hit }
    }

    /// Whether what was meant is among the tasks that a tier offered, so that nothing less sure needs to be looked for.
    package func isEnough(after tier: TextSearch.Tier) -> Bool {
        switch tier {
        case .exact: hits.contains { $0.match.isAsTyped && $0.match.isInOneField }
        case .oneNear: hits.contains { $0.match.isTogether }
        case .known: hits.contains { $0.match.isKnown && $0.match.isInOneField }
        default: !hits.isEmpty
        }
    }

    /// Everything that matched, in the order in which it came.
    package var all: [Hit] { hits }

    /// The tasks in their order, without those that are much weaker than the best.
    package var ranked: [Hit] {
        guard let first = hits.first else { return [] }
        let best = hits.dropFirst().reduce(first) { Self.isBefore($0, $1) ? $0 : $1 }
        // Places are put in order, not the hits, which are large.
        var kept = hits.indices.filter { isNear(hits[$0].match, best.match) }
        kept.sort { Self.isBefore(hits[$0], hits[$1]) }
        return kept.map { hits[$0] }
    }

    /// Whether a match is not much weaker than the best.
    private func isNear(_ match: TextMatch, _ best: TextMatch) -> Bool {
        if best.isExact, !match.isExact { return best.score - match.score < Self.guessGap }
        let isFound = match.isExact && match.isInOneField
        return best.score - match.score < (isFound ? Self.exactGap : Self.gap)
    }

    /// How much weaker than the best a task may be; less where the best is what was typed and the task is a guess.
    private static var gap: Float { 0.1 }
    private static var exactGap: Float { 0.15 }
    private static var guessGap: Float { 0.02 }

    private static func isBefore(_ left: Hit, _ right: Hit) -> Bool {
        if left.match.score != right.match.score { return left.match.score > right.match.score }
        if left.createdAt != right.createdAt { return left.createdAt > right.createdAt }
        return left.id > right.id
    }
}
