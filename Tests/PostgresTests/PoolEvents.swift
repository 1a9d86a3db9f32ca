import Postgres
import Synchronization

/// Records what a pool tells, and lets a test wait for it.
final class PoolEvents: PoolObserver {
    enum Event: Equatable, Sendable {
        case flushed(Int)
        case refused(Refusal)
        case backlogFull
        case repeated(PostgresError.Kind)
        case connected
        case lost
        case failed
    }

    private let seen = Mutex<[Event]>([])
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// All events so far.
    var all: [Event] { seen.withLock { $0 } }

    func count(_ event: Event) -> Int { all.count { $0 == event } }

    /// Waits until an event was told, counted from the last wait; for one test at a time.
    func wait(for event: Event) async {
        for await next in stream where next == event { return }
    }

    private func note(_ event: Event) {
        seen.withLock { $0.append(event) }
        continuation.yield(event)
    }

    func flushed(batch: Int) { note(.flushed(batch)) }
    func refused(_ reason: Refusal) { note(.refused(reason)) }
    func backlogFull() { note(.backlogFull) }
    func repeated(because error: PostgresError) { note(.repeated(error.kind)) }
    func connected() { note(.connected) }
    func connectionLost(_ error: PostgresError?) { note(.lost) }
    func connectionFailed(_ error: PostgresError) { note(.failed) }
}
