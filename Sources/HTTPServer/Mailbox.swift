import CLinux
import Glibc
import HTTP
import Synchronization

/// What other threads ask of the event loop.
enum Message: Sendable {
    case respond(ExchangeID, HTTPResponse)
    case refuse(ExchangeID, HTTPResponse)
    case dropped(ExchangeID)
    case openStream(ExchangeID, StreamState, status: HTTPStatus, headers: HTTPHeaders)
    case sendChunk(ExchangeID, [UInt8])
    case endStream(ExchangeID)
    case watch(ExchangeID, @Sendable () -> Void)
    case drain(until: ContinuousClock.Instant)
}

/// The way from any thread to the event loop: a list under a lock, and an eventfd that wakes the loop if it sleeps.
///
/// The loop says when it is about to sleep, so a batch of answers costs one system call, and answers that come while
/// the loop is at work cost none. The descriptor lives as long as the last responder, so no late answer can write to
/// a descriptor that has become something else.
final class Mailbox: Sendable {
    private struct State {
        var messages: [Message] = []
        var loopSleeps = false
        var isClosed = false
    }

    private let state = Mutex(State())
    /// What the loop waits on beside its sockets.
    let descriptor: Int32

    init() {
        descriptor = linux_eventfd()
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Hands a message to the loop.
    ///
    /// - Returns: `false` if the loop is gone, and the message with it.
    @discardableResult
    func post(_ message: Message) -> Bool {
        let (isOpen, mustWake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.messages.append(message)
            defer { state.loopSleeps = false }
            return (true, state.loopSleeps)
        }
        if mustWake { eventfd_write(descriptor, 1) }
        return isOpen
    }

    /// Announces that the loop is about to wait.
    ///
    /// - Returns: `false` if there are messages, so that it must not wait.
    func loopMaySleep() -> Bool {
        state.withLock { state in
            state.loopSleeps = state.messages.isEmpty
            return state.loopSleeps
        }
    }

    /// Exchanges the waiting messages for an empty list, whose memory is used for the next ones.
    func take(into messages: inout [Message]) {
        state.withLock { state in
            state.loopSleeps = false
            swap(&state.messages, &messages)
        }
    }

    /// Empties the eventfd after it has woken the loop.
    func acknowledgeWake() {
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }

    /// Refuses all further messages and returns those that are left.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}
