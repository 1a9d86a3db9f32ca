import HTTP

/// Which connection: its place in the loop's table, and how often the place was taken before.
///
/// A worker's answer may come back after the connection is gone and its place taken; the generation then differs.
struct ConnectionID: Sendable, Hashable {
    let slot: UInt32
    let generation: UInt32

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// The identity as epoll carries it.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    init(token: UInt64) {
        slot = UInt32(truncatingIfNeeded: token)
        generation = UInt32(truncatingIfNeeded: token >> 32)
    }
}

/// Which request of which connection.
struct ExchangeID: Sendable {
    let connection: ConnectionID
    let sequence: UInt64
}

/// One request that waits for its answer, or whose answer waits for its turn.
struct Exchange {
    enum Answer {
        case waiting
        case response(HTTPResponse)
        case stream(OpenStream)
    }

    /// `HEAD`: the answer has no body.
    var isHead = false
    /// HTTP/1.0: a stream ends with its connection.
    var isOldVersion = false
    /// Whether the connection ends with this answer.
    var endsConnection = false
    /// What the request asked for, for the log.
    var method: HTTPMethod = ""
    var answer = Answer.waiting
    /// What to call if the connection is lost before the answer is out.
    var onDisconnect: [@Sendable () -> Void] = []

    /// The stream, if the answer is one.
    var stream: OpenStream? {
        if case .stream(let stream) = answer { stream } else { nil }
    }
}

/// The loop's side of a stream.
final class OpenStream {
    let shared: StreamState
    let status: HTTPStatus
    let headers: HTTPHeaders
    /// Whether heartbeats are comments that the client understands.
    let isEventStream: Bool
    /// Whether the header is out, so that pieces go to the socket.
    var isRunning = false
    /// Whether the pieces are framed as chunks, or end with the connection.
    var isChunked = true
    /// Pieces that came before it was the stream's turn.
    var early: [[UInt8]] = []
    /// Whether the end was asked for before it was the stream's turn.
    var isEnded = false
    /// What the pieces in the connection's output still count for.
    var unsent = 0

    init(shared: StreamState, status: HTTPStatus, headers: HTTPHeaders) {
        self.shared = shared
        self.status = status
        self.headers = headers
        isEventStream = headers.first(.contentType)?.hasPrefix("text/event-stream") == true
    }
}
