import Tools

extension Toolset {
    /// Offers to customers.
    static let quotations = Toolset(
        "quotations",
        [
            .list(
                .quotation, "quotations",
                "Lists quotations by status, date and client. For sums use get_quotation_stats."),
            .get(.quotation, "quotations", "One quotation with its lines. Amounts of lines are in its currency."),
            .quotationStats,
        ])
}
