import Identity
import Tools

extension Entity {
    /// A piece of work. Its status is the category of its state, which belongs to the workflow of its board.
    static let task: Entity = .init(
        "task", plural: "tasks", prefix: "tsk", table: "tasks",
        meaning: "A piece of work for a customer or inside the workspace, on one board, in one of the board's states.",
        title: "title",
        number: "number",
        counting: "#",
        isArchived: true,
        fields: [
            Field("number", .integer(1...Parameter.largestInteger)).computed,
            Field("title", .text(300)).required,
            Field("description", .text(20_000)).unlisted,
            Field("status", .choice(TaskWords.statuses)).prepared("t.status").kept.filtered,
            Field("state", .text(200), "A state of the board by name; status follows.").prepared(
                """
                (SELECT r.name FROM workflow_states AS r
                    WHERE r.workspace_id = t.workspace_id AND r.id = t.state_id)
                """
            ).kept,
            Field("priority", .choice(TaskWords.priorities)).kept.filtered,
            Field("assignees", .members(table: "task_assignees", row: "task_id")),
            Field("project", .reference { .project }).filtered,
            Field("customer", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("board", .reference { .board }).prepared(
                """
                (SELECT json_build_object('id', public_id('brd', r.id), 'name', r.name) FROM boards AS r
                    WHERE r.workspace_id = t.workspace_id AND r.id = t.board_id)
                """
            ).kept.unlisted,
            Field("visibility", .choice(["private", "public"])).kept.unlisted,
            Field("start_date", .day).unlisted,
            Field("due_date", .day).filtered,
            Field("completed_at", .moment).computed.unlisted,
            Field("progress", .integer(0...100)).kept.unlisted,
            Field("labels", .labels),
        ],
        filters: [.member("assignee", table: "task_assignees", row: "task_id")],
        orders: [.touched, .newest],
        // Forms, mails and the portal make tasks.
        untrusted: [.name("title"), "description"],
        consequences: Consequences(
            prepare: { row, call, transaction in try TaskCourse(row, call).assignments(transaction) },
            after: { row, call, transaction in try SearchUpdate.task(row.digits, in: call, transaction) },
            changes: { row, call, transaction in try TaskCourse.changes(row, call, transaction) }
        )
    )

    /// A group of tasks with a workflow and questions of its own.
    static let board: Entity = .init(
        "board", plural: "boards", prefix: "brd", table: "boards",
        meaning: "A group of tasks with a workflow and questions of its own.",
        title: "name",
        isSoftlyDeleted: false,
        fields: []
    )
}
