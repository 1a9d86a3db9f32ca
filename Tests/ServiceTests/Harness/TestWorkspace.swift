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
            return (members, contacts, tasks, try contents.sell())
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
