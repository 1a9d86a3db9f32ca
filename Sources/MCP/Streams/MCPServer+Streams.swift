import Dispatch
import HTTP
import JSON
import Synchronization

extension MCPServer {
    /// Keeps a stream until it ends or has lived long enough.
    func hold(_ stream: ChangeStream, _ sink: any EventSink, of caller: [UInt8]) {
        openStreams.insert(stream, of: caller)
        sink.onClose { [weak stream, openStreams] _ in
            guard let stream else { return }
            stream.over()
            openStreams.remove(stream, of: caller)
        }
        let time = DispatchTime.now() + .milliseconds(Int(limits.listenTime.milliseconds))
        DispatchQueue.global().asyncAfter(deadline: time) { [weak stream] in stream?.end() }
    }

    /// `GET`: the stream of a session, or the rest of a stream that was lost.
    func planStream(_ reading: inout Reading) throws(ProtocolError) -> Plan<P>.Action {
        reading.era = .handshake
        guard provider.offer.hasSessionStream else { throw ProtocolError(.methodNotAllowed) }
        guard MediaType.acceptsStream(reading.request.headers.all(.accept)) else { throw ProtocolError(.notAcceptable) }
        try HandshakeRungs.openSession(&reading)
        guard let session = reading.session else { throw ProtocolError(.sessionMissing) }
        let notes = SessionNotes(session, in: mailroom, for: limits.sessionLifetime)
        let binding = reading.binding
        let last = reading.request.headers.first(.lastEventID).flatMap(StreamLog.parse)
        return .open { caller, channel in
            let isStarted = self.threads.run(for: binding) {
                if let last, self.resume(last.stream, after: last.position, notes, channel) { return }
                self.openStream(of: notes, for: caller, binding, channel)
            }
            if !isStarted { channel.send(.busy) }
        }
    }

    /// The session's own stream. The newest takes the place of the one before.
    private func openStream(
        of notes: SessionNotes, for caller: P.Caller, _ binding: [UInt8], _ channel: any ResponseChannel
    ) {
        let subject = ChangeStream.Subject(
            wants: { change in
                guard case .resource(let uri) = change else { return true }
                return notes.subscriptions.contains(uri)
            },
            tag: [],
            farewell: nil
        )
        let takeover = notes.takeoverAddress("session")
        mailroom.post([], to: takeover)
        guard openStreams.count(of: binding) < limits.streamsPerCaller else { return channel.send(.tooMany) }
        let sink = channel.open(EventStream.headers)
        let stream = ChangeStream(sink, subject, interval: limits.noticeInterval)
        stream.listen(to: provider.scopes(of: caller), in: mailroom)
        stream.keep(mailroom.receive(at: takeover) { [weak stream] _ in stream?.end() })
        hold(stream, sink, of: binding)
    }

    /// Sends what followed on a stream, and goes on with it; `false` if there is no such stream (any more).
    private func resume(
        _ name: String,
        after position: Int,
        _ notes: SessionNotes,
        _ channel: any ResponseChannel
    ) -> Bool {
        let address = notes.streamAddress(name)
        let log = StreamLog(notes: notes, stream: name, lifetime: limits.eventLifetime)
        // A stream that has only begun has no events yet, and may be known by that it was announced.
        guard position == 0 || mailroom.events(at: address, after: 0) != nil else { return false }
        mailroom.post([], to: notes.takeoverAddress(name))
        let sink = channel.open(EventStream.headers)
        let follower = LogFollower(sink, log, after: position)
        follower.keep(mailroom.receive(at: address) { [weak follower] in follower?.receive($0) })
        follower.keep(mailroom.receive(at: notes.takeoverAddress(name)) { [weak follower] _ in follower?.end() })
        for letter in mailroom.events(at: address, after: position) ?? [] { follower.receive(letter) }
        sink.onClose { _ in follower.end() }
        return true
    }
}

/// Sends the events of a log in order, those of the past and those to come, until the last.
final class LogFollower: Sendable {
    private struct State {
        var position: Int
        var waiting: [Int: [UInt8]] = [:]
        var receptions: [Reception] = []
        var isOver = false
    }

    private let sink: any EventSink
    private let log: StreamLog
    private let state: Mutex<State>

    init(_ sink: any EventSink, _ log: StreamLog, after position: Int) {
        self.sink = sink
        self.log = log
        state = Mutex(State(position: position))
    }

    func keep(_ reception: Reception) { state.withLock { if !$0.isOver { $0.receptions.append(reception) } } }

    func receive(_ letter: Letter) {
        guard let position = letter.position else { return }
        let isLast = state.withLock { state -> Bool in
            guard !state.isOver, position > state.position else { return false }
            state.waiting[position] = letter.bytes
            // Sent under the lock, so that events leave in order whoever brings them.
            while let event = state.waiting.removeValue(forKey: state.position + 1) {
                state.position += 1
                sink.send(EventStream.event(data: Array(event.dropFirst()), id: log.id(state.position)))
                if event.first == 1 { return true }
            }
            return false
        }
        if isLast { end() }
    }

    func end() {
        let receptions = state.withLock { state -> [Reception] in
            state.isOver = true
            defer { state.receptions = [] }
            return state.receptions
        }
        guard !receptions.isEmpty else { return }
        sink.end()
    }
}
