import Dispatch
import Synchronization

/// What became of calls that a client leaves or cancels, by a name that each test chooses.
final class Marks: Sendable {
    private struct State {
        var released: Set<String> = []
        var notes: [String: String] = [:]
        var signals: [String: DispatchSemaphore] = [:]
    }

    private let state = Mutex(State())

    /// Lets the call under a name come to its end.
    func release(_ name: String) { state.withLock { _ = $0.released.insert(name) } }

    func isReleased(_ name: String) -> Bool { state.withLock { $0.released.contains(name) } }

    /// Notes what became of the call under a name.
    func note(_ text: String, for name: String) {
        state.withLock { $0.notes[name] = text }
        signal(name).signal()
    }

    /// What became of the call under a name, once it is known; a test that waits for what never comes ends here.
    func wait(for name: String) -> String {
        let signal = signal(name)
        let deadline = DispatchTime.now() + .seconds(20)
        while true {
            if let note = state.withLock({ $0.notes[name] }) { return note }
            guard signal.wait(timeout: deadline) == .success else { return "nothing" }
        }
    }

    private func signal(_ name: String) -> DispatchSemaphore {
        state.withLock { state in
            let signal = state.signals[name] ?? DispatchSemaphore(value: 0)
            state.signals[name] = signal
            return signal
        }
    }
}
