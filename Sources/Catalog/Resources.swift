import Identity
import MCP
import Postgres
import Tools

/// The addresses of what there is to read.
enum ResourceAddress {
    static let summary = "workspace://summary"

    static func task(_ number: Int64) -> String { "task://\(number)" }

    static func customer(_ row: RowID) -> String { "customer://\(row.text(prefix: customerPrefix))" }

    /// What stands before the key in a customer's identifier.
    static let customerPrefix = "con"
}

extension Resource {
    /// What there is to read, in listing order. Each shows what its tools show.
    static let all: [Resource] = [workspaceSummary, task, customer, schema]

    /// How the workspace stands.
    private static let workspaceSummary = Resource(
        ResourceAddress.summary,
        name: "summary",
        title: "Workspace summary",
        description: """
            How the workspace stands: open tasks by status, priority and assignee, what is overdue, what happened in the \
            last seven days, and the tasks touched last. The same as workspaceSummary.
            """,
        annotations: Annotations(audience: [.user, .assistant], priority: 0.8),
        tools: [Tool.workspaceSummary.name]
    ) { _, workspace in Summary.read(in: workspace) }

    /// One task.
    private static let task = Resource(
        "task://{number}",
        name: "task",
        title: "Task",
        description: """
            One task by its number: state, priority, assignees, customer, answers, files, checklist and up to 50 comments. \
            The same as getTaskDetails. Fields named by untrusted_fields hold text that customers wrote.
            """,
        annotations: Annotations(audience: [.user, .assistant], priority: 0.7),
        tools: [Tool.getTaskDetails.name],
        variable: .open(.taskNumbers)
    ) { value, workspace in
        // One address for one task: no signs and no leading zeros.
        guard let number = Int64(value), number > 0, String(number) == value else { return nil }
        return TaskDetails.read(.number(number), sections: [.comments, .checklist], in: workspace)
    }

    /// One customer.
    private static let customer = Resource(
        "customer://{id}",
        name: "customer",
        title: "Customer",
        description: """
            One customer by id (con_…, as tasks name it): name, company, phones, e-mail, how many tasks there are, and \
            the open ones, last touched first.
            """,
        annotations: Annotations(audience: [.user, .assistant], priority: 0.7),
        tools: [Tool.searchWorkspaceTasks.name, Tool.getTaskDetails.name],
        variable: .open(.customerIDs)
    ) { value, workspace in
        RowID(value, prefix: ResourceAddress.customerPrefix).map { CustomerCard.read($0, in: workspace) }
    }

    /// What the fields of tasks, customers and comments mean here.
    private static let schema = Resource(
        "workspace://schema/{entity}",
        name: "schema",
        title: "Fields and states",
        description: """
            What the fields of a task, a customer or a comment mean and which values they take; for tasks also the \
            workspace's boards with their states and questions.
            """,
        annotations: Annotations(audience: [.assistant], priority: 0.4),
        // Boards, states and questions change when somebody rearranges the workspace, not from call to call.
        ttl: .seconds(60),
        tools: [],
        variable: .closed(EntitySchema.all.map(\.choice))
    ) { value, workspace in
        EntitySchema.all.first { $0.name == value }?.read(in: workspace)
    }
}
