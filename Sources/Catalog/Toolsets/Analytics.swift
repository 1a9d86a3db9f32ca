import Tools

extension Catalog {
    /// Figures over deals, invoices and expenses.
    static let analytics: [Tool] = [
        .pipelineAnalytics, .revenueMetrics, .salesForecast, .expenseSummary, .invoiceAging,
    ]
}
