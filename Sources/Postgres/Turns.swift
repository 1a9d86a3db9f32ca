/// Tenants in the order of their turns: who has had least comes first, and among equals who came first.
///
/// A binary heap; both operations take the logarithm of the number of tenants.
struct Turns {
    private struct Place {
        let used: Int64
        let number: UInt64
        let key: FairShareKey

        func isBefore(_ other: Place) -> Bool { (used, number) < (other.used, other.number) }
    }

    private var places: [Place] = []
    private var nextNumber: UInt64 = 0

    var count: Int { places.count }

    /// Whose turn is next.
    var first: FairShareKey? { places.first?.key }

    /// Whether any tenant in line matches.
    func contains(where matches: (FairShareKey) -> Bool) -> Bool { places.contains { matches($0.key) } }

    /// Puts a tenant in line by what it has had.
    mutating func insert(_ key: FairShareKey, used: Int64) {
        places.append(Place(used: used, number: nextNumber, key: key))
        nextNumber += 1
        var child = places.count - 1
        while child > 0, places[child].isBefore(places[(child - 1) / 2]) {
            places.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes tenants out of the line; the others keep their order.
    mutating func removeAll(where matches: (FairShareKey) -> Bool) {
        places.removeAll { matches($0.key) }
        // What is in order is a heap.
        places.sort { $0.isBefore($1) }
    }

    /// Takes the next tenant out of the line.
    mutating func popFirst() -> FairShareKey? {
        guard let first = places.first, let last = places.popLast() else { return nil }
        guard !places.isEmpty else { return first.key }
        places[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < places.count && places[child].isBefore(places[least]) {
                least = child
            }
            guard least != parent else { return first.key }
            places.swapAt(parent, least)
            parent = least
        }
    }
}
