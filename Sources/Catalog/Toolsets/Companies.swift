import Tools

extension Toolset {
    /// Companies outside the workspace.
    static func companies(_ dictionaries: Dictionaries) -> Toolset {
        Toolset(
            "companies", "Companies outside the workspace.",
            [
                .list(.company, "companies", "Lists companies (clients, suppliers, partners), newest first."),
                .search(
                    .company, "companies",
                    "Finds companies by name, industry, code, website, phone or e-mail, as typed and nearly so.",
                    with: dictionaries),
                .get(.company, "companies", "Returns one company in full; include adds its contacts."),
                .create(.company, "companies", "Creates a company."),
                .update(.company, "companies", "Changes the given fields of a company; clear empties some."),
                .delete(
                    .company, "companies",
                    "Deletes a company; its contacts stay. undo_action brings it back within seven days."),
            ]
        )
    }
}
