/// The calls of one window that a node may still admit.
struct Purse: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How many calls the window has room for, for all nodes.
    let limit: Int
    /// When the window began, in seconds since 1970 by the database's clock.
    private var began = Int64.min
    /// Calls that this node has taken and not admitted yet.
    private(set) var left = 0
    /// Calls that nobody had taken when this node last asked.
    private(set) var beyond = 0
    /// The window is certainly not over before this moment: none of its calls are admitted later.
    private var lasts: Instant?
    /// The window is certainly over after this moment.
    private(set) var ends: Instant?
    /// Until when it is believed that there is nothing left to take.
    private(set) var emptyUntil: Instant?

    init(limit: Int) { self.limit = limit }

    /// Calls to admit at this moment.
    func funds(at now: Instant) -> Int { lasts.map { now < $0 } == true ? left : 0 }

    /// Whether it is still that window of which the node knows.
    func isCurrent(at now: Instant) -> Bool { lasts.map { now < $0 } == true }

    /// Whether it is known that the window has nothing left, and believed still.
    func isEmpty(at now: Instant) -> Bool { funds(at: now) == 0 && emptyUntil.map { now < $0 } == true }

    /// Whether it was known a moment ago that the window has nothing left, and it is time to ask again.
    func isDoubtful(at now: Instant) -> Bool {
        guard let emptyUntil, let ends, funds(at: now) == 0 else { return false }
        return now >= emptyUntil && now < ends
    }

    /// Believes it for another while.
    mutating func believe(until moment: Instant) { emptyUntil = ends.map { min($0, moment) } }

    mutating func spend() { left -= 1 }

    /// Takes out what was not admitted; `nil` if there is nothing.
    mutating func takeOut() -> (began: Int64, count: Int)? {
        guard left > 0 else { return nil }
        defer { left = 0 }
        return (began, left)
    }

    /// Whether it is time to take more, before somebody has to wait for it.
    func isLow(of spare: Int, at now: Instant) -> Bool {
        spare > 0 && isCurrent(at: now) && left * 4 <= spare && beyond >= 16
    }

    /// Puts in what the database granted.
    ///
    /// - Parameters:
    ///   - grant: What the database says.
    ///   - isShort: Whether it was less than was wanted.
    ///   - sent: A moment before the database was asked: the window lasts at least as long from there.
    ///   - received: A moment after it answered.
    mutating func take(_ grant: CallGrant, isShort: Bool, sent: Instant, received: Instant) {
        guard grant.began >= began else { return }
        if grant.began > began { left = 0 }
        began = grant.began
        left += grant.count
        beyond = grant.remaining
        lasts = sent + grant.endsIn
        let end = received + grant.endsIn
        ends = end
        emptyUntil = isShort ? min(end, received + CallBook.belief) : nil
    }
}

/// What the database granted of one window.
package struct CallGrant: Sendable, Equatable {
    package let count: Int
    /// What is left for all nodes.
    package let remaining: Int
    /// When the window began, in seconds since 1970.
    package let began: Int64
    /// How long it lasts from the moment at which the database looked.
    package let endsIn: Duration

    package init(count: Int, remaining: Int, began: Int64, endsIn: Duration) {
        self.count = count
        self.remaining = remaining
        self.began = began
        self.endsIn = endsIn
    }
}
