import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A write", .timeLimit(.minutes(20)))
struct DatabaseTests {
    private let database: TestDatabase
    private let owner: Connection
    private let events = PoolEvents()
    private let pool: WorkerPool

    init() throws {
        database = try TestDatabase.make()
        owner = try database.connect(as: .owner)
        try owner.execute(
            script: """
                CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL CHECK (value >= 0));
                INSERT INTO counters VALUES (1, 10), (2, 20);
                GRANT SELECT, INSERT, UPDATE ON counters TO workport_app;
                """
        )
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 2
        pool = WorkerPool(configuration, observer: events)
        pool.start()
    }

    private func value(_ id: Int) throws -> Int64? {
        try owner.query("SELECT value FROM counters WHERE id = \(id)").int64(0, 0)
    }

    @Test("is committed when its body returns")
    func commit() async throws {
        let result = await pool.write { database in
            try database.transaction { transaction in
                let results = try transaction.queries([
                    "SELECT set_config('workport.tenant', 'one', true)",
                    "UPDATE counters SET value = value + 1 WHERE id = 1 RETURNING value",
                ])
                let tenant = try transaction.query("SELECT current_setting('workport.tenant')").string(0, 0)
                return "\(tenant ?? "none") \(results[1].string(0, 0) ?? "none")"
            }
        }
        #expect(try result.get() == "one 11")
        #expect(try value(1) == 11)
        let left = await pool.read(["SELECT coalesce(current_setting('workport.tenant', true), '')"])
        #expect(left == .answered([[""]]))
    }

    @Test("is undone when its body throws")
    func rollBack() async throws {
        struct Stop: Error {}
        let result = await pool.write { database in
            try database.transaction { transaction in
                _ = try transaction.query("UPDATE counters SET value = 0 WHERE id = 1")
                throw Stop()
            }
        }
        #expect(throws: Stop.self) { try result.get() }
        #expect(try value(1) == 10)
    }

    @Test("fails as a whole when its body keeps a statement's error to itself")
    func swallowedError() async throws {
        let result = await pool.write { database in
            try database.transaction { transaction in
                _ = try transaction.query("UPDATE counters SET value = 0 WHERE id = 1")
                _ = try? transaction.query("UPDATE counters SET value = -1 WHERE id = 2")
            }
        }
        let error = try #require(throws: PostgresError.self) { try result.get() }
        #expect(error.constraint == "counters_value_check")
        #expect(try value(1) == 10)
    }

    @Test("runs again when another transaction was faster")
    func serialization() async throws {
        let attempts = Attempts()
        let other = Mutex(try SharedConnection(database))
        let result = await pool.write { database in
            try database.transaction(.serializable) { transaction in
                let seen = try transaction.query("SELECT value FROM counters WHERE id = 1").int64(0, 0) ?? 0
                if attempts.next() == 1 {
                    try other.withLock { try $0.run("UPDATE counters SET value = 50 WHERE id = 1") }
                }
                _ = try transaction.query("UPDATE counters SET value = \(seen + 1) WHERE id = 1")
            }
        }
        try result.get()
        #expect(attempts.count == 2)
        #expect(try value(1) == 51)
        #expect(events.count(.repeated(.server)) == 1)
    }

    @Test("gives up when another transaction is faster every time")
    func endlessConflict() async throws {
        let attempts = Attempts()
        let other = Mutex(try SharedConnection(database))
        let result = await pool.write { database in
            try database.transaction(.serializable, retries: 2) { transaction in
                _ = try transaction.query("SELECT value FROM counters WHERE id = 1")
                _ = attempts.next()
                try other.withLock { try $0.run("UPDATE counters SET value = value + 1 WHERE id = 1") }
                _ = try transaction.query("UPDATE counters SET value = 0 WHERE id = 1")
            }
        }
        let error = try #require(throws: PostgresError.self) { try result.get() }
        #expect(error.sqlState == .serializationFailure)
        #expect(attempts.count == 3)
    }

    @Test("cannot happen in a read-only transaction")
    func readOnly() async throws {
        let result = await pool.write { database in
            try database.transaction(.readOnly) { transaction in
                _ = try transaction.query("UPDATE counters SET value = 0 WHERE id = 1")
            }
        }
        let error = try #require(throws: PostgresError.self) { try result.get() }
        #expect(error.sqlState?.rawValue == "25006")
    }

    @Test("leaves no transaction open for the call after it")
    func openTransaction() async throws {
        let result = await pool.write { database in
            _ = try? database.query("BEGIN")
            _ = try? database.query("SELECT set_config('workport.tenant', 'leak', false)")
        }
        try result.get()
        for _ in 0..<10 {
            let ending = await pool.read(["SELECT coalesce(current_setting('workport.tenant', true), '') || 'x'"])
            #expect(ending.error == nil)
        }
        let open = try owner.query("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
        #expect(open.int64(0, 0) == 0)
    }

    @Test("shares a flush's worker only after the reads in it were answered")
    func mixedBatch() async throws {
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 1
        let pool = WorkerPool(configuration)
        let before = pool.begin(["SELECT value FROM counters WHERE id = 1"])
        async let write = pool.write { database in
            try database.query("UPDATE counters SET value = 99 WHERE id = 1").affectedRows
        }
        while pool.backlog < 2 { await Task.yield() }  // The write is submitted by a task of its own.
        let after = pool.begin(["SELECT value FROM counters WHERE id = 1"])
        pool.start()
        #expect(await before.ending == .answered([["10"]]))
        #expect(try await write.get() == 1)
        #expect(await after.ending == .answered([["99"]]))
    }
}

/// A connection that a worker's closure may use, one at a time.
private struct SharedConnection: @unchecked Sendable {
    // The mutex around it confines it.
    private let connection: Connection

    init(_ database: TestDatabase) throws { connection = try database.connect(as: .owner) }

    func run(_ statement: SQL) throws { _ = try connection.query(statement) }
}
