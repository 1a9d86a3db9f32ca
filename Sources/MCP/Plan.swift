package import HTTP

/// What is to be done about a request, as far as its bytes alone tell.
///
/// The caller is only known once the database has checked the token, and that statement leaves together with the
/// tool's own. So a request is planned first, and answered when the caller, and what the tool did, are known.
package final class Plan<P: Provider>: Sendable {
    /// Takes over a request: it is answered later, perhaps by a stream.
    ///
    /// The function returns at once; what takes time happens on threads of this library.
    package typealias Opening = @Sendable (P.Caller, any ResponseChannel) -> Void

    /// What is left to do.
    package indirect enum Action: Sendable {
        /// Nothing but to send this, if the caller turns out to be somebody.
        case reply(HTTPResponse)
        /// To find out who calls.
        case caller(@Sendable (P.Caller) -> HTTPResponse)
        /// To do a tool's work, and to find out who calls.
        ///
        /// Work that finds out that it needs an answer of the client first does nothing, and hands over the request to
        /// `ask`; that is `nil` where the client cannot be asked.
        case work(P.Work, answer: @Sendable (ToolOutcome) -> HTTPResponse, ask: Opening?)
        /// To get something that is no tool, and to find out who calls.
        case fetch(P.Fetch, answer: @Sendable (P.Caller, FetchOutcome) -> HTTPResponse)
        /// To find out who calls, and to hand over the request.
        case open(Opening)
        /// To remember that the session is over, until it would have ended by itself.
        case endSession(SessionReference, answer: HTTPResponse)
        /// To do several things, in any order, and to put the answers together. The parts have no batches in them.
        case batch([Plan<P>], combine: @Sendable ([HTTPResponse]) -> HTTPResponse)
    }

    /// What is left to do.
    package let action: Action
    /// The session that the request presented, which may have been ended in the meantime.
    package let session: SessionReference?
    /// What logs and metrics say of the request.
    package let facts: RequestFacts
    /// How the client says that it does not wait for the answer any more, for requests that the program answers; `nil` for
    /// others, which the library looks after itself.
    package let cancellation: Cancellation?

    init(action: Action, session: SessionReference?, facts: RequestFacts, cancellation: Cancellation?) {
        self.action = action
        self.session = session
        self.facts = facts
        self.cancellation = cancellation
    }

    /// How a client takes a request back.
    package enum Cancellation: Sendable {
        /// By closing the connection (2026-07-28).
        case disconnect
        /// By a notification, which may come to any node (up to 2025-11-25): `listen` calls its argument then, for as long
        /// as the reception is held.
        case notification(listen: @Sendable (_ body: @escaping @Sendable () -> Void) -> Reception)
    }
}

/// What logs and metrics say of a request; each is known unless the request was refused before.
package struct RequestFacts: Sendable, Equatable {
    /// The way in which the client speaks.
    package var era: EraName?
    /// The revision it is served by.
    package var revision: Revision?
    /// The method, if the server has it.
    package var method: String?
    /// The tool that a call names, which need not exist.
    package var tool: String?
    /// The id of the request.
    package var id: MessageID?
    /// The client as it describes itself.
    package var client: Client?
    /// The error by which the wire refused the request.
    package var refusal: ProtocolError.Kind?

    /// Knows nothing.
    package init() {}
}
