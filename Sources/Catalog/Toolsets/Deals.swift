import Tools

extension Toolset {
    /// Deals: sales that may come.
    static let deals = Toolset(
        "deals",
        [
            .list(.deal, "deals", "Deals by stage, date, value (minor units)."),
            .get(.deal, "deals", "One deal with its contacts and stage history, newest first."),
            .pipelineSummary,
        ])
}
