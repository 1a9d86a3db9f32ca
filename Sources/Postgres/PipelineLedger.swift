/// What was sent in a flush and what of it has been answered; knows no socket.
///
/// The server answers in the order of sending: for each call its preparations and statements, then the synchronisation
/// point that ends it. After an error the rest of that call comes back as not run.
struct PipelineLedger {
    /// What the server still owes.
    enum Expectation {
        case preparation(text: String, name: String)
        case statement(text: String)
        case synchronisation
    }

    /// What a result means for the connection.
    enum Event {
        case progress
        case prepared(text: String, name: String)
        case stale(text: String)
        /// A call has its last answer.
        case finished(call: Int)
        /// The server ends the connection.
        case ending(PostgresError)
        /// An answer that nobody asked for.
        case confused
    }

    /// One call of the flush.
    struct Entry {
        let deadline: ContinuousClock.Instant
        var isAbandoned: @Sendable () -> Bool = { false }
        var results: [QueryResult] = []
        var error: PostgresError?
        /// Whether its outcome has been told, so that what still comes is dropped.
        var isReported = false

        /// Whether nobody waits for what the call brings.
        func isOver(at now: ContinuousClock.Instant) -> Bool { deadline <= now || isAbandoned() }
    }

    private(set) var entries: [Entry] = []
    private var expected: [(call: Int, what: Expectation)] = []
    private var next = 0
    private var hasAnswer = false
    private var idleEnds = 0

    /// Starts over with nothing owed.
    mutating func reset() { self = PipelineLedger() }

    /// Whether everything was answered.
    var isComplete: Bool { next == expected.count }

    /// The call whose answers come next.
    var head: Int? { isComplete ? nil : expected[next].call }

    /// Notes a call, and returns its number.
    mutating func add(
        deadline: ContinuousClock.Instant,
        isAbandoned: @escaping @Sendable () -> Bool = { false },
        isReported: Bool = false
    ) -> Int {
        entries.append(Entry(deadline: deadline, isAbandoned: isAbandoned, isReported: isReported))
        return entries.count - 1
    }

    /// Notes what was sent for the last call.
    mutating func expect(_ what: Expectation) { expected.append((entries.count - 1, what)) }

    /// Notes that the outcome of a call has been told.
    mutating func markReported(_ call: Int) {
        entries[call].isReported = true
        entries[call].results = []
    }

    /// Takes what `PQgetResult` returned: a result, or the nil that ends a statement's results.
    mutating func receive(_ result: QueryResult?) -> Event {
        guard next < expected.count else { return .confused }
        guard let result else { return receiveEnd() }
        idleEnds = 0
        let (call, what) = expected[next]
        if let error = result.error {
            if error.endsConnection { return .ending(error) }
            hasAnswer = true
            // The first error is the cause; the rest says only that it was not run.
            guard entries[call].error == nil else { return .progress }
            entries[call].error = error
            if error.isStaleStatement, case .statement(let text) = what { return .stale(text: text) }
            return .progress
        }
        switch what {
        case .synchronisation:
            guard result.isSynchronisation else { return .confused }
            advance()
            return .finished(call: call)
        case .preparation(let text, let name):
            guard !result.isSynchronisation else { return .confused }
            hasAnswer = true
            return .prepared(text: text, name: name)
        case .statement:
            guard !result.isSynchronisation, !hasAnswer else { return .confused }
            hasAnswer = true
            if !entries[call].isReported { entries[call].results.append(result) }
            return .progress
        }
    }

    private mutating func receiveEnd() -> Event {
        if hasAnswer, !isAtSynchronisation {
            advance()
            return .progress
        }
        // An error while committing puts an end between itself and the synchronisation point; more are a mistake.
        idleEnds += 1
        return idleEnds > 2 ? .confused : .progress
    }

    private var isAtSynchronisation: Bool {
        if case .synchronisation = expected[next].what { return true }
        return false
    }

    private mutating func advance() {
        next += 1
        hasAnswer = false
        idleEnds = 0
    }
}
