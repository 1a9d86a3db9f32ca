import Postgres
import TestSupport
import Testing

@testable import Catalog

@Suite("The statement of a task")
struct TaskDetailsPlanTests {
    /// Held for as long as the connection is used.
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make(migrations: true)
        // Workspaces of few members and companies, as most are.
        let server = try database.connect(as: .superuser)
        try server.execute(
            script: """
                SET session_replication_role = replica;
                INSERT INTO members (workspace_id, name, email)
                SELECT md5(w::text)::uuid, 'Member ' || n, 'member' || n || '@example.com'
                FROM generate_series(1, 2000) AS w, generate_series(1, 3) AS n;
                INSERT INTO companies (workspace_id, name) SELECT md5(w::text)::uuid, 'Firm' FROM generate_series(1, 2000) AS w
                """)
        _ = try server.query("VACUUM ANALYZE members, companies")
        connection = try database.connect(as: .application)
        // As in production: one plan for all workspaces, of which some are large.
        try connection.execute(
            script: """
                SET workport.workspace_id = '00000000-0000-0000-0000-000000000001'; SET plan_cache_mode = force_generic_plan
                """)
    }

    @Test("looks members and companies up by their keys, and reads none of their workspace's others")
    func lookups() throws {
        let statement = TaskDetails.statement(.number(1), in: "\("00000000-0000-0000-0000-000000000001")::uuid")
        try connection.execute(script: "PREPARE sent AS \(statement.text)")
        let values = statement.binds.map { _ in "NULL" }.joined(separator: ", ")
        let rows = try connection.query(SQL(verbatim: "EXPLAIN (COSTS OFF) EXECUTE sent(\(values))"))
        let lines = (0..<rows.rowCount).compactMap { rows.string($0, 0) }
        let scans = lines.indices.filter { lines[$0].contains(" on members ") || lines[$0].contains(" on companies ") }
        #expect(scans.count == 4)
        for scan in scans {
            let condition = lines[scan + 1]
            #expect(condition.contains("Index Cond") && condition.contains("(id = "), "\(lines[scan])\n\(condition)")
        }
    }
}
