import Identity
import JSON
import MCP
import Postgres
import Telemetry
import Tools

/// How a call of a tool ended, for the protocol, the log and the audit trail.
struct ToolCallOutcome: Sendable {
    let result: ToolOutcome
    let audit: AuditEvent.Outcome
    let errorCode: String?
    let bytes: Int

    static func done(_ answer: ToolAnswer) -> ToolCallOutcome {
        ToolCallOutcome(
            result: .result(ToolResult(structured: answer.structured)), audit: .ok, errorCode: nil,
            bytes: answer.structured.bytes.count
        )
    }

    static func failed(_ error: ToolError, isDenial: Bool = false, _ id: RequestID) -> ToolCallOutcome {
        let content = RawJSON(error.structured(requestID: id.description))
        return ToolCallOutcome(
            result: .result(ToolResult(structured: content, isError: true)), audit: isDenial ? .denied : .error,
            errorCode: error.code.rawValue, bytes: content.bytes.count
        )
    }

    /// There is no such tool for this caller: the same whether it does not exist or is hidden.
    static let unknown = ToolCallOutcome(result: .unknownTool, audit: .denied, errorCode: "unknown_tool", bytes: 0)
}

/// A call that only reads, whose rows are there.
struct ReadCall {
    private let prepared: PreparedCall

    init(_ prepared: PreparedCall) { self.prepared = prepared }

    func outcome(_ results: [QueryResult], for principal: Principal, _ id: RequestID) -> ToolCallOutcome {
        guard let tool = prepared.tool, tool.isVisible(to: principal.access) else { return .unknown }
        do throws(ToolError) {
            switch prepared {
            case .unknown, .write: return .unknown
            case .refused(_, let error): throw error
            case .read(_, _, let read): return .done(try read.answer(results, principal))
            }
        } catch {
            return .failed(error, id)
        }
    }
}
