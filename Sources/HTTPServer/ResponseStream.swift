import HTTP
import Synchronization

/// An answer that stays open and is written to from any thread.
///
/// The stream belongs to the event loop and holds no thread. It is over when ``end()`` is called, the client goes away
/// (one that closes its sending side counts as gone), or the server drains; releasing it ends it too.
package final class ResponseStream: Sendable {
    /// Why a stream is over.
    package enum Ending: Sendable, Equatable {
        /// ``end()`` was called and everything went out.
        case finished
        /// The connection was lost, or the client took nothing for too long.
        case disconnected
        /// The server stops.
        case draining
    }

    private let id: ExchangeID
    private let mailbox: Mailbox
    private let state: StreamState

    init(id: ExchangeID, mailbox: Mailbox, state: StreamState) {
        self.id = id
        self.mailbox = mailbox
        self.state = state
    }

    deinit { end() }

    /// Whether bytes may still be sent.
    package var isOpen: Bool { state.isOpen }

    /// Queues bytes for the client; they leave at once if it takes them.
    ///
    /// - Returns: `false` if nothing was queued: the stream is over (``isOpen`` tells), or so many bytes wait for the
    ///   client that these would exceed the bound. One piece is always taken when nothing waits.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return isOpen }
        guard state.reserve(StreamState.cost(of: bytes)) else { return false }
        return mailbox.post(.sendChunk(id, bytes))
    }

    /// Ends the stream once everything that was queued is out.
    package func end() {
        if state.stopAccepting() { mailbox.post(.endStream(id)) }
    }

    /// Calls `body` once when the stream is over, at once if it is already; on the loop's thread otherwise.
    package func onClose(_ body: @escaping @Sendable (Ending) -> Void) {
        state.onClose(body)
    }

    /// Calls `body` each time the client has taken everything after ``send(_:)`` had refused bytes.
    package func onWritable(_ body: @escaping @Sendable () -> Void) {
        state.onWritable(body)
    }
}

/// What the two sides of a stream share: how much waits, and whether it is over.
final class StreamState: Sendable {
    private struct Values {
        var waiting = 0
        var accepts = true
        var hasRefused = false
        var ending: ResponseStream.Ending?
        var closeCallbacks: [@Sendable (ResponseStream.Ending) -> Void] = []
        var writableCallback: (@Sendable () -> Void)?
    }

    private let limit: Int
    private let values = Mutex(Values())

    init(limit: Int) { self.limit = limit }

    /// What a piece counts for: its bytes, and what it takes to keep and to frame them, or tiny pieces would be free.
    static func cost(of bytes: [UInt8]) -> Int { bytes.count + 64 }

    var isOpen: Bool { values.withLock { $0.accepts && $0.ending == nil } }

    /// Counts a cost as waiting if the bound allows.
    func reserve(_ count: Int) -> Bool {
        values.withLock { values in
            guard values.accepts, values.ending == nil else { return false }
            guard values.waiting == 0 || values.waiting + count <= limit else {
                values.hasRefused = true
                return false
            }
            values.waiting += count
            return true
        }
    }

    /// Counts a cost as taken by the client.
    func release(_ count: Int) {
        let callback = values.withLock { values -> (@Sendable () -> Void)? in
            values.waiting -= count
            guard values.waiting == 0, values.hasRefused else { return nil }
            values.hasRefused = false
            return values.writableCallback
        }
        callback?()
    }

    /// Takes no more bytes.
    ///
    /// - Returns: Whether this is the first time, and the stream is not over already.
    func stopAccepting() -> Bool {
        values.withLock { values in
            defer { values.accepts = false }
            return values.accepts && values.ending == nil
        }
    }

    /// Marks the stream as over and tells those who want to know; only the first reason counts.
    func close(because ending: ResponseStream.Ending) {
        let callbacks = values.withLock { values -> [@Sendable (ResponseStream.Ending) -> Void] in
            guard values.ending == nil else { return [] }
            values.ending = ending
            values.writableCallback = nil
            defer { values.closeCallbacks = [] }
            return values.closeCallbacks
        }
        for callback in callbacks { callback(ending) }
    }

    func onClose(_ body: @escaping @Sendable (ResponseStream.Ending) -> Void) {
        let ending = values.withLock { values in
            if values.ending == nil { values.closeCallbacks.append(body) }
            return values.ending
        }
        if let ending { body(ending) }
    }

    func onWritable(_ body: @escaping @Sendable () -> Void) {
        values.withLock { $0.writableCallback = body }
    }
}
