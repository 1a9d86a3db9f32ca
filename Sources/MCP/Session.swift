package import HTTP

/// What a session of the handshake era remembers; nothing of it is stored, the session id carries it.
package struct Session: Sendable, Equatable {
    /// The SHA-256 digest of the session id.
    package let digest: [UInt8]
    /// The revision that the handshake agreed on.
    package let revision: Revision
    /// What the client said about itself.
    package let client: Client
    /// When it was opened, in microseconds since 1970.
    package let openedAt: Int64
    /// When it ends at the latest, in microseconds since 1970.
    package let expiresAt: Int64
}

/// The session that a request names, as far as the program has to know it.
package struct SessionReference: Sendable {
    /// The SHA-256 digest of the session id, by which ended sessions are remembered.
    package let digest: [UInt8]
    /// When the session ends by itself, in microseconds since 1970; until then its end must be remembered.
    package let expiresAt: Int64
    let requestID: MessageID?

    /// The answer to give if the session has been ended: 404, and the client starts anew.
    package var answerIfEnded: HTTPResponse { HTTPResponse(ProtocolError(.sessionUnknown), id: requestID) }
}
