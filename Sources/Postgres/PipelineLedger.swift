/// What was sent in a flush and what of it has been answered; knows no socket.
///
/// The server answers in the order of sending: for each group of calls the openings, each of one call or shared by some that
/// stand side by side, for each of them its preparations and statements, then the synchronisation point that ends the group.
/// After an error the rest of the group comes back as not run.
struct PipelineLedger {
    /// What the server still owes.
    enum Expectation {
        case preparation(text: String, name: String)
        /// The statement whose result is the first of every call that shares it.
        case opening(text: String)
        case statement(text: String, isLast: Bool)
        case synchronisation
    }

    /// What a result means for the connection.
    enum Event {
        case progress
        case prepared(text: String, name: String)
        case stale(text: String)
        /// Calls have their last answers; some of them may have been named before.
        case finished(calls: Range<Int>)
        /// The server ends the connection.
        case ending(PostgresError)
        /// An answer that nobody asked for.
        case confused
    }

    /// What a call shares with the one before it.
    enum Company {
        case transaction
        /// The transaction, and the opening.
        case opening
    }

    /// One call of the flush.
    struct Entry {
        let deadline: ContinuousClock.Instant
        var isAbandoned: @Sendable () -> Bool = { false }
        /// The first call of its group.
        let leader: Int
        /// The call whose opening is also its own.
        let opener: Int
        var results: [QueryResult] = []
        var error: PostgresError?
        /// Whether its outcome has been told, so that what still comes is dropped.
        var isReported = false
        /// Whether it was the answer that has been told.
        var isAnswered = false

        /// Whether nobody waits for what the call brings.
        func isOver(at now: ContinuousClock.Instant) -> Bool { deadline <= now || isAbandoned() }

        /// Whether the server works on it in vain.
        func isInVain(at now: ContinuousClock.Instant) -> Bool { isReported && !isAnswered && isOver(at: now) }
    }

    private(set) var entries: [Entry] = []
    /// What the openings of groups brought, by the calls that they were sent for.
    private var openings: [Int: QueryResult] = [:]
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
    ///
    /// - Parameter joins: What it shares with the call before it, if it stands in one group with that.
    mutating func add(
        deadline: ContinuousClock.Instant,
        isAbandoned: @escaping @Sendable () -> Bool = { false },
        isReported: Bool = false,
        joins: Company? = nil
    ) -> Int {
        let number = entries.count
        let leader = joins == nil ? number : entries[number - 1].leader
        let opener = joins == .opening ? entries[number - 1].opener : number
        entries.append(
            Entry(
                deadline: deadline, isAbandoned: isAbandoned, leader: leader, opener: opener, isReported: isReported))
        return number
    }

    /// Notes what was sent for the last call.
    mutating func expect(_ what: Expectation) { expected.append((entries.count - 1, what)) }

    /// What a call's statements brought, the opening first.
    func results(of call: Int) -> [QueryResult] {
        guard let opening = openings[entries[call].opener] else { return entries[call].results }
        return [opening] + entries[call].results
    }

    /// The calls of the group whose answers come next, without those that have theirs: what the server has finished of a
    /// group may be held back until it has finished all.
    var headGroup: Range<Int>? {
        guard let head else { return nil }
        return head..<(entries[head...].firstIndex { $0.leader != entries[head].leader } ?? entries.count)
    }

    /// Notes that the outcome of a call has been told.
    mutating func markReported(_ call: Int, isAnswered: Bool = false) {
        entries[call].isReported = true
        entries[call].isAnswered = isAnswered
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
            switch what {
            case .opening(let text):
                for other in entries.indices.dropFirst(call + 1) where entries[other].opener == call {
                    entries[other].error = .notRun
                }
                return error.isStaleStatement ? .stale(text: text) : .progress
            case .statement(let text, _) where error.isStaleStatement: return .stale(text: text)
            default: return .progress
            }
        }
        switch what {
        case .synchronisation:
            guard result.isSynchronisation else { return .confused }
            advance()
            return .finished(calls: entries[call].leader..<call + 1)
        case .preparation(let text, let name):
            guard !result.isSynchronisation else { return .confused }
            hasAnswer = true
            return .prepared(text: text, name: name)
        case .opening:
            guard !result.isSynchronisation, !hasAnswer else { return .confused }
            hasAnswer = true
            openings[call] = result
            return .progress
        case .statement:
            guard !result.isSynchronisation, !hasAnswer else { return .confused }
            hasAnswer = true
            if !entries[call].isReported { entries[call].results.append(result) }
            return .progress
        }
    }

    private mutating func receiveEnd() -> Event {
        if hasAnswer, !isAtSynchronisation {
            let (call, what) = expected[next]
            advance()
            // Who stands in a group has its answer before the others have theirs; alone, it waits for the commit.
            guard case .statement(_, isLast: true) = what, isInGroup(call), entries[call].error == nil else {
                return .progress
            }
            return .finished(calls: call..<call + 1)
        }
        // An error while committing puts an end between itself and the synchronisation point; more are a mistake.
        idleEnds += 1
        return idleEnds > 2 ? .confused : .progress
    }

    private func isInGroup(_ call: Int) -> Bool {
        let leader = entries[call].leader
        return leader < call || (call + 1 < entries.count && entries[call + 1].leader == leader)
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
