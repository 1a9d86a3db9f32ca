import HTTP

/// What responders and streams ask for, by the number of the request.
extension Connection {
    /// The place of a request, unless it is answered.
    private func index(_ sequence: UInt64) -> Int? {
        guard sequence >= firstSequence, sequence - firstSequence < UInt64(exchanges.count) else { return nil }
        return Int(sequence - firstSequence)
    }

    /// The method of a request that is not answered.
    func method(_ sequence: UInt64) -> HTTPMethod? { index(sequence).map { exchanges[$0].method } }

    /// Keeps an answer until it is its turn.
    func answer(_ sequence: UInt64, _ answer: Exchange.Answer) {
        guard let index = index(sequence) else {
            if case .stream(let stream) = answer { stream.shared.close(because: .disconnected) }
            return
        }
        exchanges[index].answer = answer
        if exchanges[index].stream != nil {
            loop.counters.streamsOpen += 1
            if loop.isDraining { endStream(sequence, because: .draining) }
        }
        loop.settleLater(self)
    }

    /// Takes a piece of a stream.
    func send(_ sequence: UInt64, _ bytes: [UInt8]) {
        guard let stream = index(sequence).flatMap({ exchanges[$0].stream }), !stream.isEnded else { return }
        if stream.isRunning { write(bytes, of: stream) } else { stream.early.append(bytes) }
        loop.settleLater(self)
    }

    /// Takes the end of a stream.
    func endStream(_ sequence: UInt64, because ending: ResponseStream.Ending) {
        guard let stream = index(sequence).flatMap({ exchanges[$0].stream }) else { return }
        stream.isEnded = true
        stream.shared.close(because: ending)
        loop.settleLater(self)
    }

    /// Keeps what to call if the connection is lost before the answer is out.
    func watch(_ sequence: UInt64, _ body: @escaping @Sendable () -> Void) {
        if let index = index(sequence) { exchanges[index].onDisconnect.append(body) }
    }
}
