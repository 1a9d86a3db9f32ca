package import Identity
package import MCP

/// Somebody whose token has been checked for one HTTP request, and what can be done on behalf of that request.
package struct ToolCaller: Sendable {
    /// How a call ended that a handler took over and that was not run.
    package enum Ending: String, Sendable {
        /// The client was given questions; it calls again with the answers.
        case asked = "input_required"
        /// The person declined to answer.
        case declined
        /// The person closed the form; the same may be asked again.
        case closed
        /// There was no answer: the time was up, the call was cancelled, or the client could not ask.
        case unanswered
    }

    /// Who it is.
    package let principal: Principal
    /// What was presented; sealed values are bound to it.
    package let credential: PresentedCredential
    private let perform: @Sendable (PreparedCall) -> ToolOutcome
    private let note: @Sendable (PreparedCall, Ending) -> Void

    /// - Parameters:
    ///   - perform: Runs a call on the one path of all calls: a worker, the token's check, the audit event. It waits.
    ///   - note: Keeps for log and audit trail how a call ended that was not run.
    package init(
        _ principal: Principal,
        _ credential: PresentedCredential,
        perform: @escaping @Sendable (PreparedCall) -> ToolOutcome,
        note: @escaping @Sendable (PreparedCall, Ending) -> Void
    ) {
        self.principal = principal
        self.credential = credential
        self.perform = perform
        self.note = note
    }

    /// Runs a call as if the client had made it, and waits for its outcome.
    ///
    /// For handlers: their threads may wait, workers and event loops may not. The token is checked again.
    package func run(_ call: PreparedCall) -> ToolOutcome { perform(call) }

    /// Notes that a call ended without being run.
    package func end(_ call: PreparedCall, as ending: Ending) { note(call, ending) }
}
