import Tools

extension Toolset {
    /// Who is there, and what concerns the workspace as a whole.
    static let workspace = Toolset(
        "workspace", "Who is there, and what concerns the workspace as a whole.",
        [
            .list(.user, "teams", "Lists all members of the workspace by name; by role, status, team."),
            .get(.user, "teams", "Returns one member's profile with teams and open work."),
            .getAuditLog.refusing(.notFound, "`actor` or `entity_id` is no identifier."),
            .bulkUpdate(
                .contact, "contacts", "Sets the same fields on up to 200 contacts, all or none; one undo_token for all."
            ),
            .bulkUpdate(
                .deal, "deals", "Sets the same fields on up to 200 deals, all or none; one undo_token for all."),
        ]
    )

    /// Members who work together.
    static let teams = Toolset(
        "teams", "Members who work together.",
        [.list(.team, "teams", "Lists teams with their members; by lead or member.")])
}
