import HTTP
import Identity
import JSON
import MCP
import Policy
import Postgres
import Telemetry
import Tools

// Every `tools/call` counts once, whatever tool it names and however it ends; what is refused here does not count.
extension Work {
    /// What comes of a call that may be over a limit, as far as it is known before its token is looked up.
    ///
    /// Its token was good a moment ago on this node, so the refusal tells nobody anything else; when a node asks the
    /// database again, it is for a call whose token was checked.
    func within(_ prepared: PreparedCall, _ answer: Answer, _ run: (_ asks: Bool) -> Step) -> Step {
        let outlook = parts.limiter.outlook(
            call.credential, isSensitive: prepared.isSensitive, refills: prepared.isRead)
        switch outlook {
        case .open, .unfunded: return run(false)
        case .doubtful: return run(true)
        case .refused(let refusal, let credential):
            parts.trail.count(
                AuditEvent(
                    workspace: call.credential.workspace, credential: credential,
                    action: plan.facts.method ?? "tools/call", tool: prepared.tool?.name, outcome: .rateLimited,
                    at: WallClock.system.now))
            let outcome = ToolCallOutcome.limited(refusal, call.id)
            parts.metrics.increment(.policyRefusals, [.reason: refusal.meter.rawValue])
            guard case .work(_, let respond, _) = plan.action else { return run(false) }
            var record = record(outcome)
            record.isTallied = true
            answer(respond(outcome.result).telling(outcome), record)
            return .done
        }
    }

    /// Goes on with a read when it is known whether its call is admitted; it holds no worker until then.
    ///
    /// - Parameters:
    ///   - asks: Whether the database is to be asked also where there was nothing left a moment ago.
    ///   - next: What comes then.
    func admit(
        _ prepared: PreparedCall,
        _ principal: Principal,
        asks: Bool,
        _ finish: @escaping @Sendable (Ran) -> Void,
        _ next: @escaping @Sendable (CallStanding?) -> Step
    ) -> Step {
        if isCounted { return next(nil) }
        switch parts.limiter.admit(
            call.credential, principal, isSensitive: prepared.isSensitive(for: principal.access), asks: asks)
        {
        case .admitted(let standing): return next(standing)
        case .refused(let refusal):
            finish(.success((principal, refused(refusal, prepared, principal))))
            return .done
        case .wait(let refill):
            return .wait(for: refill.gate) {
                if let failure = refill.failure {
                    finish(.failure(failure))
                    return .done
                }
                return self.admit(prepared, principal, asks: false, finish, next)
            }
        }
    }

    /// The end of a call that was one too many.
    func refused(_ refusal: CallRefusal, _ prepared: PreparedCall, _ principal: Principal) -> ToolCallOutcome {
        let outcome = ToolCallOutcome.limited(refusal, call.id)
        parts.metrics.increment(.policyRefusals, [.reason: refusal.meter.rawValue])
        audit(outcome, prepared, of: principal)
        return outcome
    }

    /// The same call, whose request has been counted.
    var counted: Work {
        var work = self
        work.isCounted = true
        return work
    }
}

extension ToolCallOutcome {
    /// A call that is one too many.
    static func limited(_ refusal: CallRefusal, _ id: RequestID) -> ToolCallOutcome {
        var outcome = failed(ToolError(refusal), id)
        outcome.verdict.audit = .rateLimited
        outcome.standing = CallStanding(limit: refusal.limit, remaining: 0, reset: refusal.retryAfter)
        outcome.retryAfter = refusal.retryAfter
        return outcome
    }
}

extension HTTPResponse {
    /// The same answer with how the caller stands to its limits, and when it is worth to come back.
    func telling(_ outcome: ToolCallOutcome) -> HTTPResponse {
        var response = self
        if let standing = outcome.standing {
            response.headers.set(.rateLimitLimit, String(standing.limit))
            response.headers.set(.rateLimitRemaining, String(standing.remaining))
            response.headers.set(.rateLimitReset, String(standing.reset))
        }
        if let seconds = outcome.retryAfter { response.headers.set(.retryAfter, String(seconds)) }
        return response
    }
}

extension ToolError {
    /// A call that is one too many, told to who made it.
    fileprivate init(_ refusal: CallRefusal) {
        let meter = refusal.meter
        let owner = "This \(meter.scope.rawValue)"
        let calls = meter == .sensitiveMinute ? "calls that change many rows or reach beyond the workspace" : "calls"
        let wait = refusal.retryAfter == 1 ? "a second" : "\(refusal.retryAfter) seconds"
        self.init(
            meter.span == "month" ? .quotaExceeded : .rateLimited,
            "\(owner) has made the \(refusal.limit) \(calls) that it may make in this \(meter.span). Nothing was done.",
            hint: "Call again in \(wait), or ask an administrator for a higher limit.", retryAfter: refusal.retryAfter)
        details = [JSONMember("limit", meter.described(limit: refusal.limit))]
    }
}
