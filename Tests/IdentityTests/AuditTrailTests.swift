import Dispatch
import Identity
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite("The trail of read calls")
struct AuditTrailTests {
    private final class Tries: PoolObserver {
        private let count = Mutex(0)
        var soFar: Int { count.withLock(\.self) }
        let first = DispatchSemaphore(value: 0)

        func flushed(batch: Int) {
            count.withLock { $0 += 1 }
            first.signal()
        }
    }

    @Test("is not tried again for each event while the database takes none, and keeps what it was given")
    func held() throws {
        // A database without the schema has nowhere to write to.
        let database = try TestDatabase.make()
        let tries = Tries()
        let pool = WorkerPool(PoolConfiguration(url: database.url(.application)), observer: tries)
        let trail = AuditTrail(pool: pool, metrics: Metrics(), log: .disabled)
        pool.start()
        let workspace = WorkspaceID(try #require(RowID(uuid: "0199d3c0a1b27c3d8e4f0123456789ab")))
        let event = AuditEvent(
            workspace: workspace, credential: workspace.row, action: "tool.call", outcome: .ok, at: 1)
        let start = ContinuousClock.now
        for _ in 0..<4_096 { trail.record(event) }
        tries.first.wait()
        for _ in 0..<40_000 { trail.record(event) }
        let seconds = Int(start.duration(to: .now) / .seconds(1))
        #expect(tries.soFar <= seconds + 2)
        pool.drain(deadline: .seconds(60))
        #expect(!trail.isSettled)
    }
}
