import CLinux

/// Has the system run the loop's thread before those that it feeds, for as long as it is behind.
///
/// When many requests come at once, among them those of one who floods the server, all wait until the loop has read and
/// sorted them, and it does little for each. Beside threads that are as important it gets but a share of the
/// processors. It goes before them only while it needs that: a loop that wakes up for every answer and goes first would
/// interrupt the thread that makes the next one each time.
struct LoopPrecedence {
    /// By how much the nice value is lowered: a busy thread of the usual one gets a tenth of the time beside it.
    private static var steps: Int32 { 10 }
    /// A loop that has always found something to do for so many nanoseconds is behind.
    private static var patience: Int64 { 2_000_000 }

    /// Since when the loop has not been at rest.
    private var busySince: Int64?
    private(set) var isTaken = false
    /// Whether the system has said that the process may not ask for that (`RLIMIT_NICE`, `CAP_SYS_NICE`).
    private var isDenied = false

    /// Notes a turn of the loop.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds.
    ///   - hasRested: Whether there was nothing to do before it.
    /// - Returns: The system's `errno` when it has refused, which it is asked for once.
    mutating func note(at now: Int64, hasRested: Bool) -> Int32? {
        if hasRested {
            busySince = now
            if isTaken { _ = linux_favor_thread(-Self.steps) }
            isTaken = false
            return nil
        }
        let since = busySince ?? now
        busySince = since
        guard !isTaken, !isDenied, now - since > Self.patience else { return nil }
        let code = linux_favor_thread(Self.steps)
        isTaken = code == 0
        isDenied = code != 0
        return isDenied ? code : nil
    }
}
