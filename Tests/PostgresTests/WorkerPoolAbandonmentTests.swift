import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A call for whose answer nobody waits any more", .timeLimit(.minutes(20)))
struct WorkerPoolAbandonmentTests {
    private final class Caller: Sendable {
        private let hasLeft = Atomic(false)

        var isGone: Bool { hasLeft.load(ordering: .relaxed) }

        func leave() { hasLeft.store(true, ordering: .relaxed) }
    }

    private let database: TestDatabase
    private let holder: Connection
    private let watch: LockWatch
    private let pool: WorkerPool

    init() throws {
        database = try TestDatabase.make()
        holder = try database.connect(as: .owner)
        watch = try LockWatch(database)
        _ = try holder.query("SELECT pg_advisory_lock(1)")
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 1
        pool = WorkerPool(configuration)
    }

    @Test("is stopped in the database, and leaves the others of its flush alone")
    func running() async {
        let caller = Caller()
        let first = pool.begin(["SELECT 'first'"])
        let slow = pool.begin([.waiting(for: 1)], isAbandoned: { caller.isGone })
        let last = pool.begin(["SELECT 'last', pg_backend_pid()"])
        pool.start()
        #expect(await first.ending == .answered([["first"]]))
        await watch.untilBlocked(1)
        caller.leave()
        #expect(await slow.ending.error?.kind == .abandoned)
        let lastEnding = await last.ending
        #expect(lastEnding.rows?[0][0] == "last")
        #expect(await watch.untilBlocked(0).isEmpty)
        #expect(await pool.read(["SELECT 'last', pg_backend_pid()"]) == lastEnding, "The connection survived")
    }

    @Test("is not begun")
    func waiting() async {
        let caller = Caller()
        pool.start()
        let blocker = pool.begin([.waiting(for: 1)])
        await watch.untilBlocked(1)
        let call = pool.begin(["SELECT 1"], isAbandoned: { caller.isGone })
        caller.leave()
        _ = try? holder.query("SELECT pg_advisory_unlock(1)")
        #expect(await call.ending == .refused(.abandoned))
        #expect(await blocker.ending.error == nil)
    }
}
