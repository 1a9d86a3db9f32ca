import Dispatch
import HTTP
import MCP
import Synchronization

/// A client's side of one answer: what was sent, whole or in pieces.
final class RecordingChannel: ResponseChannel, EventSink {
    private struct State {
        var response: HTTPResponse?
        var isStream = false
        var bytes: [UInt8] = []
        var isOver = false
        var onDisconnect: (@Sendable () -> Void)?
        var onClose: [@Sendable (Bool) -> Void] = []
    }

    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)
    private let look: @Sendable ([UInt8]) -> Void

    /// Makes a channel that shows each piece of a stream to somebody as it comes.
    init(_ look: @escaping @Sendable ([UInt8]) -> Void = { _ in }) { self.look = look }

    // MARK: What the server does

    func send(_ response: HTTPResponse) {
        state.withLock { state in
            if state.response == nil, !state.isStream { state.response = response }
            state.isOver = true
        }
        changed.signal()
    }

    func open(_ headers: HTTPHeaders) -> any EventSink {
        state.withLock { $0.isStream = true }
        changed.signal()
        return self
    }

    func onDisconnect(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onDisconnect = body } }

    var isOpen: Bool { state.withLock { !$0.isOver } }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        look(bytes)
        let wasTaken = state.withLock { state in
            if !state.isOver { state.bytes += bytes }
            return !state.isOver
        }
        changed.signal()
        return wasTaken
    }

    func end() { close(isDisconnected: false) }

    func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void) {
        let isOver = state.withLock { state in
            if !state.isOver { state.onClose.append(body) }
            return state.isOver
        }
        if isOver { body(false) }
    }

    // MARK: What the client does

    /// Goes away.
    func disconnect() {
        let body = state.withLock { $0.isStream ? nil : $0.onDisconnect }
        body?()
        close(isDisconnected: true)
    }

    private func close(isDisconnected: Bool) {
        let bodies = state.withLock { state in
            guard !state.isOver else { return [] as [@Sendable (Bool) -> Void] }
            state.isOver = true
            defer { state.onClose = [] }
            return state.onClose
        }
        for body in bodies { body(isDisconnected) }
        changed.signal()
    }

    // MARK: What the test looks at

    var isStream: Bool { state.withLock { $0.isStream } }

    /// The events so far.
    var events: [SentEvent] { SentEvent.all(in: state.withLock { $0.bytes }) }

    /// Waits until something holds; a test that waits for what never comes ends here.
    @discardableResult
    func wait(until isReady: (RecordingChannel) -> Bool) -> Bool {
        let deadline = DispatchTime.now() + .seconds(20)
        while !isReady(self) {
            guard changed.wait(timeout: deadline) == .success else { return false }
        }
        return true
    }

    /// The answer, when it is over.
    func wholeAnswer() -> HTTPResponse {
        wait { !$0.isOpen }
        return state.withLock { state in
            state.response ?? HTTPResponse(status: .ok, headers: EventStream.headers, body: state.bytes)
        }
    }
}

/// One event of a stream.
struct SentEvent: Equatable {
    var id: String?
    var retry: String?
    var data = ""

    static func all(in bytes: [UInt8]) -> [SentEvent] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").map { block in
            var event = SentEvent()
            for line in block.split(separator: "\n") {
                if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                if line.hasPrefix("retry: ") { event.retry = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
            }
            return event
        }
    }
}
