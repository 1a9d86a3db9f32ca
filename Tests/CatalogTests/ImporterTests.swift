import Catalog
import Identity
import Postgres
import TestSupport
import Testing

@Suite("Importing a file")
struct ImporterTests {
    private let database: TestDatabase
    private let connection: Connection
    private let workspace: WorkspaceID

    init() throws {
        database = try TestDatabase.make(migrations: true)
        connection = try database.connect(as: .owner)
        workspace = try Self.workspace("one", connection)
    }

    private static func workspace(_ slug: String, _ connection: Connection) throws -> WorkspaceID {
        let workspace = try WorkspaceCreation.create(name: slug, slug: slug, on: connection)
        _ = try connection.value(
            """
            WITH board AS (
                UPDATE boards SET questions = '[{"key":"model","label":"Model?"},{"key":"address","label":"Where?"}]'
            )
            INSERT INTO members (workspace_id, name, email) VALUES
                (\(workspace.uuid)::uuid, 'Dana Reyes', 'dana@example.com'),
                (\(workspace.uuid)::uuid, 'Tom Hill', 'tom@example.com')
            """,
            in: workspace
        )
        return workspace
    }

    private func run(
        _ text: String,
        _ format: ImportFile.Format = .csv,
        kind: ImportKind? = nil,
        keepsGoing: Bool = false,
        into other: WorkspaceID? = nil
    ) throws -> ImportReport {
        try Importer(connection, into: other ?? workspace)
            .run(
                ImportFile(format: format, kind: kind, next: Blocks.of(Array(text.utf8), size: 64)),
                keepsGoing: keepsGoing
            )
    }

    private func value(_ statement: SQL) throws -> String? { try connection.value(statement, in: workspace) }

    private static let csv = """
        kind,external_id,name,email,phone,company,number,title,description,state,priority,assignees,labels,due_date,\
        answer.model,customer_external_id,task_external_id,body,author,created_at
        comment,M-1,,,,,,,,,,,,,,,T-1,"Water, again",customer,2026-03-01T10:00:00+01:00
        customer,C-1,Rémi Dupont,remi@example.com,+1 (703) 597-4534,Café Nord,,,,,,,,,,,,,,2025-01-01
        task,T-1,,,,,1042,Leaking tap,"Under the sink,
        since Sunday",in progress,high,dana@example.com; Tom Hill,leak; urgent,2026-03-09,Moen 1225,C-1,,,,
        task,T-2,,,,,,Second task,,,,,,,,,,,,
        comment,M-2,,,,,,,,,,,,,,,T-1,On my way,Dana Reyes,

        """

    private static let digested = [
        "contacts", "search_phones", "search_emails", "contact_names", "companies", "tasks", "task_assignees",
        "comments", "search_documents", "search_words",
        "workspace_counters",
    ]

    private func digests() throws -> [String] {
        try Self.digested.map { try TableDigest.of($0, connection, in: workspace) }
    }

    @Test("stores customers, tasks and comments with all that they say")
    func storesRows() throws {
        let report = try run(Self.csv)
        #expect(report.refusals.isEmpty)
        #expect(report.isStored)
        #expect(report.rows == 5)
        #expect(report.customers.created == 1)
        #expect(report.tasks.created == 2)
        #expect(report.comments.created == 2)
        let task = try value(
            """
            SELECT concat_ws('|', t.number, t.title, t.description, s.name, t.status, t.priority, c.display_name, o.name,
                array_to_string(t.labels, '+'), t.due_date, t.answers, t.source,
                (SELECT string_agg(m.name, '+' ORDER BY a.position) FROM task_assignees AS a
                    JOIN members AS m ON m.id = a.member_id WHERE a.task_id = t.id))
            FROM tasks AS t JOIN workflow_states AS s ON s.id = t.state_id JOIN contacts AS c ON c.id = t.customer_id
            JOIN companies AS o ON o.id = c.company_id WHERE t.external_id = 'T-1'
            """
        )
        #expect(
            task == """
                1042|Leaking tap|Under the sink,
                since Sunday|In progress|in_progress|high|Rémi Dupont|Café Nord|leak+urgent|2026-03-09|\
                {"model": "Moen 1225"}|api|Dana Reyes+Tom Hill
                """
        )
        let comments = try value(
            """
            SELECT string_agg(concat_ws('|', m.body, m.visibility, m.author_kind, coalesce(a.name, c.display_name)), ';'
                ORDER BY m.external_id)
            FROM comments AS m LEFT JOIN members AS a ON a.id = m.author_id LEFT JOIN contacts AS c ON c.id = m.customer_id
            """
        )
        #expect(comments == "Water, again|public|customer|Rémi Dupont;On my way|private|member|Dana Reyes")
        #expect(
            try value("SELECT rfc3339(created_at) FROM comments WHERE external_id = 'M-1'")
                == "2026-03-01T09:00:00.000Z")
    }

    @Test("gives numbers behind those in the file, and keeps the counter ahead")
    func givesNumbers() throws {
        _ = try run(Self.csv)
        #expect(try value("SELECT number FROM tasks WHERE external_id = 'T-2'") == "1043")
        #expect(try value("SELECT next_task_number FROM workspace_counters") == "1044")
    }

    @Test("makes every task findable")
    func storesSearchRows() throws {
        _ = try run(Self.csv)
        let check = try SearchRowCheck.wrong(connection, in: workspace)
        #expect(check.tasks.isEmpty)
        #expect(check.checked == 2)
        #expect(try value("SELECT reversed FROM search_phones") == "43547953071")
        #expect(try value("SELECT national FROM search_phones") == "7035974534")
        #expect(try value("SELECT local || '@' || domain FROM search_emails") == "remi@example.com")
        #expect(try value("SELECT count(*) FROM search_words WHERE word IN ('nremi', 'tmoen', '@remi')") == "3")
    }

    @Test("changes nothing the second time")
    func isIdempotent() throws {
        _ = try run(Self.csv)
        let before = try digests()
        let report = try run(Self.csv)
        #expect(report.isStored)
        for (counts, rows) in [(report.customers, 1), (report.tasks, 2), (report.comments, 2)] {
            #expect(counts.created == 0)
            #expect(counts.updated == 0)
            #expect(counts.unchanged == rows)
        }
        #expect(try digests() == before)
    }

    @Test("reads the same rows from JSON lines")
    func readsJSON() throws {
        let report = try run(
            """
            {"kind":"customer","external_id":"C-1","first_name":"Rémi","last_name":"Dupont","phone":"+1 (703) 597-4534"}
            {"kind":"task","external_id":"T-1","number":7,"title":"Leak","assignees":["tom@example.com"],\
            "answers":{"model":"X","address":null},"customer_external_id":"C-1"}
            {"kind":"comment","external_id":"M-1","task_number":7,"body":"Hello"}

            """, .jsonl
        )
        #expect(report.refusals.isEmpty)
        #expect(report.isStored)
        let stored = try value(
            """
            SELECT concat_ws('|', t.number, c.display_name, t.answers, m.body, m.author_kind) FROM tasks AS t
            JOIN contacts AS c ON c.id = t.customer_id JOIN comments AS m ON m.task_id = t.id
            """
        )
        #expect(stored == "7|Rémi Dupont|{\"model\": \"X\", \"address\": null}|Hello|automation")
    }

    @Test("makes the customer and the first comment that stand beside a task")
    func readsCombinedRows() throws {
        let csv = """
            external_id,title,customer_external_id,customer_name,customer_phone,customer_company,comment,comment_author
            T-1,One,C-1,Ann Lee,703-597-4534,Lee Ltd,Please hurry,customer
            T-2,Two,C-1,Ann Lee,703-597-4534,Lee Ltd,,
            T-3,Three,C-1,,,,,

            """
        let report = try run(csv, kind: .task)
        #expect(report.refusals.isEmpty)
        #expect(report.customers.created == 1)
        #expect(report.tasks.created == 3)
        #expect(report.comments.created == 1)
        #expect(try value("SELECT count(*) FROM tasks AS t JOIN contacts AS c ON c.id = t.customer_id") == "3")
        #expect(try SearchRowCheck.wrong(connection, in: workspace).tasks.isEmpty)
        #expect(try run(csv, kind: .task).comments.unchanged == 1)
    }

    @Test("changes what differs, leaves what is not in the file, empties what is empty")
    func updates() throws {
        _ = try run(Self.csv)
        let report = try run("external_id,title,due_date\nT-1,Dripping tap,\nT-2,Second task,\n", kind: .task)
        #expect(report.tasks.updated == 1)
        #expect(report.tasks.unchanged == 1)
        let stored = try value(
            "SELECT concat_ws('|', number, title, due_date, priority, version) FROM tasks WHERE external_id = 'T-1'"
        )
        #expect(stored == "1042|Dripping tap|high|2")
        #expect(try SearchRowCheck.wrong(connection, in: workspace).tasks.isEmpty)
    }

    @Test("brings the search rows of a customer's tasks along when the customer changes")
    func updatesSearchOfCustomers() throws {
        _ = try run(Self.csv)
        let report = try run("external_id,name,phone\nC-1,Renée Martin,+44 20 7946 0018\n", kind: .customer)
        #expect(report.customers.updated == 1)
        #expect(report.tasks.updated == 0)
        let check = try SearchRowCheck.wrong(connection, in: workspace)
        #expect(check.tasks.isEmpty)
        #expect(check.checked == 2)
    }

    @Test("keeps two workspaces with the same keys apart")
    func keepsWorkspacesApart() throws {
        let other = try Self.workspace("two", connection)
        _ = try run(Self.csv)
        let before = try digests()
        #expect(try run(Self.csv, into: other).tasks.created == 2)
        let change = "external_id,title\nT-1,Changed elsewhere\n"
        #expect(try run(change, kind: .task, into: other).tasks.updated == 1)
        #expect(try digests().dropLast(3) == before.dropLast(3))
        #expect(
            try value("SELECT title FROM tasks WHERE external_id = 'T-1' AND workspace_id = \(workspace.uuid)::uuid")
                == "Leaking tap")
    }

    @Test("stores nothing when a row is refused, and the rest when told to keep going")
    func keepsGoing() throws {
        let before = try digests()
        let csv = "external_id,title,priority\nT-1,Good,high\nT-2,Bad,hgih\nT-3,Good too,\n"
        let refused = try run(csv, kind: .task)
        #expect(!refused.isStored)
        #expect(refused.rows == 3)
        #expect(refused.refusals.map(\.line) == [3])
        #expect(refused.refusals.first?.reason == "`priority` is `hgih`; it can be none, low, medium, high, urgent.")
        #expect(try digests() == before)
        let kept = try run(csv, kind: .task, keepsGoing: true)
        #expect(kept.isStored)
        #expect(kept.refused == 1)
        #expect(kept.tasks.created == 2)
        #expect(try value("SELECT string_agg(external_id, ' ' ORDER BY external_id) FROM tasks") == "T-1 T-3")
    }

    @Test("refuses a file with a wrong header even when told to keep going")
    func refusesHeaders() throws {
        let report = try run("external_id,titel\nT-1,x\n", kind: .task, keepsGoing: true)
        #expect(!report.isStored)
        #expect(report.isBroken)
        #expect(report.refusals.map(\.line) == [1])
    }

    @Test("stores what stands before a quote that is not closed, when told to keep going")
    func unclosedQuote() throws {
        let report = try run("external_id,title\nT-1,Good\nT-2,\"Bad\nT-3,Lost\n", kind: .task, keepsGoing: true)
        #expect(report.isStored)
        #expect(report.tasks.created == 1)
        #expect(report.refusals.map(\.line) == [3])
    }

    @Test(
        "refuses rows by line and reason",
        arguments: [
            (
                #"{"external_id":"A","title":"x"}"#,
                "`kind` is missing; it can be \(ImportKind.words), or --kind says it for all."
            ),
            (
                #"{"kind":"order","external_id":"A"}"#,
                "`kind` is `order`; it can be customer, company, task, comment, deal, ticket, invoice or invoice_line."
            ),
            (#"{"kind":"task","title":"x"}"#, "`external_id` is missing."),
            (#"{"kind":"task","external_id":"A"}"#, "`title` is missing."),
            (#"{"kind":"task","external_id":"A","title":"x","body":"y"}"#, "`body` does not belong to a task."),
            (#"{"kind":"task","external_id":"A","title":"a\u0000b"}"#, "`title` holds a zero byte."),
            (
                #"{"kind":"task","external_id":"A","title":""# + String(repeating: "ü", count: 301) + #""}"#,
                "`title` has 301 characters; at most 300 are allowed."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","state":"nowhere"}"#,
                "`state` is `nowhere`; it can be New, In progress, Waiting for customer, Done, Cancelled."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","assignees":["eve@example.com"]}"#,
                "`assignees` names `eve@example.com`, who is no member of the workspace."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","due_date":"2026-02-30"}"#,
                "`due_date` is `2026-02-30`; it can be a date such as 2026-03-09."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","number":"12a"}"#,
                "`number` is `12a`; it can be a whole number from 1 to 1000000000000."
            ),
            (#"{"kind":"task","external_id":"A","title":"x","number":7}"#, "The number 7 is another task's."),
            (
                #"{"kind":"task","external_id":"OLD","title":"x","number":8}"#,
                "The task has the number 7 already; numbers do not change."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","customer_external_id":"NONE"}"#,
                "There is no customer `NONE`, neither in the workspace nor in the file."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","customer_name":"Ann"}"#,
                "`customer_external_id` is missing, but the row tells about a customer."
            ),
            (
                #"{"kind":"task","external_id":"A","title":"x","answers":{"colour":"red"}}"#,
                "The board has no question `colour`; it has model, address."
            ),
            (#"{"kind":"task","external_id":"FIRST","title":"x"}"#, "The task `FIRST` is on line 1 already."),
            (#"{"kind":"task","external_id":"A","title":"x","number":1}"#, "The number 1 is on line 1 already."),
            (
                #"{"kind":"customer","external_id":"A","name":"x","email":"nobody"}"#,
                "`email` is `nobody`, which is not an e-mail address."
            ),
            (
                #"{"kind":"customer","external_id":"A","name":"x","phone":"call me"}"#,
                "`phone` is `call me`, which is not a phone number of 3 to 20 digits."
            ),
            (#"{"kind":"customer","external_id":"A"}"#, "`name` is missing; give it, or first_name and last_name."),
            (
                #"{"kind":"comment","external_id":"A","body":"x"}"#,
                "The row needs `task_external_id` or `task_number`, one of them."
            ),
            (
                #"{"kind":"comment","external_id":"A","body":"x","task_external_id":"NONE"}"#,
                "There is no task `NONE`, neither in the workspace nor in the file."
            ),
            (
                #"{"kind":"comment","external_id":"A","body":"x","task_number":7,"author":"customer"}"#,
                "The task `7` has no customer who could have written the comment."
            ),
            (
                #"{"kind":"comment","external_id":"A","body":"x","task_number":7,"author":"Eve"}"#,
                "`author` is `Eve`, who is no member of the workspace; it can also be customer."
            ),
        ]
    )
    func refuses(line: String, reason: String) throws {
        _ = try run(#"{"external_id":"OLD","title":"Old task","number":7}"#, .jsonl, kind: .task)
        let before = try digests()
        let first = #"{"kind":"task","external_id":"FIRST","title":"First","number":1}"#
        let report = try run([first, "", line].joined(separator: "\n"), .jsonl)
        #expect(report.refusals.map { "\($0.line): \($0.reason)" } == ["3: " + reason])
        #expect(!report.isStored)
        #expect(try digests() == before)
    }
}
