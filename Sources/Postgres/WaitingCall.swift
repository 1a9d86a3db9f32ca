/// A job in the backlog, or one that a worker gave back.
struct WaitingCall: Sendable {
    let job: Job
    let since: ContinuousClock.Instant
    /// What the plan returned, when it has run already.
    var step: Step?

    /// Ends the call without having tried it.
    func refuse(_ reason: Refusal) {
        let error =
            switch reason {
            case .timeout: PostgresError(.timeout, "The deadline passed while the call waited.")
            case .abandoned: PostgresError.abandoned
            case .unavailable: PostgresError(.connectionFailed, "The database cannot be reached.")
            case .stopping: PostgresError(.connectionFailed, "The program is ending.")
            }
        switch step {
        case .read(_, let finish): finish(.failure(error))
        case .readOn(_, let next): _ = next(.failure(error))
        case nil, .done, .write: job.refuse(reason)
        }
    }
}
