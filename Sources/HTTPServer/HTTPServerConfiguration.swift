/// Where a server listens, and every limit on size, number and time.
package struct HTTPServerConfiguration: Sendable {
    /// The address or name to listen on; `::` takes IPv4 as well.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    package var port: UInt16 = 0
    /// How many connections the kernel may hold before they are accepted; where it is full, clients hang for seconds.
    package var backlog: Int32 = 4096
    /// Connections at a time; one more is answered 503 and closed.
    package var maxConnections = 10_000
    /// Sizes within one request.
    package var limits = RequestLimits()
    /// Bytes of bodies that are being received, over all connections; who brings more is answered 503.
    package var maxBufferedInput = 256 << 20
    /// Requests of one connection that may wait for their answers; more are left unread.
    package var maxPipelined = 16
    /// Bytes of a connection's answers that may wait for the client; above it no further request is read.
    package var maxBufferedOutput = 1 << 20
    /// Bytes of one stream that may wait for the client; above it ``ResponseStream/send(_:)`` refuses.
    package var maxStreamBuffer = 1 << 20
    /// From the first byte of a request to the end of its header; then 408.
    package var headerTimeout: Duration = .seconds(10)
    /// From the end of the header to the end of the body; then 408.
    package var bodyTimeout: Duration = .seconds(30)
    /// How long a connection without a request stays open.
    package var idleTimeout: Duration = .seconds(20)
    /// How long a client may take none of the bytes that wait for it; then the connection is cut.
    package var writeTimeout: Duration = .seconds(30)
    /// How long the rest of what a client sends is read after the last answer, so that the answer is not lost.
    package var lingerTimeout: Duration = .seconds(1)
    /// The time from one refusal for want of room to the next when there are many: a thousand leave in a second, more
    /// are held for a moment, so that refusing stays a small part of the work. Nothing that is served waits for them.
    package var refusalInterval: Duration = .milliseconds(1)
    /// Refusals that leave at once before the pace holds.
    package var refusalBurst = 256
    /// For how long a refusal may be held, so that callers hear it well before they lose their patience; more than leave
    /// at the pace in this time leave faster.
    package var longestRefusalHold: Duration = .seconds(3)
    /// Refusals that are held at a time; above it the oldest leaves early.
    package var maxHeldRefusals = 16_384
    /// How often an event stream without events gets a comment.
    package var heartbeat: Duration = .seconds(20)

    /// Takes the defaults.
    package init() {}
}
