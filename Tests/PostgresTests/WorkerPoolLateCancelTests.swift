import Glibc
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A cancel request that is late", .timeLimit(.minutes(20)))
struct WorkerPoolLateCancelTests {
    private let server: TestServer
    private let holder: Connection
    private let watch: LockWatch
    private let events = PoolEvents()
    private let pool: WorkerPool

    init() async throws {
        server = try TestServer()
        holder = try Connection(url: server.superuserURL, applicationName: "workport tests")
        _ = try holder.query("SELECT pg_advisory_lock(1), pg_advisory_lock(2)")
        watch = try LockWatch(server)
        var configuration = PoolConfiguration(url: server.url)
        configuration.workers = 1
        configuration.cancelGrace = .seconds(2)
        pool = WorkerPool(configuration, observer: events)
        pool.start()
        await events.wait(for: .connected)
    }

    @Test("stops no call but the one that it is for", .enabled(if: geteuid() == 0, "needs to stop another's process"))
    func late() async throws {
        let text = try holder.query("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").string(0, 0)
        let postmaster = try #require(text.flatMap { pid_t($0) })
        let (isGone, pool) = (Flag(), pool)
        let abandoned = pool.begin([.waiting(for: 1)], isAbandoned: { isGone.isRaised })
        await watch.untilBlocked(1)
        // It answers to nobody new, so it takes no request either; those who are connected notice nothing.
        kill(postmaster, SIGSTOP)
        isGone.raise()
        #expect(await abandoned.ending.error?.kind == .abandoned)
        let next = pool.begin(["SELECT 'next'"])
        async let write = pool.write { database in
            try database.transaction { try $0.query(.waiting(for: 2)).rowCount }
        }
        _ = try holder.query("SELECT pg_advisory_unlock(1)")
        // The write runs, or the worker has given up the connection for which the request is.
        while events.count(.lost) == 0, watch.blocked(on: 2).isEmpty { await Task.yield() }
        kill(postmaster, SIGCONT)
        // Whoever is let in now came after the request.
        _ = try LockWatch(server)
        _ = try holder.query("SELECT pg_advisory_unlock(2)")
        #expect(await next.ending == .answered([["next"]]))
        #expect(try await write.get() == 1)
        #expect(pool.isHealthy)
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() { value.store(true, ordering: .relaxed) }
}
