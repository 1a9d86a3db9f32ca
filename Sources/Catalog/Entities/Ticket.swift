import Identity
import Tools

extension Entity {
    /// What a customer asks for, or complains of, and what is said about it.
    static let ticket: Entity = .init(
        "ticket", plural: "tickets", prefix: "tkt", table: "tickets",
        meaning: "A customer's question, wish or complaint, with the conversation and the times agreed for it.",
        title: "title",
        number: "number",
        counting: "TKT-",
        fields: [
            Field("number", .text(40)).computed(TicketClock.number),
            Field("title", .text(300)).required,
            Field("description", .text(20_000)).unlisted,
            Field("type", .choice(["support", "request", "bug", "feature"])).kept.filtered,
            Field("channel", .choice(["portal", "email", "phone", "chat", "api", "mcp"])).kept.unlisted,
            Field("status", .choice(["open", "in_progress", "waiting", "resolved", "closed"])).kept.filtered,
            Field("priority", .choice(["low", "medium", "high", "urgent"])).kept.filtered,
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("assignee", .member).filtered,
            Field("team", .reference { .team }).filtered.unlisted,
            Field("task", .reference { .task }).unlisted,
            Field("project", .reference { .project }).unlisted,
            Field("sla_policy", .reference { .slaPolicy }).unlisted,
            Field("sla_state", .choice(TicketClock.states)).computed(TicketClock.state),
            Field("sla", .json).computed(TicketClock.details).unlisted,
            Field("first_response_at", .moment).computed.unlisted,
            Field("resolved_at", .moment).computed,
            Field("closed_at", .moment).computed.unlisted,
            Field("satisfaction", .integer(1...5)).unlisted,
            Field("message_count", .integer(0...Parameter.largestInteger)).computed(
                """
                (SELECT count(*) FROM ticket_messages AS r
                    WHERE r.workspace_id = t.workspace_id AND r.ticket_id = t.id AND r.deleted_at IS NULL)
                """
            ).unlisted,
            Field("labels", .labels),
        ],
        filters: [TicketClock.filter],
        relations: [
            Relation(
                "messages", isAlwaysIncluded: true,
                rows: """
                    SELECT \(TicketMessages.columns) FROM ticket_messages AS r \(TicketMessages.joins)
                    WHERE r.workspace_id = t.workspace_id AND r.ticket_id = t.id AND r.deleted_at IS NULL
                    ORDER BY r.created_at DESC, r.id DESC
                    """)
        ],
        orders: [.newest, .touched],
        untrusted: ["title", "description", "messages[].body", .name("messages[].author")],
        consequences: Consequences(
            prepare: { row, call, transaction in try TicketClock.assignments(row, call, transaction) },
            after: { row, _, transaction in try TicketClock.settle(row, transaction) }
        ),
        search: .by([
            .init("title", .title), .init("labels", .tags, Entity.labels), .init("description", .body),
        ])
    )

    /// How long a ticket of some priority may take.
    static let slaPolicy: Entity = .init(
        "sla_policy", plural: "sla_policies", prefix: "sla", table: "sla_policies",
        meaning: "How long a ticket of some priority may wait for a reply and for its resolution.",
        title: "name",
        fields: [
            Field("name", .text(200)).required,
            Field("priority", .choice(["low", "medium", "high", "urgent"])).required.filtered,
            Field("response_hours", .decimal(2)).required,
            Field("resolution_hours", .decimal(2)).required,
            Field("warning_percent", .integer(1...100)).kept,
            Field("business_hours_only", .boolean).kept,
            Field("pauses_while_waiting", .boolean).kept,
            Field("active", .boolean).kept,
        ]
    )
}

/// What is said in a ticket, as results show it.
enum TicketMessages {
    /// Over `ticket_messages AS r` and ``joins``.
    static let columns = """
        public_id('tkm', r.id) AS id, r.kind,
            CASE WHEN char_length(r.body) > 4000 THEN left(r.body, 4000) || U&'\\2026' ELSE r.body END AS body,
            CASE WHEN char_length(r.body) > 4000 THEN char_length(r.body) END AS body_length,
            coalesce(m.name, c.display_name) AS author, r.kind <> 'customer' AS trusted,
            rfc3339(r.created_at) AS created_at
        """

    static let joins = """
        LEFT JOIN members AS m ON m.workspace_id = r.workspace_id AND m.id = r.author_id
            LEFT JOIN contacts AS c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id
        """
}
