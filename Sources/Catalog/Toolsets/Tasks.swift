import Tools

extension Toolset {
    /// Pieces of work, as members handle them.
    static let tasks = Toolset(
        "tasks", "Pieces of work, as members handle them.",
        [
            .list(.task, "tasks", "Lists tasks by project, status, assignee, due date; the latest touched first."),
            .create(.task, "tasks", "Creates a task, in a project or free. It starts open unless told otherwise."),
            .update(
                .task, "tasks", "Changes given fields of a task; the board's workflow may forbid a change of state."
            ).refusing(
                .transitionNotAllowed,
                "The board's workflow does not lead to that state; the hint says where it leads."),
        ]
    )
}
