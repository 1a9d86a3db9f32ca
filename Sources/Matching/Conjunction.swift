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

    /// Those of the conjunctions that offer a task which no other one offers, in their order.
    ///
    /// Without the words that are no use to the look-up many ask for the same, or for a part of what another one asks for.
    package static func withoutCovered(_ conjunctions: [Conjunction]) -> [Conjunction] {
        conjunctions.indices.filter { index in
            !conjunctions.indices.contains { other in
                other != index && conjunctions[other].covers(conjunctions[index])
                    && (other < index || !conjunctions[index].covers(conjunctions[other]))
            }
        }.map { conjunctions[$0] }
    }

    /// Whether each task that another one offers is offered by this one, too, which asks for some of its sets or for the same.
    private func covers(_ other: Conjunction) -> Bool {
        guard sets.count == other.sets.count || mostOffered <= Self.wholly else { return false }
        return sets.allSatisfy { set in other.sets.contains { $0.uses == set.uses && $0.words == set.words } }
    }

    /// How many tasks are read whatever they are.
    private static let wholly = 150

    /// How many tasks are compared rather than looked up with two more words, and how many more with many of them.
    private static let few = 20
    private static let many = 130

    private init(kept: [(words: [StoredWord], uses: Int)]) { sets = kept }

    /// How many of the newest tasks are read before the index is asked; none where few of them would have the words.
    ///
    /// The index puts all tasks in order that have the rarest words before the first is looked at, which takes longer than
    /// reading some thousand tasks, one after the other. Words that are so frequent mostly come together: those of a
    /// title that many tasks have.
    ///
    /// - Parameters:
    ///   - taskCount: How many tasks there are, roughly.
    ///   - wanted: How many tasks with the words are enough.
    package func recent(of taskCount: Int, wanted: Int) -> Int {
        guard taskCount > 0, mostOffered >= Self.many(wanted) else { return 0 }
        let share = Double(min(mostOffered, taskCount)) / Double(taskCount)
        let needed = Int(Double(wanted) / share * Self.spread)
        let cost = Self.costOfReading + (sets.first?.words.count ?? 0)
        return needed <= Self.mostRecent && needed * cost <= mostOffered ? needed : 0
    }

    /// How many times the tasks are read that the rarest word alone would take.
    private static let spread = 3.0
    /// How many tasks the index puts in order in the time that reading one takes; one more for each word that is compared.
    private static let costOfReading = 6
    private static let mostRecent = 4_000

    private static func many(_ wanted: Int) -> Int { wanted * 64 }

    /// How many tasks the rarest set has, roughly: no more are found.
    var mostOffered: Int { sets.first?.uses ?? 0 }

    /// Whether no task can be found: one of the sets is empty, or there is none.
    package var isEmpty: Bool { sets.isEmpty || sets.contains { $0.words.isEmpty } }
}
