import Glibc
import Postgres
import PostgresServer
import TestSupport
import Testing

@Suite("A pool whose server goes away", .timeLimit(.minutes(20)))
struct WorkerPoolRestartTests {
    private let server: TestServer
    private let events = PoolEvents()
    private let pool: WorkerPool

    init() async throws {
        server = try TestServer()
        var configuration = PoolConfiguration(url: server.url)
        configuration.workers = 2
        configuration.cancelGrace = .milliseconds(200)
        configuration.firstPause = .milliseconds(10)
        configuration.longestPause = .milliseconds(50)
        configuration.idleCheck = .milliseconds(20)
        pool = WorkerPool(configuration, observer: events)
        pool.start()
        await events.wait(for: .connected)
        await events.wait(for: .connected)
    }

    @Test("refuses calls at once, says so, and serves again when the server is back")
    func restart() async throws {
        #expect(await pool.read(["SELECT 1"]) == .answered([["1"]]))
        #expect(pool.isHealthy)
        try server.cluster.stop()
        while pool.isHealthy { await Task.yield() }
        #expect(await pool.read(["SELECT 1"]) == .refused(.unavailable))
        try server.cluster.start()
        while !pool.isHealthy { await Task.yield() }
        #expect(await pool.read(["SELECT 1"]) == .answered([["1"]]))
    }

    @Test(
        "keeps deadlines although the server is silent", .enabled(if: geteuid() == 0, "needs to stop another's process")
    )
    func silence() async throws {
        var processes: Set<pid_t> = []
        for _ in 0..<50 {
            let ending = await pool.read(["SELECT pg_backend_pid()"])
            processes.insert(try #require(ending.rows?[0][0].flatMap { pid_t($0) }))
        }
        for process in processes { kill(process, SIGSTOP) }
        // Each worker loses its connection to the first call that finds it silent.
        var endings = [await pool.read(["SELECT pg_backend_pid()"], within: .milliseconds(100))]
        while endings.last?.error?.kind == .timeout {
            endings.append(await pool.read(["SELECT pg_backend_pid()"], within: .milliseconds(500)))
        }
        for process in processes { kill(process, SIGCONT) }
        #expect(endings[0].error?.kind == .timeout)
        let process = try #require(endings.last?.rows?[0][0].flatMap { pid_t($0) })
        #expect(!processes.contains(process))
    }
}
