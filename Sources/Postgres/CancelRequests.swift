import Dispatch

/// The cancel requests for one connection that the server has not taken yet.
///
/// A request travels on a connection of its own and may be late: on a busy server it can take longer than what it was meant
/// for, and the next statement, and the one after that. One that was taken is over: it stops what runs then or nothing.
final class CancelRequests: Sendable {
    private let canceller: Canceller
    private let underWay = DispatchGroup()

    init(_ canceller: Canceller) { self.canceller = canceller }

    /// Asks the server to stop what it does for the connection, and does not wait for that.
    func send() {
        // A silent server holds the request as well, so it has a thread of its own.
        DispatchQueue.global().async(group: underWay) { [canceller] in canceller.cancel() }
    }

    /// Waits until the server has taken all requests.
    ///
    /// - Returns: Whether it has; if not, the connection is of no use any more.
    func areTaken(within limit: Duration) -> Bool {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        return underWay.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }
}
