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

    /// Whether no task can be found: one of the sets is empty, or there is none.
    package var isEmpty: Bool { sets.isEmpty || sets.contains { $0.words.isEmpty } }
}
