import Catalog
import Identity
import Matching
import Postgres

/// A workspace with contents of every kind, all of which bear its name.
struct TestWorkspace: Sendable {
    struct Member: Sendable {
        let id: String
        let name: String
        let email: String
    }

    struct Contact: Sendable {
        let id: String
        let name: String
        let email: String
        let phone: String
    }

    struct Task: Sendable {
        let id: String
        let number: Int64
        let title: String
    }

    let id: WorkspaceID
    let name: String
    let members: [Member]
    let contacts: [Contact]
    let tasks: [Task]
    let board: String
    /// One row of each further kind, by what its identifier begins with.
    let rows: [String: String]

    /// What its money is in; no other workspace's is.
    var currency: String { Self.currency(of: name) }

    static func currency(of name: String) -> String { String((name.uppercased() + "XX").prefix(3)) }

    init(
        _ name: String,
        number: Int,
        settings: WorkspaceRegistry.Settings,
        on connection: Connection
    ) throws {
        let id = try WorkspaceCreation.create(
            name: "\(name) Works", slug: "\(name.lowercased())-\(number)", settings: settings, on: connection
        )
        self.id = id
        self.name = name
        board = "\(name) Yard"
        var contents = Contents(name: name, workspace: id, connection: connection)
        (members, contacts, tasks, rows) = try connection.transaction { _ in
            let (members, contacts, tasks) = try contents.fill()
            let rows = try contents.sell(for: members[0]).merging(contents.rows()) { sold, _ in sold }
            return (members, contacts, tasks, rows)
        }
        try SearchIndex(connection).rebuild(id)
    }

    /// Adds a task beside those that every workspace has.
    func add(
        _ tasks: [Contents.TaskText],
        on connection: Connection
    ) throws -> [Task] {
        var contents = Contents(name: name, workspace: id, connection: connection)
        let added = try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(id))
            return try tasks.map { try contents.task($0) }
        }
        try SearchIndex(connection).rebuild(id)
        return added
    }
}

/// Writes what a workspace holds.
struct Contents {
    /// A task in the words of a test.
    struct TaskText {
        var number: Int64
        var title: String
        var description = ""
        var status = "open"
        var priority = "medium"
        var labels: [String] = []
        var answers = "{}"
        var customer: CustomerText?
        var visibility = "private"
    }

    struct CustomerText {
        var name: String
        var email = ""
        var phone = ""
        var company: String?
    }

    let name: String
    let workspace: WorkspaceID
    let connection: Connection

    /// Digits that no other workspace has, made of the name.
    private var digits: String {
        let sum = name.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 1_000_000 }
        return String(100_000 + sum % 900_000)
    }

    mutating func fill() throws -> ([TestWorkspace.Member], [TestWorkspace.Contact], [TestWorkspace.Task]) {
        _ = try connection.query(Tenancy.set(workspace))
        let members = try ["Dana", "Omar"].map(member)
        try addBoard()
        // So that a list of companies has a second page.
        _ = try company("\(name) Mill")
        let first = Int64(digits.prefix(5))! * 10
        let texts = [
            TaskText(
                number: first + 1, title: "\(name) furnace repair", description: "The \(name) furnace makes a noise.",
                status: "open", priority: "high", labels: ["\(name.lowercased())-label"],
                answers: #"{"floor": "\#(name) attic"}"#, customer: customer(0), visibility: "public"
            ),
            TaskText(
                number: first + 2, title: "\(name) boiler check", status: "in_progress", priority: "urgent",
                customer: customer(1)
            ),
            TaskText(number: first + 3, title: "\(name) invoice question", status: "waiting", customer: customer(0)),
            TaskText(number: first + 4, title: "\(name) gutter cleaning", status: "done", priority: "low"),
        ]
        let tasks = try texts.map { try task($0) }
        try furnish(tasks[0], members)
        try addWork(tasks[0], members)
        try addRecruiting()
        try addKnowledge()
        let contacts = try [0, 1].map { index in
            let customer = customer(index)
            let rows = try connection.query(
                "SELECT public_id('con', id) FROM contacts WHERE workspace_id = \(key) AND email = \(customer.email)"
            )
            return TestWorkspace.Contact(
                id: rows.string(0, 0) ?? "", name: customer.name, email: customer.email, phone: customer.phone
            )
        }
        return (members, contacts, tasks)
    }

    /// The first row of each kind.
    func rows() throws -> [String: String] {
        _ = try connection.query(Tenancy.set(workspace))
        var rows: [String: String] = [:]
        for (table, prefix) in ForeignValue.prefixes {
            rows[prefix] = try connection.query(
                "SELECT public_id(\(prefix), id) FROM \(verbatim: table) WHERE workspace_id = \(key) ORDER BY id LIMIT 1"
            ).string(0, 0)
        }
        return rows
    }

    /// A team, projects and tickets with what hangs on them.
    private func addWork(_ task: TestWorkspace.Task, _ members: [TestWorkspace.Member]) throws {
        let row = RowID(task.id, prefix: "tsk")?.digits ?? ""
        let member = RowID(members[0].id, prefix: "usr")?.digits ?? ""
        let first = Int64(digits.prefix(5))! * 10
        try connection.execute(
            script: """
                INSERT INTO workflow_states (workspace_id, workflow_id, name, category, position)
                SELECT workspace_id, id, '\(name) inspection', 'in_progress', 9 FROM workflows
                WHERE workspace_id = '\(workspace.uuid)';
                INSERT INTO teams (workspace_id, name, lead_id)
                VALUES ('\(workspace.uuid)', '\(name) team', '\(member)'), ('\(workspace.uuid)', '\(name) crew', NULL);
                INSERT INTO team_members (workspace_id, team_id, member_id)
                SELECT workspace_id, id, '\(member)' FROM teams WHERE workspace_id = '\(workspace.uuid)';
                INSERT INTO projects (workspace_id, number, title, manager_id, team_id, company_id)
                SELECT t.workspace_id, \(first) + n, '\(name) project ' || n, '\(member)', t.id,
                    (SELECT min(c.id::text)::uuid FROM companies AS c WHERE c.workspace_id = t.workspace_id)
                FROM teams AS t, generate_series(1, 2) AS n
                WHERE t.workspace_id = '\(workspace.uuid)' AND t.lead_id IS NOT NULL;
                INSERT INTO project_members (workspace_id, project_id, member_id, role)
                SELECT workspace_id, id, '\(member)', 'manager' FROM projects WHERE workspace_id = '\(workspace.uuid)';
                UPDATE tasks AS t SET project_id = p.id FROM projects AS p
                WHERE t.workspace_id = '\(workspace.uuid)' AND p.workspace_id = t.workspace_id
                    AND p.number = \(first) + 1;
                INSERT INTO tickets (workspace_id, number, title, description, contact_id, assignee_id, task_id,
                    project_id, sla_policy_id)
                SELECT t.workspace_id, \(first) + n, '\(name) ticket ' || n, '\(name) complaint', t.customer_id,
                    '\(member)', t.id, t.project_id,
                    (SELECT p.id FROM sla_policies AS p
                        WHERE p.workspace_id = t.workspace_id AND p.priority = 'medium')
                FROM tasks AS t, generate_series(1, 2) AS n
                WHERE t.workspace_id = '\(workspace.uuid)' AND t.id = '\(row)';
                INSERT INTO ticket_messages (workspace_id, ticket_id, kind, body, contact_id, author_id)
                SELECT t.workspace_id, t.id, k.kind, '\(name) ' || k.kind,
                    CASE k.kind WHEN 'customer' THEN t.contact_id END,
                    CASE k.kind WHEN 'customer' THEN NULL ELSE '\(member)'::uuid END
                FROM tickets AS t, unnest('{customer,note}'::text[]) AS k(kind)
                WHERE t.workspace_id = '\(workspace.uuid)';
                DO $$
                DECLARE
                    ticket uuid;
                BEGIN
                    FOR ticket IN SELECT id FROM tickets WHERE workspace_id = '\(workspace.uuid)' LOOP
                        CALL settle_ticket(ticket);
                    END LOOP;
                END
                $$;
                """
        )
    }

    /// Jobs, candidates and their applications.
    private func addRecruiting() throws {
        try connection.execute(
            script: """
                INSERT INTO jobs (workspace_id, title, department, status)
                SELECT '\(workspace.uuid)', '\(name) job ' || n, '\(name) shop', 'open' FROM generate_series(1, 2) AS n;
                INSERT INTO candidates (workspace_id, first_name, last_name, headline, skills)
                SELECT '\(workspace.uuid)', 'Candidate', '\(name)' || n, '\(name) hopes', '{\(name) skill}'
                FROM generate_series(1, 2) AS n;
                INSERT INTO applications (workspace_id, candidate_id, job_id, stage_entered_at)
                SELECT c.workspace_id, c.id, j.id, now() - interval '20 days' FROM candidates AS c
                JOIN jobs AS j ON j.workspace_id = c.workspace_id
                WHERE c.workspace_id = '\(workspace.uuid)';
                INSERT INTO application_stage_changes (workspace_id, application_id, stage, at)
                SELECT workspace_id, id, stage, created_at FROM applications WHERE workspace_id = '\(workspace.uuid)';
                """
        )
    }

    /// Documents, and what somebody said to a suggestion.
    private func addKnowledge() throws {
        try connection.execute(
            script: """
                INSERT INTO documents (workspace_id, title, body, category, status)
                SELECT '\(workspace.uuid)', '\(name) manual ' || n, 'How \(name) works', '\(name) shelf', 'published'
                FROM generate_series(1, 2) AS n;
                INSERT INTO suggestions (workspace_id, id, kind, title, status)
                VALUES ('\(workspace.uuid)', gen_random_uuid(), 'follow_up', '\(name) advice', 'acknowledged');
                """
        )
    }

    private var key: SQL { "\(workspace.uuid)::uuid" }

    private func customer(_ index: Int) -> CustomerText {
        let first = ["Elizabeth", "Raymond"][index]
        return CustomerText(
            name: "\(first) \(name)son", email: "\(first.lowercased())@\(name.lowercased()).example",
            phone: "+1 (703) \(digits.prefix(3))-\(index + 4)\(digits.suffix(3))", company: "\(name) Company"
        )
    }

    private func member(_ first: String) throws -> TestWorkspace.Member {
        let email = "\(first.lowercased())@\(name.lowercased())-staff.example"
        let rows = try connection.query(
            """
            INSERT INTO members (workspace_id, name, email) VALUES (\(key), \("\(first) \(name)"), \(email))
            RETURNING public_id('usr', id)
            """
        )
        return TestWorkspace.Member(id: rows.string(0, 0) ?? "", name: "\(first) \(name)", email: email)
    }

    private func addBoard() throws {
        _ = try connection.query(
            """
            INSERT INTO boards (workspace_id, name, workflow_id, questions)
            SELECT workspace_id, \("\(name) Yard"), id, '[{"key": "gate", "label": "Which gate?"}]'
            FROM workflows WHERE workspace_id = \(key)
            """
        )
        _ = try connection.query(
            """
            UPDATE boards SET questions = '[{"key": "floor", "label": "Which floor?", "type": "text"}]'
            WHERE workspace_id = \(key) AND is_default
            """
        )
    }

    /// Adds a task with its customer and its keys in the search index.
    mutating func task(_ text: TaskText) throws -> TestWorkspace.Task {
        let customer = try text.customer.map(contact)
        let rows = try connection.query(
            """
            INSERT INTO tasks (workspace_id, number, title, description, board_id, state_id, status, priority, labels,
                answers, customer_id, visibility)
            SELECT \(key), \(text.number)::bigint, \(text.title), nullif(\(text.description), ''), b.id, s.id,
                s.category, \(text.priority), \(text.labels)::text[], \(text.answers)::jsonb, \(customer)::uuid,
                \(text.visibility)
            FROM boards AS b
            JOIN workflow_states AS s ON s.workspace_id = b.workspace_id AND s.category = \(text.status)
            WHERE b.workspace_id = \(key) AND b.is_default
            ORDER BY s.position LIMIT 1
            RETURNING id, public_id('tsk', id)
            """
        )
        return TestWorkspace.Task(id: rows.string(0, 1) ?? "", number: text.number, title: text.title)
    }

    private func contact(_ text: CustomerText) throws -> String? {
        let known = try connection.query(
            """
            SELECT id FROM contacts
            WHERE workspace_id = \(key) AND display_name = \(text.name) AND coalesce(email, '') = \(text.email)
                AND coalesce(phone, '') = \(text.phone)
            """
        )
        if let id = known.string(0, 0) { return id }
        let rows = try connection.query(
            """
            INSERT INTO contacts (workspace_id, display_name, email, phone, company_id)
            VALUES (\(key), \(text.name), nullif(\(text.email), ''), nullif(\(text.phone), ''),
                \(try text.company.flatMap(company))::uuid)
            RETURNING id
            """
        )
        for (position, turn) in NameTurns.turns(text.name).enumerated() {
            _ = try connection.query(
                """
                INSERT INTO contact_names (workspace_id, contact_id, is_turned, name)
                VALUES (\(key), \(rows.string(0, 0))::uuid, \(position > 0), \(turn))
                """
            )
        }
        return rows.string(0, 0)
    }

    private func company(_ name: String) throws -> String? {
        let known = try connection.query("SELECT id FROM companies WHERE workspace_id = \(key) AND name = \(name)")
        if let id = known.string(0, 0) { return id }
        let rows = try connection.query(
            "INSERT INTO companies (workspace_id, name) VALUES (\(key), \(name)) RETURNING id"
        )
        return rows.string(0, 0)
    }

    /// Comments, files, a checklist, logged time and assignees of one task.
    private func furnish(_ task: TestWorkspace.Task, _ members: [TestWorkspace.Member]) throws {
        let row = RowID(task.id, prefix: "tsk")?.digits
        let member = RowID(members[0].id, prefix: "usr")?.digits
        try connection.execute(
            script: """
                INSERT INTO task_assignees (workspace_id, task_id, member_id)
                VALUES ('\(workspace.uuid)', '\(row ?? "")', '\(member ?? "")');
                INSERT INTO comments (workspace_id, task_id, body, visibility, author_kind, author_id)
                VALUES ('\(workspace.uuid)', '\(row ?? "")', '\(name) staff note', 'private', 'member', '\(member ?? "")');
                INSERT INTO comments (workspace_id, task_id, body, visibility, author_kind, customer_id)
                SELECT workspace_id, id, '\(name) customer words', 'public', 'customer', customer_id
                FROM tasks WHERE workspace_id = '\(workspace.uuid)' AND id = '\(row ?? "")';
                INSERT INTO files (workspace_id, task_id, name, mime, size)
                VALUES ('\(workspace.uuid)', '\(row ?? "")', '\(name)-photo.jpg', 'image/jpeg', 12345);
                INSERT INTO checklist_items (workspace_id, task_id, title)
                VALUES ('\(workspace.uuid)', '\(row ?? "")', '\(name) valve');
                INSERT INTO time_entries (workspace_id, task_id, member_id, date, seconds, notes)
                VALUES ('\(workspace.uuid)', '\(row ?? "")', '\(member ?? "")', '2026-11-01', 3600, '\(name) visit');
                """
        )
    }
}
