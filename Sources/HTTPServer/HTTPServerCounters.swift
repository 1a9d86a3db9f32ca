/// What a server has done since it started, read at one moment.
package struct HTTPServerCounters: Sendable, Equatable {
    /// Connections that are open now.
    package var connectionsOpen = 0
    /// Connections that were accepted and served.
    package var connectionsAccepted = 0
    /// Connections that were answered 503, or closed, because there were too many.
    package var connectionsRefused = 0
    /// Requests that were read completely and handed on.
    package var requests = 0
    /// Answers by this server itself because a responder was dropped unanswered.
    package var unanswered = 0
    /// Streams that are open now.
    package var streamsOpen = 0
    /// Refusals for want of room that are held now.
    package var refusalsHeld = 0
    /// Bytes that came in.
    package var bytesReceived = 0
    /// Bytes that went out.
    package var bytesSent = 0
    /// Requests that were refused unread or half read, by reason.
    package var refusals: [RequestRefusal: Int] = [:]
}
