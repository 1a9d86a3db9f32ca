import HTTP

/// What other threads have asked for.
extension EventLoop {
    func take(_ message: Message) {
        switch message {
        case .respond(let id, let response): send(response, to: id)
        case .refuse(let id, let response): refusals.add((id, response), now: now)
        case .dropped(let id): answerDropped(id)
        case .openStream(let id, let state, let status, let headers):
            guard let connection = connections[id.connection] else { return state.close(because: .disconnected) }
            connection.answer(id.sequence, .stream(OpenStream(shared: state, status: status, headers: headers)))
        case .sendChunk(let id, let bytes): connections[id.connection]?.send(id.sequence, bytes)
        case .endStream(let id): connections[id.connection]?.endStream(id.sequence, because: .finished)
        case .watch(let id, let body):
            guard let connection = connections[id.connection] else { return body() }
            connection.watch(id.sequence, body)
        case .drain(let until): drain(until)
        }
    }

    /// Answers with the refusals whose time has come; with all of them once the server drains.
    func sendRefusals() {
        if isDraining {
            for (id, response) in refusals.popAll() { send(response, to: id) }
        } else {
            while let (id, response) = refusals.popDue(now) { send(response, to: id) }
        }
    }

    private func send(_ response: HTTPResponse, to id: ExchangeID) {
        connections[id.connection]?.answer(id.sequence, .response(response))
    }

    /// Does what is left to do for a message that came too late.
    func discard(_ message: Message) {
        switch message {
        case .openStream(_, let state, _, _): state.close(because: .draining)
        case .watch(_, let body): body()
        default: break
        }
    }

    private func answerDropped(_ id: ExchangeID) {
        guard let connection = connections[id.connection], let method = connection.method(id.sequence) else { return }
        counters.unanswered += 1
        log(.unanswered(method: method.rawValue))
        let description = "The request could not be answered because of a mistake on this side."
        let response = HTTPResponse.refusal(.internalServerError, error: "internal_error", description: description)
        connection.answer(id.sequence, .response(response))
    }

    private func drain(_ until: ContinuousClock.Instant) {
        let deadline = LoopTimes.now() + LoopTimes.nanoseconds(ContinuousClock.now.duration(to: until))
        let isFirst = drainDeadline == nil
        drainDeadline = min(drainDeadline ?? .max, deadline)
        guard isFirst else { return }
        listener = nil
        acceptPausedUntil = nil
        log(.draining(open: connections.count))
        for connection in connections.all { connection.drain() }
    }
}
