import Identity
import JSON
import MCP
import Postgres
import Telemetry
import Tools

/// How a request for a resource, a prompt or suggestions ended, for the protocol, the log and the audit trail.
struct FetchCallOutcome: Sendable {
    let result: FetchOutcome
    let verdict: Verdict

    /// How a request ended, or what it goes on with.
    enum Progress {
        case ended(FetchCallOutcome)
        case more(PreparedFetch)
        case wait(for: Gate, then: @Sendable () -> PreparedFetch)
    }

    /// What the rows of a request come to.
    static func progress(
        of prepared: PreparedFetch, _ results: [QueryResult], for principal: Principal, _ id: RequestID
    ) -> Progress {
        do throws(ToolError) {
            switch try prepared.proceed(results, for: principal) {
            case .ended(let outcome?): return .ended(FetchCallOutcome(outcome))
            case .ended(nil):
                // The same whether it does not exist or is hidden.
                let verdict = Verdict(audit: .denied, errorCode: "unknown")
                return .ended(FetchCallOutcome(result: .missing, verdict: verdict))
            case .more(let next): return .more(next)
            case .wait(let gate, let next): return .wait(for: gate, then: next)
            }
        } catch {
            return .ended(FetchCallOutcome(error, id))
        }
    }

    private init(result: FetchOutcome, verdict: Verdict) {
        self.result = result
        self.verdict = verdict
    }

    private init(_ outcome: FetchOutcome) {
        switch outcome {
        case .resource(let resource):
            let bytes = resource.contents.reduce(0) { $0 + $1.byteCount }
            self.init(result: outcome, verdict: Verdict(audit: .ok, bytes: bytes))
        case .missing:
            self.init(result: outcome, verdict: Verdict(audit: .error, errorCode: ToolError.Code.notFound.rawValue))
        case .prompt, .completion, .internalError, .refused:
            self.init(result: outcome, verdict: Verdict(audit: .ok))
        }
    }

    private init(_ error: ToolError, _ id: RequestID) {
        let result: FetchOutcome =
            switch error.code {
            case .notFound: .missing
            case .internalError: .internalError(requestID: id.description)
            default: .refused(ProtocolError(.invalidParams, error.message))
            }
        self.init(result: result, verdict: Verdict(audit: .error, errorCode: error.code.rawValue))
    }
}

extension ResourceContents {
    fileprivate var byteCount: Int {
        switch body {
        case .text(let text): text.utf8.count
        case .json(let json): json.bytes.count
        case .blob(let base64): base64.utf8.count
        }
    }
}
