import Synchronization

/// When each session was last used in this process, to end those that rest too long.
///
/// A session that this process has not seen yet is taken as fresh: another process may have served it. So after a
/// restart, or when the memory is full, a session may rest longer than it should, but never longer than it lives.
final class SessionActivity: Sendable {
    private static let capacity = 1 << 16

    private let idleTime: Int64?
    private let lastUses = Mutex<[[UInt8]: Int64]>([:])

    init(idleTime: Duration?) {
        self.idleTime = idleTime?.microseconds
    }

    /// Notes that a session is used, and tells whether it may be: a session that rested too long stays closed.
    func touch(_ digest: [UInt8], at now: Int64) -> Bool {
        guard let idleTime else { return true }
        return lastUses.withLock { lastUses in
            if let lastUse = lastUses[digest], now - lastUse > idleTime { return false }
            if lastUses.count >= Self.capacity { lastUses = lastUses.filter { now - $0.value <= idleTime } }
            if lastUses.count < Self.capacity || lastUses[digest] != nil { lastUses[digest] = now }
            return true
        }
    }
}
