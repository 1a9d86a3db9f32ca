import Dispatch
import Postgres
import Synchronization
import Telemetry

/// Sends reads to replicas, where they see everything that was answered before they began, whatever node wrote it.
///
/// The primary is asked only how far its log goes, in one question for all reads that wait at that moment. The read, with
/// its check of the token, leaves for a replica in one flush as it would for the primary; its first statement says
/// whether the replica has come that far, and shows the others nothing if not. So a write that was answered is seen by
/// every read after it, and a token that was revoked opens nothing, as on the primary. A replica that does not get there
/// in a moment, breaks off or falls silent is left out for a while, and the primary answers in its place.
package final class Replicas: Sendable {
    private let positions: CommitPositions
    private let all: [Replica]
    private let primary: WorkerPool
    private let metrics: Metrics
    /// How many reads may be on their way to replicas; more go to the primary at once.
    private let bound: Int
    private let underWay = Atomic(0)
    private let turn = Atomic(0)
    private let timers = DispatchQueue(label: "workport.replicas")

    /// Milliseconds between the tries of a read on a replica that is behind.
    static let pauses = [1, 2, 4, 6, 7]

    /// Makes what is needed for some URLs; nothing happens before ``start(as:)``.
    init(
        _ urls: [String],
        like configuration: PoolConfiguration,
        primary: WorkerPool,
        metrics: Metrics,
        log: Log
    ) {
        positions = CommitPositions(configuration)
        self.primary = primary
        self.metrics = metrics
        bound = configuration.backlog * urls.count
        let positions = positions
        all = urls.enumerated().map { index, url in
            var configuration = configuration
            configuration.url = url
            return Replica(configuration, number: index + 1, positions, log)
        }
        let all = all
        metrics.watch(.replicasUsed) { Double(all.count(where: \.isUsable)) }
        metrics.watch(.replicaLag) { Double(all.map(\.lag).max() ?? 0) }
    }

    /// Begins to connect, and returns at once.
    func start(as identity: ReplicationIdentity) {
        positions.start()
        for replica in all { replica.start(as: identity) }
    }

    /// Ends the connections, when reads that are under way have been answered or `deadline` has passed.
    func stop(deadline: Duration) {
        for replica in all { replica.stop(deadline: deadline) }
        positions.stop()
    }

    /// What a worker of the primary has to do for a read: nothing, if a replica can take it.
    func step(_ read: ReplicaRead) -> Step {
        guard let replica = choose() else { return read.stepOnPrimary }
        guard underWay.add(1, ordering: .relaxed).newValue <= bound else {
            underWay.subtract(1, ordering: .relaxed)
            count("full")
            return read.stepOnPrimary
        }
        positions.ask { position in
            if let position, replica.follows(position) {
                self.send(read, to: replica, position, pauses: Self.pauses[...])
            } else {
                self.fallBack(read, "failed")
            }
        }
        return .done
    }

    /// One after the other of those that can be used.
    private func choose() -> Replica? {
        let usable = all.filter(\.isUsable)
        guard !usable.isEmpty else { return nil }
        return usable[turn.add(1, ordering: .relaxed).newValue % usable.count]
    }

    private func send(_ read: ReplicaRead, to replica: Replica, _ position: CommitPosition, pauses: ArraySlice<Int>) {
        let now = ContinuousClock.now
        let job = Job(
            tenant: read.tenant,
            // What is left is the primary's, if the replica says nothing.
            deadline: now + (read.deadline - now) / 2,
            isAbandoned: read.isAbandoned,
            plan: {
                .readOn([read.check(position)] + read.statements) { outcome in
                    self.take(outcome, of: read, from: replica, position, pauses)
                    return .done
                }
            },
            refuse: { refusal in
                self.take(.failure(PostgresError(refusal)), of: read, from: replica, position, pauses)
            }
        )
        guard case .full = replica.pool.submit(job) else { return }
        count("full")
        underWay.subtract(1, ordering: .relaxed)
        if case .full = primary.submit(read.job) { goOn(read, with: .failure(.full)) }
    }

    private func take(
        _ outcome: Result<[QueryResult], PostgresError>,
        of read: ReplicaRead,
        from replica: Replica,
        _ position: CommitPosition,
        _ pauses: ArraySlice<Int>
    ) {
        switch outcome {
        case .success(let results) where results[0].string(0, 0) == ReplicaRead.behind:
            guard let pause = pauses.first else {
                replica.leaveOut(.behind)
                return fallBack(read, "behind")
            }
            timers.asyncAfter(deadline: .now() + .milliseconds(pause)) {
                self.send(read, to: replica, position, pauses: pauses.dropFirst())
            }
        case .success:
            replica.succeed()
            count("served")
            underWay.subtract(1, ordering: .relaxed)
            goOn(read, with: outcome)
        case .failure(let error) where error.kind == .abandoned:
            underWay.subtract(1, ordering: .relaxed)
            goOn(read, with: outcome)
        case .failure(let error):
            if let absence = error.absence { replica.leaveOut(absence, because: error) }
            fallBack(read, "failed")
        }
    }

    /// Has the primary answer.
    private func fallBack(_ read: ReplicaRead, _ outcome: String) {
        count(outcome)
        underWay.subtract(1, ordering: .relaxed)
        primary.resume(read.job, with: read.stepOnPrimary)
    }

    private func goOn(_ read: ReplicaRead, with outcome: Result<[QueryResult], PostgresError>) {
        let step = read.next(outcome)
        if case .done = step { return }
        primary.resume(read.job, with: step)
    }

    private func count(_ outcome: String) { metrics.increment(.replicaReads, [.outcome: outcome]) }
}

extension PostgresError {
    /// Too many calls wait, on the replica and on the primary.
    fileprivate static let full = PostgresError(
        .connectionFailed, "Replica and primary have more calls than they take.")
}
