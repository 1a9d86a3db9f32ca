import Synchronization

/// Whether a connection's client is still there, for threads that work for it.
///
/// Asking costs no way to the event loop, so it can be done again and again while something takes long.
final class ClientPresence: Sendable {
    private let hasLeft = Atomic(false)

    /// Whether the connection was lost, or the client has closed its side of it.
    var isOver: Bool { hasLeft.load(ordering: .relaxed) }

    /// Notes that the client has gone.
    func end() { hasLeft.store(true, ordering: .relaxed) }
}
