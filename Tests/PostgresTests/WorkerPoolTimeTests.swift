import Postgres
import TestSupport
import Testing

@Suite("A call's deadline", .timeLimit(.minutes(20)))
struct WorkerPoolTimeTests {
    private let database: TestDatabase
    private let holder: Connection
    private let watch: LockWatch

    init() throws {
        database = try TestDatabase.make()
        holder = try database.connect(as: .owner)
        watch = try LockWatch(database)
        _ = try holder.query("SELECT pg_advisory_lock(1)")
    }

    private func pool(_ change: (inout PoolConfiguration) -> Void = { _ in }) -> WorkerPool {
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 1
        change(&configuration)
        return WorkerPool(configuration)
    }

    @Test("stops its statement and leaves the others of the flush alone")
    func deadline() async {
        let pool = pool()
        let first = pool.begin(["SELECT 'first'"])
        let late = pool.begin([.waiting(for: 1)], within: .milliseconds(500))
        let last = pool.begin(["SELECT 'last', pg_backend_pid()"])
        pool.start()
        #expect(await first.ending == .answered([["first"]]))
        let lateEnding = await late.ending
        // On a slow machine the deadline may pass before the pool has connected.
        #expect(lateEnding.error?.kind == .timeout || lateEnding == .refused(.timeout))
        let lastEnding = await last.ending
        #expect(lastEnding.rows?[0][0] == "last")
        #expect(await watch.untilBlocked(0).isEmpty)
        // The connection survived.
        let again = await pool.read(["SELECT 'last', pg_backend_pid()"])
        #expect(again == lastEnding)
    }

    @Test("ends a call that waits for a worker")
    func waiting() async {
        let pool = pool()
        pool.start()
        let blocker = pool.begin([.waiting(for: 1)])
        await watch.untilBlocked(1)
        #expect(await pool.read(["SELECT 1"], within: .milliseconds(50)) == .refused(.timeout))
        #expect(pool.backlog == 0)
        _ = try? holder.query("SELECT pg_advisory_unlock(1)")
        #expect(await blocker.ending.error == nil)
    }

    @Test("undoes a write")
    func write() async throws {
        let owner = try database.connect(as: .owner)
        try owner.execute(script: "CREATE TABLE notes (id int); GRANT SELECT, INSERT ON notes TO workport_app")
        let pool = pool()
        pool.start()
        let result = await pool.write(within: .milliseconds(200)) { database in
            try database.transaction { transaction in
                _ = try transaction.query("INSERT INTO notes VALUES (1)")
                _ = try transaction.query(.waiting(for: 1))
            }
        }
        let error = try #require(throws: PostgresError.self) { try result.get() }
        #expect(error.kind == .timeout && !error.outcomeIsUnknown)
        #expect(await pool.read(["SELECT count(*) FROM notes"]) == .answered([["0"]]))
    }
}
