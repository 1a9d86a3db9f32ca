import Identity
import Matching
import Postgres
import Tools

/// The rows of generated customers and tasks, on their way into one workspace.
struct SeedRows {
    /// What rows of a workspace point at.
    struct Frame: Sendable {
        let workspace: WorkspaceID
        let board: String
        /// The state of each category.
        let states: [SeedStatus: String]
        /// The members, in the order of their addresses.
        let members: [String]
        /// The workspace's country.
        let country: String?

        var phoneCountry: PhoneCountry? { country.flatMap { PhoneCountry($0) } }

        /// Reads the frame of a workspace that is ready to hold tasks.
        init(_ workspace: WorkspaceID, on connection: Connection) throws {
            let id = workspace.uuid
            let states = try connection.query(
                "SELECT category, id FROM workflow_states WHERE workspace_id = \(id)::uuid ORDER BY position DESC"
            )
            let board = try connection.query("SELECT id FROM boards WHERE workspace_id = \(id)::uuid AND is_default")
            let members = try connection.query("SELECT id FROM members WHERE workspace_id = \(id)::uuid ORDER BY email")
            let country = try connection.query("SELECT default_country FROM workspaces WHERE id = \(id)::uuid")
            guard let board = board.string(0, 0) else {
                throw PostgresError(.unexpectedResult, "The workspace has no default board.")
            }
            self.workspace = workspace
            self.board = board
            var byCategory: [SeedStatus: String] = [:]
            for row in 0..<states.rowCount {
                guard let status = states.string(row, 0).flatMap(SeedStatus.init(rawValue:)) else { continue }
                byCategory[status] = states.string(row, 1)
            }
            self.states = byCategory
            self.members = (0..<members.rowCount).compactMap { members.string($0, 0) }
            self.country = country.string(0, 0)
        }
    }

    let frame: Frame

    /// The kinds of rows beside customers and companies that are searched, once all of a workspace are stored.
    static let others: [Entity] = [.deal, .ticket, .project, .candidate]

    private var companies = CopyText()
    private var contacts = CopyText()
    private var names = CopyText()
    private var tasks = CopyText()
    private var assignees = CopyText()
    private var comments = CopyText()
    private var search: SearchRows
    /// How many tasks of the workspace each of these stands for, where only a part of them is stored here.
    private let scale: Double

    init(_ frame: Frame, scale: Double = 1) {
        self.frame = frame
        self.scale = scale
        search = SearchRows(frame.workspace, country: frame.phoneCountry)
    }

    mutating func append(_ company: SeedCompany) {
        companies.text(frame.workspace.uuid)
        companies.text(company.id)
        companies.text(company.name)
        companies.moment(company.createdAt)
        companies.moment(company.createdAt)
        companies.endRow()
        search.append(
            record: company.id,
            IndexedRecord(
                SearchDocument(customerNames: [company.name]), kind: Entity.company.prefix, in: frame.workspace),
            kind: Entity.company.prefix)
    }

    mutating func append(_ customer: SeedCustomer) {
        contacts.text(frame.workspace.uuid)
        contacts.text(customer.id)
        contacts.text(customer.externalID)
        contacts.text(customer.given)
        contacts.text(customer.family)
        contacts.text(customer.name)
        contacts.text(customer.email)
        contacts.text(customer.phone)
        contacts.text(customer.mobile)
        contacts.text(customer.company?.id)
        contacts.text(customer.city)
        contacts.moment(customer.createdAt)
        contacts.moment(customer.createdAt)
        contacts.endRow()
        search.append(customer: customer.id, phones: customer.phones, email: customer.email)
        search.append(
            record: customer.id,
            IndexedRecord(
                SearchDocument(
                    customerNames: [customer.name], companies: customer.company.map { [$0.name] } ?? [],
                    cities: [customer.city]),
                kind: Entity.contact.prefix, in: frame.workspace),
            kind: Entity.contact.prefix)
        StoredNames.append(customer.name, of: customer.id, in: frame.workspace, to: &names)
    }

    mutating func append(_ task: SeedTask) {
        appendRow(task)
        for (position, member) in task.assignees.enumerated() {
            assignees.text(frame.workspace.uuid)
            assignees.text(task.id)
            assignees.text(frame.members[member])
            assignees.integer(position)
            assignees.endRow()
        }
        for comment in task.comments {
            comments.text(frame.workspace.uuid)
            comments.text(comment.id)
            comments.text(task.id)
            comments.text(comment.body)
            comments.text(comment.isPublic ? "public" : "private")
            comments.text(comment.member == nil ? "customer" : "member")
            comments.text(comment.member.map { frame.members[$0] })
            comments.text(comment.member == nil ? task.customer?.id : nil)
            comments.moment(comment.at)
            comments.moment(comment.at)
            comments.endRow()
        }
        search.append(task: task.id, task.document)
    }

    private mutating func appendRow(_ task: SeedTask) {
        tasks.text(frame.workspace.uuid)
        tasks.text(task.id)
        tasks.integer(task.number)
        tasks.text(task.title)
        tasks.text(task.description)
        tasks.text(frame.board)
        tasks.text(frame.states[task.status])
        tasks.text(task.status.rawValue)
        tasks.text(task.priority)
        tasks.text(task.customer?.id)
        tasks.text(task.customer?.company?.id)
        tasks.text(task.isPublic ? "public" : "private")
        tasks.day(task.startDate)
        tasks.day(task.dueDate)
        tasks.moment(task.completedAt)
        tasks.integer(task.progress)
        tasks.text(task.answersJSON)
        tasks.text(task.source)
        tasks.texts(task.labels)
        tasks.moment(task.createdAt)
        tasks.moment(task.updatedAt)
        tasks.endRow()
    }

    /// Stores what was appended and forgets it. The connection is in a transaction that is set to the workspace.
    mutating func store(on connection: Connection) throws {
        try StagedTable("companies", "workspace_id id name created_at updated_at")
            .load(companies.take(), on: connection)
        try StagedTable(
            "contacts",
            "workspace_id id external_id first_name last_name display_name email phone mobile company_id city "
                + "created_at updated_at"
        ).load(contacts.take(), on: connection)
        try StoredNames.table.load(names.take(), on: connection)
        try StagedTable(
            "tasks",
            "workspace_id id number title description board_id state_id status priority customer_id company_id "
                + "visibility start_date due_date completed_at progress answers source labels created_at updated_at"
        ).load(tasks.take(), on: connection)
        try StagedTable("task_assignees", "workspace_id task_id member_id position")
            .load(assignees.take(), on: connection)
        try StagedTable(
            "comments",
            "workspace_id id task_id body visibility author_kind author_id customer_id created_at updated_at"
        ).load(comments.take(), on: connection)
        try search.store(on: connection, scale: scale)
    }
}
