/// What to ask the index of tasks for: a word out of each set.
package struct Conjunction: Sendable {
    /// How many sets the index is asked for; what is beyond is compared afterwards.
    package static let maxSets = 4

    /// Stored words, of which a task has one at least; each set with how many tasks it may offer, roughly.
    package let sets: [(words: [StoredWord], uses: Int)]

    /// Keeps the rarest sets.
    init(_ sets: [[Alternative]]) {
        self.sets = sets.map { set in
            (set.map(\.stored), set.reduce(0) { $0 + $1.uses })
        }.sorted { $0.1 < $1.1 }.prefix(Self.maxSets).map { ($0.0, $0.1) }
    }

    /// Asks for what both ask for.
    package init(_ left: Conjunction, _ right: Conjunction) {
        sets = Array((left.sets + right.sets).sorted { $0.uses < $1.uses }.prefix(Self.maxSets))
    }

    /// The rarest sets alone, where they offer so few tasks that comparing those takes less than looking up more words.
    package var lean: Conjunction {
        var kept = 0
        for set in sets {
            if kept > 0, sets[kept - 1].uses <= Self.few + min(set.words.count / 3, Self.many) { break }
            kept += 1
        }
        return Conjunction(kept: Array(sets.prefix(kept)))
    }

    /// How many tasks are compared rather than looked up with two more words, and how many more with many of them.
    private static let few = 20
    private static let many = 130

    private init(kept: [(words: [StoredWord], uses: Int)]) { sets = kept }

    /// How many tasks the rarest set has, roughly: no more are found.
    var mostOffered: Int { sets.first?.uses ?? 0 }

    /// Whether no task can be found: one of the sets is empty, or there is none.
    package var isEmpty: Bool { sets.isEmpty || sets.contains { $0.words.isEmpty } }
}
