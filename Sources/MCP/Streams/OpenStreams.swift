import Synchronization

/// The streams of changes that are open in this process.
final class OpenStreams: Sendable {
    private struct State {
        var streams: [ObjectIdentifier: ChangeStream] = [:]
        var counts: [[UInt8]: Int] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.streams.count } }

    /// How many of the streams are one caller's.
    func count(of caller: [UInt8]) -> Int { state.withLock { $0.counts[caller, default: 0] } }

    func insert(_ stream: ChangeStream, of caller: [UInt8]) {
        state.withLock { state in
            state.streams[ObjectIdentifier(stream)] = stream
            state.counts[caller, default: 0] += 1
        }
    }

    func remove(_ stream: ChangeStream, of caller: [UInt8]) {
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
