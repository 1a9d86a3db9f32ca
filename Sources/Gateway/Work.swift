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

    /// The step that the worker takes for this call.
    func step(_ answer: @escaping Answer) -> Step {
        switch plan.action {
        case .reply, .caller, .fetch, .endSession: return read(answer)
        case .open(let start): return open(start, answer)
        case .work(let request, _, _):
            let prepared = parts.tools.prepare(request, from: call.credential)
            if case .write(let tool, let toolCall, let body) = prepared {
                return write(WriteCall(tool: tool, call: toolCall, body: body), answer)
            }
            return read(prepared, answer)
        case .batch: return batch(answer)
        }
    }

    /// The statement that checks the token, and is the first of every call.
    var authentication: SQL { parts.authenticator.statement(for: call.credential, session: plan.session?.digest) }

    /// The caller, if the database vouched for it and its session is not over.
    func caller(from rows: QueryResult) throws(Refused) -> Principal {
        let found: (principal: Principal, sessionEnded: Bool)
        do throws(IdentityError) {
            found = try parts.authenticator.principal(for: call.credential, from: rows)
        } catch {
            throw Refused(error, to: call.request, parts)
        }
        if found.sessionEnded, let session = plan.session {
            throw Refused(session.answerIfEnded, reason: "session_ended")
        }
        return found.principal
    }

    // MARK: Reads

    /// The token's check alone, or together with what ends a session.
    private func read(_ answer: @escaping Answer) -> Step {
        var statements = [authentication]
        if case .endSession(let session, _) = plan.action { statements.append(ending(session)) }
        let sent = ContinuousClock.now
        return .read(statements) { outcome in
            self.conclude(outcome, since: sent, answer) { (results) throws(Refused) in
                let principal = try self.caller(from: results[0])
                if case .endSession(let session, _) = self.plan.action { self.parts.mcp.endStream(of: session) }
                return (self.response(for: principal), self.record())
            }
        }
    }

    /// The token's check alone; then the protocol answers by itself, perhaps with a stream.
    private func open(
        _ start: @escaping @Sendable (Principal, any ResponseChannel) -> Void,
        _ answer: @escaping Answer
    ) -> Step {
        .read([authentication]) { outcome in
            do throws(Refused) {
                switch outcome {
                case .success(let results):
                    start(
                        try self.caller(from: results[0]),
                        self.batch?.channel
                            ?? CallChannel(responder: self.call.responder) { answer($0, self.record()) }
                    )
                case .failure(let error): self.fail(error, answer)
                }
            } catch {
                answer(error.response, self.record(error.record))
            }
        }
    }

    /// The token's check in one flush with the statements of a read tool, if its arguments were right.
    private func read(_ prepared: PreparedCall, _ answer: @escaping Answer) -> Step {
        var statements = [authentication]
        if case .read(_, _, let read) = prepared { statements += read.statements }
        let sent = ContinuousClock.now
        return .read(statements) { outcome in
            self.conclude(outcome, since: sent, answer) { (results) throws(Refused) in
                let principal = try self.caller(from: results[0])
                let outcome = ReadCall(prepared).outcome(Array(results.dropFirst()), for: principal, self.call.id)
                self.audit(outcome, prepared, of: principal)
                return (self.response(for: principal, outcome.result), self.record(outcome))
            }
        }
    }

    private func conclude(
        _ outcome: Result<[QueryResult], PostgresError>,
        since sent: ContinuousClock.Instant,
        _ answer: Answer,
        _ body: ([QueryResult]) throws(Refused) -> (HTTPResponse, CallRecord)
    ) {
        parts.metrics.observe(.databaseDuration, ContinuousClock.now - sent)
        switch outcome {
        case .success(let results):
            do throws(Refused) {
                let (response, record) = try body(results)
                answer(response, record)
            } catch {
                answer(error.response, record(error.record))
            }
        case .failure(let error): fail(error, answer)
        }
    }

    /// The database failed before it was known who calls: nothing is told but that, and to a call of a tool as the
    /// tool's result, whatever tool it names.
    func fail(_ error: PostgresError, _ answer: Answer) {
        let problem = ToolError(error)
        var record = record()
        record.outcome = "error"
        record.errorCode = problem.code.rawValue
        parts.journal.failed(error, call.id)
        answer(.unserved(problem, plan, requestID: call.id), record)
    }

    // MARK: Writes

    private func write(_ write: WriteCall, _ answer: @escaping Answer) -> Step {
        .write { database in
            let begun = ContinuousClock.now
            defer { self.parts.metrics.observe(.databaseDuration, ContinuousClock.now - begun) }
            do {
                let (principal, outcome) = try write.run(self, database)
                answer(self.response(for: principal, outcome.result), self.record(outcome))
            } catch let refused as Refused {
                answer(refused.response, self.record(refused.record))
            } catch let error as PostgresError {
                self.fail(error, answer)
            } catch {
                self.fail(PostgresError(.unexpectedResult, "\(error)"), answer)
            }
        }
    }

    // MARK: Answers

    /// What the protocol answers when the caller is known; for a tool, with how the call ended.
    func response(for principal: Principal, _ outcome: ToolOutcome = .unknownTool) -> HTTPResponse {
        switch plan.action {
        case .reply(let response), .endSession(_, let response): response
        case .caller(let answer): answer(principal)
        case .work(_, let answer, _): answer(outcome)
        case .fetch(_, let answer): answer(principal, .missing)
        // Each message of a batch is a call of its own, and what is opened answers by itself.
        case .batch, .open: HTTPResponse(status: .internalServerError)
        }
    }

    /// Puts a session on the list of those that are over; does nothing where the caller was refused.
    private func ending(_ session: SessionReference) -> SQL {
        """
        INSERT INTO ended_sessions (workspace_id, session_digest, expires_at)
        SELECT w.id, \(session.digest)::bytea, to_timestamp(\(session.expiresAt)::bigint / 1e6)
        FROM workspaces AS w
        WHERE w.id = current_workspace_id() AND w.id = \(call.credential.workspace.uuid)::uuid
        ON CONFLICT DO NOTHING
        """
    }
}
