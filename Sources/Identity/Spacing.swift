/// When the next of several steps is due, if all of them are to be spread over the time until more come.
///
/// Knows no clock but the times that it is given.
struct Spacing {
    /// The time that steps have.
    private let interval: Duration
    private let longestPause: Duration
    private var step = Duration.zero
    private var last: ContinuousClock.Instant?
    /// Whether what is left is to be done without pauses.
    var isHurried = false

    init(over interval: Duration, pausingAtMost longestPause: Duration) {
        self.interval = interval
        self.longestPause = longestPause
    }

    /// Has so many steps done in less than the interval, so that none is left when more come.
    mutating func spread(_ count: Int) { step = min(longestPause, interval * 0.8 / max(1, count)) }

    /// Notes that a step begins.
    mutating func begin(at now: ContinuousClock.Instant) { last = now }

    /// How long the next step has to wait: nothing if the one before has taken its time.
    func pause(at now: ContinuousClock.Instant) -> Duration {
        guard let last, !isHurried else { return .zero }
        return max(.zero, step - last.duration(to: now))
    }
}
