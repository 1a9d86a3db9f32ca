import HTTP
import Identity
import JSON
import MCP
import Postgres
import Telemetry
import Tools

/// A request that ends here: the answer that it gets, and what the log says of it.
struct Refused: Error {
    var response: HTTPResponse
    let record: CallRecord

    init(_ response: HTTPResponse, outcome: String = "refused", reason: String?) {
        self.response = response
        var record = CallRecord(outcome: outcome)
        record.reason = reason
        self.record = record
    }

    /// Nothing is served at the path.
    init(_ status: HTTPStatus) {
        self.init(
            .refusal(status, error: "not_found", description: "There is nothing at this path."), reason: "not_found"
        )
    }

    /// What the request asks to see less of cannot be read.
    init(_ problem: RequestSelection.Problem, _ id: MessageID?) {
        var response = HTTPResponse.refusal(.badRequest, error: "unknown_selection", description: problem.message)
        if let id {
            let body: JSONValue = [
                "jsonrpc": "2.0", "id": id.json, "error": ["code": -32602, "message": .string(problem.message)],
            ]
            response = .json(RawJSON(body).bytes, status: .badRequest)
        }
        self.init(response, reason: "unknown_selection")
    }

    /// The sender was not accepted.
    init(_ error: IdentityError, to request: HTTPRequest, _ parts: Parts) {
        parts.metrics.increment(.authenticationRefusals, [.reason: error.reason.rawValue])
        self.init(error.response(about: parts.address.resource(for: request)), reason: error.reason.rawValue)
    }
}

extension WorkspaceID {
    /// The share of the workers that all calls to the workspace have together.
    var share: FairShareKey { FairShareKey(row.key) }
}

extension Duration {
    /// Whole seconds for `Retry-After`: not before the time is over, and a second at least.
    var retrySeconds: Int { max(1, Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)) }
}

extension HTTPResponse {
    /// Too many calls wait, of all workspaces or of this one.
    static func busy(retryAfter seconds: Int) -> HTTPResponse {
        var response = overloaded
        response.headers.set(.retryAfter, String(seconds))
        return response
    }

    private static let overloaded = HTTPResponse.refusal(
        .serviceUnavailable, error: "overloaded",
        description: "The service has more calls waiting than it can answer in time; Retry-After says when to come."
    )

    /// A call that could not be served for a reason on our side: the result of a tool that failed, or a JSON-RPC error
    /// in band where the request's id is known, so that clients show its text; 503 otherwise.
    static func unserved(_ error: ToolError, _ plan: Plan<ToolProvider>, requestID: RequestID) -> HTTPResponse {
        if case .work(_, let answer, _) = plan.action {
            return answer(ToolCallOutcome.failed(error, requestID).result)
        }
        guard let id = plan.facts.id else {
            var response = HTTPResponse.refusal(
                .serviceUnavailable, error: error.code.rawValue, description: error.message
            )
            response.headers.set(.retryAfter, String(error.retryAfter ?? 1))
            return response
        }
        var data = [JSONMember("code", .string(error.code.rawValue))]
        if let seconds = error.retryAfter { data.append(JSONMember("retry_after_seconds", .integer(Int64(seconds)))) }
        data.append(JSONMember("request_id", .string(requestID.description)))
        let text = [error.message, error.hint ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        let body: JSONValue = [
            "jsonrpc": "2.0", "id": id.json,
            "error": ["code": -32603, "message": .string(text), "data": .object(data)],
        ]
        return .json(RawJSON(body).bytes)
    }
}
