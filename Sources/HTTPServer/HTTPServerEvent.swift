/// What a server tells its log; single requests are not among it.
package enum HTTPServerEvent: Sendable, Equatable {
    /// The server accepts connections on this port.
    case listening(port: UInt16)
    /// The system does not let the server's thread go before others when it is behind; the number is its `errno`.
    case noPrecedence(errno: Int32)
    /// A request from this address was refused before a handler saw it.
    case refused(RequestRefusal, peer: String)
    /// A responder was dropped without an answer, and the client got 500.
    case unanswered(method: String)
    /// Connections cannot be accepted for the moment; the number is the system's `errno`.
    case acceptFailed(errno: Int32)
    /// No more connections are accepted; so many are still open.
    case draining(open: Int)
    /// The server is gone; so many connections were cut because the deadline had passed.
    case stopped(cut: Int)
}
