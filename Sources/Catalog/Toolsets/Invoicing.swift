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
            .create(
                .invoice, "invoices", "Creates a draft invoice. The server computes the totals.", risky: true),
            .update(
                .invoice, "invoices",
                "Changes a draft; lines replaces all lines. An issued invoice takes only notes and due_date.",
                risky: true),
            .delete(
                .invoice, "invoices",
                "Deletes a draft invoice; an issued one is voided. undo_action brings it back within seven days."),
            .invoiceStats,
            .list(.product, "products", "Lists the products and services that are sold."),
            .get(.product, "products", "One product or service in full."),
            .recordInvoicePayment,
            .voidInvoice,
        ])
}
