import Identity
import JSON
import MCP
import Policy
import Postgres
import Telemetry
import Tools

/// How a call of a tool ended, for the protocol, the log and the audit trail.
struct ToolCallOutcome: Sendable {
    let result: ToolOutcome
    var verdict: Verdict
    /// How the caller stands to its limits, if the call was counted or refused for one.
    var standing: CallStanding?
    /// Seconds until a refused call is worth to be made again.
    var retryAfter: Int?

    /// - Parameter access: The caller's settings. Where the list of tools told no output schema, the text of another
    ///   format than JSON is all there is.
    static func done(_ answer: ToolAnswer, for access: ToolAccess) -> ToolCallOutcome {
        let released = answer.released(for: access)
        var result = ToolResult(structured: released.structured)
        if let text = released.text {
            result.content = [.text(text.rows)] + (text.rest.map { [.json($0)] } ?? [])
            if !access.listsOutputs { result.structured = nil }
        }
        return ToolCallOutcome(
            result: .result(result),
            verdict: Verdict(audit: .ok, tool: answer.tool, bytes: released.structured.bytes.count)
        )
    }

    /// - Parameter access: The caller's settings, if the error tells what is in rows.
    static func failed(
        _ error: ToolError, isDenial: Bool = false, _ id: RequestID, for access: ToolAccess? = nil
    ) -> ToolCallOutcome {
        let answer = error.answer(requestID: id.description)
        let content = access.map { answer.released(for: $0).structured } ?? answer.structured
        return ToolCallOutcome(
            result: .result(ToolResult(structured: content, isError: true)),
            verdict: Verdict(
                audit: isDenial ? .denied : .error, errorCode: error.code.rawValue, bytes: content.bytes.count
            )
        )
    }

    /// There is no such tool for this caller: the same whether it does not exist or is hidden.
    static let unknown = ToolCallOutcome(
        result: .unknownTool, verdict: Verdict(audit: .denied, errorCode: "unknown_tool")
    )
}

/// A call that cannot be served before the person at the client was asked something; nothing was done.
struct MustAsk: Error {
    let principal: Principal
}

/// A call that only reads, whose rows are there.
struct ReadCall {
    private let prepared: PreparedCall
    private let asks: Bool

    /// - Parameter asks: Whether the person can be asked for what is missing.
    init(_ prepared: PreparedCall, asks: Bool = false) {
        self.prepared = prepared
        self.asks = asks
    }

    /// How the call ended, or what it has to ask before.
    enum Progress {
        case ended(ToolCallOutcome)
        case more(Read)
        case wait(for: @Sendable () -> Gate, then: @Sendable () -> Read)
    }

    /// Goes on from the rows of a read: the tool's first one, or one that it led to.
    ///
    /// - Throws: ``MustAsk``
    func proceed(
        _ read: Read?,
        _ results: [QueryResult],
        for principal: Principal,
        _ id: RequestID
    ) throws(MustAsk) -> Progress {
        guard let tool = prepared.tool, tool.isVisible(to: principal.access) else { return .ended(.unknown) }
        if asks, prepared.form(for: principal.access) != nil { throw MustAsk(principal: principal) }
        do throws(ToolError) {
            if case .refused(_, let error) = prepared { throw error }
            guard let read else { return .ended(.unknown) }
            switch try read.proceed(results, principal) {
            case .answer(let answer):
                return .ended(.done(answer, for: principal.access))
            case .more(let next): return .more(next)
            case .wait(let gate, let next): return .wait(for: gate, then: next)
            }
        } catch {
            return .ended(.failed(error, id, for: principal.access))
        }
    }
}
