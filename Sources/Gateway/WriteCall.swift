import Identity
import JSON
import MCP
import Policy
import Postgres
import Telemetry
import Tools

/// A call that writes: one transaction from the check of the token to the audit event.
struct WriteCall: Sendable {
    let tool: Tool
    let call: ToolCall
    /// Whether the person can be asked for what is missing.
    var asks = false
    /// Whether the caller's limits had nothing left a moment ago, and are to be looked at again.
    var isDoubtful = false
    let prepared: PreparedCall
    let body: @Sendable (ToolCall, Principal, borrowing Transaction) throws -> WriteOutcome

    /// Runs the call.
    ///
    /// - Throws: ``Refused`` if the caller is nobody; ``MustAsk`` if the person has to be asked first; `PostgresError`
    ///   if it was never found out who calls.
    func run(_ work: Work, _ database: borrowing Database) throws -> (Principal, ToolCallOutcome) {
        let caller = Caller()
        caller.isDoubtful = isDoubtful
        while true {
            do {
                return try attempt(work, caller, database)
            } catch let unfunded as Unfunded {
                // In a transaction of its own, so that a counter is not locked for as long as a write takes.
                try work.parts.limiter.take(work.call.credential, unfunded.principal.credential, from: database)
                caller.isDoubtful = false
            } catch let refused as OverLimit {
                return (refused.principal, work.refused(refused.refusal, prepared, refused.principal))
            }
        }
    }

    private func attempt(
        _ work: Work, _ caller: Caller, _ database: borrowing Database
    ) throws -> (Principal, ToolCallOutcome) {
        let id = work.call.id
        do {
            let (outcome, changes) = try database.transaction { transaction -> (ToolCallOutcome, [String]) in
                let rows = try transaction.query(work.authentication)
                let principal = try work.caller(from: rows)
                caller.principal = principal
                try admit(work, principal, caller)
                guard tool.isVisible(to: principal.access) else { return (.unknown, []) }
                if asks, tool.asks(call, for: principal.access) { throw MustAsk(principal: principal) }
                let ended = try attempt(work, principal, transaction)
                if case .unknownTool = ended.0.result { return ended }
                caller.event = work.event(ended.0.verdict, tool.name, nil, of: principal)
                return ended
            }
            guard let principal = caller.principal else {
                throw Refused(IdentityError(.unknown), to: work.call.request, work.parts)
            }
            let scope = ChangeScope.workspace(principal.workspace)
            if let event = caller.event { work.parts.trail.count(event) }
            work.parts.mcp.announce(changes.map { .resource(uri: $0) }, in: scope)
            if case .unknownTool = outcome.result {
                work.audit(outcome.verdict, tool.name, call.argumentsDigest, of: principal)
            }
            return (principal, caller.telling(outcome))
        } catch let error as ToolError {
            guard let principal = caller.principal else { throw error }
            let outcome = ToolCallOutcome.failed(error, id)
            work.audit(outcome.verdict, tool.name, call.argumentsDigest, of: principal)
            return (principal, caller.telling(outcome))
        } catch let error as PostgresError {
            guard let principal = caller.principal else { throw error }
            work.parts.journal.failed(error, id)
            let outcome = ToolCallOutcome.failed(ToolError(error), id)
            work.audit(outcome.verdict, tool.name, call.argumentsDigest, of: principal)
            return (principal, caller.telling(outcome))
        }
    }

    /// Counts the call, once for all attempts.
    private func admit(_ work: Work, _ principal: Principal, _ caller: Caller) throws {
        if work.isCounted || caller.isAdmitted { return }
        let admission = work.parts.limiter.admitOnWorker(
            work.call.credential, principal, isSensitive: prepared.isSensitive(for: principal.access),
            asks: caller.isDoubtful)
        switch admission {
        case nil: throw Unfunded(principal: principal)
        case .failure(let refusal): throw OverLimit(principal: principal, refusal: refusal)
        case .success(let standing):
            caller.isAdmitted = true
            caller.standing = standing
        }
    }

    /// The tool's own part and its audit event, which are committed together, and what has changed then.
    private func attempt(
        _ work: Work,
        _ principal: Principal,
        _ transaction: borrowing Transaction
    ) throws -> (ToolCallOutcome, changes: [String]) {
        try conclude(body(call, principal, transaction), of: tool.name, as: nil, work, principal, transaction)
    }

    /// - Parameters:
    ///   - name: The tool under whose name it is kept.
    ///   - ending: How it ended, if it is more than done.
    private func conclude(
        _ outcome: WriteOutcome,
        of name: String,
        as ending: AuditEvent.Outcome?,
        _ work: Work,
        _ principal: Principal,
        _ transaction: borrowing Transaction
    ) throws -> (ToolCallOutcome, changes: [String]) {
        switch outcome {
        case .acting(let name, let ending, let outcome):
            return try conclude(outcome, of: name, as: ending, work, principal, transaction)
        case .pending(let answer):
            var shown = ToolCallOutcome.done(answer, for: principal.access)
            let verdict = Verdict(audit: .pending, bytes: shown.verdict.bytes)
            let event = work.event(verdict, name, call.argumentsDigest, of: principal)
            _ = try transaction.query(AuditEvent.appending([event], in: principal.workspace))
            shown.verdict = verdict
            return (shown, [])
        case .done(let answer, let entity, let changes, let fields):
            var verdict = Verdict(audit: .ok, tool: answer.tool, bytes: answer.structured.bytes.count)
            if let ending { verdict = Verdict(audit: ending, bytes: verdict.bytes) }
            var event = work.event(verdict, name, call.argumentsDigest, of: principal, entity: entity)
            event.changes = fields?.text
            let rows = try transaction.query(AuditEvent.appending([event], in: principal.workspace))
            var done = ToolCallOutcome.done(naming(rows.string(0, 0), in: answer), for: principal.access)
            done.verdict = verdict
            return (done, changes)
        case .bulk(let answer, let written):
            let verdict = Verdict(audit: ending ?? .ok, bytes: answer.structured.bytes.count)
            let whole = work.event(verdict, name, call.argumentsDigest, of: principal)
            let events = written.map { part in
                var event = work.event(
                    Verdict(audit: verdict.audit), name, call.argumentsDigest, of: principal,
                    entity: (part.entity, part.row))
                event.changes = part.fields.text
                return event
            }
            let rows = try transaction.query(AuditEvent.appending([whole] + events, in: principal.workspace))
            var done = ToolCallOutcome.done(naming(rows.string(0, 0), in: answer), for: principal.access)
            done.verdict = verdict
            return (done, [])
        case .refused(let error, let isDenial):
            let outcome = ToolCallOutcome.failed(
                error, isDenial: isDenial, work.call.id, for: principal.access)
            let event = work.event(outcome.verdict, name, call.argumentsDigest, of: principal)
            _ = try transaction.query(AuditEvent.appending([event], in: principal.workspace))
            if isDenial { work.parts.metrics.increment(.verificationRefusals) }
            return (outcome, [])
        }
    }

    /// Adds the audit event's identifier to the answer.
    private func naming(_ event: String?, in answer: ToolAnswer) -> ToolAnswer {
        answer.adding(event.map { [JSONMember("audit_id", .string($0))] } ?? [])
    }

    /// Who calls, known from the first statement on, also when the rest fails.
    private final class Caller {
        var principal: Principal?
        /// What was written of the call in its transaction.
        var event: AuditEvent?
        var isDoubtful = false
        var isAdmitted = false
        var standing: CallStanding?

        /// The same with how the caller stands to its limits.
        func telling(_ outcome: ToolCallOutcome) -> ToolCallOutcome {
            var outcome = outcome
            outcome.standing = standing
            return outcome
        }
    }

    /// The node has no calls left to admit, and has to take some.
    private struct Unfunded: Error {
        let principal: Principal
    }

    /// The call is one too many.
    private struct OverLimit: Error {
        let principal: Principal
        let refusal: CallRefusal
    }
}
