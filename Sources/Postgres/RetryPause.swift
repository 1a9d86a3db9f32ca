import Glibc

/// A short, uneven pause, so that two transactions that got into each other's way do not meet again.
enum RetryPause {
    /// Waits not at all the first time, and up to ten milliseconds more each further time.
    static func wait(before repetition: Int) {
        guard repetition > 1 else { return }
        var pause = timespec(tv_sec: 0, tv_nsec: Int.random(in: 0..<(min(repetition, 10) - 1) * 10_000_000))
        nanosleep(&pause, nil)
    }
}
