import CLinux
import Glibc

/// New connections.
extension EventLoop {
    /// Connections that are accepted before others get their turn.
    private static var acceptsAtATime: Int { 64 }
    /// Connections above the limit that are told so; more are closed without a word.
    private static var maxSurplus: Int { 128 }

    func acceptConnections() {
        for _ in 0..<Self.acceptsAtATime {
            switch listener?.accept() ?? .none {
            case .none: return
            case .connection(let descriptor, let peer): adopt(descriptor, peer)
            case .failed(let code):
                // The client has given up, or the system asks to try again.
                if [ECONNABORTED, EINTR, EPROTO, EPERM].contains(code) { continue }
                return pauseAccepting(code)
            }
        }
    }

    private func adopt(_ descriptor: Int32, _ peer: String) {
        let isSurplus = connections.count - surplusConnections >= configuration.maxConnections
        guard !isSurplus || surplusConnections < Self.maxSurplus else {
            counters.connectionsRefused += 1
            Glibc.close(descriptor)
            return
        }
        let connection = connections.insert { id in
            Connection(id: id, descriptor: descriptor, peer: peer, loop: self)
        }
        guard linux_epoll_add_edges(poll, descriptor, connection.id.token) == 0 else {
            connection.close(because: .disconnected)
            return
        }
        if isSurplus {
            counters.connectionsRefused += 1
            surplusConnections += 1
            connection.isSurplus = true
            connection.refuse(.tooManyConnections)
        } else {
            counters.connectionsAccepted += 1
        }
        settleLater(connection)
    }

    /// Leaves waiting connections to the kernel while there are no descriptors; level-triggered epoll would spin.
    private func pauseAccepting(_ code: Int32) {
        guard let listener else { return }
        log(.acceptFailed(errno: code))
        _ = linux_epoll_remove(poll, listener.descriptor)
        acceptPausedUntil = now + 100_000_000
    }

    func resumeAccepting() {
        acceptPausedUntil = nil
        guard let listener else { return }
        _ = linux_epoll_add_level(poll, listener.descriptor, Token.listener)
    }
}
