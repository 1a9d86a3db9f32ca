import HTTP
import JSON
import Telemetry

extension MCPServer {
    /// Keeps a stream until it ends, has lived long enough, or the caller's credential ends.
    func hold(_ stream: any OpenStream, _ sink: any EventSink, of binding: [UInt8], for caller: P.Caller) {
        openStreams.insert(stream, of: binding)
        var time = limits.listenTime
        if let end = provider.expiry(of: caller) { time = min(time, .microseconds(end - clock.now)) }
        let alarm = Alarm(after: time) { [weak stream] in stream?.end() }
        sink.onClose { [weak stream, openStreams] _ in
            alarm.cancel()
            guard let stream else { return }
            stream.end()
            openStreams.remove(stream, of: binding)
        }
    }

    /// `GET`: the stream of a session, or the rest of a stream that was lost.
    func planStream(_ reading: inout Reading) throws(ProtocolError) -> Plan<P>.Action {
        reading.era = .handshake
        guard provider.offer.hasSessionStream else { throw ProtocolError(.methodNotAllowed) }
        guard MediaType.acceptsStream(reading.request.headers.all(.accept)) else { throw ProtocolError(.notAcceptable) }
        try HandshakeRungs.openSession(&reading)
        guard let session = reading.session else { throw ProtocolError(.sessionMissing) }
        let last = reading.request.headers.first(.lastEventID).flatMap { $0.isEmpty ? nil : $0 }
        let opening = StreamOpening(
            session: session,
            notes: SessionNotes(session, of: reading.tenant, in: mailroom, for: limits.sessionLifetime),
            binding: reading.binding,
            last: try last.map { (id) throws(ProtocolError) in
                guard let event = StreamLog.parse(id) else { throw .streamGone }
                return event
            }
        )
        return .open { caller, channel in
            let isStarted = self.threads.run(for: opening.binding) {
                do throws(MailroomError) {
                    if let last = opening.last {
                        try self.resume(last, opening, for: caller, channel)
                    } else {
                        try self.openStream(opening, for: caller, channel)
                    }
                } catch {
                    channel.send(.busy(nil))
                }
            }
            if !isStarted { channel.send(.busy(nil)) }
        }
    }

    /// The session's own stream. The newest takes the place of the one before.
    private func openStream(
        _ opening: StreamOpening, for caller: P.Caller, _ channel: any ResponseChannel
    ) throws(MailroomError) {
        guard openStreams.count(of: opening.binding) < limits.streamsPerCaller else {
            return channel.send(.tooMany(nil))
        }
        let notes = opening.notes
        let watched = WatchedResources()
        let watching = mailroom.receive(at: notes.watchedAddress) { watched.receive($0) }
        watched.load(try notes.subscriptions())
        let subject = ChangeStream.Subject(
            wants: { change in
                guard case .resource(let uri) = change else { return true }
                return watched.contains(uri)
            },
            tag: [],
            farewell: nil
        )
        let takeover = notes.takeoverAddress(SessionNotes.ownStream)
        let turn = try StreamTurn(at: takeover, in: mailroom, for: limits.sessionLifetime)
        let stream = ChangeStream(subject, limits)
        stream.listen(to: provider.scopes(of: caller), in: mailroom)
        stream.keep(watching)
        let sink = channel.open(EventStream.headers)
        stream.open(on: sink)
        stream.keep(sessions.activity.hold(opening.session.digest, clock))
        stream.keep(
            mailroom.receive(at: takeover) { [weak stream, mailroom] delivery in
                if turn.isOver(after: delivery) { stream?.giveWay() }
                if turn.isUnknown(after: delivery) { mailroom.post(turn.word, to: takeover) }
            }
        )
        mailroom.post(turn.word, to: takeover)
        hold(stream, sink, of: opening.binding, for: caller)
    }

    /// Sends what followed on a stream, and goes on with it, until its call is answered.
    ///
    /// A stream of which nothing is left is refused. The session's own stream in its place would end the one that the
    /// client has open, and both would be opened again for ever.
    private func resume(
        _ last: (stream: String, position: Int),
        _ opening: StreamOpening,
        for caller: P.Caller,
        _ channel: any ResponseChannel
    ) throws(MailroomError) {
        let notes = opening.notes
        let address = notes.streamAddress(last.stream)
        let log = StreamLog(notes: notes, stream: last.stream, lifetime: limits.eventLifetime)
        let past = try mailroom.events(at: address, after: last.position)
        // A stream that has only begun has no events yet, and may be known by that it was announced.
        guard last.position == 0 || past != nil, past?.first.map({ StreamLog.mark(of: $0.bytes) }) != .end else {
            return channel.send(HTTPResponse(.streamGone))
        }
        guard openStreams.count(of: opening.binding) < limits.streamsPerCaller else {
            return channel.send(.tooMany(nil))
        }
        let takeover = notes.takeoverAddress(last.stream)
        let turn = try StreamTurn(at: takeover, in: mailroom, for: limits.eventLifetime)
        let sink = channel.open(EventStream.headers)
        let follower = LogFollower(sink, log, after: last.position)
        follower.keep(mailroom.receive(at: address) { [weak follower] in follower?.receive($0) })
        follower.keep(
            mailroom.receive(at: takeover) { [weak follower, mailroom] delivery in
                if turn.isOver(after: delivery) { follower?.end() }
                if turn.isUnknown(after: delivery) { mailroom.post(turn.word, to: takeover) }
            }
        )
        mailroom.post(turn.word, to: takeover)
        hold(follower, sink, of: opening.binding, for: caller)
        // Looked for once more: what was added before anybody listened.
        let missed = (try? mailroom.events(at: address, after: last.position)) ?? past
        for event in missed ?? [] { follower.receive(event) }
    }
}

extension ProtocolError {
    fileprivate static var streamGone: ProtocolError {
        ProtocolError(.invalidRequest, "Nothing is left of the stream that Last-Event-ID names")
    }
}

/// A GET of a session, as far as its bytes tell.
private struct StreamOpening: Sendable {
    let session: Session
    let notes: SessionNotes
    let binding: [UInt8]
    /// The last event that the client has got of a stream that it lost.
    let last: (stream: String, position: Int)?
}
