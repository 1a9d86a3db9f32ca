import Crypto
import HTTP
import Identity
import MCP
import Postgres
import Telemetry
import Tools

/// One call on a worker: what its plan needs of the database, and how the answer is made of what comes back.
struct Work: Sendable {
    typealias Answer = @Sendable (HTTPResponse, CallRecord) -> Void

    let call: Call
    let plan: Plan<ToolProvider>
    let parts: Parts
    let waited: Duration
    /// Where the call stands in a batch, if it came in one.
    var batch: BatchPlace?
    /// When nobody waits for the answer any more.
    var deadline: ContinuousClock.Instant
    /// Whether nobody waits for the answer any more although there is time left.
    var isAbandoned: @Sendable () -> Bool = { false }
    /// Whether its request has been counted already.
    var isCounted = false

    /// The step that the worker takes for this call.
    func step(_ answer: @escaping Answer) -> Step {
        switch plan.action {
        case .reply, .caller, .endSession: return read(answer)
        case .open(let opening): return open(opening, answer)
        case .work(let request, _, let ask):
            let prepared = parts.tools.prepare(request, from: call.credential)
            return within(prepared, answer) { isDoubtful in
                run(prepared, asks: ask != nil, isDoubtful: isDoubtful) { self.conclude($0, asking: ask, answer) }
            }
        case .fetch(let request, _): return fetch(parts.tools.prepare(request, from: call.credential), answer)
        case .batch: return batch(answer)
        }
    }

    /// The statement that checks the token, and is the first of every call.
    var authentication: SQL { parts.authenticator.statement(for: call.credential, session: plan.session?.digest) }

    /// The caller, if the database vouched for it and its session is not over.
    ///
    /// - Parameter departure: When the check left, if it may be kept for the calls that follow.
    func caller(from rows: QueryResult, since departure: RecentChecks.Departure? = nil) throws(Refused) -> Principal {
        let found: (principal: Principal, sessionEnded: Bool)
        do throws(IdentityError) {
            found = try parts.authenticator.principal(for: call.credential, from: rows)
        } catch {
            throw Refused(error, to: call.request, parts)
        }
        parts.pool.weigh(call.credential.workspace.share, found.principal.weight)
        if found.sessionEnded, let session = plan.session {
            throw Refused(session.answerIfEnded, reason: "session_ended")
        }
        if let departure {
            parts.checks.keep(found.principal, call.credential, session: plan.session?.digest, since: departure)
        }
        return try selected(of: found.principal)
    }

    /// The caller, if a check of it stands.
    func knownCaller() throws(Refused) -> Checked? {
        guard let found = parts.checks.caller(call.credential, session: plan.session?.digest) else { return nil }
        return Checked(principal: try selected(of: found.principal), time: found.time)
    }

    /// The caller with no more than what its request wants to see.
    private func selected(of principal: Principal) throws(Refused) -> Principal {
        switch call.selection {
        case nil: return principal
        case .success(let selection): return principal.narrowed(by: selection)
        case .failure(let problem): throw Refused(problem, plan.facts.id)
        }
    }

    /// What is answered without the database: by the protocol itself, to a caller of whom a check stands.
    func answerAtOnce() -> (HTTPResponse, CallRecord)? {
        switch plan.action {
        case .reply, .caller: break
        default: return nil
        }
        do throws(Refused) {
            guard let checked = try knownCaller() else { return nil }
            return (response(for: checked.principal), record())
        } catch {
            return (error.response, record(error.record))
        }
    }

    // MARK: Reads

    /// The token's check alone, or together with what ends a session.
    private func read(_ answer: @escaping Answer) -> Step {
        if let (response, record) = answerAtOnce() {
            answer(response, record)
            return .done
        }
        let departure = parts.checks.depart()
        let finish: @Sendable (Result<[QueryResult], PostgresError>) -> Void = { outcome in
            self.conclude(outcome, since: departure.time, answer) { (results) throws(Refused) in
                let principal = try self.caller(from: results[0], since: departure)
                if case .endSession(let session, _) = self.plan.action {
                    self.parts.checks.forget(self.call.credential.workspace)
                    self.parts.mcp.endStream(of: session)
                }
                return (self.response(for: principal), self.record())
            }
        }
        if case .endSession(let session, _) = plan.action {
            return .read([authentication, ending(session)], finish: finish)
        }
        return .readOn([authentication]) { outcome in
            finish(outcome)
            return .done
        }
    }

    /// The token's check alone; then the protocol answers by itself, perhaps with a stream.
    private func open(_ opening: @escaping Plan<ToolProvider>.Opening, _ answer: @escaping Answer) -> Step {
        .read([authentication]) { outcome in
            do throws(Refused) {
                switch outcome {
                case .success(let results): self.handOver(to: opening, try self.caller(from: results[0]), answer)
                case .failure(let error): self.fail(error, answer)
                }
            } catch {
                answer(error.response, self.record(error.record))
            }
        }
    }

    /// The token's check in one flush with what a resource, a prompt or suggestions need, as often as they lead on. How
    /// it ended is audited.
    private func fetch(_ prepared: PreparedFetch, _ answer: @escaping Answer) -> Step {
        let known: Checked?
        do throws(Refused) {
            known = try knownCaller(for: prepared.statements)
        } catch {
            answer(error.response, record(error.record))
            return .done
        }
        let departure = parts.checks.depart()
        return reading(prepared.statements, for: known) { outcome in
            var next = Step.done
            self.conclude(outcome, since: departure.time, answer) { (results) throws(Refused) in
                let principal: Principal
                if let known {
                    principal = known.principal
                } else {
                    principal = try self.caller(from: results[0], since: departure)
                }
                let rows = Array(results.dropFirst())
                switch FetchCallOutcome.progress(of: prepared, rows, for: principal, self.call.id) {
                case .ended(let outcome):
                    self.audit(outcome.verdict, prepared.name, prepared.digest, of: principal)
                    return (self.response(for: principal, outcome), self.record(outcome, prepared))
                case .more(let further): next = self.fetch(further, answer)
                case .wait(let gate, let further): next = .wait(for: gate) { self.fetch(further(), answer) }
                }
                return nil
            }
            return next
        }
    }

    /// - Parameter body: Makes the answer of the rows; `nil` where they lead to more statements.
    private func conclude(
        _ outcome: Result<[QueryResult], PostgresError>,
        since sent: ContinuousClock.Instant,
        _ answer: Answer,
        _ body: ([QueryResult]) throws(Refused) -> (HTTPResponse, CallRecord)?
    ) {
        parts.metrics.observe(.databaseDuration, ContinuousClock.now - sent)
        switch outcome {
        case .success(let results):
            do throws(Refused) {
                if let (response, record) = try body(results) { answer(response, record) }
            } catch {
                answer(error.response, record(error.record))
            }
        case .failure(let error): fail(error, answer)
        }
    }

    /// The database failed before it was known who calls: nothing is told but that, and to a call of a tool as the
    /// tool's result, whatever tool it names.
    func fail(_ error: PostgresError, _ answer: Answer) {
        // Who takes a request back gets no answer to it.
        if error.kind == .abandoned { return answer(HTTPResponse(status: .accepted), record(.cancelled)) }
        let problem = ToolError(error)
        var record = record()
        record.outcome = "error"
        record.errorCode = problem.code.rawValue
        parts.journal.failed(error, call.id)
        answer(.unserved(problem, plan, requestID: call.id), record)
    }

    private func conclude(
        _ ran: Result<(Principal, ToolCallOutcome), any Error>,
        asking ask: Plan<ToolProvider>.Opening?,
        _ answer: @escaping Answer
    ) {
        do {
            let (principal, outcome) = try ran.get()
            answer(response(for: principal, outcome.result).telling(outcome), record(outcome))
        } catch let pending as MustAsk {
            if let ask { counted.handOver(to: ask, pending.principal, answer) }
        } catch let refused as Refused {
            answer(refused.response, record(refused.record))
        } catch let error as PostgresError {
            fail(error, answer)
        } catch {
            fail(PostgresError(.unexpectedResult, "\(error)"), answer)
        }
    }

    // MARK: Answers

    /// What the protocol answers when the caller is known; for a tool, with how the call ended.
    func response(for principal: Principal, _ outcome: ToolOutcome = .unknownTool) -> HTTPResponse {
        switch plan.action {
        case .reply(let response), .endSession(_, let response): response
        case .caller(let answer): answer(caller(principal))
        case .work(_, let answer, _): answer(outcome)
        case .fetch(_, let answer): answer(caller(principal), .missing)
        // Each message of a batch is a call of its own, and what is opened answers by itself.
        case .batch, .open: HTTPResponse(status: .internalServerError)
        }
    }

    /// What the protocol answers to a request for something that is no tool.
    func response(for principal: Principal, _ outcome: FetchCallOutcome) -> HTTPResponse {
        guard case .fetch(_, let answer) = plan.action else { return HTTPResponse(status: .internalServerError) }
        return answer(caller(principal), outcome.result)
    }

    /// Puts a session on the list of those that are over, and tells every node; does nothing where the caller was refused.
    private func ending(_ session: SessionReference) -> SQL {
        """
        INSERT INTO ended_sessions (workspace_id, session_digest, expires_at)
        SELECT w.id, \(session.digest)::bytea, to_timestamp(\(session.expiresAt)::bigint / 1e6)
        FROM workspaces AS w
        WHERE w.id = current_workspace_id() AND w.id = \(call.credential.workspace)::uuid
        ON CONFLICT DO NOTHING
        RETURNING announce_check(workspace_id)::text
        """
    }
}
