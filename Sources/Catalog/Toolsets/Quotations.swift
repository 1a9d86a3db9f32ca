import Tools

extension Toolset {
    /// Offers to customers.
    static let quotations = Toolset(
        "quotations", "Offers to customers.",
        [
            .list(
                .quotation, "quotations",
                "Lists quotations by status, date and client. For sums use get_quotation_stats."),
            .get(
                .quotation, "quotations",
                "One quotation with lines and earlier versions. Amounts of lines are in its currency."),
            .create(.quotation, "quotations", "Creates a draft quotation. The server computes the totals."),
            .quotationStats,
            .update(
                .quotation, "quotations",
                "Changes a quotation; lines replaces all; a sent one keeps versions."
            ).refusing(.transitionNotAllowed, "The status that is asked for does not follow on the one that it has."),
            .delete(.quotation, "quotations", "Deletes a quotation. undo_action brings it back within seven days."),
            .convertQuotation.refusing(
                .transitionNotAllowed, "The quotation is not accepted, or has become an invoice already."),
        ])
}
