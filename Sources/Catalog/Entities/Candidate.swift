import Identity
import Postgres
import Tools

extension Entity {
    /// Somebody who applies for jobs.
    static let candidate: Entity = .init(
        "candidate", plural: "candidates", prefix: "can", table: "candidates",
        meaning: "Somebody who applies for jobs.",
        title: "display_name",
        fields: [
            Field("name", .text(400)).computed("t.display_name"),
            Field("first_name", .text(200)).required.unlisted,
            Field("last_name", .text(200)).required.unlisted,
            Field("email", .text(320)),
            Field("phone", .text(60)),
            Field("location", .text(200)),
            Field("headline", .text(1000)),
            Field("skills", .labels),
            Field("source", .choice(["manual", "email", "api", "referral", "agency", "site"])).kept.filtered,
            Field("status", .choice(["active", "hired", "archived"])).kept.filtered,
        ],
        filters: [
            // Both together mean one application.
            Filter(Parameter("job", .identifier(prefix: "job"), "").terse) { arguments, _ in
                arguments.row("job").map { job in
                    let stage = arguments.text("stage")
                    return """
                        EXISTS (SELECT FROM applications AS l
                            WHERE l.workspace_id = t.workspace_id AND l.candidate_id = t.id AND l.deleted_at IS NULL
                                AND l.job_id = \(job)::uuid AND (\(stage)::text IS NULL OR l.stage = \(stage)))
                        """
                }
            },
            Filter(Parameter("stage", .choice(Application.stages), "")) { arguments, _ in
                arguments.has("job")
                    ? nil
                    : arguments.text("stage").map { stage in
                        """
                        EXISTS (SELECT FROM applications AS l
                            WHERE l.workspace_id = t.workspace_id AND l.candidate_id = t.id AND l.deleted_at IS NULL
                                AND l.stage = \(stage))
                        """
                    }
            },
        ],
        relations: [
            Relation(
                "applications", isAlwaysIncluded: true,
                rows: """
                    SELECT public_id('app', r.id) AS id,
                        json_build_object('id', public_id('job', j.id), 'title', j.title) AS job,
                        r.stage, rfc3339(r.stage_entered_at) AS stage_entered_at, r.score, r.rejected_reason,
                        \(Application.history) AS history
                    FROM applications AS r
                    JOIN jobs AS j ON j.workspace_id = r.workspace_id AND j.id = r.job_id
                    WHERE r.workspace_id = t.workspace_id AND r.candidate_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.created_at DESC, r.id DESC
                    """)
        ],
        orders: [.newest, .touched, Order("name", "t.display_name", type: "text")],
        untrusted: [
            "headline", "location", "skills", .name("name"), .name("first_name"), .name("last_name"), .name("email"),
            .name("phone"),
        ],
        search: .by(
            [
                .init("name", .name, "t.display_name"), .init("headline", .title), .init("location", .place),
                .init("skills", .tags, "array_to_string(t.skills, E'\\n')"),
            ], phones: ["phone"], emails: ["email"])
    )
}
