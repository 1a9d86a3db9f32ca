/// Whether a replica gets reads; knows no connection.
///
/// A replica is used as long as it is seen to be well: each look lends it for a while, so that one that falls silent, the
/// look itself included, is used no longer. One that failed rests, the longer the more often it failed in a row.
struct ReplicaState {
    /// Why a replica gets no reads.
    enum Absence: String, Sendable {
        /// It cannot be reached, or broke off.
        case lost
        /// It did not come to where the primary was in time.
        case behind
        /// It is no standby any more, or one of another log.
        case unfit
    }

    /// What a caller is to tell the operator.
    enum Change: Equatable {
        case none
        case isUsed
        case isLeftOut(Absence)
    }

    private var lentUntil: ContinuousClock.Instant?
    private var restsUntil: ContinuousClock.Instant?
    private var failures = 0
    private(set) var absence: Absence? = .lost
    /// The timeline that it was seen to follow.
    private var timeline: String?

    static let lease = Duration.seconds(3)
    private static let longestRest = Duration.seconds(30)

    /// Whether a read can go there now.
    func isUsable(at now: ContinuousClock.Instant) -> Bool {
        guard absence == nil, let lentUntil else { return false }
        return now < lentUntil
    }

    /// Whether it follows the log that a position belongs to.
    func follows(_ position: CommitPosition) -> Bool { timeline == position.timeline }

    /// Takes note of a look that found it well.
    mutating func seeWell(on timeline: String, at now: ContinuousClock.Instant) -> Change {
        self.timeline = timeline
        lentUntil = now + Self.lease
        if let restsUntil, now < restsUntil { return .none }
        restsUntil = nil
        guard absence != nil else { return .none }
        absence = nil
        return .isUsed
    }

    /// Takes note of a look that found it in no state to be used.
    mutating func seeUnwell(_ reason: Absence) -> Change {
        guard absence != reason else { return .none }
        absence = reason
        return .isLeftOut(reason)
    }

    /// Takes note of a read that it answered.
    mutating func succeed() { failures = 0 }

    /// Takes note of a read that failed for a reason that lies in the replica.
    mutating func fail(_ reason: Absence, at now: ContinuousClock.Instant) -> Change {
        // What was under way together fails together.
        guard absence == nil else { return .none }
        let rest = min(Self.longestRest, .seconds(1 << min(failures, 5)))
        failures += 1
        restsUntil = now + rest
        absence = reason
        return .isLeftOut(reason)
    }
}
