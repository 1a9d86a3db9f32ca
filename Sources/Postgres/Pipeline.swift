import CPostgres

/// A connection in pipeline mode: several calls leave together, each with a synchronisation point of its own or, if they
/// are alike, with one for all of them.
///
/// What stands between two synchronisation points is one implicit transaction, so a setting made for the transaction is
/// seen by the statements after it in the same call and by no other call but those that begin with the same setting.
/// Confined to the worker that made it.
final class Pipeline {
    /// A call to send.
    struct Call {
        let statements: [SQL]
        let deadline: ContinuousClock.Instant
        /// Whether nobody waits for the answer any more.
        var isAbandoned: @Sendable () -> Bool = { false }
        /// Whether statements that another call of the flush prepares may be used unconfirmed.
        var sharesPreparations = true
    }

    /// How a call ended.
    enum Outcome {
        case answered([QueryResult])
        case failed(PostgresError)
        /// Failed for a reason that lies in the connection, not in the call: the same call can succeed.
        case interrupted(PostgresError)
        /// Stands behind a call that takes long; its answer, if it comes, will be dropped.
        case displaced(behind: Int)
    }

    /// The limits that a pipeline keeps.
    struct Limits {
        var preparedStatements = 256
        /// How long a call for which nobody waits may go on before the server is asked to stop it: a request takes a
        /// connection and a process there, and most calls end before it would come.
        var cancelDelay: Duration = .milliseconds(20)
        /// How long the server may take to react to a cancel request before the connection is given up.
        var cancelGrace: Duration = .seconds(1)
        /// How long the first call of a flush may take before those behind it go elsewhere; nil if there is no elsewhere.
        var displacement: Duration?
        /// How often to look whether somebody still waits for answers that take long.
        var look: Duration = .milliseconds(50)
    }

    private let connection: Connection
    private let limits: Limits
    private var statements: PreparedStatements
    private var ledger = PipelineLedger()
    private var isBroken = false
    private var watch = HeadWatch()
    private let cancels: CancelRequests?
    /// Whether the server was asked to stop something in this flush, which may hit another call of it.
    private var hasCancelled = false

    init(
        url: String,
        applicationName: String,
        options: ConnectionOptions,
        limits: Limits
    ) throws(PostgresError) {
        connection = try Connection(url: url, applicationName: applicationName, options: options)
        self.limits = limits
        statements = PreparedStatements(bound: limits.preparedStatements)
        cancels = connection.canceller.map(CancelRequests.init)
        guard PQsetnonblocking(connection.handle, 1) == 0, PQenterPipelineMode(connection.handle) == 1 else {
            throw PostgresError(.connectionFailed, connection.lastMessage)
        }
    }

    /// Whether the next flush can use the connection, as far as is known.
    var isUsable: Bool { !isBroken && connection.isOpen }

    /// What stops a running statement from another thread.
    var canceller: Canceller? { connection.canceller }

    /// How many statements the server keeps prepared for this connection.
    var preparedStatementCount: Int { statements.count }

    /// Whether no transaction is open.
    var isOutsideTransaction: Bool { PQtransactionStatus(connection.handle) == PQTRANS_IDLE }

    /// Ends the connection.
    func close() {
        isBroken = true
        connection.close()
    }

    /// Looks whether the server has ended an idle connection.
    func checkIdle() {
        guard isUsable else { return }
        let ready = SocketWait.wait(PQsocket(connection.handle), toWrite: false, until: .now)
        if ready.canRead, PQconsumeInput(connection.handle) == 0 { close() }
    }

    // MARK: Sending

    /// Starts a flush; drops what the server need not keep.
    func begin() {
        ledger.reset()
        watch = HeadWatch()
        hasCancelled = false
        for name in statements.beginFlush() {
            _ = ledger.add(deadline: .now + limits.cancelGrace, isReported: true)
            send("DEALLOCATE \(name)")
            synchronise()
        }
    }

    /// Sends calls that are alike as one transaction, without waiting for anything.
    ///
    /// - Parameter calls: One call, or several of which each ``PackedCall/isLike(_:)`` the first; those that begin with the
    ///   same values stand side by side.
    /// - Returns: The number of the first in this flush; the others follow it.
    func enqueue(_ calls: [PackedCall]) -> Int {
        let first = ledger.entries.count
        for (place, call) in calls.enumerated() {
            let joins: PipelineLedger.Company? =
                place == 0 ? nil : call.beginsLike(calls[place - 1]) ? .opening : .transaction
            _ = ledger.add(deadline: call.deadline, isAbandoned: call.isAbandoned, joins: joins)
            for (index, statement) in call.statements.enumerated() {
                let isOpening = calls.count > 1 && index == 0
                if isOpening, joins == .opening { continue }
                send(
                    statement, sharing: call.sharesPreparations,
                    as: isOpening
                        ? .opening(text: statement.text)
                        : .statement(text: statement.text, isLast: index == call.statements.count - 1))
            }
        }
        synchronise()
        return first
    }

    private func send(_ statement: PackedStatement, sharing: Bool, as expectation: PipelineLedger.Expectation) {
        let name: String
        switch statements.use(statement.text, sharing: sharing) {
        case .prepared(let known): name = known
        case .preparing(let new):
            name = new
            ledger.expect(.preparation(text: statement.text, name: new))
            note(PQsendPrepare(connection.handle, new, statement.text, 0, nil))
        }
        ledger.expect(expectation)
        let handle = connection.handle
        note(
            statement.parameters.withPointers { count, values, lengths, formats in
                PQsendQueryPrepared(handle, name, count, values, lengths, formats, statement.hasBinaryRows ? 1 : 0)
            }
        )
    }

    private func send(_ text: String) {
        ledger.expect(.statement(text: text, isLast: true))
        note(PQsendQueryParams(connection.handle, text, 0, nil, nil, nil, nil, 0))
    }

    private func synchronise() {
        ledger.expect(.synchronisation)
        note(PQpipelineSync(connection.handle))
    }

    private func note(_ accepted: CInt) {
        if accepted != 1 { isBroken = true }
    }

    // MARK: Receiving

    /// Sends the rest, reads all answers, and tells the outcome of each call once, as soon as it is known.
    ///
    /// Returns when nothing more is owed and no cancel request is under way, or when the connection is lost. `report` must
    /// not use the pipeline.
    ///
    /// - Parameter displacing: Whether calls behind one that takes long may be told to go elsewhere.
    func receive(displacing: Bool, _ report: (_ call: Int, Outcome) -> Void) {
        var limits = limits
        if !displacing { limits.displacement = nil }
        while !ledger.isComplete {
            let isFlushed = isBroken ? -1 : PQflush(connection.handle)
            guard isFlushed >= 0 else { return lose(nil, report) }
            if let loss = takeAnswers(report) { return lose(loss, report) }
            if ledger.isComplete { break }
            guard watchTime(limits, report) else { return lose(nil, report) }
            let ready = SocketWait.wait(
                PQsocket(connection.handle), toWrite: isFlushed == 1, until: watch.nextAlarm(ledger, limits)
            )
            if ready.canRead, PQconsumeInput(connection.handle) == 0 {
                let loss = takeAnswers(report)
                if !ledger.isComplete { return lose(loss, report) }
                isBroken = true
            }
        }
        // Whatever runs when the server takes a request is stopped, so nothing else is sent before it has.
        if hasCancelled, cancels?.areTaken(within: limits.cancelGrace) != true { close() }
    }

    /// Takes what has arrived; returns the error if the connection ended.
    private func takeAnswers(_ report: (Int, Outcome) -> Void) -> PostgresError? {
        while !ledger.isComplete, PQisBusy(connection.handle) == 0 {
            let event = ledger.receive(PQgetResult(connection.handle).map(QueryResult.init(adopting:)))
            switch event {
            case .progress: break
            case .prepared(let text, let name): statements.confirm(text, name: name)
            case .stale(let text): statements.forget(text)
            case .finished(let calls): for call in calls { tell(call, report) }
            case .ending(let error): return error
            case .confused: return PostgresError(.connectionLost, "The answers do not match the questions.")
            }
        }
        return nil
    }

    private func tell(_ call: Int, _ report: (Int, Outcome) -> Void) {
        let entry = ledger.entries[call]
        guard !entry.isReported else { return }
        let results = entry.error == nil ? ledger.results(of: call) : []
        ledger.markReported(call, isAnswered: true)
        guard var error = entry.error else { return report(call, .answered(results)) }
        if error.sqlState == .queryCanceled, hasCancelled { error = error.asStrayCancel() }
        report(call, error.liesInConnection ? .interrupted(error) : .failed(error))
    }

    /// Gives the connection up; all calls without an outcome are interrupted.
    private func lose(_ cause: PostgresError?, _ report: (Int, Outcome) -> Void) {
        let error = PostgresError(.connectionLost, cause?.message ?? connection.lastMessage, sqlState: cause?.sqlState)
        close()
        for call in ledger.entries.indices where !ledger.entries[call].isReported {
            ledger.markReported(call)
            report(call, .interrupted(error))
        }
        ledger.reset()
    }

    /// Acts on deadlines; returns false when the connection is to be given up.
    private func watchTime(_ limits: Limits, _ report: (Int, Outcome) -> Void) -> Bool {
        let now = ContinuousClock.now
        for call in ledger.entries.indices where !ledger.entries[call].isReported {
            let entry = ledger.entries[call]
            guard entry.isOver(at: now) else { continue }
            ledger.markReported(call)
            let timeout = PostgresError(.timeout, "The deadline passed before the database had answered.")
            report(call, .failed(entry.deadline <= now ? timeout : .abandoned))
        }
        switch watch.look(at: ledger, now: now, limits) {
        case .wait: return true
        case .giveUp: return false
        case .cancel:
            hasCancelled = true
            cancels?.send()
            return true
        case .displace(let head):
            // The last first, so that calls which go back to the front of a line keep their order.
            for call in ledger.entries.indices.reversed() where call != head && !ledger.entries[call].isReported {
                ledger.markReported(call)
                report(call, .displaced(behind: head))
            }
            return true
        }
    }
}
