import Catalog
import Identity
import Matching
import Postgres
import TestSupport

/// A workspace in which every injection stands in every column that customers, senders of forms or mails can write, as it
/// was stored before anything was cleaned.
struct InjectedRows: Sendable {
    let workspace: TestWorkspace
    /// Identifiers of rows by what they begin with, one for each injection.
    private(set) var ids: [String: [String]] = [:]
    private(set) var taskNumbers: [Int64] = []

    private var key: SQL { "\(workspace.id.uuid)::uuid" }

    init(_ bench: Bench) throws {
        workspace = try bench.workspace("Sorrel")
        let connection = try bench.database.connect(as: .superuser)
        let names = Injection.texts(marked: Injection.name)
        let bodies = Injection.texts(marked: Injection.body)
        for (place, (name, body)) in zip(names, bodies).enumerated() {
            // What names hold in the schema.
            try add(String(name.prefix(200)), body, Int64(700_000 + place), connection)
        }
        // Somebody who is there twice.
        try add(names[0], bodies[0], 800_000, connection)
        try spread(connection)
        try SearchIndex(connection).rebuild(workspace.id)
    }

    private mutating func add(_ name: String, _ body: String, _ number: Int64, _ connection: Connection) throws {
        let company = try insert(
            "cmp", connection,
            """
            INSERT INTO companies (workspace_id, name, industry, website, email, phone, linkedin)
            VALUES (\(key), \(name), \(name), \(name), \(name), \(name), \(name)) RETURNING id, public_id('cmp', id)
            """)
        let contact = try insert(
            "con", connection,
            """
            INSERT INTO contacts (workspace_id, display_name, first_name, last_name, email, phone, mobile, work_phone,
                job_title, city, source, address, state, zipcode, country, company_id)
            VALUES (\(key), \(name), \(name), \(name), \(name), \(name), \(name), \(name), \(name), \(name), \(name),
                \(name), \(name), \(name), \(name), \(company)::uuid) RETURNING id, public_id('con', id)
            """)
        _ = try connection.query(
            """
            INSERT INTO contact_names (workspace_id, contact_id, is_turned, name)
            SELECT \(key), \(contact)::uuid, false, p.name FROM unnest(\(Array(NameTurns.turns(name).prefix(1)))::text[]) AS p(name)
            """)
        let task = try insert(
            "tsk", connection,
            """
            INSERT INTO tasks (workspace_id, number, title, description, answers, source, board_id, state_id, status,
                customer_id, company_id, project_id, updated_at)
            SELECT \(key), \(number)::bigint, \(name), \(body), jsonb_build_object('floor', \(body)::text), 'form', b.id, s.id,
                s.category, \(contact)::uuid, \(company)::uuid,
                (SELECT min(p.id::text)::uuid FROM projects AS p WHERE p.workspace_id = \(key)), now() - interval '100 days'
            FROM boards AS b JOIN workflow_states AS s ON s.workspace_id = b.workspace_id AND s.category = 'open'
            WHERE b.workspace_id = \(key) AND b.is_default ORDER BY s.position LIMIT 1 RETURNING id, public_id('tsk', id)
            """)
        taskNumbers.append(number)
        for subject in [task, RowID(workspace.tasks[0].id, prefix: "tsk")?.digits ?? ""] {
            _ = try connection.query(
                """
                INSERT INTO comments (workspace_id, task_id, body, visibility, author_kind, customer_id)
                VALUES (\(key), \(subject)::uuid, \(body), 'public', 'customer', \(contact)::uuid)
                """)
        }
        _ = try connection.query(
            "INSERT INTO files (workspace_id, task_id, name) VALUES (\(key), \(task)::uuid, \(name))")
        let ticket = try insert(
            "tkt", connection,
            """
            INSERT INTO tickets (workspace_id, number, title, description, contact_id, company_id, task_id, updated_at)
            VALUES (\(key), \(number)::bigint, \(body), \(body), \(contact)::uuid, \(company)::uuid, \(task)::uuid,
                now() - interval '100 days')
            RETURNING id, public_id('tkt', id)
            """)
        _ = try connection.query(
            """
            INSERT INTO ticket_messages (workspace_id, ticket_id, kind, body, contact_id)
            VALUES (\(key), \(ticket)::uuid, 'customer', \(body), \(contact)::uuid)
            """)
        let candidate = try insert(
            "can", connection,
            """
            INSERT INTO candidates (workspace_id, first_name, last_name, email, phone, location, headline, skills)
            VALUES (\(key), \(name), \(name), \(name), \(name), \(body), \(body), ARRAY[\(body)])
            RETURNING id, public_id('can', id)
            """)
        _ = try connection.query(
            """
            INSERT INTO applications (workspace_id, candidate_id, job_id, stage_entered_at)
            SELECT \(key), \(candidate)::uuid, min(j.id::text)::uuid, now() - interval '20 days' FROM jobs AS j
            WHERE j.workspace_id = \(key)
            """)
        _ = try insert(
            "act", connection,
            """
            INSERT INTO activities (workspace_id, type, subject, body, contact_id, company_id, owner_id)
            SELECT \(key), 'email', \(name), \(body), \(contact)::uuid, \(company)::uuid, min(m.id::text)::uuid
            FROM members AS m WHERE m.workspace_id = \(key) RETURNING id, public_id('act', id)
            """)
    }

    private mutating func insert(_ prefix: String, _ connection: Connection, _ statement: SQL) throws -> String {
        let rows = try connection.query(statement)
        ids[prefix, default: []].append(rows.string(0, 1) ?? "")
        return rows.string(0, 0) ?? ""
    }

    /// Leads the rows that were there to these people and companies.
    private func spread(_ connection: Connection) throws {
        let contact: SQL =
            "(SELECT id FROM contacts WHERE workspace_id = \(key) AND display_name LIKE '%zqxname0 %' LIMIT 1)"
        let company: SQL =
            "(SELECT company_id FROM contacts WHERE workspace_id = \(key) AND display_name LIKE '%zqxname0 %' LIMIT 1)"
        let statements: [SQL] = [
            "UPDATE deals SET contact_id = \(contact), company_id = \(company), source = 'zqxname' WHERE workspace_id = \(key)",
            "UPDATE quotations SET contact_id = \(contact), company_id = \(company), reject_reason = 'zqxbody' WHERE workspace_id = \(key)",
            "UPDATE invoices SET contact_id = \(contact), company_id = \(company) WHERE workspace_id = \(key)",
            "UPDATE payments SET reference = 'zqxname' WHERE workspace_id = \(key)",
            "UPDATE projects SET company_id = \(company) WHERE workspace_id = \(key)",
            "UPDATE expenses SET supplier_id = \(company) WHERE workspace_id = \(key)",
        ]
        for statement in statements { _ = try connection.query(statement) }
    }
}
