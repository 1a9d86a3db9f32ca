import Dispatch
package import Identity
package import Postgres
import Synchronization
package import Telemetry

/// Admits calls of tools on one node, and takes shares of their windows from the database when they are needed.
///
/// Shares are taken beside the calls, by jobs of their own, one at a time for each credential; a call waits for one only
/// where the node has nothing, and holds no worker meanwhile. Writes have a worker already and take theirs there.
package final class CallLimiter: Sendable {
    private struct State {
        var book = CallBook()
        /// What is under way.
        var refills: [PresentedCredential: Refill] = [:]
    }

    private let state = Mutex(State())
    private let pool: WorkerPool
    private let metrics: Metrics

    package init(pool: WorkerPool, metrics: Metrics) {
        self.pool = pool
        self.metrics = metrics
    }

    /// What is known of a call before its token is checked; begins to ask for its window's calls if that has just begun.
    ///
    /// - Parameter refills: Whether to ask, which who takes them by itself has no use for.
    package func outlook(
        _ presented: PresentedCredential,
        isSensitive: Bool,
        refills: Bool,
        at now: ContinuousClock.Instant = .now
    ) -> CallBook.Outlook {
        let outlook = state.withLock { $0.book.outlook(presented, isSensitive: isSensitive, at: now) }
        if refills, case .unfunded(let credential) = outlook { _ = refill(presented, of: credential) }
        return outlook
    }

    /// Whether a call is admitted.
    package enum Admission: Sendable {
        case admitted(CallStanding?)
        case refused(CallRefusal)
        /// When the gate is open it is to be asked again, unless the refill failed.
        case wait(for: Refill)
    }

    /// Admits a call that holds no worker.
    ///
    /// - Parameter asks: Whether the database is to be asked also where the window was empty a moment ago.
    package func admit(
        _ presented: PresentedCredential, _ principal: Principal, isSensitive: Bool, asks: Bool
    ) -> Admission {
        switch decide(presented, principal, isSensitive, asks) {
        case .admitted(let standing, let isLow):
            if isLow { _ = refill(presented, of: principal.credential) }
            return .admitted(standing)
        case .refused(let refusal): return .refused(refusal)
        case .unfunded: return .wait(for: refill(presented, of: principal.credential))
        }
    }

    /// Admits a call that has a worker, and is in no transaction; `nil` if it has to ``take(_:_:from:)`` first.
    package func admitOnWorker(
        _ presented: PresentedCredential, _ principal: Principal, isSensitive: Bool, asks: Bool
    ) -> Result<CallStanding?, CallRefusal>? {
        switch decide(presented, principal, isSensitive, asks) {
        case .admitted(let standing, _): .success(standing)
        case .refused(let refusal): .failure(refusal)
        case .unfunded: nil
        }
    }

    /// Takes what is needed, in a transaction of its own.
    package func take(_ presented: PresentedCredential, _ credential: RowID, from database: borrowing Database) throws {
        let order = state.withLock { $0.book.order(of: presented, at: .now) }
        guard !order.isEmpty else { return }
        let sent = ContinuousClock.now
        let grants = try CallLedger.take(order, of: credential, in: presented.workspace, from: database)
        let received = ContinuousClock.now
        metrics.increment(.policyShares)
        state.withLock { $0.book.settle(order, grants, of: presented, sent: sent, received: received) }
    }

    /// Gives the calls back that this node took and did not admit, so that other nodes can; for a node that ends.
    ///
    /// Waits for what is being taken. Calls that come nevertheless take new ones, of which the rest is lost to their windows.
    /// Blocks the calling thread, which must be none of the pool's own.
    ///
    /// - Throws: `PostgresError` if the database did not hear of it before the deadline.
    package func giveBack(until deadline: ContinuousClock.Instant) throws {
        let done = DispatchGroup()
        for refill in state.withLock({ Array($0.refills.values) }) {
            done.enter()
            refill.gate.whenOpen { done.leave() }
        }
        try wait(for: done, until: deadline)
        let remainders = state.withLock { $0.book.takeOut() }
        guard !remainders.isEmpty else { return }
        let failure = Mutex<PostgresError?>(nil)
        let job = Job(
            tenant: FairShareKey("limits"),
            deadline: deadline,
            isPatient: true,
            plan: {
                .write { database in
                    do {
                        for (workspace, those) in remainders {
                            try CallLedger.giveBack(those, in: workspace, to: database)
                        }
                    } catch {
                        let error = error as? PostgresError ?? PostgresError(.unexpectedResult, "\(error)")
                        failure.withLock { $0 = error }
                    }
                    done.leave()
                }
            },
            refuse: { refusal in
                failure.withLock { $0 = PostgresError(.connectionFailed, "No worker: \(refusal.rawValue).") }
                done.leave()
            }
        )
        done.enter()
        guard pool.submit(job) == .accepted else {
            done.leave()
            throw PostgresError(.connectionFailed, "Too many calls wait for a worker.")
        }
        try wait(for: done, until: deadline)
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func wait(for group: DispatchGroup, until deadline: ContinuousClock.Instant) throws(PostgresError) {
        let left = max(.zero, deadline - .now).components
        let time =
            DispatchTime.now() + .nanoseconds(Int(left.seconds) * 1_000_000_000 + Int(left.attoseconds / 1_000_000_000))
        guard group.wait(timeout: time) == .success else {
            throw PostgresError(.connectionFailed, "The database was not told in time.")
        }
    }

    private func decide(
        _ presented: PresentedCredential, _ principal: Principal, _ isSensitive: Bool, _ asks: Bool
    ) -> CallBook.Admission {
        state.withLock {
            $0.book.admit(presented, principal, isSensitive: isSensitive, asks: asks, at: .now)
        }
    }

    /// The refill that is under way for a credential, or a new one.
    private func refill(_ presented: PresentedCredential, of credential: RowID) -> Refill {
        let (refill, isNew) = state.withLock { state in
            if let refill = state.refills[presented] { return (refill, false) }
            let refill = Refill()
            state.refills[presented] = refill
            return (refill, true)
        }
        guard isNew else { return refill }
        let job = Job(
            tenant: FairShareKey(presented.workspace.row.key),
            deadline: .now + .seconds(10),
            isPatient: true,
            plan: {
                .write { database in
                    do {
                        try self.take(presented, credential, from: database)
                        self.end(refill, of: presented, nil)
                    } catch {
                        let failure = error as? PostgresError ?? PostgresError(.unexpectedResult, "\(error)")
                        self.end(refill, of: presented, failure)
                    }
                }
            },
            refuse: { refusal in
                self.end(refill, of: presented, PostgresError(.connectionFailed, "No worker: \(refusal.rawValue)."))
            }
        )
        if pool.submit(job) != .accepted {
            end(refill, of: presented, PostgresError(.connectionFailed, "Too many calls wait for a worker."))
        }
        return refill
    }

    private func end(_ refill: Refill, of presented: PresentedCredential, _ failure: PostgresError?) {
        state.withLock { state in _ = state.refills.removeValue(forKey: presented) }
        refill.end(failure)
    }
}

/// Calls that are being taken from the database for those that wait.
package final class Refill: Sendable {
    /// Opens when they are there, or cannot be had.
    package let gate = Gate()
    private let ending = Mutex<PostgresError?>(nil)

    /// Why they could not be had.
    package var failure: PostgresError? { ending.withLock { $0 } }

    func end(_ failure: PostgresError?) {
        ending.withLock { $0 = failure }
        gate.open()
    }
}
