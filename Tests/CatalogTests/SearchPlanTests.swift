import Crypto
import HTTP
import Identity
import JSON
import Matching
import Postgres
import TestSupport
import Testing
import Tools

@testable import Catalog

@Suite("The statements of a search")
struct SearchPlanTests {
    /// Held for as long as the connection is used.
    private let database: TestDatabase
    private let connection: Connection
    private let subject: TaskSubject
    private let tables: SearchTables
    private let narrowed: TaskSubject
    private let records: [RecordSubject]

    init() throws {
        database = try TestDatabase.make(migrations: true)
        let database = database
        // As many as it takes for a plan that reads a workspace to be the worse one.
        let seeder = WorkspaceSeeder(.init(workspaces: 2, tasks: 100, tasksOfFirst: 6_000, seed: 5)) {
            try database.connect(as: .owner)
        }
        let workspace = try seeder.run(connections: 1) { _, _ in }[0].workspace
        try Self.addCompanies(to: workspace, on: try database.connect(as: .superuser))
        try database.connect(as: .superuser).execute(script: "ANALYZE")
        connection = try database.connect(as: .application)
        // As in production: one plan for all values, kept under the policies of the application's role.
        try connection.execute(
            script: """
                SET workport.workspace_id = '\(workspace.uuid)'; SET plan_cache_mode = force_generic_plan;
                SET enable_seqscan = off
                """
        )
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + AccessToken(for: workspace).text)
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: [], peer: "", arrival: .now)
        let authenticator = Authenticator(pepper: try #require(TokenPepper([UInt8](repeating: 1, count: 32))))
        let call = try ToolCall(
            .searchWorkspaceTasks, arguments: try JSONDocument(Array(#"{"query":"anna"}"#.utf8)).root,
            from: try authenticator.credential(in: request, for: workspace.text),
            seal: try Seal(keys: [SealKey.random(id: 1)]))
        subject = TaskSubject(call, fields: ["number"])
        narrowed = TaskSubject(call, status: "open")
        tables = SearchTables(subject)
        records = [Entity.contact, .company].compactMap { entity in
            entity.search.map { RecordSubject(entity, $0, call, fields: ["name"]) }
        }
    }

    /// Adds as many companies with numbers and addresses.
    private static func addCompanies(to workspace: WorkspaceID, on connection: Connection) throws {
        try connection.execute(
            script: """
                INSERT INTO companies (workspace_id, name)
                SELECT '\(workspace.uuid)', 'Firm ' || n FROM generate_series(1, 6000) AS n;
                INSERT INTO search_record_phones (workspace_id, kind, record_id, reversed, national)
                SELECT o.workspace_id, 'cmp', o.id, (1000000 + row_number() OVER ())::text, '' FROM companies AS o
                WHERE o.name LIKE 'Firm %';
                UPDATE search_record_phones SET national = reversed;
                INSERT INTO search_record_emails (workspace_id, kind, record_id, local, domain, squeezed)
                SELECT o.workspace_id, 'cmp', o.id, 'office' || row_number() OVER (), row_number() OVER () % 50 || '.example',
                    'office' || row_number() OVER () FROM companies AS o WHERE o.name LIKE 'Firm %';
                INSERT INTO search_records (workspace_id, kind, record_id, keys, layout)
                SELECT o.workspace_id, 'cmp', o.id, ARRAY[row_number() OVER ()], '' FROM companies AS o
                WHERE o.name LIKE 'Firm %'
                """)
    }

    /// The plan of a statement as it is sent, whatever its values are.
    private func plan(_ statement: SQL) throws -> String {
        let values = statement.binds.map { _ in "NULL" }.joined(separator: ", ")
        try connection.execute(script: "PREPARE sent AS \(statement.text)")
        defer { try? connection.execute(script: "DEALLOCATE sent") }
        let rows = try connection.query(
            SQL(verbatim: "EXPLAIN (COSTS OFF) EXECUTE sent" + (values.isEmpty ? "" : "(\(values))")))
        return (0..<rows.rowCount).compactMap { rows.string($0, 0) }.joined(separator: "\n")
    }

    private var page: SQL {
        let row = FoundRow(id: "a", createdAt: 0, score: 1, field: .title, certainty: .exact, value: nil)
        return tables.page(of: [row], after: (1, 0, "a"), limit: 10)
    }

    private var slipRanges: [PhoneSearch.SlipRange] { PhoneSearch(PhoneDigits("030 1234567")).slips.beginnings }

    private var conjunctions: [Conjunction] {
        var search = TextSearch(QueryWords("anna ruiz"), in: nil, subject.keys)
        return search.conjunctions(of: .exact)
    }

    @Test("read tasks, numbers, addresses and words by their indexes, and none of them as a whole")
    func indexes() throws {
        let known = Dictionaries.Entry(dictionary: WordDictionary(), horizon: "1")
        let expected: [(statement: SQL, indexes: [String])] = [
            (tables.documents(conjunctions, isExact: true), ["search_tasks f", "tasks_pkey"]),
            (tables.documents(conjunctions, isExact: false), ["search_tasks f"]),
            (SearchTables(narrowed).documents(conjunctions, isExact: true), ["search_tasks f", "tasks_pkey"]),
            (tables.items(onPage: page, explaining: []), ["tasks_pkey"]),
            (tables.items(onPage: page, explaining: ["a"]), ["tasks_pkey"]),
            (tables.documents(of: ["a"]), ["search_documents_pkey", "tasks_pkey"]),
            (tables.names(conjunctions), ["search_tasks f", "tasks_pkey", "contacts_pkey"]),
            (tables.numbered(1), ["tasks_number_key"]),
            (
                tables.called(endings: ["1"], beginnings: ["2"]),
                ["search_phones_pkey", "search_phones_national", "tasks_pkey"]
            ),
            (tables.slips(endings: ["1"], beginnings: slipRanges), ["search_phones_pkey", "search_phones_national"]),
            (tables.addressed("s.local = \("a") AND s.domain = \("b")"), ["search_emails_pkey", "tasks_pkey"]),
            (tables.addressed("s.domain = \("b")"), ["search_emails_domain"]),
            (tables.addressed("s.squeezed = ANY (\(["a"])::text[])"), ["search_emails_squeezed"]),
            (tables.items(["a"], explaining: ["a"]), ["tasks_pkey"]),
            (tables.facts(DictionaryRead(subject.workspace, known: known)), ["search_words_born"]),
        ]
        for (statement, indexes) in expected {
            let plan = try plan(statement)
            for index in indexes { #expect(plan.contains(index), "\(statement.text)\n\(plan)") }
            for table in ["tasks", "contacts", "search_documents", "search_phones", "search_emails", "search_words"] {
                #expect(!plan.contains("Seq Scan on \(table) "), "\(statement.text)\n\(plan)")
            }
        }
    }

    @Test("read the rows of entities by their indexes, and none of them as a whole")
    func recordIndexes() throws {
        for subject in records {
            let tables = SearchTables(subject)
            let key = "\(subject.table)_pkey"
            // The same key, with the name beside it.
            let named = "\(subject.table)_named"
            let (phones, emails) = (subject.phones.name, subject.emails.name)
            let expected: [(statement: SQL, indexes: [String])] = [
                (tables.documents(conjunctions, isExact: true), ["search_records_of f", key]),
                (tables.documents(of: ["a"]), ["search_records_pkey", key]),
                (tables.names(conjunctions), ["search_records_of f", key]),
                (tables.called(endings: ["1"], beginnings: ["2"]), ["\(phones)_pkey", "\(phones)_national", key]),
                (tables.slips(endings: ["1"], beginnings: slipRanges), ["\(phones)_pkey", "\(phones)_national"]),
                (tables.addressed("s.local = \("a") AND s.domain = \("b")"), ["\(emails)_pkey", key]),
                (tables.addressed("s.domain = \("b")"), ["\(emails)_domain"]),
                (tables.addressed("s.squeezed = ANY (\(["a"])::text[])"), ["\(emails)_squeezed"]),
                (tables.rows(ofOwners: ["a"]), [key]), (tables.items(["a"], explaining: ["a"]), [key]),
            ]
            for (statement, indexes) in expected {
                let plan = try plan(statement).replacing(named, with: key)
                for index in indexes { #expect(plan.contains(index), "\(statement.text)\n\(plan)") }
                #expect(!plan.contains("Seq Scan on"), "\(statement.text)\n\(plan)")
            }
        }
    }

    @Test("look for the ends of numbers in the index, not in what it gives")
    func ranges() throws {
        let conditions = try plan(tables.called(endings: ["1"], beginnings: ["2"])).split(separator: "\n")
            .filter { $0.contains("Index Cond:") }.joined()
        #expect(conditions.contains("reversed >=") && conditions.contains("\"national\" >="))
    }

    @Test("give the same in binary form as in text")
    func binary() throws {
        let statement: SQL = """
            SELECT t.id, k.keys, k.layout, t.number FROM search_documents AS k
            JOIN tasks AS t ON t.workspace_id = k.workspace_id AND t.id = k.task_id ORDER BY t.id, k.part
            """
        let (text, binary) = (try connection.query(statement), try connection.query(statement.withBinaryRows))
        #expect(text.rowCount >= 6_000 && binary.rowCount == text.rowCount)
        for row in 0..<text.rowCount {
            #expect(binary.uuid(row, 0) == text.uuid(row, 0) && text.uuid(row, 0)?.utf8.count == 36)
            #expect(binary.integers(row, 1) == text.integers(row, 1) && text.integers(row, 1)?.isEmpty == false)
            #expect(binary.bytea(row, 2) == text.bytea(row, 2) && text.bytea(row, 2)?.isEmpty == false)
            #expect(binary.int64(row, 3) == text.int64(row, 3) && text.int64(row, 3) != nil)
        }
    }
}
