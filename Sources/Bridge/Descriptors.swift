import Glibc

/// Descriptors that something is waited for on.
struct Descriptors {
    /// Those to be read from.
    var readable: [CInt] = []
    /// Those to be written to.
    var writable: [CInt] = []

    /// Waits until one of them is ready, or would tell at once that it is at its end; `false` if the time is over first.
    @discardableResult
    func wait(for time: Duration) -> Bool {
        var wishes =
            readable.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            + writable.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
        return poll(&wishes, nfds_t(wishes.count), time.milliseconds) > 0
    }
}

extension Duration {
    /// The milliseconds, rounded up: before the time is over there would be nothing to do.
    var milliseconds: CInt { CInt(clamping: Int64((self / .milliseconds(1)).rounded(.up))) }
}
