import CLinux
import Dispatch

/// Gives what many connections needed back to the system once most of them are gone.
///
/// The allocator keeps memory that was freed among what is still used: after four thousand connections 15 MiB, which the
/// service would have for ever.
struct MemoryReturn {
    /// From how many connections on it is worth the trouble, and how few of them are left when they are gone.
    private static var many: Int { 1_024 }
    private static var part: Int { 4 }
    /// How many nanoseconds the others have to be gone: the next ones would only take the memory again.
    private static var patience: Int64 { 1_000_000_000 }

    /// The most connections since memory was given back.
    private var most = 0
    /// When to give it back, in monotonic nanoseconds.
    private(set) var due: Int64?

    /// Notes a turn of the loop.
    ///
    /// - Parameters:
    ///   - connections: How many are open.
    ///   - now: Monotonic nanoseconds.
    /// - Returns: Whether to give memory back, which the caller does then.
    mutating func note(_ connections: Int, at now: Int64) -> Bool {
        most = max(most, connections)
        guard most >= Self.many, connections <= most / Self.part else {
            due = nil
            return false
        }
        let due = self.due ?? now + Self.patience
        guard now >= due else {
            self.due = due
            return false
        }
        self.due = nil
        most = connections
        return true
    }

    /// Takes some milliseconds, in which others may wait for memory now and then; so not for the loop's thread.
    static func giveBack() { DispatchQueue.global(qos: .utility).async { linux_return_memory() } }
}
