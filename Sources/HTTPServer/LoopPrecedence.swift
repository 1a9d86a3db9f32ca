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

    /// After how many waits in a row that reported all they could the loop is behind.
    private static var fullWaits: Int { 4 }

    /// How many sockets a wait reports at most.
    private let most: Int
    private var fullInRow = 0
    private(set) var isTaken = false
    /// The system's `errno`, if the process may not ask for that (`RLIMIT_NICE`, `CAP_SYS_NICE`).
    private var refusal: Int32?

    init(most: Int) { self.most = most }

    /// Looks at how many sockets a wait has reported.
    ///
    /// - Returns: The system's `errno` when it has refused, which it is asked for once.
    mutating func update(reported: Int) -> Int32? {
        fullInRow = reported == most ? fullInRow + 1 : 0
        if isTaken, reported <= most / 4 {
            _ = linux_favor_thread(-Self.steps)
            isTaken = false
        } else if !isTaken, refusal == nil, fullInRow == Self.fullWaits {
            let code = linux_favor_thread(Self.steps)
            isTaken = code == 0
            if code != 0 { refusal = code }
            return refusal
        }
        return nil
    }
}
