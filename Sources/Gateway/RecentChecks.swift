import Crypto
import Identity
package import MCP
import Synchronization
import Telemetry

/// Who calls, and as of when.
struct Checked: Sendable {
    let principal: Principal
    /// Everything that was changed before is seen: when the check left for the database, or a later moment up to which every
    /// change was heard of.
    let time: ContinuousClock.Instant
}

/// The callers that the database has vouched for: what only reads need not ask again.
///
/// A caller stands under workspace, token and session as long as this node hears of changes. Triggers post a letter to
/// ``address`` in the transaction of a change, and each node forgets the workspace, so a change mostly holds at once.
/// Where nothing is heard, a check stands for ``standing`` from when it left, or from when everything was heard last
/// (``Mailroom/caughtUp``): so whatever is changed for a token, its member, its server or its workspace holds on every
/// node after that time at the latest. Writes do not look here; they check the token in their own transaction.
package final class RecentChecks: Sendable {
    /// How long a check stands where no change is heard of; zero for not at all.
    package let standing: Duration
    /// How long it stands at most: what is changed in the database past its triggers holds after this time.
    package let longest: Duration
    private let state = Mutex(State())
    private let capacity: Int
    private let mailroom: any Mailroom
    private let reception = Mutex<Reception?>(nil)

    /// Where the letters of changes arrive: each names a workspace by the digits of its key.
    static let address = Address(name: "checks")

    /// For whom a check was made.
    struct Key: Hashable {
        let credential: PresentedCredential
        /// The digest of the session that came with the request, if one did.
        let session: [UInt8]?

        func hash(into hasher: inout Hasher) {
            hasher.combine(credential.digest)
            if let session { hasher.combine(digest: session) }
        }
    }

    /// When a check left, and what had been forgotten by then.
    struct Departure: Sendable {
        let time = ContinuousClock.now
        fileprivate let epoch: Int
    }

    private struct State {
        typealias Callers = [WorkspaceID: [Key: Checked]]

        /// Counts what was forgotten: a check that was under way meanwhile is not kept.
        var epoch = 0
        /// Those that came since the last turn, and those of the turn before: what is older is forgotten.
        var (young, old): (Callers, Callers) = ([:], [:])
        var turned = ContinuousClock.now
        /// How many are in `young`.
        var count = 0

        /// Makes room when it is time, for none of the older ones stands any more, or when the younger ones are too many.
        ///
        /// - Returns: What is forgotten.
        mutating func turn(_ now: ContinuousClock.Instant, _ longest: Duration, _ capacity: Int) -> Callers {
            guard now - turned >= longest || count >= capacity else { return [:] }
            let gone = old
            (old, young, turned, count) = (young, [:], now, 0)
            return gone
        }
    }

    /// - Parameters:
    ///   - mailroom: What tells of changes at other nodes.
    ///   - capacity: How many callers are kept at least, the latest ones, and half of how many at most.
    package init(
        standing: Duration, longest: Duration = .seconds(600), mailroom: any Mailroom, capacity: Int = 20_000
    ) {
        self.standing = standing
        self.longest = max(standing, longest)
        self.mailroom = mailroom
        self.capacity = capacity
    }

    /// To be asked before a check leaves, and shown when its answer is kept.
    func depart() -> Departure { Departure(epoch: state.withLock(\.epoch)) }

    /// The caller, if a check of it still stands and its credential has not ended.
    func caller(_ credential: PresentedCredential, session: [UInt8]?) -> Checked? {
        guard standing > .zero else { return nil }
        let key = Key(credential: credential, session: session)
        // Before the look: what was posted until then has been taken away by now.
        let caughtUp = mailroom.caughtUp
        let now = ContinuousClock.now
        let found = state.withLock { state in
            state.young[credential.workspace]?[key] ?? state.old[credential.workspace]?[key]
        }
        guard let found, now - found.time < longest else { return nil }
        let time = max(found.time, caughtUp ?? found.time)
        guard now - time < standing else { return nil }
        if let end = found.principal.endsAt, end <= WallClock.system.now { return nil }
        return Checked(principal: found.principal, time: time)
    }

    /// Whether a check of any caller of a workspace was kept lately.
    func isKnown(_ workspace: WorkspaceID) -> Bool {
        state.withLock { $0.young[workspace] != nil || $0.old[workspace] != nil }
    }

    /// Whether a check stands.
    func stands(_ checked: Checked) -> Bool { ContinuousClock.now - checked.time < standing }

    /// Keeps a caller for whom the database has vouched, unless something was forgotten since it was asked.
    func keep(_ principal: Principal, _ credential: PresentedCredential, session: [UInt8]?, since departure: Departure)
    {
        guard standing > .zero else { return }
        let key = Key(credential: credential, session: session)
        let checked = Checked(principal: principal, time: departure.time)
        let gone = state.withLock { state -> State.Callers in
            guard state.epoch == departure.epoch else { return [:] }
            let gone = state.turn(.now, longest, capacity)
            if state.young[credential.workspace, default: [:]].updateValue(checked, forKey: key) == nil {
                state.count += 1
            }
            return gone
        }
        // Let go of outside the lock, for there may be thousands.
        withExtendedLifetime(gone) {}
    }

    /// Forgets the callers of a workspace, or all.
    func forget(_ workspace: WorkspaceID?) {
        state.withLock { state in
            state.epoch += 1
            if let workspace {
                state.count -= state.young.removeValue(forKey: workspace)?.count ?? 0
                state.old[workspace] = nil
            } else {
                (state.young, state.old, state.count) = ([:], [:], 0)
            }
        }
    }

    // MARK: Letters

    /// Begins to hear of changes.
    package func listen() {
        let receiving = mailroom.receive(at: Self.address) { [weak self] delivery in
            switch delivery {
            case .letter(let digits): self?.forget(RowID(uuid: digits).map(WorkspaceID.init))
            case .gap: self?.forget(nil)
            case .event: break
            }
        }
        reception.withLock { $0 = receiving }
    }
}
