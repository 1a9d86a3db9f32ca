import CLinux
import Glibc
import HTTP

/// One socket: what was read and not parsed, the requests that wait for answers, what was not written.
///
/// Belongs to the event loop's thread. The descriptor is closed in ``close(because:)`` and nowhere else.
final class Connection {
    enum Phase {
        /// Requests are read.
        case open
        /// No further request is read; the connection ends when the answers are out.
        case finishing
        /// Everything is written; what the client still sends is thrown away, so that the answers are not.
        case lingering
        case closed
    }

    let id: ConnectionID
    let descriptor: Int32
    let peer: String
    unowned let loop: EventLoop

    var phase = Phase.open
    var parser: RequestParser
    /// Requests in the order in which they came, the oldest first.
    var exchanges: [Exchange] = []
    /// The number of the oldest one.
    var firstSequence: UInt64 = 0
    /// Bytes that were read while no further request was wanted.
    var backlog: [UInt8] = []
    var backlogOffset = 0
    /// Bytes of the current request's body that count in the loop's `bufferedInput`.
    var bufferedInput = 0
    var output: [UInt8] = []
    var outputOffset = 0

    /// Whether the socket may have something to read.
    var canRead = false
    /// Whether the socket may take something.
    var canWrite = true
    /// Whether the client has closed its sending side, as far as epoll has told.
    var isHalfClosed = false {
        didSet { if isHalfClosed { presence.end() } }
    }
    /// The same, and whether the connection was lost, for those who work for it.
    let presence = ClientPresence()

    /// When the current request began to arrive.
    var requestStart: Int64?
    /// When its body was due to begin.
    var bodyStart: Int64?
    /// When the connection was last put to use: accepted, written to, or closed to requests.
    var lastUse: Int64
    /// The deadline that the queue holds.
    var queuedDeadline: Int64?

    var isUnsettled = false
    var isUnread = false
    /// Whether the connection is one too many.
    var isSurplus = false

    init(id: ConnectionID, descriptor: Int32, peer: String, loop: EventLoop) {
        self.id = id
        self.descriptor = descriptor
        self.peer = peer
        self.loop = loop
        parser = RequestParser(limits: loop.configuration.limits)
        lastUse = loop.now
    }

    var waitingOutput: Int { output.count - outputOffset }

    /// Takes what epoll has to say.
    func receive(isReadable: Bool, isWritable: Bool, isHalfClosed: Bool, isLost: Bool) {
        guard !isLost else { return close(because: .disconnected) }
        if isHalfClosed {
            self.isHalfClosed = true
            // Nobody stops sending in order to listen to a stream: the client is gone.
            // A stream whose turn has not come ends when it does, so that those before it are answered.
            if exchanges.first?.stream != nil { return close(because: .disconnected) }
        }
        if isWritable {
            canWrite = true
            if waitingOutput > 0 { loop.settleLater(self) }
        }
        if isReadable {
            canRead = true
            read()
        }
    }

    /// Does what can be done without waiting: answers whose turn it is, output, requests that had to wait.
    func settle() {
        guard phase != .closed else { return }
        writeAnswers()
        writeContinueIfAwaited()
        flush()
        read()
        if phase == .finishing, exchanges.isEmpty, waitingOutput == 0 { finish() }
        guard phase != .closed else { return }
        queueDeadline()
    }

    /// Says that no further request is served once what has begun is answered.
    func drain() {
        canRead = true
        read()
        for index in exchanges.indices.reversed() where exchanges[index].stream != nil {
            endStream(firstSequence + UInt64(index), because: .draining)
        }
        if phase == .open, parser.isBetweenRequests { phase = .finishing }
        loop.settleLater(self)
    }

    /// Ends the connection, tells those who wait for it, and frees its place.
    func close(because ending: ResponseStream.Ending) {
        guard phase != .closed else { return }
        phase = .closed
        presence.end()
        Glibc.close(descriptor)
        loop.connections.remove(id)
        countBufferedInput(0)
        if isSurplus { loop.surplusConnections -= 1 }
        abandonExchanges(because: ending)
        backlog = []
        output = []
    }

    /// Tells those who work for the connection that nobody waits for their answers any more.
    func abandonExchanges(because ending: ResponseStream.Ending) {
        for exchange in exchanges {
            if let stream = exchange.stream {
                loop.counters.streamsOpen -= 1
                stream.shared.close(because: ending)
            }
            for body in exchange.onDisconnect { body() }
        }
        firstSequence += UInt64(exchanges.count)
        exchanges = []
    }

    /// Says good-bye: closes the sending side, and waits for the client to do the same.
    private func finish() {
        phase = .lingering
        lastUse = loop.now
        backlog = []
        guard linux_shutdown_sending(descriptor) == 0 else { return close(because: .finished) }
        canRead = true
        read()
    }
}
