import CPostgres
import Dispatch
import Glibc
import Synchronization

/// Hears what other sessions say with `NOTIFY`, on a connection and a thread of its own.
///
/// When the connection is lost it is opened again; what was said meanwhile is lost, and the listener is told so. Some times
/// a second the server is asked for nothing at all: what it had to tell before comes before its answer, so the listener
/// knows up to when it has heard everything. Everything but the stop flag is confined to the thread.
package final class NotificationListener: Sendable {
    /// What is heard, in order, on the listener's thread.
    package enum Event: Sendable {
        /// Somebody has said something.
        case notification(payload: String)
        /// What was said before this moment has been heard.
        case caughtUp(ContinuousClock.Instant)
        /// The connection is open (again): what is said from now on is heard, what was said before may be lost.
        case listening
        /// The connection is lost.
        case lost(PostgresError)
    }

    /// How long after an answer the server is asked again.
    private static let interval = Duration.milliseconds(200)
    /// How long an answer is waited for before the connection is given up.
    private static let patience = Duration.seconds(10)

    private let url: String
    private let channel: String
    /// A pipe whose one end wakes the thread that waits at the other.
    private let wake: (read: CInt, write: CInt)
    private let isStopped = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Prepares to listen; nothing is heard before ``start(_:)``.
    ///
    /// - Parameter channel: A plain lower-case name.
    package init(url: String, channel: String) {
        self.url = url
        self.channel = channel
        var ends: [CInt] = [-1, -1]
        _ = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
    }

    deinit { for end in [wake.read, wake.write] where end >= 0 { Glibc.close(end) } }

    /// Begins to listen, on a thread of its own; returns at once.
    ///
    /// - Parameter hear: Called for every event; must be quick and not wait.
    package func start(_ hear: @escaping @Sendable (Event) -> Void) {
        let thread = DispatchQueue(label: "workport.database.notifications")
        thread.async { self.run(hear) }
    }

    /// Stops listening, and waits until nothing is heard any more.
    package func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        _ = Glibc.write(wake.write, "x", 1)
        _ = ended.wait(timeout: .now() + .seconds(5))
    }

    private func run(_ hear: (Event) -> Void) {
        var pause: Duration = .milliseconds(50)
        while !isStopped.load(ordering: .relaxed) {
            do throws(PostgresError) {
                let connection = try Connection(url: url, applicationName: "workport notifications")
                defer { connection.close() }
                _ = try connection.query(SQL(verbatim: "LISTEN \(channel)"))
                pause = .milliseconds(50)
                hear(.listening)
                try listen(connection, hear)
            } catch {
                hear(.lost(error))
                rest(pause)
                pause = min(pause * 2, .seconds(2))
            }
        }
        ended.signal()
    }

    /// Hears until the connection is lost, or listening is to stop.
    private func listen(_ connection: Connection, _ hear: (Event) -> Void) throws(PostgresError) {
        // When the question left that is not answered yet, and when the next one is due.
        var asked: ContinuousClock.Instant?
        var due = ContinuousClock.now
        while !isStopped.load(ordering: .relaxed) {
            let handle = try connection.open()
            let isAnswered = asked == nil ? false : try answered(connection, handle)
            while let notification = PQnotifies(handle) {
                let payload = String(cString: notification.pointee.extra)
                PQfreemem(notification)
                hear(.notification(payload: payload))
            }
            let now = ContinuousClock.now
            if isAnswered, let time = asked {
                hear(.caughtUp(time))
                (asked, due) = (nil, now + Self.interval)
            }
            if asked == nil, now >= due {
                guard PQsendQuery(handle, "") == 1 else { throw PostgresError(.connectionLost, connection.lastMessage) }
                (asked, due) = (now, now + Self.patience)
            }
            if asked != nil, now >= due { throw PostgresError(.connectionLost, "The server does not answer.") }
            var entries = [
                pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&entries, 2, CInt(clamping: max(0, (due - now).milliseconds) + 1))
            guard PQconsumeInput(handle) == 1 else {
                throw PostgresError(.connectionLost, connection.lastMessage)
            }
        }
    }

    /// Whether the server has answered; takes the answer.
    private func answered(_ connection: Connection, _ handle: OpaquePointer) throws(PostgresError) -> Bool {
        while PQisBusy(handle) == 0 {
            guard let answer = PQgetResult(handle) else { return true }
            _ = try connection.check(answer, allowsEmpty: true)
        }
        return false
    }

    private func rest(_ pause: Duration) {
        var entry = pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, CInt(clamping: pause.milliseconds))
    }
}
