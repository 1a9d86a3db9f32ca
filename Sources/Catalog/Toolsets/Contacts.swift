import Tools

extension Toolset {
    /// People outside the workspace.
    static func contacts(_ dictionaries: Dictionaries) -> Toolset {
        Toolset(
            "contacts", "People outside the workspace.",
            [
                .list(.contact, "contacts", "Lists contacts (customers, leads, suppliers), newest first."),
                .search(
                    .contact, "contacts",
                    "Finds contacts by name, company, job title, town, phone or e-mail, as typed and nearly so.",
                    with: dictionaries),
                .get(.contact, "contacts", "Returns one contact in full; include adds its tasks."),
                .create(
                    .contact, "contacts",
                    "Creates a contact or lead; first_name or last_name is needed. possible_duplicates are like it."
                ).warningOfDuplicates,
                .update(.contact, "contacts", "Changes the given fields of a contact."),
                .delete(
                    .contact, "contacts",
                    "Deletes a contact; its tasks stay. undo_action brings it back within seven days."
                ),
                .findDuplicateContacts(with: dictionaries),
            ]
        )
    }
}
