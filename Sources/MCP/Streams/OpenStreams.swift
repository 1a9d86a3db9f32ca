import Synchronization

/// The streams of changes that are open in this process.
final class OpenStreams: Sendable {
    private let streams = Mutex<[ObjectIdentifier: ChangeStream]>([:])

    var count: Int { streams.withLock { $0.count } }

    func insert(_ stream: ChangeStream) { streams.withLock { $0[ObjectIdentifier(stream)] = stream } }

    func remove(_ stream: ChangeStream) { streams.withLock { $0[ObjectIdentifier(stream)] = nil } }

    func endAll() {
        for stream in streams.withLock({ Array($0.values) }) { stream.end() }
    }
}
