import Dispatch
import Identity
import Synchronization

/// Counts refusals that come in crowds, and tells of them in sums.
///
/// The first of a crowd starts a second, at whose end each workspace's number is told once. Nothing runs in between.
final class RefusalTally: Sendable {
    /// Workspaces that are told apart; those beyond are one.
    private static let mostWorkspaces = 64

    private let counts = Mutex<[WorkspaceID?: Int]>([:])
    private let queue = DispatchQueue(label: "workport.refusals")
    private let tell: @Sendable (_ workspace: WorkspaceID?, _ count: Int) -> Void

    init(_ tell: @escaping @Sendable (_ workspace: WorkspaceID?, _ count: Int) -> Void) { self.tell = tell }

    func add(_ workspace: WorkspaceID) {
        let isFirst = counts.withLock { counts in
            let isFirst = counts.isEmpty
            let isKnown = counts[workspace] != nil || counts.count < Self.mostWorkspaces
            counts[isKnown ? workspace : nil, default: 0] += 1
            return isFirst
        }
        if isFirst { queue.asyncAfter(deadline: .now() + 1) { self.tellAll() } }
    }

    /// Tells what was counted, and starts over.
    func tellAll() {
        let counted = counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        for (workspace, count) in counted { tell(workspace, count) }
    }
}
