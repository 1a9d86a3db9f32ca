import CLinux
import Glibc
import HTTP

/// The thread that owns the sockets: waits, reads, hands requests on, takes answers back, writes.
///
/// A turn waits once, looks at every socket that has something, takes all answers that workers have brought, writes each
/// connection's output once, and looks at the deadlines that have passed. Nothing in it blocks, and nothing of it is
/// touched by another thread: those leave messages in the mailbox.
final class EventLoop {
    let configuration: HTTPServerConfiguration
    let times: LoopTimes
    let mailbox: Mailbox
    let log: @Sendable (HTTPServerEvent) -> Void
    let handler: HTTPServer.Handler
    let poll: Int32
    /// What one read from a socket fills.
    let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 << 10)

    var listener: ListeningSocket?
    /// When to accept again after the system had no descriptor left.
    var acceptPausedUntil: Int64?
    var connections = ConnectionTable()
    /// Connections that were accepted only to be told that there are too many.
    var surplusConnections = 0
    /// Bytes of bodies that are not complete, over all connections.
    var bufferedInput = 0
    /// Heads that were read lately, for those that repeat them.
    var heads = RecentHeads()
    var counters = HTTPServerCounters()
    var deadlines = DeadlineQueue()
    /// Refusals that are to leave at a pace.
    var refusals: RefusalPacer<(id: ExchangeID, response: HTTPResponse)>
    var date = DateLine()
    /// Monotonic nanoseconds at the start of this turn.
    var now: Int64 = 0
    /// The same moment for requests.
    var arrival = ContinuousClock.now
    /// When what is left is cut; set once the server drains.
    var drainDeadline: Int64?

    private let board: CounterBoard
    /// The sockets of one turn: so few that answers which workers bring meanwhile leave soon, and so many that waiting costs
    /// little for each.
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 64)
    private var precedence = LoopPrecedence()
    private var memory = MemoryReturn()
    private var messages: [Message] = []
    /// Connections with something to write or to parse before this turn ends.
    private var unsettled: [Connection] = []
    /// Connections that were not read to the end, so that others get their turn.
    private var unread: [Connection] = []

    init(
        listener: ListeningSocket,
        configuration: HTTPServerConfiguration,
        mailbox: Mailbox,
        board: CounterBoard,
        log: @escaping @Sendable (HTTPServerEvent) -> Void,
        handler: @escaping HTTPServer.Handler
    ) throws(HTTPServerError) {
        self.listener = listener
        self.configuration = configuration
        times = LoopTimes(configuration)
        refusals = RefusalPacer(
            interval: LoopTimes.nanoseconds(configuration.refusalInterval),
            burst: configuration.refusalBurst,
            longest: LoopTimes.nanoseconds(configuration.longestRefusalHold),
            bound: configuration.maxHeldRefusals
        )
        self.mailbox = mailbox
        self.board = board
        self.log = log
        self.handler = handler
        poll = linux_epoll_create()
        guard poll >= 0, mailbox.descriptor >= 0,
            linux_epoll_add_level(poll, mailbox.descriptor, Token.mailbox) == 0,
            linux_epoll_add_level(poll, listener.descriptor, Token.listener) == 0
        else { throw HTTPServerError(code: .system, message: "The system gives no epoll or eventfd descriptor.") }
    }

    deinit {
        if poll >= 0 { close(poll) }
        readBuffer.deallocate()
        events.deallocate()
    }

    var isDraining: Bool { drainDeadline != nil }

    /// Runs until the server has drained.
    func run() {
        updateTime()
        while !isOver {
            waitForEvents()
            takeMessages()
            sendRefusals()
            rereadConnections()
            settleConnections()
            passDeadlines()
            settleConnections()
            counters.connectionsOpen = connections.count
            counters.refusalsHeld = refusals.count
            board.publish(counters)
            if memory.note(connections.count, at: now) { MemoryReturn.giveBack() }
        }
        stop()
    }

    /// Has a connection settled before this turn ends.
    func settleLater(_ connection: Connection) {
        guard !connection.isUnsettled else { return }
        connection.isUnsettled = true
        unsettled.append(connection)
    }

    /// Has a connection read again in the next turn.
    func readLater(_ connection: Connection) {
        guard !connection.isUnread else { return }
        connection.isUnread = true
        unread.append(connection)
    }

    private var isOver: Bool {
        guard let drainDeadline else { return false }
        return connections.count == 0 || now >= drainDeadline
    }

    private func updateTime() {
        now = LoopTimes.now()
        arrival = .now
        date.update(to: time(nil))
    }

    private func waitForEvents() {
        let timeout = unread.isEmpty && mailbox.loopMaySleep() ? sleepMilliseconds : 0
        let start = LoopTimes.now()
        let count = epoll_wait(poll, events.baseAddress, Int32(events.count), timeout)
        updateTime()
        // A wait for something that is there takes less.
        let hasRested = timeout != 0 && now - start > 50_000
        if let code = precedence.note(at: now, hasRested: hasRested) { log(.noPrecedence(errno: code)) }
        guard count > 0, let first = events.baseAddress else { return }
        for index in 0..<Int(count) { handle(first + index) }
    }

    private var sleepMilliseconds: Int32 {
        let times = [deadlines.next, refusals.next, drainDeadline, acceptPausedUntil, memory.due]
        guard let next = times.compactMap(\.self).min() else { return -1 }
        // Rounded up: a turn before the deadline would find nothing to do.
        return Int32(clamping: (max(0, next - LoopTimes.now()) + 999_999) / 1_000_000)
    }

    private func handle(_ event: UnsafePointer<epoll_event>) {
        switch linux_event_token(event) {
        case Token.mailbox: mailbox.acknowledgeWake()
        case Token.listener: acceptConnections()
        case let token:
            guard let connection = connections[ConnectionID(token: token)] else { return }
            connection.receive(
                isReadable: linux_event_is_readable(event) != 0,
                isWritable: linux_event_is_writable(event) != 0,
                isHalfClosed: linux_event_is_half_closed(event) != 0,
                isLost: linux_event_is_lost(event) != 0
            )
        }
    }

    private func takeMessages() {
        mailbox.take(into: &messages)
        for message in messages { take(message) }
        messages.removeAll(keepingCapacity: true)
    }

    private func rereadConnections() {
        let connections = unread
        unread.removeAll(keepingCapacity: true)
        for connection in connections {
            connection.isUnread = false
            connection.read()
        }
    }

    private func settleConnections() {
        // Settling one may unsettle it again, which appends to the list.
        var index = 0
        while index < unsettled.count {
            let connection = unsettled[index]
            connection.isUnsettled = false
            connection.settle()
            index += 1
        }
        unsettled.removeAll(keepingCapacity: true)
    }

    private func passDeadlines() {
        while let (id, time) = deadlines.popDue(now) {
            guard let connection = connections[id], connection.queuedDeadline == time else { continue }
            connection.queuedDeadline = nil
            connection.passDeadline()
        }
        if let until = acceptPausedUntil, now >= until { resumeAccepting() }
    }

    private func stop() {
        listener = nil
        let cut = connections.count
        for connection in connections.all { connection.close(because: .draining) }
        for message in mailbox.close() { discard(message) }
        (counters.connectionsOpen, counters.refusalsHeld) = (0, 0)
        board.publish(counters)
        log(.stopped(cut: cut))
    }
}

/// What an event that belongs to no connection carries.
enum Token {
    static var mailbox: UInt64 { .max }
    static var listener: UInt64 { .max - 1 }
}
