import Matching
import Synchronization

/// The dictionaries of the workspaces that were searched last, within a bound of memory.
///
/// A dictionary is never wrong here, only old: each search reads what was born since its snapshot, so nothing has to
/// tell this process of another's writes. Entries are keyed by workspace and found by nothing else.
package final class Dictionaries: Sendable {
    /// A dictionary with the snapshot that it was read in.
    struct Entry: Sendable {
        let dictionary: WordDictionary
        /// All words that were born in transactions before this one are in the dictionary.
        let horizon: String
    }

    private struct State {
        var entries: [String: (entry: Entry, bytes: Int, lastUse: UInt64)] = [:]
        var bytes = 0
        var clock: UInt64 = 0
        /// The workspaces whose words are being read for the first time, and since when.
        var loads: [String: ContinuousClock.Instant] = [:]
    }

    /// What the dictionaries may take unless the settings say otherwise.
    package static let standardBytes = 256 << 20

    private let bound: Int
    private let state = Mutex(State())

    /// - Parameter bytes: How much memory all dictionaries together may take.
    package init(bytes: Int = standardBytes) { bound = bytes }

    /// How much memory the dictionaries take, in bytes.
    package var byteCount: Int { state.withLock { $0.bytes } }

    /// A workspace's dictionary, if it is here.
    func entry(of workspace: String) -> Entry? {
        state.withLock { state in
            guard var known = state.entries[workspace] else { return nil }
            state.clock += 1
            known.lastUse = state.clock
            state.entries[workspace] = known
            return known.entry
        }
    }

    /// Whether the caller is the one to read all words of a workspace, while others wait for that.
    ///
    /// Whoever did not come back after ``patience`` has failed, and somebody else takes over.
    func claimLoad(of workspace: String, now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            if let since = state.loads[workspace], now - since < Self.patience { return false }
            state.loads[workspace] = now
            return true
        }
    }

    private static let patience = Duration.seconds(5)

    /// Keeps a dictionary, and drops those that were not used for the longest time when there is no room.
    func keep(_ entry: Entry, of workspace: String) {
        let bytes = entry.dictionary.byteCount
        state.withLock { state in
            state.loads[workspace] = nil
            if let old = state.entries.removeValue(forKey: workspace) { state.bytes -= old.bytes }
            guard bytes <= bound else { return }
            state.clock += 1
            state.entries[workspace] = (entry, bytes, state.clock)
            state.bytes += bytes
            while state.bytes > bound,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key,
                let dropped = state.entries.removeValue(forKey: oldest)
            {
                state.bytes -= dropped.bytes
            }
        }
    }
}
