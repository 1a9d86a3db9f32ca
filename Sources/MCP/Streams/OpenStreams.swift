import Synchronization

/// A stream that stays open until somebody ends it.
protocol OpenStream: AnyObject, Sendable {
    /// Ends it in the way of its era.
    func end()
}

/// The streams that are open in this process without a handler that works for them.
final class OpenStreams: Sendable {
    private struct State {
        var streams: [ObjectIdentifier: any OpenStream] = [:]
        var counts: [[UInt8]: Int] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.streams.count } }

    /// How many of the streams are one caller's.
    func count(of caller: [UInt8]) -> Int { state.withLock { $0.counts[caller, default: 0] } }

    func insert(_ stream: any OpenStream, of caller: [UInt8]) {
        state.withLock { state in
            state.streams[ObjectIdentifier(stream)] = stream
            state.counts[caller, default: 0] += 1
        }
    }

    func remove(_ stream: any OpenStream, of caller: [UInt8]) {
        state.withLock { state in
            guard state.streams.removeValue(forKey: ObjectIdentifier(stream)) != nil else { return }
            let rest = state.counts[caller, default: 1] - 1
            state.counts[caller] = rest > 0 ? rest : nil
        }
    }

    func endAll() {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.end() }
    }
}
