import Tools

extension Toolset {
    /// Invoices, and what is sold.
    static let invoicing = Toolset(
        "invoicing",
        [
            .list(
                .invoice, "invoices",
                "Lists invoices and credit notes by status, dates and client. For sums use get_invoice_stats."),
            .get(.invoice, "invoices", "One invoice with lines and payments. Amounts of lines are in its currency."),
            .invoiceStats,
            .list(.product, "products", "Lists the products and services that are sold."),
            .get(.product, "products", "One product or service in full."),
        ])
}
