import Matching
import Postgres
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
        /// The workspaces whose words are being read for the first time, with what opens when that ends.
        var loads: [String: Gate] = [:]
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

    /// Who reads all words of a workspace.
    enum Reader: Sendable {
        /// The caller, for as long as it holds the claim.
        case caller(Claim)
        /// Another one: what opens when that has come to an end, whichever.
        case other(Gate)
    }

    /// The right and the duty to read all words of a workspace on behalf of all.
    ///
    /// Whoever has it ends it when it has the rows, for parts of its own call may wait for them as well. A call that
    /// fails, that is taken back or that comes too late drops it. Either way those who wait begin anew.
    final class Claim: Sendable {
        private let body: @Sendable () -> Void

        fileprivate init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        /// Lets those who wait go on; doing it again does nothing.
        func end() { body() }

        deinit { body() }
    }

    /// Finds out who reads all words of a workspace: the caller, if nobody does.
    func reader(of workspace: String) -> Reader {
        let gate = Gate()
        let other = state.withLock { state in
            if let other = state.loads[workspace] { return other as Gate? }
            state.loads[workspace] = gate
            return nil
        }
        return other.map { .other($0) } ?? .caller(Claim { self.end(gate, of: workspace) })
    }

    private func end(_ gate: Gate, of workspace: String) {
        state.withLock { state in
            if state.loads[workspace] === gate { state.loads[workspace] = nil }
        }
        gate.open()
    }

    /// Keeps a dictionary, and drops those that were not used for the longest time when there is no room.
    func keep(_ entry: Entry, of workspace: String) {
        let bytes = entry.dictionary.byteCount
        let gate = state.withLock { state in state.loads.removeValue(forKey: workspace) }
        // Whoever waits finds the dictionary, or reads one that there is no room for.
        defer { gate?.open() }
        state.withLock { state in
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
