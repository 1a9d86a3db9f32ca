import Tools

extension Toolset {
    /// Companies outside the workspace.
    static let companies = Toolset(
        "companies",
        [
            .list(.company, "companies", "Lists companies (clients, suppliers, partners), newest first."),
            .get(.company, "companies", "Returns one company in full; include adds its contacts."),
            .create(.company, "companies", "Creates a company."),
            .update(.company, "companies", "Changes the given fields of a company; clear empties some."),
            .delete(
                .company, "companies",
                "Deletes a company; its contacts stay. undo_action brings it back within seven days."),
        ]
    )
}
