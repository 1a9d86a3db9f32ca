/// A job in the backlog, or one that a worker gave back.
struct WaitingCall: Sendable {
    let job: Job
    let since: ContinuousClock.Instant
    /// When it is refused if no worker has taken it.
    var expiry: ContinuousClock.Instant
    /// What the plan returned, when it has run already.
    var step: Step?

    /// A call that comes now.
    init(_ job: Job, waitingAtMost queueTime: Duration?, now: ContinuousClock.Instant = .now) {
        self.job = job
        since = now
        expiry = job.deadline
        if let queueTime, !job.isPatient { expiry = min(expiry, now + queueTime) }
    }

    /// The same call with what it needs next; it has begun, so only its deadline counts from here on.
    func taking(_ step: Step) -> WaitingCall {
        var call = self
        call.step = step
        call.expiry = job.deadline
        return call
    }

    /// Why it is refused when nobody has taken it until ``expiry``.
    var lateness: Refusal { expiry < job.deadline ? .overdue : .timeout }

    /// Ends the call without having tried it.
    func refuse(_ reason: Refusal) {
        let error =
            switch reason {
            case .timeout, .overdue: PostgresError(.timeout, "The deadline passed while the call waited.")
            case .abandoned: PostgresError.abandoned
            case .unavailable: PostgresError(.connectionFailed, "The database cannot be reached.")
            case .stopping: PostgresError(.connectionFailed, "The program is ending.")
            }
        switch step {
        case .read(_, let finish): finish(.failure(error))
        case .readOn(_, let next): _ = next(.failure(error))
        case nil, .done, .wait, .write: job.refuse(reason)
        }
    }
}
