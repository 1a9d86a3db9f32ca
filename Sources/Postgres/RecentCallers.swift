/// Whether a tenant has been alone lately; remembers the last caller and the last one before that was another.
struct RecentCallers {
    /// For how long a call counts.
    static var memory: Duration { .seconds(1) }

    private var last: (key: FairShareKey, at: ContinuousClock.Instant)?
    private var other: (key: FairShareKey, at: ContinuousClock.Instant)?

    /// Notes a call.
    mutating func note(_ key: FairShareKey, at now: ContinuousClock.Instant) {
        if let last, last.key != key { other = last }
        last = (key, now)
    }

    /// Whether nobody else has called within ``memory``, of those that count.
    func isAlone(
        _ key: FairShareKey, at now: ContinuousClock.Instant, beside counts: (FairShareKey) -> Bool = { _ in true }
    ) -> Bool {
        ![last, other].contains { caller in
            guard let caller else { return false }
            return caller.key != key && caller.at + Self.memory > now && counts(caller.key)
        }
    }
}
