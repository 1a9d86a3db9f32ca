/// How long calls take, by what they ask: it says how many of a kind may leave as one transaction.
///
/// Calls of which nothing is known yet, and those that take long, leave alone.
struct Pace {
    /// For how many kinds of calls the time is remembered.
    static let bound = 512

    /// How long a group may take in all.
    let groupTime: Duration
    private var costs: [StatementText: Duration] = [:]

    init(groupTime: Duration) { self.groupTime = groupTime }

    /// How many calls like this one may leave together.
    func groupSize(of call: PackedCall) -> Int {
        guard let last = call.statements.last, let cost = costs[StatementText(last.text)] else { return 1 }
        return max(1, Int(groupTime / max(cost, .microseconds(1))))
    }

    /// Remembers what a call took; a single slow one counts a quarter.
    mutating func note(_ cost: Duration, of call: PackedCall) {
        guard let last = call.statements.last else { return }
        let text = StatementText(last.text)
        if let index = costs.index(forKey: text) {
            costs.values[index] = (costs.values[index] * 3 + cost) / 4
        } else {
            if costs.count >= Self.bound { costs.removeAll(keepingCapacity: true) }
            costs[text] = cost
        }
    }
}
