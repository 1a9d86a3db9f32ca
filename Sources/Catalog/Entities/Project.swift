import Tools

extension Entity {
    /// Work with an aim of its own, and the tasks that lead there.
    static let project: Entity = .init(
        "project", plural: "projects", prefix: "prj", table: "projects",
        meaning: "Work with an aim of its own, for a company or inside the workspace, and the tasks that lead there.",
        title: "title",
        number: "number",
        counting: "PRJ-",
        isArchived: true,
        fields: [
            Field("number", .text(40)).computed(Entity.number("t.number", counting: "PRJ-")),
            Field("title", .text(300)).required,
            Field("description", .text(20_000)).unlisted,
            Field("status", .choice(["planned", "active", "on_hold", "completed", "cancelled", "archived"])).kept
                .filtered,
            Field("priority", .choice(TaskWords.priorities)).kept,
            Field("company", .reference { .company }).filtered,
            Field("contact", .reference { .contact }).unlisted,
            Field("manager", .member).filtered,
            Field("team", .reference { .team }).filtered,
            Field("category", .text(200)).unlisted,
            Field("start_date", .day).filtered,
            Field("due_date", .day).filtered,
            Field("completed_at", .day).computed.unlisted,
            Field("budget", .money).unlisted,
            Field("budget_hours", .decimal(2)).unlisted,
            Field("billing", .choice(["none", "fixed", "hourly"])).kept.unlisted,
            Field("progress", .integer(0...100)).computed(
                """
                (SELECT coalesce(100 * count(*) FILTER (WHERE r.status = 'done')
                        / nullif(count(*) FILTER (WHERE r.status <> 'cancelled'), 0), 0)
                    FROM tasks AS r
                    WHERE r.workspace_id = t.workspace_id AND r.project_id = t.id AND r.deleted_at IS NULL)
                """),
            Field("open_tasks", .integer(0...Parameter.largestInteger)).computed(
                """
                (SELECT count(*) FROM tasks AS r
                    WHERE r.workspace_id = t.workspace_id AND r.project_id = t.id AND r.deleted_at IS NULL
                        AND r.status IN ('open', 'in_progress', 'waiting'))
                """),
            Field("logged_seconds", .integer(0...Parameter.largestInteger)).computed(
                """
                (SELECT coalesce(sum(e.seconds), 0) FROM tasks AS r
                    JOIN time_entries AS e ON e.workspace_id = r.workspace_id AND e.task_id = r.id
                    WHERE r.workspace_id = t.workspace_id AND r.project_id = t.id AND r.deleted_at IS NULL)
                """
            ).unlisted,
            Field("labels", .labels),
        ],
        relations: [
            Relation(
                "members", isAlwaysIncluded: true,
                rows: """
                    SELECT public_id('usr', m.id) AS id, m.name, r.role FROM project_members AS r
                    JOIN members AS m ON m.workspace_id = r.workspace_id AND m.id = r.member_id
                    WHERE r.workspace_id = t.workspace_id AND r.project_id = t.id
                    ORDER BY r.role, m.name, m.id
                    """),
            Relation(
                "tasks",
                rows: """
                    SELECT public_id('tsk', r.id) AS id, r.number, r.title, r.status, r.priority, r.due_date
                    FROM tasks AS r
                    WHERE r.workspace_id = t.workspace_id AND r.project_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.status IN ('done', 'cancelled'), r.updated_at DESC, r.id DESC
                    """),
        ],
        orders: [.newest, .touched, Order("title", "t.title", type: "text")],
        untrusted: [.name("tasks[].title")],
        search: .by([
            .init("title", .title), .init("labels", .tags, Entity.labels), .init("category", .details),
            .init("description", .body),
        ])
    )
}
