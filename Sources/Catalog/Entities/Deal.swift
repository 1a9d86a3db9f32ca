import Tools

extension Entity {
    /// A sale that may come. Its status, probability and dates follow the stage, by triggers of the table.
    static let deal: Entity = .init(
        "deal", plural: "deals", prefix: "dea", table: "deals",
        meaning: "A sale that may come, in a stage of the pipeline.",
        title: "title",
        fields: [
            Field("title", .text(300)).required,
            Field("description", .text(20_000)).unlisted,
            Field("value", .money).required.filtered,
            Field("stage", .reference { .pipelineStage }).required.filtered,
            Field("status", .choice(["open", "on_hold", "closed_won", "closed_lost"])).filtered,
            Field("probability", .integer(0...100)),
            Field("expected_close_date", .day).filtered,
            Field("closed_at", .moment).computed,
            Field("lost_reason", .text(1000)).unlisted,
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("owner", .member).filtered,
            Field("source", .text(200)).unlisted,
            Field("stage_entered_at", .moment).computed,
            Field("labels", .labels),
        ],
        relations: [
            Relation(
                "contacts", isAlwaysIncluded: true,
                rows: """
                    SELECT public_id('con', r.id) AS id, r.display_name AS name, r.email, r.phone, r.job_title
                    FROM contacts AS r
                    WHERE r.workspace_id = t.workspace_id AND r.deleted_at IS NULL
                        AND (r.id = t.contact_id OR r.id IN (
                            SELECT x.contact_id FROM deal_contacts AS x
                            WHERE x.workspace_id = t.workspace_id AND x.deal_id = t.id
                        ))
                    ORDER BY r.id IS DISTINCT FROM t.contact_id, r.display_name, r.id
                    """),
            Relation(
                "stage_history", isAlwaysIncluded: true,
                rows: """
                    SELECT rfc3339(r.at) AS at,
                        (SELECT s.name FROM pipeline_stages AS s
                            WHERE s.workspace_id = r.workspace_id AND s.id = r.from_id) AS "from",
                        (SELECT s.name FROM pipeline_stages AS s
                            WHERE s.workspace_id = r.workspace_id AND s.id = r.to_id) AS "to",
                        (SELECT m.name FROM members AS m
                            WHERE m.workspace_id = r.workspace_id AND m.id = r.by_id) AS by
                    FROM deal_stage_changes AS r
                    WHERE r.workspace_id = t.workspace_id AND r.deal_id = t.id
                    ORDER BY r.at DESC, r.id DESC
                    """),
        ],
        orders: [.newest],
        untrusted: [
            .name("source"), .name("contacts[].name"), .name("contacts[].email"), .name("contacts[].phone"),
            .name("contacts[].job_title"),
        ],
        consequences: Consequences(refusals: [
            "deals_stage_check": ToolError(
                .transitionNotAllowed,
                """
                The status does not belong to the stage: closed_won and closed_lost are of a won and a lost stage, open and \
                on_hold of any other. Nothing was changed.
                """,
                hint: "Give the stage that the deal is to be in; the status follows. list_pipeline_stages shows them.")
        ]),
        search: .by([
            .init("title", .title), .init("labels", .tags, Entity.labels), .init("source", .details),
            .init("description", .body),
        ])
    )
}
