/// Keeps calls from waiting for something that does not answer.
///
/// After a failure nobody is let through for a second; after each further one for twice as long, up to a minute, or for
/// as long as the other side asks. Then one is let through to find out.
struct Breaker: Sendable {
    private static let longest = Duration.seconds(60)
    private static let longestWish = Duration.seconds(300)

    private var failures = 0
    private var closedUntil: ContinuousClock.Instant?
    private var isTrying = false

    /// Whether a call may be made now; whoever is let through has to tell how it went.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        guard let closedUntil else { return true }
        guard now >= closedUntil, !isTrying else { return false }
        isTrying = true
        return true
    }

    /// Takes note that a call went well.
    mutating func succeed() { self = Breaker() }

    /// Takes note that a call failed; of those that were under way together the first one counts.
    mutating func fail(at now: ContinuousClock.Instant, retryAfter: Duration? = nil) {
        guard closedUntil == nil || isTrying else { return }
        failures += 1
        isTrying = false
        let pause = min(.seconds(1 << min(failures - 1, 6)), Self.longest)
        closedUntil = now + max(pause, min(retryAfter ?? .zero, Self.longestWish))
    }
}
