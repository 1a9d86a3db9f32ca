import Synchronization

/// The resources that a session watches, as its stream knows them: loaded once, and kept by letters.
final class WatchedResources: Sendable {
    private struct State {
        var uris: Set<String> = []
        /// What was told before the set was loaded.
        var early: [String]? = []
    }

    private let state = Mutex(State())

    func contains(_ uri: String) -> Bool { state.withLock { $0.uris.contains(uri) } }

    /// Takes the set as it is kept.
    func load(_ uris: Set<String>) {
        state.withLock { state in
            state.uris = uris
            for letter in state.early ?? [] { Self.apply(letter, to: &state.uris) }
            state.early = nil
        }
    }

    /// Takes a letter that ``letter(_:isWatched:)`` has written.
    func receive(_ delivery: Delivery) {
        guard case .letter(let letter) = delivery else { return }
        state.withLock { state in
            Self.apply(letter, to: &state.uris)
            state.early?.append(letter)
        }
    }

    /// Says that a resource is watched from now on, or no longer.
    static func letter(_ uri: String, isWatched: Bool) -> String { (isWatched ? "+" : "-") + uri }

    private static func apply(_ letter: String, to uris: inout Set<String>) {
        let uri = String(letter.dropFirst())
        if letter.hasPrefix("+") { uris.insert(uri) } else { uris.remove(uri) }
    }
}
