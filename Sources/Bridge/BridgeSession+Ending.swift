import HTTP
import HTTPClient

/// The end: what is under way is finished, the session ends, then everything is over.
extension BridgeSession {
    enum Ending: Equatable {
        case no
        /// Nothing more is taken; calls under way finish.
        case draining
        /// The endpoint is being told that the session ends.
        case leaving
        case done
        case finished
    }

    /// The client is done. Its streams end at once, its calls get their time.
    mutating func beginEnd() {
        guard ending == .no else { return }
        ending = .draining
        note(.clientDone)
        if let stream = link.stream.exchange { drop(stream) }
        for key in calls.values.filter(\.isListening).map(\.key) { remove(key) }
        act(.wake(.drain, after: limits.drain))
    }

    /// Breaks off what is still under way.
    mutating func cutShort() {
        guard ending == .no || ending == .draining else {
            // Even the farewell takes too long.
            if ending == .leaving { ending = .done }
            return
        }
        let open = keys.values.sorted { $0.number < $1.number }
        if !open.isEmpty { note(.cutShort(calls: open.count)) }
        for key in open {
            let id = calls[key]?.id
            remove(key)
            write(Refusal.ended.message(to: id))
        }
        waitingNotes = [:]
        leave()
    }

    /// Ends once nothing is left to be done.
    mutating func endIfDone() {
        if ending == .draining, keys.isEmpty, waitingNotes.isEmpty, !exchanges.values.contains(where: \.isNote) {
            leave()
        }
        guard ending == .done else { return }
        ending = .finished
        act(.finish)
    }

    /// Tells the endpoint that the session ends, if there is one.
    private mutating func leave() {
        for id in exchanges.keys.sorted(by: { $0.number < $1.number }) { drop(id) }
        ending = .leaving
        guard let session = link.session, session.id != nil else {
            ending = .done
            return
        }
        sayGoodbye(to: session)
    }

    /// Ends a session at the endpoint.
    mutating func sayGoodbye(to session: OpenSession) {
        guard session.id != nil else { return }
        var headers = HTTPHeaders()
        headers.present(session)
        open(
            .farewell, in: session,
            OutgoingRequest(method: .delete, headers: headers, isRepeatable: true, timeLimit: limits.farewell))
    }
}

extension BridgeSession.Exchange {
    /// Whether it brings something to the endpoint that nobody answers.
    fileprivate var isNote: Bool {
        switch purpose {
        case .note, .announcement: true
        case .call, .resumption, .stream, .farewell: false
        }
    }
}
