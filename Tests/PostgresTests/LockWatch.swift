import Postgres
import TestSupport

/// Sees which sessions of a database wait for an advisory lock, which is how tests hold statements up.
final class LockWatch: @unchecked Sendable {
    // Used by one thread at a time: the test, or the queue that it hands the watch to.
    private let connection: Connection

    init(_ database: TestDatabase) throws { connection = try database.connect(as: .superuser) }

    init(_ server: TestServer) throws {
        connection = try Connection(url: server.superuserURL, applicationName: "workport tests")
    }

    /// The processes that wait for an advisory lock now.
    func blocked() -> [Int] {
        let rows = try? connection.query(
            """
            SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
             WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()
            """
        )
        guard let rows else { return [] }
        return (0..<rows.rowCount).compactMap { row in rows.int64(row, 0).map(Int.init) }
    }

    /// The processes that wait for one advisory lock now.
    func blocked(on lock: Int) -> [Int] {
        let rows = try? connection.query(
            """
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = \(lock)::bigint::oid
            """
        )
        guard let rows else { return [] }
        return (0..<rows.rowCount).compactMap { row in rows.int64(row, 0).map(Int.init) }
    }

    /// Asks until so many sessions wait, and returns them.
    @discardableResult
    func waitUntilBlocked(_ count: Int) -> [Int] {
        while true {
            let processes = blocked()
            if processes.count == count { return processes }
        }
    }

    /// Asks until so many sessions wait, and lets other tests run meanwhile.
    @discardableResult
    func untilBlocked(_ count: Int) async -> [Int] {
        while true {
            let processes = blocked()
            if processes.count == count { return processes }
            await Task.yield()
        }
    }

    func run(_ statement: SQL) throws { _ = try connection.query(statement) }
}

extension SQL {
    /// Waits until the test lets go of the lock.
    static func waiting(for lock: Int) -> SQL { "SELECT pg_advisory_xact_lock_shared(\(lock)::bigint)::text" }
}
