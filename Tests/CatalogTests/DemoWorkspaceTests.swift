import Catalog
import Identity
import Matching
import Postgres
import TestSupport
import Testing

@Suite("The demo workspace")
struct DemoWorkspaceTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make(migrations: true)
        connection = try database.connect(as: .owner)
    }

    @Test("is made once")
    func isMadeOnce() throws {
        let first = try DemoWorkspace.create(on: connection)
        let tables = ["tasks", "contacts", "comments", "search_documents", "files", "audit_events"]
        let before = try tables.map { try TableDigest.of($0, connection, in: first) }
        #expect(try DemoWorkspace.create(on: connection) == first)
        #expect(try tables.map { try TableDigest.of($0, connection, in: first) } == before)
    }

    @Test("is found, beside its tasks, by the rows that a reindex makes")
    func index() throws {
        let workspace = try DemoWorkspace.create(on: connection)
        let tables = ["search_records", "search_record_phones", "search_record_emails"]
        let before = try tables.map { try TableDigest.of($0, connection, in: workspace) }
        try SearchIndex(connection).rebuild(workspace)
        for (table, digest) in zip(tables, before) {
            #expect(try TableDigest.of(table, connection, in: workspace) == digest, "\(table)")
        }
        let kinds: SQL = "SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM search_records"
        #expect(try connection.value(kinds, in: workspace) == "can cmp con dea prj tkt")
    }

    @Test(
        "has something of everything",
        arguments: [
            ("tasks", 200...200), ("contacts", 80...80), ("members", 6...6), ("search_documents", 200...200),
            ("comments", 100...400), ("search_phones", 60...160), ("contact_names", 160...200), ("files", 20...400),
            ("checklist_items", 100...1200), ("time_entries", 50...600), ("audit_events", 200...400),
            ("pipeline_stages", 6...6), ("deals", 40...40), ("deal_stage_changes", 60...240), ("activities", 40...240),
            ("products", 8...8), ("quotations", 10...40), ("invoices", 134...160), ("payments", 60...134),
            ("expenses", 80...80),
            ("sla_policies", 4...4), ("teams", 2...2), ("team_members", 6...6), ("projects", 8...8),
            ("project_members", 8...24), ("tickets", 60...60), ("ticket_messages", 100...400),
            ("ticket_status_changes", 100...400),
            ("jobs", 5...5), ("candidates", 20...60), ("applications", 20...60),
            ("application_stage_changes", 40...300), ("documents", 8...8),
        ]
    )
    func hasEverything(table: String, expected: ClosedRange<Int>) throws {
        let workspace = try DemoWorkspace.create(on: connection)
        let count = try connection.value("SELECT count(*) FROM \(verbatim: table)", in: workspace)
        #expect(expected.contains(try #require(count.flatMap(Int.init))))
    }

    @Test("has the task and the customer that the README shows")
    func hasTheStory() throws {
        let workspace = try DemoWorkspace.create(on: connection)
        let story: SQL = """
            SELECT c.display_name || ' ' || c.phone || ' ' || t.status
            FROM tasks AS t JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
            WHERE t.number = 1042
            """
        #expect(try connection.value(story, in: workspace) == "Elizabeth Stephenson +1 (703) 597-4534 in_progress")
        let keys = SearchKeyMaker(workspace: workspace.uuid)
        let sets = ["elizabeth", "stephenson"].map { [keys.key(of: StoredWord(.name, Array($0.utf8)))] }
        let found: SQL = """
            SELECT t.number FROM search_tasks(\(sets[0])::bigint[], \(sets[1])::bigint[], NULL, NULL, 10, 10, 0) AS k
            JOIN tasks AS t ON t.id = k.task_id WHERE t.number = 1042
            """
        #expect(try connection.value(found, in: workspace) == "1042")
        let dana: SQL = "SELECT name FROM members WHERE email = \(DemoWorkspace.memberEmail)"
        #expect(try connection.value(dana, in: workspace) == "Dana Reyes")
    }

    @Test("lies in the past and gives the next task a free number")
    func isConsistent() throws {
        let workspace = try DemoWorkspace.create(on: connection)
        let later: SQL = """
            SELECT count(*) FROM tasks WHERE created_at > now() OR updated_at > now() OR updated_at < created_at
            """
        #expect(try connection.value(later, in: workspace) == "0")
        let free: SQL = "SELECT next_task_number > (SELECT max(number) FROM tasks) FROM workspace_counters"
        #expect(try connection.value(free, in: workspace) == "t")
    }
}
