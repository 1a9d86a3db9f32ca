import Tools

extension Toolset {
    /// People outside the workspace.
    static let contacts = Toolset(
        "contacts",
        [
            .list(.contact, "contacts", "Lists contacts (customers, leads, suppliers), newest first."),
            .get(.contact, "contacts", "Returns one contact in full; include adds its tasks."),
            .create(
                .contact, "contacts",
                "Creates a contact or lead. first_name or last_name is needed; the name follows from them."),
            .update(.contact, "contacts", "Changes the given fields of a contact."),
            .delete(
                .contact, "contacts", "Deletes a contact; its tasks stay. undo_action brings it back within seven days."
            ),
        ]
    )
}
