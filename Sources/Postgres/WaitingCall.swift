/// A job in the backlog, or one that a worker gave back.
struct WaitingCall: Sendable {
    let job: Job
    let since: ContinuousClock.Instant
    /// What the plan returned, when it has run already.
    var step: Step?

    /// Ends the call without having tried it.
    func refuse(_ reason: Refusal) {
        guard case .read(_, let finish) = step else { return job.refuse(reason) }
        switch reason {
        case .timeout: finish(.failure(PostgresError(.timeout, "The deadline passed while the call waited.")))
        case .abandoned: finish(.failure(.abandoned))
        case .unavailable: finish(.failure(PostgresError(.connectionFailed, "The database cannot be reached.")))
        case .stopping: finish(.failure(PostgresError(.connectionFailed, "The program is ending.")))
        }
    }
}
