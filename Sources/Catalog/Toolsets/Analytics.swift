import Tools

extension Toolset {
    /// Figures over deals, tickets, invoices and expenses.
    static let analytics = Toolset(
        "analytics", "Figures over deals, tickets, invoices and expenses.",
        [
            .pipelineAnalytics, .revenueMetrics, .salesForecast, .supportMetrics, .expenseSummary, .invoiceAging,
        ])
}
