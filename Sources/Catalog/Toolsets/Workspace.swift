import Tools

extension Toolset {
    /// What concerns the workspace as a whole.
    static let workspace = Toolset(
        "workspace",
        [
            .getAuditLog,
            .bulkUpdate(
                .contact, "contacts", "Sets the same fields on up to 200 contacts, all or none; one undo_token for all."
            ),
            .bulkUpdate(
                .deal, "deals", "Sets the same fields on up to 200 deals, all or none; one undo_token for all."),
        ]
    )
}
