import Dispatch
import Postgres
import TestSupport
import Testing

@Suite("Draining a pool", .timeLimit(.minutes(20)))
struct WorkerPoolDrainTests {
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
        configuration.displacement = .seconds(1200)
        pool = WorkerPool(configuration)
        pool.start()
    }

    /// Drains on a thread of its own, and returns once the pool accepts no more calls.
    private func drain(_ pool: WorkerPool, deadline: Duration) async -> Task<Bool, Never> {
        let task = Task {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: pool.drain(deadline: deadline)) }
            }
        }
        while pool.isHealthy { await Task.yield() }
        return task
    }

    @Test("answers what was accepted and refuses what comes later")
    func inTime() async {
        let pool = pool
        let running = pool.begin([.waiting(for: 1)])
        await watch.untilBlocked(1)
        let waiting = pool.begin(["SELECT 'waiting'"])
        let drained = await drain(pool, deadline: .seconds(1200))
        #expect(await pool.read(["SELECT 1"]) == .refused(.stopping))
        _ = try? holder.query("SELECT pg_advisory_unlock(1)")
        #expect(await drained.value)
        #expect(await running.ending == .answered([[""]]))
        #expect(await waiting.ending == .answered([["waiting"]]))
    }

    @Test("finishes reads that lead to others")
    func chained() async {
        let pool = pool
        let running = pool.begin([.waiting(for: 1)], then: ["SELECT 'second'"])
        await watch.untilBlocked(1)
        let waiting = pool.begin(["SELECT 'waiting'"], then: ["SELECT 'second of waiting'"])
        let drained = await drain(pool, deadline: .seconds(1200))
        _ = try? holder.query("SELECT pg_advisory_unlock(1)")
        #expect(await drained.value)
        #expect(await running.ending == .answered([["second"]]))
        #expect(await waiting.ending == .answered([["second of waiting"]]))
    }

    @Test("stops what takes too long")
    func tooLate() async {
        let pool = pool
        let running = pool.begin([.waiting(for: 1)])
        await watch.untilBlocked(1)
        let waiting = pool.begin(["SELECT 'waiting'"])
        let drained = await drain(pool, deadline: .milliseconds(20))
        #expect(await drained.value == false)
        #expect(await running.ending.error?.sqlState == .queryCanceled)
        #expect(await waiting.ending == .refused(.stopping))
    }

    @Test("ends the connections")
    func connections() async throws {
        #expect(await pool.read(["SELECT 1"]) == .answered([["1"]]))
        let drained = await drain(pool, deadline: .seconds(1200))
        #expect(await drained.value)
        let watcher = try database.connect(as: .superuser)
        while true {
            let left = try watcher.query(
                """
                SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'workport'
                """
            )
            if left.int64(0, 0) == 0 { break }
            await Task.yield()
        }
    }
}
