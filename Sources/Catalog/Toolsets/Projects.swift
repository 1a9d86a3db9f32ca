import Tools

extension Toolset {
    /// Work with an aim of its own.
    static let projects = Toolset(
        "projects", "Work with an aim of its own.",
        [
            .list(.project, "projects", "Lists projects with progress and open tasks, newest first."),
            .get(.project, "projects", "Returns one project in full with its members; include adds its tasks."),
        ]
    )
}
