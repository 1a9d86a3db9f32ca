import HTTPServer
import MCP
import Synchronization
import Tools

/// Whether a client has taken a call back, in the way of its era.
///
/// In the stateless era that is a closed connection, in the handshake era a notification, perhaps to another node.
final class CallCancellation: Sendable {
    private struct State {
        var isCancelled = false
        var endsWithConnection: Bool
        var reception: Reception?
    }

    private let state: Mutex<State>
    private let responder: HTTPResponder
    private let firstLook: ContinuousClock.Instant

    /// For how long a connection whose client has stopped sending is taken for one that waits; clients that close only
    /// their sending side are rare, and get what is there at once.
    private static let benefitOfDoubt = Duration.milliseconds(50)

    /// Knows of a request only what its headers say.
    ///
    /// - Parameter isStateless: Whether it says that it is of the stateless era.
    init(_ responder: HTTPResponder, isStateless: Bool, since arrival: ContinuousClock.Instant) {
        self.responder = responder
        state = Mutex(State(endsWithConnection: isStateless))
        firstLook = arrival + Self.benefitOfDoubt
    }

    /// Whether nobody waits for the answer any more.
    var isCancelled: Bool {
        let (isCancelled, endsWithConnection) = state.withLock { ($0.isCancelled, $0.endsWithConnection) }
        return isCancelled || endsWithConnection && responder.isClientGone && firstLook <= .now
    }

    /// Hears of it as the era has it.
    func follow(_ cancellation: Plan<ToolProvider>.Cancellation?) {
        switch cancellation {
        case .disconnect: state.withLock { $0.endsWithConnection = true }
        case .notification(let listen):
            let reception = listen { [weak self] in self?.cancel() }
            state.withLock {
                $0.endsWithConnection = false
                $0.reception = reception
            }
        case nil: state.withLock { $0.endsWithConnection = false }
        }
    }

    private func cancel() { state.withLock { $0.isCancelled = true } }
}
