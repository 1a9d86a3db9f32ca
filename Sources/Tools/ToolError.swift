package import JSON

/// A problem that the caller can put right, told in the caller's terms.
///
/// It becomes a tool result with `isError`, never a JSON-RPC error: a model reads it and acts on it.
package struct ToolError: Error, Sendable {
    /// A stable word that a client may match on.
    package enum Code: String, Sendable, CaseIterable {
        case validationFailed = "validation_failed"
        case notFound = "not_found"
        case verificationFailed = "verification_failed"
        case idempotencyConflict = "idempotency_conflict"
        case possibleDuplicate = "possible_duplicate"
        case toolDisabled = "tool_disabled"
        case readOnly = "read_only"
        case permissionDenied = "permission_denied"
        case versionConflict = "version_conflict"
        case transitionNotAllowed = "transition_not_allowed"
        case confirmUnknown = "confirm_unknown"
        case confirmExpired = "confirm_expired"
        case confirmUsed = "confirm_used"
        case confirmCancelled = "confirm_cancelled"
        case confirmStale = "confirm_stale"
        case rateLimited = "rate_limited"
        case quotaExceeded = "quota_exceeded"
        case tooLarge = "too_large"
        case timeout
        case unavailable
        case internalError = "internal"
    }

    /// One mistake in the arguments.
    package struct Problem: Sendable {
        /// The argument to blame, as a path such as `verification.phone`.
        package let field: String
        /// What is wrong with it and what would be accepted.
        package let message: String

        package init(_ field: String, _ message: String) {
            self.field = field
            self.message = message
        }
    }

    package let code: Code
    /// One sentence for the person or model that made the call. Never SQL, never a type name.
    package let message: String
    /// What to try next, when that is known.
    package var hint: String?
    /// All mistakes at once, for ``Code/validationFailed``.
    package var problems: [Problem] = []
    /// Seconds until the same call may succeed, when that is known.
    package var retryAfter: Int?
    /// What else there is to tell, such as a new preview.
    package var details: [JSONMember] = []
    /// Where in that text of people outside the workspace may stand.
    package var untrusted: [UntrustedPath] = []

    package init(_ code: Code, _ message: String, hint: String? = nil, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.retryAfter = retryAfter
    }

    /// Every mistake of a call in one error.
    package init(problems: [Problem]) {
        code = .validationFailed
        message = problems.map(\.message).joined(separator: " ")
        self.problems = problems
    }

    /// The answer that tells it.
    ///
    /// - Parameter requestID: What the operator finds the call by.
    package func answer(requestID: String) -> ToolAnswer {
        ToolAnswer(RawJSON(structured(requestID: requestID)), untrusted: untrusted.under("error"))
    }

    /// The structured content of the result: `{"error": {…}}`.
    ///
    /// - Parameter requestID: What the operator finds the call by.
    package func structured(requestID: String) -> JSONValue {
        var error: [JSONMember] = [
            JSONMember("code", .string(code.rawValue)),
            JSONMember("message", .string(message)),
        ]
        if let first = problems.first { error.append(JSONMember("field", .string(first.field))) }
        if problems.count > 1 {
            let list = problems.map {
                JSONValue.object([
                    JSONMember("field", .string($0.field)), JSONMember("message", .string($0.message)),
                ])
            }
            error.append(JSONMember("problems", .array(list)))
        }
        if let hint { error.append(JSONMember("hint", .string(hint))) }
        if let retryAfter { error.append(JSONMember("retry_after_seconds", .integer(Int64(retryAfter)))) }
        error += details
        error.append(JSONMember("request_id", .string(requestID)))
        return .object([JSONMember("error", .object(error))])
    }
}
