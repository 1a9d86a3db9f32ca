import Postgres
import TestSupport

/// Locks that a test's own connection holds, so that calls hang where the test wants and as long as it wants.
enum Lock {
    /// Returns when this many statements of the service wait for a table; gives up after a minute.
    static func wait(for table: String, count: Int = 1, in bench: Bench) throws {
        try wait(for: table, count: count, in: bench.database)
    }

    static func wait(for table: String, count: Int = 1, in database: BenchDatabase) throws {
        guard try wait(for: table, in: database, until: { $0 >= count }) else {
            throw WireClient.Failure(description: "Nothing waits for \(table).")
        }
    }

    /// Returns when no statement waits for a table any more; gives up after a minute.
    static func waitUntilNobodyWaits(for table: String, in bench: Bench) throws {
        guard try wait(for: table, in: bench.database, until: { $0 == 0 }) else {
            throw WireClient.Failure(description: "Something still waits for \(table).")
        }
    }

    private static func wait(
        for table: String,
        in database: BenchDatabase,
        until isReady: (Int) -> Bool
    ) throws -> Bool {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(60) {
            if try isReady(count(of: table, in: database)) { return true }
        }
        return false
    }

    /// How many statements wait for a table.
    static func count(of table: String, in database: BenchDatabase) throws -> Int {
        let waiting = try database.connect(as: .superuser).query(
            """
            SELECT count(*) FROM pg_locks
            WHERE NOT granted AND relation = \(table)::regclass
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        )
        return Int(waiting.int64(0, 0) ?? 0)
    }
}
