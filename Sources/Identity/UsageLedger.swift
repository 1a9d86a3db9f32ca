/// What credentials did that is not counted in the database yet.
///
/// What a quiet credential does is due at once. While it is busy its calls are added up, and are due about half a minute after
/// the last ones were: a row that is written costs the database the same for one call as for a hundred.
///
/// Knows no clock but the times that it is given. What it does in a turn depends on how many credentials are due, not on how
/// many it knows.
struct UsageLedger {
    /// Seconds between two sums of a credential; they differ, so that those which began together do not stay together.
    private static let pause = 20...40

    private var accounts: [RowID: UsageCount.Sum] = [:]
    /// Credentials that are due by what they have just done.
    private var fresh: [RowID] = []
    /// All others, by the second in which they are due.
    private var agenda: [Int: [RowID]] = [:]
    /// The first second that has not been looked at.
    private var next = 0
    /// What seconds are counted from.
    private var origin: ContinuousClock.Instant?
    /// How many accounts hold something to be counted.
    private var unsettled = 0

    /// Whether nothing is left to be counted.
    var isSettled: Bool { unsettled == 0 }

    mutating func add(_ call: AuditEvent) {
        let new = UsageCount.Sum(workspace: call.workspace, credential: call.credential)
        let count = accounts.count
        let isFirst = Self.add(call, to: &accounts[call.credential, default: new])
        if isFirst { unsettled += 1 }
        if accounts.count > count { fresh.append(call.credential) }
    }

    private static func add(_ call: AuditEvent, to sum: inout UsageCount.Sum) -> Bool {
        defer { sum.add(call) }
        return sum.calls == 0
    }

    /// Takes what is due, or all of it, and forgets credentials that have done nothing for a pause.
    mutating func takeDue(at now: ContinuousClock.Instant, all: Bool = false) -> [UsageCount.Sum] {
        let origin = self.origin ?? now
        self.origin = origin
        let second = max(next - 1, Int((now - origin).components.seconds))
        var due = fresh
        fresh.removeAll(keepingCapacity: true)
        if all {
            due = Array(accounts.keys)
            agenda.removeAll()
        } else if next <= second {
            // After a long rest it is the seconds that have something that are few.
            let passed = second - next < agenda.count ? Array(next...second) : agenda.keys.filter { $0 <= second }
            for second in passed { due += agenda.removeValue(forKey: second) ?? [] }
        }
        next = second + 1
        var taken: [UsageCount.Sum] = []
        for credential in due {
            guard let sum = accounts[credential] else { continue }
            guard sum.calls > 0 else {
                accounts[credential] = nil
                continue
            }
            taken.append(sum)
            accounts[credential] = UsageCount.Sum(workspace: sum.workspace, credential: credential)
            agenda[second + Int.random(in: Self.pause), default: []].append(credential)
        }
        unsettled -= taken.count
        return taken
    }
}
