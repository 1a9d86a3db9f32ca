import Dispatch
import Postgres
import Synchronization
import Telemetry

/// A standby that answers reads: its workers, and a thread that looks every second whether it is well.
final class Replica: Sendable {
    /// Which of the URLs it is, from 1.
    let number: Int
    let pool: WorkerPool
    private let url: String
    private let positions: CommitPositions
    private let log: Log
    private let state = Mutex(ReplicaState())
    private let lagAtLastLook = Mutex(0)
    private let stopping = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)

    private static let lookEvery = DispatchTimeInterval.seconds(1)

    init(_ configuration: PoolConfiguration, number: Int, _ positions: CommitPositions, _ log: Log) {
        self.number = number
        url = configuration.url
        self.positions = positions
        self.log = log
        pool = WorkerPool(configuration)
    }

    /// Begins to connect and to look; returns at once.
    func start(as primary: ReplicationIdentity) {
        pool.start()
        DispatchQueue(label: "workport.replica.\(number)").async { self.watch(primary) }
    }

    /// Ends the looks; those who wait for rows get them first.
    func stop(deadline: Duration) {
        pool.drain(deadline: deadline)
        stopping.signal()
        // A server that is silent may hold the look; the program does not wait for it.
        _ = stopped.wait(timeout: .now() + .seconds(1))
    }

    /// Whether a read can go there now.
    var isUsable: Bool { pool.isHealthy && state.withLock { $0.isUsable(at: .now) } }

    /// The bytes of the log that it had not replayed at the last look.
    var lag: Int { lagAtLastLook.withLock { $0 } }

    /// Whether it follows the log that a position belongs to.
    func follows(_ position: CommitPosition) -> Bool { state.withLock { $0.follows(position) } }

    /// Takes note of a read that it answered.
    func succeed() { state.withLock { $0.succeed() } }

    /// Leaves it out for a while.
    func leaveOut(_ reason: ReplicaState.Absence, because error: PostgresError? = nil) {
        tell(state.withLock { $0.fail(reason, at: .now) }, error?.message)
    }

    // MARK: Looking

    private func watch(_ primary: ReplicationIdentity) {
        var connection: Connection?
        repeat {
            look(&connection, primary)
        } while stopping.wait(timeout: .now() + Self.lookEvery) == .timedOut
        connection?.close()
        stopped.signal()
    }

    private func look(_ connection: inout Connection?, _ primary: ReplicationIdentity) {
        do {
            let open = try self.connection(connection, primary)
            connection = open
            guard let position = positions.position() else { return }
            for pause in [0] + Replicas.pauses {
                _ = stopping.wait(timeout: .now() + .milliseconds(pause))
                let seen = try see(position, open)
                guard seen.isStandby, seen.timeline == position.timeline else {
                    return tell(state.withLock { $0.seeUnwell(.unfit) }, nil)
                }
                lagAtLastLook.withLock { $0 = seen.lag }
                if seen.lag == 0 { return tell(state.withLock { $0.seeWell(on: seen.timeline, at: .now) }, nil) }
            }
            tell(state.withLock { $0.seeUnwell(.behind) }, nil)
        } catch {
            connection = nil
            let isUnfit = error is StartRefusal
            let message = (error as? StartRefusal)?.message ?? (error as? PostgresError)?.message
            tell(state.withLock { $0.seeUnwell(isUnfit ? .unfit : .lost) }, message)
        }
    }

    /// The connection for looks; a new one is let in only if it leads to a standby.
    private func connection(_ known: Connection?, _ primary: ReplicationIdentity) throws -> Connection {
        if let known, known.isOpen { return known }
        var options = ConnectionOptions()
        options.statementTimeout = .seconds(1)
        let new = try Connection(url: url, applicationName: "workport looks", options: options)
        try StartCheck.replica(new, number: number, of: primary)
        return new
    }

    private func see(
        _ position: CommitPosition,
        _ connection: Connection
    ) throws -> (isStandby: Bool, timeline: String, lag: Int) {
        let rows = try connection.query(
            """
            SELECT i.is_standby, i.timeline,
                greatest(0, pg_wal_lsn_diff(\(position.place)::pg_lsn, pg_last_wal_replay_lsn()))::bigint
            FROM replication_identity() AS i
            """
        )
        return (rows.bool(0, 0) ?? false, rows.string(0, 1) ?? "", Int(rows.int64(0, 2) ?? 0))
    }

    private func tell(_ change: ReplicaState.Change, _ cause: String?) {
        switch change {
        case .none: break
        case .isUsed: log.info("Replica answers reads", [.replica: .integer(number)])
        case .isLeftOut(let reason):
            var fields: LogFields = [.replica: .integer(number), .reason: .string(reason.rawValue)]
            if let cause { fields = fields.merging([.error: .string(cause)]) }
            log.warning("Replica left out; the primary answers", fields)
        }
    }
}

extension CommitPositions {
    /// A position that was read after the call; waits for it.
    fileprivate func position() -> CommitPosition? {
        let answer = PositionAnswer()
        ask { answer.take($0) }
        return answer.wait()
    }
}

/// Where a thread waits for a position.
private final class PositionAnswer: Sendable {
    private let position = Mutex<CommitPosition?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func take(_ position: CommitPosition?) {
        self.position.withLock { $0 = position }
        isThere.signal()
    }

    func wait() -> CommitPosition? {
        isThere.wait()
        return position.withLock { $0 }
    }
}
