/// What credentials did that is not counted in the database yet.
///
/// What a quiet credential does is due at once. While it is busy its calls are added up, and are due about half a minute after
/// the last ones were: a row that is written costs the database the same for one call as for a hundred.
///
/// Knows no clock but the times that it is given.
struct UsageLedger {
    private struct Account {
        var sum: UsageCount.Sum
        /// When what was added is due.
        var due: ContinuousClock.Instant?
    }

    /// Milliseconds between two sums of a credential; they differ, so that those which began together do not stay together.
    private static let pause = 20_000...40_000

    private var accounts: [RowID: Account] = [:]

    /// Whether nothing is left to be counted.
    var isSettled: Bool { accounts.values.allSatisfy { $0.sum.calls == 0 } }

    mutating func add(_ call: AuditEvent) {
        let new = Account(sum: .init(workspace: call.workspace, credential: call.credential), due: nil)
        accounts[call.credential, default: new].sum.add(call)
    }

    /// Takes what is due, or all of it, and forgets credentials that have done nothing for a pause.
    mutating func takeDue(at now: ContinuousClock.Instant, all: Bool = false) -> [UsageCount.Sum] {
        var taken: [UsageCount.Sum] = []
        var idle: [RowID] = []
        for place in accounts.values.indices {
            let account = accounts.values[place]
            guard all || account.due.map({ $0 <= now }) ?? true else { continue }
            guard account.sum.calls > 0 else {
                idle.append(account.sum.credential)
                continue
            }
            taken.append(account.sum)
            accounts.values[place] = Account(
                sum: .init(workspace: account.sum.workspace, credential: account.sum.credential),
                due: now + .milliseconds(Int.random(in: Self.pause)))
        }
        for credential in idle { accounts[credential] = nil }
        return taken
    }
}
