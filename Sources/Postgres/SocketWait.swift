import Glibc

/// Waits for a connection's socket, never longer than asked.
enum SocketWait {
    /// Waits until the socket can be read (or written, if asked), or `deadline` has passed.
    ///
    /// - Returns: Whether there is something to read or an error to learn by reading, and whether the socket takes bytes.
    static func wait(
        _ socket: CInt,
        toRead: Bool = true,
        toWrite: Bool,
        until deadline: ContinuousClock.Instant?
    ) -> (canRead: Bool, canWrite: Bool) {
        var entry = pollfd(fd: socket, events: 0, revents: 0)
        if toRead { entry.events |= Int16(POLLIN) }
        if toWrite { entry.events |= Int16(POLLOUT) }
        while true {
            var timeout: CInt = -1
            if let deadline {
                let left = ContinuousClock.now.duration(to: deadline).milliseconds
                timeout = CInt(clamping: max(0, left))
            }
            let ready = poll(&entry, 1, timeout)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return (false, false) }
            let isBroken = entry.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
            return (entry.revents & Int16(POLLIN) != 0 || isBroken, entry.revents & Int16(POLLOUT) != 0)
        }
    }
}
