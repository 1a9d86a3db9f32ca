import Dispatch
import Telemetry
import Testing

@Suite("Clocks")
struct ClockTests {
    @Test(
        "write the time as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (Int64.min, "0000-01-01T00:00:00.000000Z"),
            (Int64.max, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func text(microseconds: Int64, text: String) {
        #expect(Timestamp.text(microseconds) == text)
    }

    @Test("of the machine tell a time of this century")
    func system() {
        #expect(WallClock.system.now > 1_700_000_000_000_000)
        #expect(MonotonicClock.system.now <= MonotonicClock.system.now)
    }

    @Test("of a thread move when it works, and not when it waits")
    func thread() {
        let start = ThreadTime.now
        var sum = 0
        while ThreadTime.now - start < .milliseconds(5) { sum &+= 1 }
        #expect(sum > 0)
        let (before, begun) = (ThreadTime.now, ContinuousClock.now)
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(50))
        #expect(ContinuousClock.now - begun >= .milliseconds(50))
        #expect(ThreadTime.now - before < .milliseconds(50))
    }

    @Test("under a test's control move only when told, both together")
    func manual() {
        let clock = ManualClock(at: 1_000_000)
        let (wall, monotonic) = (clock.wall, clock.monotonic)
        let start = monotonic.now
        #expect(wall.now == 1_000_000)
        #expect(monotonic.now == start)
        clock.advance(by: .milliseconds(1500))
        #expect(wall.now == 2_500_000)
        #expect(monotonic.now - start == .milliseconds(1500))
    }
}

@Suite("Request ids")
struct RequestIDTests {
    @Test("are 128 random bits")
    func fresh() {
        let ids = Set((0..<1000).map { _ in RequestID().description })
        #expect(ids.count == 1000)
        #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test(
        "are taken over when they are harmless",
        arguments: ["12345678", "a-b_c.D0123", String(repeating: "a", count: 64)])
    func takenOver(incoming: String) {
        #expect(RequestID(incoming: incoming).description == incoming)
    }

    @Test(
        "are made anew otherwise",
        arguments: [
            nil, "", "1234567", String(repeating: "a", count: 65), "abc def ghi", "line\nfeed1", "quote\"quote",
            "ééééé", "a/b/c/d/e",
        ])
    func refused(incoming: String?) {
        #expect(RequestID(incoming: incoming).description != incoming)
        #expect(RequestID(incoming: incoming).description.utf8.count == 32)
    }
}
