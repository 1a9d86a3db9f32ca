import Tools

extension Entity {
    /// A company outside the workspace.
    static let company: Entity = .init(
        "company", plural: "companies", prefix: "cmp", table: "companies",
        meaning: "A company outside the workspace: client, supplier, partner.",
        title: "name",
        isArchived: true,
        fields: [
            Field("name", .text(400)).required,
            Field("type", .choice(["client", "contractor", "staff", "supplier", "partner", "other"])).filtered,
            Field("code", .text(60)),
            Field("industry", .text(200)).filtered,
            Field("size", .choice(["1-10", "11-50", "51-200", "201-1000", "1000+"]), "Employees.").unlisted,
            Field("website", .text(400)),
            Field("email", .text(320)),
            Field("phone", .text(60)),
            Field("status", .choice(["prospect", "customer", "inactive"])).filtered,
            Field("lead_status", .choice(["target", "engaged", "qualified", "customer", "churned"])).filtered,
            Field("owner", .member).filtered,
            Field("parent", .reference { .company }).filtered.unlisted,
            Field("tax_number", .text(60)).unlisted,
            Field("linkedin", .text(400)).unlisted,
            Field("notes", .text(20_000)).unlisted,
            Field("labels", .labels),
        ],
        relations: [
            Relation(
                "contacts",
                rows: """
                    SELECT public_id('con', r.id) AS id, r.display_name AS name, r.email, r.phone, r.job_title
                    FROM contacts AS r
                    WHERE r.workspace_id = t.workspace_id AND r.company_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.created_at DESC, r.id DESC
                    """)
        ],
        orders: [.newest, .touched, Order("name", "t.name", type: "text")],
        untrusted: [
            .name("name"), .name("industry"), .name("website"), .name("email"), .name("phone"), .name("linkedin"),
            .name("contacts[].name"), .name("contacts[].email"), .name("contacts[].phone"),
            .name("contacts[].job_title"),
        ],
        consequences: Consequences(after: ContactUpdate.company),
        search: .by(
            [
                .init("name", .name), .init("industry", .title),
                .init("code", .tags),
                .init("website", .details, "regexp_replace(t.website, '^[a-z]+://(www\\.)?', '', 'i')"),
            ], phones: ["phone"], emails: ["email"])
    )
}
