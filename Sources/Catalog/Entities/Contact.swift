import Tools

extension Entity {
    /// A person outside the workspace. A customer is a contact that a task, ticket, invoice or deal names.
    static let contact: Entity = .init(
        "contact", plural: "contacts", prefix: "con", table: "contacts",
        meaning: "A person outside the workspace: customer, lead, supplier.",
        title: "display_name",
        isArchived: true,
        fields: [
            Field("name", .text(400)).computed("t.display_name"),
            Field("type", .choice(["client", "contractor", "staff", "supplier", "lead", "other"])).filtered,
            Field("first_name", .text(200)).unlisted,
            Field("last_name", .text(200)).unlisted,
            Field("email", .text(320)),
            Field("phone", .text(60)),
            Field("mobile", .text(60)),
            Field("work_phone", .text(60)),
            Field("job_title", .text(200)),
            Field("company", .reference { .company }).filtered,
            Field(
                "lifecycle_stage",
                .choice(["subscriber", "lead", "qualified", "opportunity", "customer", "inactive"])
            ).filtered,
            Field("lead_status", .choice(["new", "contacted", "qualified", "unqualified"])).filtered,
            Field("lead_score", .integer(0...1000)).unlisted,
            Field("owner", .member).filtered,
            Field("source", .text(200)).unlisted,
            Field("address", .text(400)).unlisted,
            Field("city", .text(200)),
            Field("state", .text(200)).unlisted,
            Field("zipcode", .text(40)).unlisted,
            Field("country", .text(100)).unlisted,
            Field("labels", .labels),
            Field("last_activity_at", .moment).computed,
        ],
        relations: [
            Relation(
                "tasks",
                rows: """
                    SELECT public_id('tsk', r.id) AS id, r.number, r.title, r.status FROM tasks AS r
                    WHERE r.workspace_id = t.workspace_id AND r.customer_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.updated_at DESC, r.id DESC
                    """)
        ],
        orders: [
            .newest, .touched, Order("name", "t.display_name", type: "text"),
        ],
        untrusted: [
            .name("name"), .name("first_name"), .name("last_name"), .name("email"), .name("phone"), .name("mobile"),
            .name("work_phone"), .name("job_title"), .name("source"), .name("address"), .name("city"), .name("state"),
            .name("zipcode"), .name("country"), .name("tasks[].title"),
        ],
        consequences: Consequences(
            derived: [
                (
                    "display_name",
                    """
                    coalesce(nullif(btrim(concat_ws(' ', t.first_name, t.last_name)), ''), t.email, t.phone, t.mobile, \
                    t.work_phone, '?')
                    """
                )
            ],
            problems: { arguments, isNew in
                guard isNew, !arguments.has("first_name"), !arguments.has("last_name") else { return [] }
                return [.init("last_name", "`first_name` or `last_name` is needed.")]
            },
            after: ContactUpdate.contact
        ),
        search: .by(
            [
                .init("name", .name, "t.display_name"),
                .init(
                    "company", .organization,
                    """
                    SELECT r.name FROM companies AS r WHERE r.workspace_id = t.workspace_id AND r.id = t.company_id
                    """),
                .init("job_title", .title), .init("city", .place),
                .init("labels", .tags, "array_to_string(t.labels, E'\\n')"),
            ], phones: ["phone", "mobile", "work_phone"], emails: ["email"])
    )
}
