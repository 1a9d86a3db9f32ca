import Postgres
import Tools

extension Entity {
    /// A member of the workspace.
    static let user: Entity = .init(
        "user", plural: "team_members", prefix: "usr", table: "members",
        meaning: "A member of the workspace.",
        title: "name",
        isSoftlyDeleted: false,
        fields: [
            Field("name", .text(200)).required,
            Field("email", .text(320)).required,
            Field("phone", .text(60)),
            Field("title", .text(200)),
            Field("role", .choice(["owner", "admin", "member", "viewer", "guest"])).kept.filtered,
            Field("status", .choice(["invited", "active", "deactivated"])).kept.filtered,
            Field("teams", .json).computed(
                """
                array_to_json(ARRAY(
                    SELECT json_build_object('id', public_id('tea', r.id), 'name', r.name) FROM team_members AS l
                    JOIN teams AS r ON r.workspace_id = l.workspace_id AND r.id = l.team_id
                    WHERE l.workspace_id = t.workspace_id AND l.member_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.name, r.id LIMIT 50
                ))
                """),
            Field("open_tasks", .integer(0...Parameter.largestInteger)).computed(
                """
                (SELECT count(*) FROM task_assignees AS l
                    JOIN tasks AS r ON r.workspace_id = l.workspace_id AND r.id = l.task_id
                    WHERE l.workspace_id = t.workspace_id AND l.member_id = t.id AND r.deleted_at IS NULL
                        AND r.archived_at IS NULL AND r.status IN ('open', 'in_progress', 'waiting'))
                """
            ).unlisted,
            Field("open_tickets", .integer(0...Parameter.largestInteger)).computed(
                """
                (SELECT count(*) FROM tickets AS r
                    WHERE r.workspace_id = t.workspace_id AND r.assignee_id = t.id AND r.deleted_at IS NULL
                        AND r.status IN ('open', 'in_progress', 'waiting'))
                """
            ).unlisted,
        ],
        filters: [
            Filter.row("team", prefix: "tea") { team in
                """
                EXISTS (SELECT FROM team_members AS l
                    WHERE l.workspace_id = t.workspace_id AND l.member_id = t.id AND l.team_id = \(team))
                """
            }
        ],
        orders: [Order("name", "t.name", type: "text"), .newest]
    )
}
