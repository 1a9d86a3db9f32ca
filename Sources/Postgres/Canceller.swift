import CPostgres

/// Asks the server to stop what a connection is doing; may be used from any thread.
package final class Canceller: @unchecked Sendable {
    // Never written after creation, and `PQcancel` is safe to call from any thread with it.
    private let handle: OpaquePointer

    init?(of connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit { PQfreeCancel(handle) }

    /// Sends the request and waits until the server has taken it.
    ///
    /// Whatever runs then may already be another statement than the one meant; see ``CancelRequests``. Blocks as long as the
    /// server is silent, so workers call it on a thread of its own.
    ///
    /// - Returns: Whether the server took the request.
    @discardableResult
    package func cancel() -> Bool {
        var reason = [CChar](repeating: 0, count: 256)
        return PQcancel(handle, &reason, CInt(reason.count)) == 1
    }
}
