import Dispatch
import Synchronization
import Testing

@testable import MCP

@Suite("An alarm")
struct AlarmTests {
    /// Tells when it is let go.
    private final class Witness: Sendable {
        let gone: DispatchSemaphore

        init(_ gone: DispatchSemaphore) { self.gone = gone }

        deinit { gone.signal() }
    }

    @Test("lets go of what it would do as soon as it is called off")
    func cancelled() {
        let gone = DispatchSemaphore(value: 0)
        let count = Mutex(0)
        func set() -> Alarm {
            let witness = Witness(gone)
            return Alarm(after: .seconds(3600)) { withExtendedLifetime(witness) { count.withLock { $0 += 1 } } }
        }
        set().cancel()
        #expect(gone.wait(timeout: .now() + .seconds(10)) == .success)
        #expect(count.withLock { $0 } == 0)
    }

    @Test("goes off once, and lets go of what it did")
    func once() {
        let gone = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        func set() {
            let witness = Witness(gone)
            _ = Alarm(after: .milliseconds(1)) { withExtendedLifetime(witness) { _ = done.signal() } }
        }
        set()
        #expect(done.wait(timeout: .now() + .seconds(10)) == .success)
        #expect(gone.wait(timeout: .now() + .seconds(10)) == .success)
    }

    @Test("goes off again and again until it is called off")
    func repeating() {
        let gone = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        func set() -> Alarm {
            let witness = Witness(gone)
            return Alarm(after: .milliseconds(1), repeats: true) { withExtendedLifetime(witness) { _ = done.signal() } }
        }
        let alarm = set()
        for _ in 0..<3 { #expect(done.wait(timeout: .now() + .seconds(10)) == .success) }
        alarm.cancel()
        #expect(gone.wait(timeout: .now() + .seconds(10)) == .success)
    }
}
