package import Postgres

extension ToolError {
    /// What a failure of the database means to the caller. Its cause goes to the log, not into the answer.
    package init(_ error: PostgresError) {
        switch error.kind {
        case .timeout:
            self.init(
                .timeout, "The workspace's database did not answer in time.",
                hint: "Try the call again; ask for fewer rows if it was a list."
            )
        case .abandoned: self = .abandoned
        case .connectionFailed, .connectionLost:
            self.init(
                .unavailable,
                error.outcomeIsUnknown
                    ? "The connection to the database was lost while saving, so it is not known whether it was saved."
                    : "The workspace's database cannot be reached at the moment. Nothing was changed.",
                hint: error.outcomeIsUnknown
                    ? "Send the same call again with the same idempotencyKey: it is stored once."
                    : "Try the call again in a few seconds.",
                retryAfter: 2
            )
        default: self.init(.internalError, "Something went wrong on our side. Nothing was changed.")
        }
    }

    /// What it means to the caller that a waiting call was not taken up.
    package init(_ refusal: Refusal) {
        switch refusal {
        case .timeout:
            self.init(
                .timeout, "The service was too busy to answer in time. Nothing was changed.",
                hint: "Try the call again in a few seconds.", retryAfter: 2
            )
        case .overdue: self = .busy(retryAfter: 1)
        case .abandoned: self = .abandoned
        case .unavailable:
            self.init(
                .unavailable, "The workspace's database cannot be reached at the moment. Nothing was changed.",
                hint: "Try the call again in a few seconds.", retryAfter: 2
            )
        case .stopping:
            self.init(
                .unavailable, "This node is stopping. Nothing was changed.", hint: "Send the call again.",
                retryAfter: 1
            )
        }
    }

    /// Too many calls wait.
    ///
    /// - Parameter seconds: When it is worth to come back.
    package static func busy(retryAfter seconds: Int) -> ToolError {
        ToolError(
            .unavailable, "The service has more calls waiting than it can answer in time. Nothing was changed.",
            hint: seconds > 1 ? "Try the call again in \(seconds) seconds." : "Try the call again in a second.",
            retryAfter: seconds
        )
    }

    /// The client took the call back, or went away; whoever reads this is somebody else.
    private static let abandoned = ToolError(
        .timeout, "The call was cancelled before it was answered. Nothing was changed.", hint: "Send the call again."
    )
}
