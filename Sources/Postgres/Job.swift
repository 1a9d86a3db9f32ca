/// Whose calls share the pool's workers as one.
package struct FairShareKey: Hashable, Sendable {
    private enum Name: Hashable, Sendable {
        case key(UUIDKey)
        case text(String)
    }

    private let name: Name

    /// The share of who has a key, such as a workspace.
    package init(_ key: UUIDKey) { name = .key(key) }

    /// A key from text.
    package init(_ text: String) { name = .text(text) }

    /// A key from bytes; equal bytes are the same key.
    package init(_ bytes: [UInt8]) { name = .text(String(decoding: bytes.lazy.map { UInt16($0) }, as: UTF16.self)) }
}

/// A call that waits for a worker.
///
/// Exactly one of three ends it: its plan answers by itself, the step that the plan returned answers, or it is refused.
package final class Job: Sendable {
    /// Whose share of the pool it uses.
    package let tenant: FairShareKey
    /// When nobody waits for the answer any more.
    package let deadline: ContinuousClock.Instant
    /// Decides what the call needs; runs on the worker, before any work in the database, and is pure computation.
    package let plan: @Sendable () -> Step
    /// Answers a call that no worker could take.
    package let refuse: @Sendable (Refusal) -> Void
    /// Whether nobody waits for the answer any more although there is time left; asked again and again, from any thread.
    ///
    /// A call that waits is refused then, and a read that runs is stopped. A write runs to its end.
    package let isAbandoned: @Sendable () -> Bool
    /// Whether it waits for a worker until its deadline, as work does for which nobody else can be asked to come back.
    package let isPatient: Bool

    /// Makes a call for ``WorkerPool/submit(_:)``.
    package init(
        tenant: FairShareKey,
        deadline: ContinuousClock.Instant,
        isAbandoned: @escaping @Sendable () -> Bool = { false },
        isPatient: Bool = false,
        plan: @escaping @Sendable () -> Step,
        refuse: @escaping @Sendable (Refusal) -> Void
    ) {
        self.tenant = tenant
        self.deadline = deadline
        self.plan = plan
        self.refuse = refuse
        self.isAbandoned = isAbandoned
        self.isPatient = isPatient
    }
}

/// What became of a job that was submitted.
package enum Submission: Sendable, Equatable {
    /// Exactly one of its closures will answer.
    case accepted
    /// Too many calls wait, of all tenants or of this one; none of its closures will run. In so long a time those that
    /// wait now are served, as far as is known.
    case full(retryAfter: Duration)
}

/// Why no worker took a call.
package enum Refusal: String, Sendable {
    /// Its deadline passed while it waited.
    case timeout
    /// It has waited for a worker for as long as a call may.
    case overdue
    /// Nobody waits for its answer any more.
    case abandoned
    /// The database cannot be reached.
    case unavailable
    /// The program is ending.
    case stopping
}

/// What a call needs of the database.
package enum Step: Sendable {
    /// Nothing: the plan has answered.
    case done
    /// Statements that leave in one flush with those of other calls, as one implicit transaction of their own.
    ///
    /// They are sent a second time when the connection breaks before they were answered, so they must bear that.
    /// `finish` runs on the worker, once, with a result for each statement or the first error.
    case read([SQL], finish: @Sendable (Result<[QueryResult], PostgresError>) -> Void)
    /// Statements that change nothing, whose rows decide what is needed next.
    ///
    /// They are sent like those of ``read(_:finish:)``, but calls that are alike may be one transaction: those that begin
    /// with the same ``SQL/asCommonOpening`` and go on with statements of the same texts. Those of one that fails there are
    /// sent again, each by itself.
    ///
    /// What `next` returns is taken like a call of its own, before those of the same tenant that wait: its statements
    /// are another transaction, and other workers may take it. Each step but the last answers nothing.
    case readOn([SQL], next: @Sendable (Result<[QueryResult], PostgresError>) -> Step)
    /// Nothing until a gate opens; then another step, of which a worker learns when it takes the call again.
    ///
    /// The call holds no worker meanwhile. Its deadline holds: when that passes first, the job is refused.
    case wait(for: Gate, then: @Sendable () -> Step)
    /// A body that has the worker to itself until it returns.
    case write(@Sendable (borrowing Database) -> Void)
}
