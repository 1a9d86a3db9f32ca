import Synchronization

/// Something that happens once, for which calls wait without a worker: see ``Step/wait(for:then:)``.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// A gate that is closed.
    package init() {}

    /// Whether it happened.
    package var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Lets everybody through who waits, and whoever comes later; doing it again does nothing.
    package func open() {
        let waiting = state.withLock { state in
            defer { state = State(isOpen: true) }
            return state.waiting
        }
        for body in waiting { body() }
    }

    /// Calls `body` once the gate is open, on the thread that opens it, or at once.
    package func whenOpen(_ body: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiting.append(body) }
            return state.isOpen
        }
        if isOpen { body() }
    }
}
