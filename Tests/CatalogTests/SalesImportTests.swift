import Catalog
import Identity
import Postgres
import TestSupport
import Testing

@Suite("Importing companies, deals, tickets and invoices")
struct SalesImportTests {
    private let database: TestDatabase
    private let connection: Connection
    private let workspace: WorkspaceID

    init() throws {
        database = try TestDatabase.make(migrations: true)
        connection = try database.connect(as: .owner)
        workspace = try WorkspaceCreation.create(name: "one", slug: "one", on: connection)
        _ = try connection.value(
            """
            INSERT INTO members (workspace_id, name, email) VALUES (\(workspace.uuid)::uuid, 'Dana Reyes', 'dana@example.com')
            """, in: workspace)
    }

    private func run(
        _ text: String, _ format: ImportFile.Format = .jsonl, kind: ImportKind? = nil, keepsGoing: Bool = false
    ) throws -> ImportReport {
        try Importer(connection, into: workspace)
            .run(
                ImportFile(format: format, kind: kind, next: Blocks.of(Array(text.utf8), size: 64)),
                keepsGoing: keepsGoing)
    }

    private func value(_ statement: SQL) throws -> String? { try connection.value(statement, in: workspace) }

    /// Rows in an order in which each names others that come later.
    private static let file = """
        {"kind":"invoice_line","external_id":"L-1","invoice_external_id":"I-1","description":"Visit","quantity":1.5,"unit_price":8000,"tax_rate":20}
        {"kind":"invoice_line","external_id":"L-2","invoice_external_id":"I-1","description":"Valve","unit_price":1250,"tax_rate":20}
        {"kind":"invoice_line","external_id":"L-3","invoice_external_id":"I-2","description":"Inspection","unit_price":9900}
        {"kind":"invoice_line","external_id":"L-4","invoice_external_id":"I-3","description":"Plan","unit_price":100}
        {"kind":"invoice","external_id":"I-1","number":"INV-0007","status":"paid","issue_date":"2026-02-01","due_date":"2026-03-01","completed_at":"2026-02-20","currency":"eur","customer_external_id":"C-1","company_external_id":"O-1"}
        {"kind":"invoice","external_id":"I-2","status":"sent","issue_date":"2026-03-01","currency":"EUR","customer_external_id":"C-1"}
        {"kind":"invoice","external_id":"I-3","currency":"USD","company":"Fjord AS","notes":"Not yet."}
        {"kind":"deal","external_id":"D-1","title":"New boiler","value":450000,"currency":"EUR","stage":"STAGE","probability":35,"expected_close_date":"2026-12-01","customer_external_id":"C-1","company":"Fjord AS","owner":"dana@example.com","labels":["heat"]}
        {"kind":"deal","external_id":"D-2","title":"Old pump","value":0,"currency":"EUR","stage":"WON","completed_at":"2026-01-15T12:00:00Z"}
        {"kind":"ticket","external_id":"T-1","number":"TKT-0042","title":"No hot water","priority":"high","customer_external_id":"C-1","assignee":"Dana Reyes","created_at":"2026-03-02T09:00:00Z"}
        {"kind":"ticket","external_id":"T-2","title":"Drips","status":"resolved","created_at":"2026-03-02T09:00:00Z","completed_at":"2026-03-02T15:00:00Z"}
        {"kind":"contact","external_id":"C-1","name":"Rémi Dupont","phone":"+1 (703) 597-4534","company_external_id":"O-1","job_title":"Buyer"}
        {"kind":"company","external_id":"O-1","name":"Café Nord","industry":"Food","website":"https://nord.example","status":"customer"}
        """

    private func file() throws -> String {
        let stage = try value(
            "SELECT name FROM pipeline_stages WHERE NOT is_won AND NOT is_lost ORDER BY position DESC LIMIT 1")
        let won = try value("SELECT name FROM pipeline_stages WHERE is_won LIMIT 1")
        return Self.file.replacing("STAGE", with: stage ?? "").replacing("WON", with: won ?? "")
    }

    private static let digested = [
        "companies", "contacts", "deals", "deal_stage_changes", "tickets", "ticket_status_changes", "invoices",
        "invoice_lines", "payments", "search_records", "workspace_counters",
    ]

    private func digests() throws -> [String] {
        try Self.digested.map { try TableDigest.of($0, connection, in: workspace) }
    }

    @Test("stores rows that name each other, in whatever order they come")
    func stores() throws {
        let report = try run(file())
        #expect(report.refusals == [] && report.isStored && report.rows == 13)
        #expect(report[.company].created == 1 && report[.customer].created == 1 && report[.deal].created == 2)
        #expect(report[.ticket].created == 2 && report[.invoice].created == 3 && report[.invoiceLine].created == 4)
        #expect(
            try value(
                """
                SELECT concat_ws('|', o.name, o.industry, o.status, c.display_name, c.job_title) FROM contacts AS c
                JOIN companies AS o ON o.id = c.company_id
                """) == "Café Nord|Food|customer|Rémi Dupont|Buyer")
        #expect(
            try value(
                """
                SELECT concat_ws('|', d.title, d.value_amount, d.value_currency, d.status, d.probability,
                    d.expected_close_date, c.display_name, o.name, m.name, array_to_string(d.labels, '+'))
                FROM deals AS d JOIN contacts AS c ON c.id = d.contact_id JOIN companies AS o ON o.id = d.company_id
                JOIN members AS m ON m.id = d.owner_id WHERE d.external_id = 'D-1'
                """) == "New boiler|450000|EUR|open|35|2026-12-01|Rémi Dupont|Fjord AS|Dana Reyes|heat")
        #expect(
            try value(
                "SELECT concat_ws('|', status, probability, rfc3339(closed_at)) FROM deals WHERE external_id = 'D-2'")
                == "closed_won|100|2026-01-15T12:00:00.000Z")
    }

    @Test("counts tickets, gives them the policy of their priority, and sets their clocks")
    func tickets() throws {
        _ = try run(file())
        #expect(
            try value(
                """
                SELECT string_agg(concat_ws('|', t.number, t.status, p.priority, rfc3339(t.resolved_at), t.channel), ';'
                    ORDER BY t.number)
                FROM tickets AS t JOIN sla_policies AS p ON p.id = t.sla_policy_id
                """) == "42|open|high|api;43|resolved|medium|2026-03-02T15:00:00.000Z|api")
        #expect(try value("SELECT count(*) FROM tickets WHERE response_due_at IS NULL") == "0")
        #expect(try value("SELECT next_ticket_number FROM workspace_counters") == "44")
    }

    @Test("adds up the lines of invoices, issues and pays them")
    func invoices() throws {
        _ = try run(file())
        #expect(
            try value(
                """
                SELECT string_agg(concat_ws('|', i.external_id, i.number, i.status, i.subtotal_amount, i.tax_total_amount,
                    i.balance_amount, i.due_date), ';' ORDER BY i.external_id)
                FROM invoices AS i
                """)
                == "I-1|INV-0007|paid|13250|2650|0|2026-03-01;I-2|INV-0008|sent|9900|0|9900|2026-03-31;I-3|draft|100|0|100"
        )
        #expect(
            try value("SELECT string_agg(description, ',' ORDER BY position) FROM invoice_lines WHERE tax_rate = 20")
                == "Visit,Valve")
        #expect(
            try value("SELECT concat_ws('|', amount_amount, amount_currency, paid_at) FROM payments")
                == "15900|EUR|2026-02-20")
    }

    @Test("fills the index of searches in the same transaction")
    func search() throws {
        _ = try run(file())
        let kinds: SQL = "SELECT string_agg(kind, ' ' ORDER BY kind) FROM search_records"
        #expect(try value(kinds) == "cmp cmp con dea dea tkt tkt")
        let rows = try TableDigest.of("search_records", connection, in: workspace)
        try SearchIndex(connection).rebuild(workspace)
        #expect(try TableDigest.of("search_records", connection, in: workspace) == rows, "As a reindex makes them")
        let before = try value("SELECT s.keys FROM search_records AS s JOIN contacts AS c ON c.id = s.record_id")
        _ = try run(#"{"kind":"company","external_id":"O-1","name":"Hotel Sud"}"#)
        let after = try value("SELECT s.keys FROM search_records AS s JOIN contacts AS c ON c.id = s.record_id")
        #expect(before != nil && after != nil && before != after, "A contact is found by the company's new name")
    }

    @Test("changes nothing the second time")
    func isIdempotent() throws {
        _ = try run(file())
        let before = try digests()
        let report = try run(file())
        #expect(report.refusals == [] && report.isStored)
        for kind in ImportKind.allCases {
            #expect(report[kind].created == 0 && report[kind].updated == 0, "\(kind)")
        }
        #expect(try digests() == before)
    }

    @Test("updates what a file says in another way, and leaves alone what it does not say")
    func updates() throws {
        _ = try run(file())
        let won = try #require(try value("SELECT name FROM pipeline_stages WHERE is_won LIMIT 1"))
        let report = try run(
            """
            {"kind":"deal","external_id":"D-1","title":"New boiler","value":400000,"currency":"EUR","stage":"\(won)"}
            {"kind":"ticket","external_id":"T-1","title":"No hot water","priority":"urgent"}
            {"kind":"invoice","external_id":"I-2","currency":"EUR","status":"paid"}
            {"kind":"invoice_line","external_id":"L-4","invoice_external_id":"I-3","description":"Plan","unit_price":200}
            """)
        #expect(report.refusals == [] && report[.deal].updated == 1 && report[.ticket].updated == 1)
        #expect(report[.invoice].updated == 1 && report[.invoiceLine].updated == 1)
        #expect(
            try value(
                "SELECT concat_ws('|', value_amount, status, probability, array_to_string(labels, '+')) FROM deals WHERE external_id = 'D-1'"
            )
                == "400000|closed_won|100|heat")
        #expect(
            try value(
                "SELECT p.priority FROM tickets AS t JOIN sla_policies AS p ON p.id = t.sla_policy_id WHERE number = 42"
            )
                == "urgent")
        #expect(
            try value(
                "SELECT string_agg(concat_ws('|', status, balance_amount), ';' ORDER BY external_id) FROM invoices")
                == "paid|0;paid|0;draft|200")
    }

    @Test("takes a company over that a row has made by its name")
    func takesOver() throws {
        _ = try run(#"{"kind":"customer","external_id":"C-9","name":"Ana","company":"Fjord AS"}"#)
        let report = try run(#"{"kind":"company","external_id":"O-9","name":"Fjord AS","industry":"Boats"}"#)
        #expect(report[.company].created == 0 && report[.company].updated == 1)
        #expect(
            try value("SELECT string_agg(concat_ws('|', external_id, industry), ';') FROM companies") == "O-9|Boats")
    }

    @Test(
        "refuses a row that is wrong, says what would be right, and stores nothing",
        arguments: [
            (#"{"kind":"deal","external_id":"D","value":1,"currency":"EUR"}"#, "`title` is missing."),
            (#"{"kind":"deal","external_id":"D","title":"a","value":1}"#, "`currency` is missing."),
            (
                #"{"kind":"deal","external_id":"D","title":"a","value":1.5,"currency":"EUR"}"#,
                "`value` is `1.5`; it can be a whole number from 0 to 1000000000000000."
            ),
            (
                #"{"kind":"deal","external_id":"D","title":"a","value":1,"currency":"Euro"}"#,
                "`currency` is `EURO`; it can be a currency of three letters, such as EUR."
            ),
            (
                #"{"kind":"deal","external_id":"D","title":"a","value":1,"currency":"EUR","stage":"Moon"}"#,
                "`stage` is `Moon`; it can be "
            ),
            (
                #"{"kind":"deal","external_id":"D","title":"a","value":1,"currency":"EUR","completed_at":"2026-01-01"}"#,
                "`completed_at` belongs to a deal in a won or lost `stage`."
            ),
            (
                #"{"kind":"deal","external_id":"D","title":"a","value":1,"currency":"EUR","customer_external_id":"X"}"#,
                "There is no customer `X`, neither in the workspace nor in the file."
            ),
            (
                #"{"kind":"ticket","external_id":"T","title":"a","company_external_id":"X"}"#,
                "There is no company `X`, neither in the workspace nor in the file."
            ),
            (
                #"{"kind":"ticket","external_id":"T","title":"a","company_external_id":"X","company":"Y"}"#,
                "`company` and `company_external_id` exclude each other; give one of them."
            ),
            (
                #"{"kind":"ticket","external_id":"T","title":"a","priority":"none"}"#,
                "`priority` is `none`; it can be low, medium, high, urgent."
            ),
            (
                #"{"kind":"ticket","external_id":"T","title":"a","assignee":"Bo"}"#,
                "`assignee` is `Bo`, who is no member of the workspace."
            ),
            (
                #"{"kind":"ticket","external_id":"T","title":"a","number":"X1"}"#,
                "`number` is `X1`; it can be a whole number such as 12 or TKT-0012."
            ),
            (#"{"kind":"ticket","external_id":"T","title":"a","value":1}"#, "`value` does not belong to a ticket."),
            (
                #"{"kind":"invoice","external_id":"I","currency":"EUR"}"#,
                "The invoice `I` has no lines: give rows of the kind invoice_line that name it."
            ),
            (
                #"{"kind":"invoice_line","external_id":"L","invoice_external_id":"I","description":"a","unit_price":1}"#,
                "There is no invoice `I`, neither in the workspace nor in the file."
            ),
            (
                #"{"kind":"invoice_line","external_id":"L","invoice_external_id":"I","description":"a","unit_price":1,"quantity":0}"#,
                "`quantity` is `0`; it can be a number with at most 4 decimals, at most 1000000, more than 0."
            ),
            (#"{"kind":"company","external_id":"O"}"#, "`name` is missing."),
            (#"{"kind":"company","external_id":"O","name":"a","type":"lead"}"#, "`type` is `lead`; it can be client, "),
            (#"{"kind":"lead","external_id":"O","name":"a"}"#, "`kind` is `lead`; it can be customer, company, task, "),
        ])
    func refuses(line: String, reason: String) throws {
        let report = try run(#"{"kind":"company","external_id":"OK","name":"Good"}"# + "\n" + line)
        #expect(!report.isStored && report.refused == 1)
        #expect(report.refusals.first?.line == 2)
        #expect(report.refusals.first?.reason.contains(reason) == true, "\(report.refusals)")
        #expect(try value("SELECT count(*) FROM companies") == "0")
    }

    @Test("leaves an issued invoice as it is but for notes, due date and payment")
    func issued() throws {
        _ = try run(file())
        let report = try run(
            """
            {"kind":"invoice","external_id":"I-1","currency":"EUR","issue_date":"2026-02-02"}
            {"kind":"invoice_line","external_id":"L-3","invoice_external_id":"I-2","description":"Inspection","unit_price":1}
            {"kind":"invoice_line","external_id":"L-9","invoice_external_id":"I-2","description":"More","unit_price":1}
            {"kind":"invoice","external_id":"I-2","currency":"EUR","notes":"Thank you."}
            """, keepsGoing: true)
        #expect(report.refusals.map(\.line) == [1, 2, 3] && report.isStored)
        #expect(
            report.refusals.first?.reason
                == "The invoice `I-1` is issued: only its notes, due date and payment change now.")
        #expect(try value("SELECT notes FROM invoices WHERE external_id = 'I-2'") == "Thank you.")
        #expect(try value("SELECT balance_amount FROM invoices WHERE external_id = 'I-2'") == "9900")
    }

    @Test("reads separated values too, and refuses a number that is taken")
    func separated() throws {
        _ = try run(file())
        let report = try run(
            """
            external_id,title,number,status,labels
            T-7,Second boiler,TKT-0042,open,a;b
            T-8,Third boiler,50,waiting,

            """, .csv, kind: .ticket, keepsGoing: true)
        #expect(report.refusals.map(\.line) == [2])
        #expect(report.refusals.first?.reason == "The number 42 is another ticket's.")
        #expect(report[.ticket].created == 1)
        #expect(
            try value("SELECT concat_ws('|', number, status) FROM tickets WHERE external_id = 'T-8'") == "50|waiting")
    }
}
