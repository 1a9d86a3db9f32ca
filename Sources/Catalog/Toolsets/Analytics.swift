import Tools

extension Toolset {
    /// Figures over deals, invoices and expenses.
    static let analytics = Toolset(
        "analytics",
        [
            .pipelineAnalytics, .revenueMetrics, .salesForecast, .expenseSummary, .invoiceAging,
        ])
}
