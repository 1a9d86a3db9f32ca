import Identity
import JSON
import MCP
import Postgres
import Telemetry
import Tools

/// A call that writes: one transaction from the check of the token to the audit event.
struct WriteCall: Sendable {
    let tool: Tool
    let call: ToolCall
    /// Whether the person can be asked for what is missing.
    var asks = false
    let body: @Sendable (ToolCall, Principal, borrowing Transaction) throws -> WriteOutcome

    /// Runs the call.
    ///
    /// - Throws: ``Refused`` if the caller is nobody; ``MustAsk`` if the person has to be asked first; `PostgresError`
    ///   if it was never found out who calls.
    func run(_ work: Work, _ database: borrowing Database) throws -> (Principal, ToolCallOutcome) {
        let id = work.call.id
        let caller = Caller()
        do {
            let (outcome, changes) = try database.transaction { transaction -> (ToolCallOutcome, [String]) in
                let rows = try transaction.query(work.authentication)
                let principal = try work.caller(from: rows)
                caller.principal = principal
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
            for uri in changes { work.parts.mcp.announce(.resource(uri: uri), in: scope) }
            if case .unknownTool = outcome.result {
                work.audit(outcome.verdict, tool.name, call.argumentsDigest, of: principal)
            }
            return (principal, outcome)
        } catch let error as ToolError {
            guard let principal = caller.principal else { throw error }
            let outcome = ToolCallOutcome.failed(error, id)
            work.audit(outcome.verdict, tool.name, call.argumentsDigest, of: principal)
            return (principal, outcome)
        } catch let error as PostgresError {
            guard let principal = caller.principal else { throw error }
            work.parts.journal.failed(error, id)
            let outcome = ToolCallOutcome.failed(ToolError(error), id)
            work.audit(outcome.verdict, tool.name, call.argumentsDigest, of: principal)
            return (principal, outcome)
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
            let verdict = Verdict(audit: .pending, bytes: answer.structured.bytes.count)
            let event = work.event(verdict, name, call.argumentsDigest, of: principal)
            _ = try transaction.query(AuditEvent.appending([event], in: principal.workspace))
            return (ToolCallOutcome(result: .result(ToolResult(structured: answer.structured)), verdict: verdict), [])
        case .done(let answer, let entity, let changes, let fields):
            var verdict = ToolCallOutcome.done(answer).verdict
            if let ending { verdict = Verdict(audit: ending, bytes: verdict.bytes) }
            var event = work.event(verdict, name, call.argumentsDigest, of: principal, entity: entity)
            event.changes = fields?.text
            let rows = try transaction.query(AuditEvent.appending([event], in: principal.workspace))
            let named = naming(rows.string(0, 0), in: answer).structured
            return (ToolCallOutcome(result: .result(ToolResult(structured: named)), verdict: verdict), changes)
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
            let named = naming(rows.string(0, 0), in: answer).structured
            return (ToolCallOutcome(result: .result(ToolResult(structured: named)), verdict: verdict), [])
        case .refused(let error, let isDenial):
            let outcome = ToolCallOutcome.failed(error, isDenial: isDenial, work.call.id)
            let event = work.event(outcome.verdict, name, call.argumentsDigest, of: principal)
            _ = try transaction.query(AuditEvent.appending([event], in: principal.workspace))
            if isDenial { work.parts.metrics.increment(.verificationRefusals) }
            return (outcome, [])
        }
    }

    /// Adds the audit event's identifier to the answer.
    private func naming(_ event: String?, in answer: ToolAnswer) -> ToolAnswer {
        guard let event else { return answer }
        return ToolAnswer(RawJSON(answer.structured.bytes.dropLast() + Array(",\"audit_id\":\"\(event)\"}".utf8)))
    }

    /// Who calls, known from the first statement on, also when the rest fails.
    private final class Caller {
        var principal: Principal?
        /// What was written of the call in its transaction.
        var event: AuditEvent?
    }
}
