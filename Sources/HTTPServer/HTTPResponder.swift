package import HTTP
import Synchronization

/// Answers one request, once, from any thread.
///
/// The first answer counts, later ones are dropped. A responder that is released without an answer answers 500, so a
/// client never waits for a mistake on this side.
package final class HTTPResponder: Sendable {
    private let id: ExchangeID
    private let mailbox: Mailbox
    private let presence: ClientPresence
    private let maxStreamBuffer: Int
    private let isAnswered = Atomic(false)

    init(id: ExchangeID, mailbox: Mailbox, presence: ClientPresence, maxStreamBuffer: Int) {
        self.id = id
        self.mailbox = mailbox
        self.presence = presence
        self.maxStreamBuffer = maxStreamBuffer
    }

    deinit {
        if !isAnswered.load(ordering: .relaxed) { mailbox.post(.dropped(id)) }
    }

    /// Answers with a body of known length.
    package func send(_ response: HTTPResponse) {
        guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
        mailbox.post(.respond(id, response))
    }

    /// Answers that the server is too busy, perhaps not at once.
    ///
    /// When there are many refusals they leave at a pace, see ``HTTPServerConfiguration/refusalInterval``: a client
    /// that does not wait when it is told to is made to.
    package func refuse(_ response: HTTPResponse) {
        guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
        mailbox.post(.refuse(id, response))
    }

    /// Answers with a body that is written piece by piece; `EventStream.headers` makes it an event stream.
    ///
    /// The header leaves at once. A second answer to the same request is a stream that is already closed.
    package func stream(status: HTTPStatus = .ok, headers: HTTPHeaders = EventStream.headers) -> ResponseStream {
        let state = StreamState(limit: maxStreamBuffer)
        let stream = ResponseStream(id: id, mailbox: mailbox, state: state)
        if isAnswered.exchange(true, ordering: .relaxed)
            || !mailbox.post(.openStream(id, state, status: status, headers: headers))
        {
            state.close(because: .disconnected)
        }
        return stream
    }

    /// Whether the client has gone, as far as its connection tells: it was lost, or the client has closed its side.
    ///
    /// A client that only stops sending looks the same and may wait for its answer, so one that is quickly there is still
    /// worth sending.
    package var isClientGone: Bool { presence.isOver }

    /// Calls `body` on the loop's thread if the connection is lost before the answer is out.
    ///
    /// A client that only stops sending is not lost: it may wait for its answer. After the answer `body` is never called.
    package func onDisconnect(_ body: @escaping @Sendable () -> Void) {
        if !mailbox.post(.watch(id, body)) { body() }
    }
}
