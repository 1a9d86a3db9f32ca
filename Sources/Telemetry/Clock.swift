import Glibc
import Synchronization

/// The time of day, as microseconds since 1970 in UTC.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Int64

    /// Takes the function that tells the time.
    package init(_ read: @escaping @Sendable () -> Int64) { self.read = read }

    /// The machine's clock.
    package static let system = WallClock {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// The current time, in microseconds since 1970.
    package var now: Int64 { read() }
}

/// Time that only moves forward, for durations and deadlines.
package struct MonotonicClock: Sendable {
    private let read: @Sendable () -> ContinuousClock.Instant

    /// Takes the function that tells the time.
    package init(_ read: @escaping @Sendable () -> ContinuousClock.Instant) { self.read = read }

    /// The machine's clock.
    package static let system = MonotonicClock { ContinuousClock.now }

    /// The current instant.
    package var now: ContinuousClock.Instant { read() }
}

/// The time that the thread which asks has worked, for bounds that waiting for a processor must not use up.
package enum ThreadTime {
    /// The time so far; only differences mean something, and only on one thread.
    package static var now: Duration {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// Both clocks under a test's control: they stand still until told to move.
package final class ManualClock: Sendable {
    private let start: Int64
    private let origin = ContinuousClock.now
    private let elapsed = Mutex(Duration.zero)

    /// Starts at a time of day, given in microseconds since 1970.
    package init(at start: Int64 = 1_750_000_000_000_000) { self.start = start }

    /// The time of day.
    package var wall: WallClock {
        WallClock { [self] in
            let (seconds, attoseconds) = elapsed.withLock { $0 }.components
            return start + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        }
    }

    /// The time for durations.
    package var monotonic: MonotonicClock {
        MonotonicClock { [self] in origin + elapsed.withLock { $0 } }
    }

    /// Lets time pass.
    package func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration }
    }
}
