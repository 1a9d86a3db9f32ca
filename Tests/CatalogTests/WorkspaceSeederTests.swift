import Catalog
import Identity
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Seeding workspaces")
struct WorkspaceSeederTests {
    private static let tables = [
        "workspaces", "workspace_counters", "members", "workflows", "workflow_states", "boards", "companies",
        "contacts",
        "search_phones", "search_emails", "tasks", "task_assignees", "comments", "search_documents",
        "pipeline_stages", "deals", "deal_stage_changes", "activities", "products", "invoices", "invoice_lines",
        "payments", "expenses",
        "sla_policies", "teams", "team_members", "projects", "project_members", "tickets", "ticket_messages",
        "ticket_status_changes", "jobs", "candidates", "applications", "application_stage_changes",
        "documents",
    ]

    private static func seed(
        _ order: WorkspaceSeeder.Order,
        in database: TestDatabase,
        connections: Int = 2
    ) throws -> [WorkspaceSeeder.Made] {
        try WorkspaceSeeder(order) { try database.connect(as: .owner) }.run(connections: connections) { _, _ in }
    }

    private static func digests(_ made: [WorkspaceSeeder.Made], _ database: TestDatabase) throws -> [String] {
        let connection = try database.connect(as: .application)
        return try made.flatMap { made in
            try tables.map { try TableDigest.of($0, connection, in: made.workspace) }
        }
    }

    @Test("gives the same rows for the same seed, however many connections work on it")
    func isDeterministic() throws {
        let order = WorkspaceSeeder.Order(workspaces: 3, tasks: 120, seed: 7)
        let (one, other) = (try TestDatabase.make(migrations: true), try TestDatabase.make(migrations: true))
        let first = try Self.digests(Self.seed(order, in: one, connections: 1), one)
        #expect(try Self.digests(Self.seed(order, in: other, connections: 3), other) == first)
        let count = Self.tables.count
        #expect(Set(first.prefix(count)).isDisjoint(with: first.dropFirst(count).prefix(count)))
    }

    @Test("gives other rows for another seed, and refuses a seed that was used")
    func refusesRepetition() throws {
        let database = try TestDatabase.make(migrations: true)
        let order = WorkspaceSeeder.Order(workspaces: 1, tasks: 50, seed: 7)
        let first = try Self.seed(order, in: database)
        #expect(throws: WorkspaceSeeder.Refusal.made("load-7-1")) { try Self.seed(order, in: database) }
        let second = try Self.seed(.init(workspaces: 1, tasks: 50, seed: 8), in: database)
        #expect(first[0].workspace != second[0].workspace)
        #expect(try Self.digests(first, database) != Self.digests(second, database))
    }

    @Test("stores a large workspace in blocks, with every task to be found")
    func storesLargeWorkspaces() throws {
        let database = try TestDatabase.make(migrations: true)
        let last = Mutex<[Int]>([0, 0])
        let seeder = WorkspaceSeeder(.init(workspaces: 2, tasks: 10, tasksOfFirst: 20_050, seed: 3)) {
            try database.connect(as: .owner)
        }
        let made = try seeder.run(connections: 2) { stored, total in
            last.withLock { if stored > $0[0] { $0 = [stored, total] } }
        }
        #expect(made.map(\.tasks) == [20_050, 10])
        #expect(last.withLock { $0 } == [20_060, 20_060])
        let connection = try database.connect(as: .application)
        let counts: SQL = """
            SELECT (SELECT count(*) FROM tasks) || ' ' || (SELECT count(*) FROM search_documents) || ' '
                || (SELECT max(number) + 1 = min(c.next_task_number) FROM tasks, workspace_counters AS c)
            """
        #expect(try connection.value(counts, in: made[0].workspace) == "20050 20050 true")
        let share: SQL = """
            SELECT (100 * count(*) FILTER (WHERE status IN ('open', 'in_progress', 'waiting')) / count(*))::text FROM tasks
            """
        let open = try #require(try connection.value(share, in: made[0].workspace).flatMap(Int.init))
        #expect((27...33).contains(open))
        let options: SQL = "SELECT reloptions::text FROM pg_class WHERE relname = 'search_documents_keys'"
        #expect(try connection.value(options, in: made[0].workspace) == "{fastupdate=off}")
    }

    @Test("stores the keys that the search computes from the rows")
    func storesSearchKeys() throws {
        let database = try TestDatabase.make(migrations: true)
        let made = try Self.seed(.init(workspaces: 1, tasks: 40, seed: 4), in: database)
        let connection = try database.connect(as: .application)
        let wrong = try SearchRowCheck.wrong(connection, in: made[0].workspace)
        #expect(wrong.checked == 40)
        #expect(wrong.tasks.isEmpty)
    }

    @Test("uses addresses of example domains only")
    func usesExampleDomains() throws {
        let database = try TestDatabase.make(migrations: true)
        let made = try Self.seed(.init(workspaces: 1, tasks: 2000, seed: 5), in: database)
        let connection = try database.connect(as: .application)
        let others: SQL = """
            SELECT count(email) FILTER (WHERE email !~ '^[a-z0-9.]+@example[.](com|org|net)$')
                || ' of ' || (count(email) > 300) FROM contacts
            """
        #expect(try connection.value(others, in: made[0].workspace) == "0 of true")
    }
}
