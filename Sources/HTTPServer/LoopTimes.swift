import Glibc

/// The configured times as nanoseconds, which is how the loop counts.
struct LoopTimes {
    let header: Int64
    let body: Int64
    let idle: Int64
    let write: Int64
    let linger: Int64
    let heartbeat: Int64

    init(_ configuration: HTTPServerConfiguration) {
        header = Self.nanoseconds(configuration.headerTimeout)
        body = Self.nanoseconds(configuration.bodyTimeout)
        idle = Self.nanoseconds(configuration.idleTimeout)
        write = Self.nanoseconds(configuration.writeTimeout)
        linger = Self.nanoseconds(configuration.lingerTimeout)
        heartbeat = Self.nanoseconds(configuration.heartbeat)
    }

    /// Monotonic time.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A duration as nanoseconds, at most a few hundred years less than the clock can count.
    static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let clamped = min(max(seconds, 0), 1 << 32)
        return clamped * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000
    }
}
