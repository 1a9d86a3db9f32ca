import Postgres

/// A read that a replica can answer as well as the primary.
struct ReplicaRead: Sendable {
    typealias Next = @Sendable (Result<[QueryResult], PostgresError>) -> Step

    /// Whose share of the workers it uses.
    let tenant: FairShareKey
    /// When nobody waits for the answer any more.
    let deadline: ContinuousClock.Instant
    /// Whether nobody waits for the answer any more although there is time left.
    let isAbandoned: @Sendable () -> Bool
    /// The check of the token on a replica that has come to a position; its first column is ``behind`` if it has not.
    let check: @Sendable (CommitPosition) -> SQL
    /// What else is read.
    let statements: [SQL]
    /// The same on the primary, with the check of the token there.
    let onPrimary: [SQL]
    /// What comes of the rows, wherever they were read; runs once.
    let next: Next

    static let behind = "behind"

    /// The step of a worker of the primary.
    var stepOnPrimary: Step { .readOn(onPrimary, next: next) }

    /// The job under which workers of the primary go on with it.
    var job: Job {
        Job(
            tenant: tenant, deadline: deadline, isAbandoned: isAbandoned, plan: { stepOnPrimary },
            refuse: { refusal in _ = next(.failure(PostgresError(refusal))) }
        )
    }
}

extension PostgresError {
    /// What a read ends with that no worker took.
    init(_ refusal: Refusal) {
        let kind: Kind =
            switch refusal {
            case .timeout: .timeout
            case .abandoned: .abandoned
            case .unavailable, .stopping, .overdue: .connectionFailed
            }
        self.init(kind, "No worker took the read: \(refusal.rawValue).")
    }

    /// Why a replica that failed a read with this is to be left out; `nil` if the call itself may be the cause.
    var absence: ReplicaState.Absence? {
        switch kind {
        case .connectionFailed, .connectionLost, .unsupportedServer: .lost
        case .server: sqlState.flatMap(Self.absence)
        // A call may be slow by itself; a server that is silent is found by the looks.
        case .timeout, .abandoned, .invalidValue, .unexpectedResult, .migration: nil
        }
    }

    private static func absence(_ state: SQLState) -> ReplicaState.Absence? {
        switch state {
        // Replaying the log went first, and ended what stood in its way.
        case .serializationFailure, .deadlockDetected, .queryCanceled: .behind
        // The server is ending (57P…), or out of what it needs (53…, 58…).
        default: ["53", "58"].contains(state.family) || state.rawValue.hasPrefix("57P") ? .lost : nil
        }
    }
}
