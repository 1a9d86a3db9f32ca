import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A lost connection", .timeLimit(.minutes(20)))
struct WorkerPoolLossTests {
    private let database: TestDatabase
    private let owner: Connection
    private let events = PoolEvents()
    private let pool: WorkerPool

    init() throws {
        database = try TestDatabase.make()
        owner = try database.connect(as: .owner)
        try owner.execute(script: "CREATE TABLE notes (id int); GRANT SELECT, INSERT ON notes TO workport_app")
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 1
        pool = WorkerPool(configuration, observer: events)
    }

    @Test("in the middle of a flush fails no read that can be repeated")
    func midPipeline() async throws {
        let pool = pool
        let watch = try LockWatch(database)
        let holder = try database.connect(as: .owner)
        _ = try holder.query("SELECT pg_advisory_lock(1)")
        let first = pool.begin(["SELECT 'first'"])
        let blocked = pool.begin([.waiting(for: 1), "SELECT 'blocked'"])
        let last = pool.begin(["SELECT 'last'"])
        pool.start()
        let process = await watch.untilBlocked(1)[0]
        try watch.run("SELECT pg_terminate_backend(\(process)::int)")
        _ = try holder.query("SELECT pg_advisory_unlock(1)")
        #expect(await first.ending == .answered([["first"]]))
        #expect(await blocked.ending.rows?.last == ["blocked"])
        #expect(await last.ending == .answered([["last"]]))
        #expect(events.all.contains(.repeated(.connectionLost)))
    }

    @Test("fails only the call that breaks connections")
    func poison() async {
        let pool = pool
        let first = pool.begin(["SELECT 'first'"])
        let poison = pool.begin(["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"])
        let last = pool.begin(["SELECT 'last'"])
        pool.start()
        #expect(await first.ending == .answered([["first"]]))
        #expect(await poison.ending.error?.kind == .connectionLost)
        #expect(await last.ending == .answered([["last"]]))
    }

    @Test("of an idle worker is not noticed by the next call")
    func idle() async throws {
        pool.start()
        let ending = await pool.read(["SELECT pg_backend_pid()"])
        let process = try #require(ending.rows?[0][0].flatMap { Int($0) })
        try LockWatch(database).run("SELECT pg_terminate_backend(\(process)::int, 10000)")
        #expect(await pool.read(["SELECT 1"]) == .answered([["1"]]))
        let written = await pool.write { database in
            try database.transaction { try $0.query("INSERT INTO notes VALUES (1)").affectedRows }
        }
        #expect(try written.get() == 1)
    }

    @Test("before a commit lets the transaction run again")
    func beforeCommit() async throws {
        pool.start()
        let attempts = Attempts()
        let result = await pool.write { database in
            try database.transaction { transaction in
                _ = try transaction.query("INSERT INTO notes VALUES (1)")
                if attempts.next() == 1 { _ = try transaction.query("SELECT pg_terminate_backend(pg_backend_pid())") }
            }
        }
        try result.get()
        #expect(attempts.count == 2)
        #expect(await pool.read(["SELECT count(*) FROM notes"]) == .answered([["1"]]))
    }

    @Test("during a commit leaves the outcome unknown, and the transaction is not repeated")
    func duringCommit() async throws {
        try owner.execute(
            script: """
                CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER last_words AFTER INSERT ON notes
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_session();
                """
        )
        pool.start()
        let attempts = Attempts()
        let result = await pool.write { database in
            try database.transaction { transaction in
                _ = attempts.next()
                _ = try transaction.query("INSERT INTO notes VALUES (1)")
            }
        }
        let error = try #require(throws: PostgresError.self) { try result.get() }
        #expect(error.kind == .connectionLost && error.outcomeIsUnknown)
        #expect(attempts.count == 1)
        #expect(await pool.read(["SELECT 1"]) == .answered([["1"]]))
    }
}

/// Counts how often a body ran.
final class Attempts: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func next() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }
}
