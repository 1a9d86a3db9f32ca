import HTTP
import Synchronization

/// How the answer to one request leaves: as one object, or as a stream from the first message before it on.
///
/// Only the thread of the handler writes; others end the stream when the client is gone or has taken it up elsewhere.
final class AnswerLine: Sendable {
    private enum Phase {
        case waiting
        case streaming(any EventSink)
        /// The stream goes on in the log only.
        case hungUp
        case over
    }

    private let channel: any ResponseChannel
    private let canStream: Bool
    private let form: AnswerForm
    private let log: StreamLog?
    /// Milliseconds that a client of a revision with priming events waits before it comes back.
    private let priming: Int?
    private let phase = Mutex(Phase.waiting)
    private let takeover = Mutex<Reception?>(nil)
    private let onLoss: @Sendable () -> Void

    /// - Parameters:
    ///   - log: Where events are kept, if the client can take up the stream again.
    ///   - onLoss: Called when the client goes away before the answer.
    init(
        _ channel: any ResponseChannel,
        canStream: Bool,
        form: AnswerForm,
        log: StreamLog?,
        priming: Int?,
        onLoss: @escaping @Sendable () -> Void
    ) {
        self.channel = channel
        self.canStream = canStream
        self.form = form
        self.log = log
        self.priming = priming
        self.onLoss = onLoss
        channel.onDisconnect(onLoss)
    }

    /// Sends a message before the answer; `false` if the client takes no stream or is gone for good.
    func notify(_ message: [UInt8]) -> Bool {
        guard canStream else { return false }
        open()
        return write(message, .message)
    }

    /// Sends the answer.
    func finish(_ response: HTTPResponse) {
        let isWaiting = phase.withLock { if case .waiting = $0 { true } else { false } }
        if isWaiting {
            channel.send(response.status == .ok ? HTTPResponse(.ok, json: response.body, as: form) : response)
        } else {
            _ = write(response.body, .answer)
        }
        close()
    }

    /// Ends the connection while the stream goes on: the client comes back for the rest.
    func hangUp() {
        guard canStream, log != nil, priming != nil else { return }
        open()
        let sink = phase.withLock { phase -> (any EventSink)? in
            guard case .streaming(let sink) = phase else { return nil }
            phase = .hungUp
            return sink
        }
        sink?.end()
    }

    /// Ends without an answer, as cancelled requests do.
    ///
    /// A client that comes back for the rest of the stream, because it saw no answer on it, is told that there is none.
    func abandon() {
        let isWaiting = phase.withLock { if case .waiting = $0 { true } else { false } }
        if isWaiting, !canStream { channel.send(HTTPResponse(status: .accepted)) }
        open()
        if canStream { _ = log?.append([], .end) }
        close()
    }

    // MARK: Parts

    /// Becomes a stream, unless it is one already.
    private func open() {
        guard canStream, phase.withLock({ if case .waiting = $0 { true } else { false } }) else { return }
        let sink = channel.open(EventStream.headers)
        phase.withLock { $0 = .streaming(sink) }
        if let log {
            takeover.withLock {
                $0 = log.notes.mailroom.receive(at: log.notes.takeoverAddress(log.stream)) { [weak self] delivery in
                    if StreamTurn.first.isOver(after: delivery) { self?.lose(endingSink: true) }
                }
            }
            if let priming { sink.send(EventStream.event(data: [], id: log.id(0), retry: priming)) }
        }
        sink.onClose { [weak self] isDisconnected in
            guard isDisconnected, let self else { return }
            lose(endingSink: false)
            onLoss()
        }
    }

    private func lose(endingSink: Bool) {
        let sink = phase.withLock { phase -> (any EventSink)? in
            guard case .streaming(let sink) = phase else { return nil }
            phase = .hungUp
            return sink
        }
        if endingSink { sink?.end() }
    }

    private func write(_ message: [UInt8], _ mark: StreamLog.Mark) -> Bool {
        let id = log?.append(message, mark)
        let sink = phase.withLock { phase -> (any EventSink)? in
            if case .streaming(let sink) = phase { sink } else { nil }
        }
        let wasSent = sink?.send(EventStream.event(data: message, id: id)) ?? false
        return wasSent || id != nil
    }

    private func close() {
        let sink = phase.withLock { phase -> (any EventSink)? in
            defer { phase = .over }
            if case .streaming(let sink) = phase { return sink }
            return nil
        }
        sink?.end()
        takeover.withLock { $0 = nil }
    }
}
