import Synchronization

/// That a client is gone, for whoever comes to care.
final class LossNotice: Sendable {
    private struct State {
        var isLost = false
        var body: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Tells of the loss, once.
    func tell() {
        let body = state.withLock { state in
            state.isLost = true
            defer { state.body = nil }
            return state.body
        }
        body?()
    }

    /// Drops whom it would be told.
    func forget() { state.withLock { $0.body = nil } }

    /// Calls `body` when the client is gone, at once if it is already.
    func onLoss(_ body: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            if !state.isLost { state.body = body }
            return state.isLost
        }
        if isLost { body() }
    }
}
