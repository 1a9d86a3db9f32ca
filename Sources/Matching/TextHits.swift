/// The tasks that matched a search for words so far, and their order.
package struct TextHits<ID: Hashable & Sendable & Comparable>: Sendable {
    /// A task that matched.
    package struct Hit: Sendable {
        package let id: ID
        package let match: TextMatch
        /// When the task was made, in microseconds since 1970.
        package let createdAt: Int64
    }

    private var hits: [ID: Hit] = [:]

    package init() {}

    /// Whether nothing matched.
    package var isEmpty: Bool { hits.isEmpty }

    /// Takes a task that matched; of two matches of one task the better one counts.
    package mutating func add(_ match: TextMatch, _ id: ID, createdAt: Int64) {
        if let known = hits[id], known.match.score >= match.score { return }
        hits[id] = Hit(id: id, match: match, createdAt: createdAt)
    }

    /// Whether what was meant is among the tasks that a tier offered, so that nothing less sure needs to be looked for.
    package func isEnough(after tier: TextSearch.Tier) -> Bool {
        switch tier {
        case .exact: hits.values.contains { $0.match.isExact && $0.match.isInOneField }
        case .oneNear: hits.values.contains { $0.match.isTogether }
        default: !hits.isEmpty
        }
    }

    /// The tasks in their order, without those that are much weaker than the best.
    package var ranked: [Hit] {
        let order = hits.values.sorted(by: Self.isBefore)
        guard let best = order.first else { return [] }
        return order.filter { hit in
            if best.match.isExact, !hit.match.isExact { return best.match.score - hit.match.score < Self.guessGap }
            let isFound = hit.match.isExact && hit.match.isInOneField
            return best.match.score - hit.match.score < (isFound ? Self.exactGap : Self.gap)
        }
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
