import Synchronization

/// Who listens at which address in this process.
package final class Receivers: Sendable {
    private struct State {
        var nextID = 0
        var bodies: [String: [Int: @Sendable (Delivery) -> Void]] = [:]
    }

    private let state = Mutex(State())

    /// Knows nobody.
    package init() {}

    /// Whether anybody listens at an address.
    package func isAnybody(at name: String) -> Bool { state.withLock { $0.bodies[name] != nil } }

    /// Adds somebody until the reception ends.
    package func add(at name: String, _ body: @escaping @Sendable (Delivery) -> Void) -> Reception {
        let id = state.withLock { state in
            state.nextID += 1
            state.bodies[name, default: [:]][state.nextID] = body
            return state.nextID
        }
        return Reception { [weak self] in self?.remove(id, at: name) }
    }

    /// Calls everybody at an address, those who came first first.
    package func deliver(_ delivery: Delivery, to name: String) {
        let bodies = state.withLock { state in
            (state.bodies[name] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
        for body in bodies { body(delivery) }
    }

    /// Tells everybody at every address that something may have been lost.
    package func deliverGap() {
        let bodies = state.withLock { state in state.bodies.values.flatMap(\.values) }
        for body in bodies { body(.gap) }
    }

    private func remove(_ id: Int, at name: String) {
        state.withLock { state in
            state.bodies[name]?[id] = nil
            if state.bodies[name]?.isEmpty == true { state.bodies[name] = nil }
        }
    }
}
