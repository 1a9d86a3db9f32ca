import Dispatch
import Identity
import MCP
import Policy
import Postgres
import Synchronization
import Telemetry
import Tools

// Every call of a tool runs here, whoever makes it: a request, or a handler on behalf of one.
extension Work {
    /// How a call ran, or why it did not: ``Refused``, ``MustAsk``, `PostgresError`.
    typealias Ran = Result<(Principal, ToolCallOutcome), any Error>

    /// The step that runs a call.
    ///
    /// - Parameters:
    ///   - asks: Whether the person can be asked for what is missing.
    ///   - isDoubtful: Whether the caller's limits had nothing left a moment ago, and are to be looked at again.
    func run(
        _ prepared: PreparedCall,
        asks: Bool,
        isDoubtful: Bool = false,
        _ finish: @escaping @Sendable (Ran) -> Void
    ) -> Step {
        if case .write(let tool, let toolCall, let body) = prepared {
            let write = WriteCall(
                tool: tool, call: toolCall, asks: asks, isDoubtful: isDoubtful, prepared: prepared, body: body)
            return self.write(write, finish)
        }
        var first: Read?
        if case .read(_, _, let read) = prepared { first = read }
        return begin(prepared, first, asks: asks, isDoubtful, finish)
    }

    /// The token's check in one flush with the statements of a read tool, if its arguments were right; their rows count
    /// only if the call is admitted.
    private func begin(
        _ prepared: PreparedCall,
        _ read: Read?,
        asks: Bool,
        _ isDoubtful: Bool,
        _ finish: @escaping @Sendable (Ran) -> Void
    ) -> Step {
        let known: Checked?
        do throws(Refused) {
            known = try knownCaller(for: read?.statements ?? [])
        } catch {
            finish(.failure(error))
            return .done
        }
        return send(prepared, read, for: known, asks: asks, finish) { progress, checked in
            self.admit(prepared, checked.principal, asks: isDoubtful, finish) { standing in
                self.go(on: prepared, progress, checked, asks: asks, standing, finish)
            }
        }
    }

    /// What the rows before led to, in a flush of its own.
    private func proceed(
        _ prepared: PreparedCall,
        _ read: Read,
        _ checked: Checked,
        asks: Bool,
        _ standing: CallStanding?,
        _ finish: @escaping @Sendable (Ran) -> Void
    ) -> Step {
        send(prepared, read, for: parts.checks.stands(checked) ? checked : nil, asks: asks, finish) {
            progress, checked in
            self.go(on: prepared, progress, checked, asks: asks, standing, finish)
        }
    }

    /// - Parameters:
    ///   - checked: Who calls, if the token need not be checked again.
    ///   - next: What comes of the rows, which are gone when it returns.
    private func send(
        _ prepared: PreparedCall,
        _ read: Read?,
        for checked: Checked?,
        asks: Bool,
        _ finish: @escaping @Sendable (Ran) -> Void,
        _ next: @escaping @Sendable (Result<ReadCall.Progress, MustAsk>, Checked) -> Step
    ) -> Step {
        let departure = parts.checks.depart()
        return reading(read?.statements ?? [], for: checked) { outcome in
            self.parts.metrics.observe(.databaseDuration, ContinuousClock.now - departure.time)
            do {
                let results = try outcome.get()
                let checked =
                    try checked
                    ?? Checked(principal: self.caller(from: results[0], since: departure), time: departure.time)
                let rows = Array(results.dropFirst())
                let progress: Result<ReadCall.Progress, MustAsk>
                do throws(MustAsk) {
                    progress = .success(
                        try ReadCall(prepared, asks: asks).proceed(read, rows, for: checked.principal, self.call.id))
                } catch {
                    progress = .failure(error)
                }
                return next(progress, checked)
            } catch {
                finish(.failure(error))
                return .done
            }
        }
    }

    /// Ends the call, or sends what its rows led to.
    private func go(
        on prepared: PreparedCall,
        _ progress: Result<ReadCall.Progress, MustAsk>,
        _ checked: Checked,
        asks: Bool,
        _ standing: CallStanding?,
        _ finish: @escaping @Sendable (Ran) -> Void
    ) -> Step {
        switch progress {
        case .success(.more(let next)): return proceed(prepared, next, checked, asks: asks, standing, finish)
        case .success(.wait(let gate, let next)):
            return .wait(for: gate()) { self.proceed(prepared, next(), checked, asks: asks, standing, finish) }
        case .success(.ended(var outcome)):
            outcome.standing = standing
            audit(outcome, prepared, of: checked.principal)
            finish(.success((checked.principal, outcome)))
        case .failure(let pending): finish(.failure(pending))
        }
        return .done
    }

    private func write(_ write: WriteCall, _ finish: @escaping @Sendable (Ran) -> Void) -> Step {
        .write { database in
            let begun = ContinuousClock.now
            let ran: Ran
            do { ran = .success(try write.run(self, database)) } catch { ran = .failure(error) }
            self.parts.metrics.observe(.databaseDuration, ContinuousClock.now - begun)
            finish(ran)
        }
    }

    // MARK: For handlers

    /// Hands the request over to the protocol, which answers it by itself, perhaps with a stream and perhaps much later.
    func handOver(to opening: Plan<ToolProvider>.Opening, _ principal: Principal, _ answer: @escaping Answer) {
        let ending = CallEnding(isCounted: isCounted)
        let channel = CallChannel(call: call, parts: parts, ending: ending, answer: answer, record: record())
        opening(caller(principal, ending), batch?.channel ?? channel)
    }

    /// The caller as the protocol passes it on to the tools' provider.
    func caller(_ principal: Principal, _ ending: CallEnding = CallEnding()) -> ToolCaller {
        ToolCaller(
            principal, call.credential,
            perform: { prepared in self.perform(prepared, ending) },
            note: { prepared, reason in self.note(reason, of: prepared, by: principal, ending) }
        )
    }

    /// Runs a call on a worker and waits for it; the person's time does not count against the call's.
    private func perform(_ prepared: PreparedCall, _ ending: CallEnding) -> ToolOutcome {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<ToolOutcome?>(nil)
        let finish: @Sendable (ToolOutcome) -> Void = { outcome in
            result.withLock { $0 = outcome }
            done.signal()
        }
        let work = Work(
            call: call, plan: plan, parts: parts, waited: waited, batch: batch, deadline: .now + parts.callTimeout,
            isCounted: ending.count()
        )
        let job = Job(
            tenant: call.credential.workspace.share,
            deadline: work.deadline,
            plan: { work.run(prepared, asks: false) { finish(conclude($0, ending)) } },
            refuse: { refusal in finish(fail(ToolError(refusal), ending)) }
        )
        if case .full(let wait) = parts.pool.submit(job) { return fail(.busy(retryAfter: wait.retrySeconds), ending) }
        done.wait()
        return result.withLock { $0 } ?? .internalError(requestID: call.id.description)
    }

    private func conclude(_ ran: Ran, _ ending: CallEnding) -> ToolOutcome {
        do {
            let (_, outcome) = try ran.get()
            ending.set(asked(record(outcome)))
            return outcome.result
        } catch let refused as Refused {
            ending.set(record(refused.record))
            return .refused(ProtocolError(.invalidRequest, "The token or session of this call is not valid any more"))
        } catch {
            let error = error as? PostgresError ?? PostgresError(.unexpectedResult, "\(error)")
            parts.journal.failed(error, call.id)
            return fail(ToolError(error), ending)
        }
    }

    private func fail(_ error: ToolError, _ ending: CallEnding) -> ToolOutcome {
        let outcome = ToolCallOutcome.failed(error, call.id)
        ending.set(asked(record(outcome)))
        return outcome.result
    }

    /// Keeps how a call ended that was not run.
    private func note(
        _ reason: ToolCaller.Ending,
        of prepared: PreparedCall,
        by principal: Principal,
        _ ending: CallEnding
    ) {
        let outcome: AuditEvent.Outcome =
            switch reason {
            case .asked: .ok
            case .declined, .closed: .denied
            case .unanswered: .error
            }
        let verdict = Verdict(audit: outcome, errorCode: reason.rawValue)
        audit(verdict, prepared.tool?.name, prepared.argumentsDigest, of: principal)
        ending.set(asked(record(verdict)))
    }

    /// The record of a call during which a person was asked, for whom the service waited.
    private func asked(_ record: CallRecord) -> CallRecord {
        var record = record
        record.waitedForPerson = plan.facts.era == .handshake
        return record
    }
}

extension Result where Failure == any Error {
    /// What `body` returns or throws.
    fileprivate init(_ body: () throws -> Success) {
        do { self = .success(try body()) } catch { self = .failure(error) }
    }
}
