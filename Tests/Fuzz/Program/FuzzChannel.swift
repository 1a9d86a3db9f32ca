import Dispatch
import HTTP
import JSON
import Synchronization

@testable import MCP

/// The client's side of one answer.
final class FuzzChannel: ResponseChannel, EventSink {
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

    // MARK: What the server does

    func send(_ response: HTTPResponse) {
        state.withLock { state in
            require(!state.isStream, "A stream is answered again")
            if state.response == nil { state.response = response }
            state.isOver = true
        }
        changed.signal()
    }

    func open(_ headers: HTTPHeaders) -> any EventSink {
        state.withLock { state in
            require(!state.isStream && state.response == nil, "What is answered becomes a stream")
            state.isStream = true
        }
        changed.signal()
        return self
    }

    func onDisconnect(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onDisconnect = body } }

    var isOpen: Bool { state.withLock { !$0.isOver } }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
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

    /// Waits for the answer, or for the beginning of a stream; an answer that never comes is a hang.
    ///
    /// - Parameter isBegun: Whether a stream has begun when it is open, rather than with its first message.
    func answer(isBegun: Bool) -> HTTPResponse {
        while state.withLock({ !$0.isOver && $0.bytes.isEmpty && !(isBegun && $0.isStream) }) { changed.wait() }
        return soFar
    }

    /// Looks at everything that has come in the end.
    func check() {
        for event in FuzzEvent.all(in: soFar) where !event.data.isEmpty {
            require((try? JSONDocument(event.data)) != nil, "\(event.data.text) on a stream is no JSON")
        }
    }

    func disconnect() {
        let body = state.withLock { $0.isStream ? nil : $0.onDisconnect }
        body?()
        close(isDisconnected: true)
    }

    private var soFar: HTTPResponse {
        state.withLock { state in
            state.response ?? HTTPResponse(status: .ok, headers: EventStream.headers, body: state.bytes)
        }
    }

    private func close(isDisconnected: Bool) {
        let bodies = state.withLock { state in
            guard !state.isOver else { return [] as [@Sendable (Bool) -> Void] }
            state.isOver = true
            state.onDisconnect = nil
            defer { state.onClose = [] }
            return state.onClose
        }
        for body in bodies { body(isDisconnected) }
        changed.signal()
    }
}

/// One event of a stream, or the whole of an answer that is none.
struct FuzzEvent {
    var id: String?
    var data: [UInt8] = []

    static func all(in response: HTTPResponse) -> [FuzzEvent] {
        guard response.headers.first(.contentType) == "text/event-stream" else {
            return response.body.isEmpty ? [] : [FuzzEvent(data: response.body)]
        }
        var events: [FuzzEvent] = []
        var event = FuzzEvent()
        var isEmpty = true
        for line in response.body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !isEmpty { events.append(event) }
                (event, isEmpty) = (FuzzEvent(), true)
            } else if line.starts(with: "data: ".utf8) {
                (event.data, isEmpty) = (Array(line.dropFirst(6)), false)
            } else if line.starts(with: "id: ".utf8) {
                event.id = Array(line.dropFirst(4)).text
            } else {
                require(line.starts(with: "retry: ".utf8), "\(Array(line).text) on a stream is no field")
            }
        }
        require(isEmpty, "A stream ends within an event")
        return events
    }
}
