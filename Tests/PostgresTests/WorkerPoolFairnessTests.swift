import Postgres
import TestSupport
import Testing

@Suite("A tenant with many calls", .timeLimit(.minutes(20)))
struct WorkerPoolFairnessTests {
    private let database: TestDatabase
    private let holder: Connection
    private let watch: LockWatch

    init() throws {
        database = try TestDatabase.make()
        holder = try database.connect(as: .owner)
        watch = try LockWatch(database)
        _ = try holder.query("SELECT pg_advisory_lock(1)")
    }

    private func pool(
        workers: Int, idleCheck: Duration = .seconds(1), events: PoolEvents = PoolEvents()
    ) -> WorkerPool {
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = workers
        configuration.backlog = 80
        configuration.backlogPerTenant = 40
        configuration.displacement = .milliseconds(50)
        configuration.idleCheck = idleCheck
        return WorkerPool(configuration, observer: events)
    }

    @Test("leaves a worker to the others while all of its calls block")
    func flood() async throws {
        let pool = pool(workers: 3)
        pool.start()
        let blocked = (0..<40).map { _ in pool.begin([.waiting(for: 1)], tenant: "greedy") }
        await watch.untilBlocked(2)
        for _ in 0..<20 {
            #expect(await pool.read(["SELECT 'served'"], tenant: "modest") == .answered([["served"]]))
        }
        #expect(watch.blocked().count == 2)
        _ = try holder.query("SELECT pg_advisory_unlock(1)")
        for call in blocked { #expect(await call.ending == .answered([[""]])) }
    }

    @Test("is turned away when its share of the backlog is full, and others are not")
    func fullShare() async {
        let events = PoolEvents()
        let pool = pool(workers: 2, events: events)
        var pending = (0..<40).map { _ in pool.begin(["SELECT 1"], tenant: "greedy") }
        #expect(await pool.read(["SELECT 1"], tenant: "greedy") == .full)
        pending += (0..<20).map { _ in pool.begin(["SELECT 1"], tenant: "modest") }
        #expect(await pool.read(["SELECT 1"], tenant: "modest") == .full, "It has as much as there is room left")
        pending.append(pool.begin(["SELECT 1"], tenant: "third"))
        #expect(pool.backlog == 61 && events.count(.backlogFull) == 2)
        #expect(pool.refusal(of: FairShareKey("greedy")) != nil && pool.refusal(of: FairShareKey("fourth")) == nil)
        pool.start()
        for call in pending { #expect(await call.ending == .answered([["1"]])) }
    }

    @Test("is served to its last call while it is turned away, with nothing but its pauses to wake a worker")
    func pauses() async {
        let pool = pool(workers: 3, idleCheck: .seconds(3600))
        var pending = (0..<40).map { _ in pool.begin(["SELECT 1"], tenant: "greedy") }
        pending.append(pool.begin(["SELECT 1"], tenant: "modest"))
        #expect(await pool.read(["SELECT 1"], tenant: "greedy") == .full)
        pool.start()
        for call in pending { #expect(await call.ending == .answered([["1"]])) }
    }

    @Test("does not hold up calls that stand behind a slow one in the same flush")
    func displaced() async {
        let pool = pool(workers: 2)
        let slow = pool.begin([.waiting(for: 1)], tenant: "greedy")
        let quick = pool.begin(["SELECT 'quick'"], tenant: "modest")
        let other = pool.begin(["SELECT 'other'"], tenant: "third")
        pool.start()
        #expect(await quick.ending == .answered([["quick"]]))
        #expect(await other.ending == .answered([["other"]]))
        #expect(watch.blocked().count == 1)
        _ = try? holder.query("SELECT pg_advisory_unlock(1)")
        #expect(await slow.ending == .answered([[""]]))
    }
}
