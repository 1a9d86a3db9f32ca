import Tools

extension Toolset {
    /// Deals: sales that may come.
    static let deals = Toolset(
        "deals", "Deals: sales that may come.",
        [
            .list(.deal, "deals", "Deals by stage, date, value (minor units)."),
            .get(.deal, "deals", "One deal with its contacts and stage history, newest first."),
            .create(.deal, "deals", "Creates a deal; status and probability follow its stage unless given."),
            .update(
                .deal, "deals",
                "Changes the given fields of a deal; a won or lost stage closes it and sets closed_at and status."),
            .delete(.deal, "deals", "Deletes a deal. undo_action brings it back within seven days."),
            .pipelineSummary,
        ])
}
