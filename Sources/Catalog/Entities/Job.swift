import Tools

extension Entity {
    /// A place to be filled.
    static let job: Entity = .init(
        "job", plural: "jobs", prefix: "job", table: "jobs",
        meaning: "A place to be filled, for which candidates apply.",
        title: "title",
        fields: [
            Field("title", .text(300)).required,
            Field("department", .text(200)).filtered,
            Field("location", .text(200)),
            Field("employment", .choice(["full_time", "part_time", "contract", "intern"])).kept.filtered,
            Field("status", .choice(["draft", "open", "paused", "closed", "filled"])).kept.filtered,
            Field("description", .text(20_000)).unlisted,
            Field("openings", .integer(0...10_000)).kept,
            Field("salary_min", .money).unlisted,
            Field("salary_max", .money).unlisted,
            Field("hiring_manager", .member).filtered,
            Field("opened_at", .day),
            Field("closed_at", .day),
            Field("application_count", .integer(0...Parameter.largestInteger)).computed(
                """
                (SELECT count(*) FROM applications AS r
                    WHERE r.workspace_id = t.workspace_id AND r.job_id = t.id AND r.deleted_at IS NULL)
                """),
            Field("stages", .json, "How many applications are in each stage.").computed(
                """
                (SELECT coalesce(json_object_agg(r.stage, r.count ORDER BY r.stage), '{}') FROM (
                    SELECT r.stage, count(*) FROM applications AS r
                    WHERE r.workspace_id = t.workspace_id AND r.job_id = t.id AND r.deleted_at IS NULL
                    GROUP BY r.stage) AS r)
                """
            ).unlisted,
        ],
        relations: [
            Relation(
                "applications",
                rows: """
                    SELECT public_id('app', r.id) AS id,
                        json_build_object('id', public_id('can', c.id), 'name', c.display_name) AS candidate,
                        r.stage, rfc3339(r.stage_entered_at) AS stage_entered_at, r.score
                    FROM applications AS r
                    JOIN candidates AS c ON c.workspace_id = r.workspace_id AND c.id = r.candidate_id
                    WHERE r.workspace_id = t.workspace_id AND r.job_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.created_at DESC, r.id DESC
                    """)
        ],
        orders: [.newest, Order("title", "t.title", type: "text")]
    )
}
