import Tools

extension Toolset {
    /// Invoices, and what is sold.
    static let invoicing = Toolset(
        "invoicing", "Invoices, and what is sold.",
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
                "Deletes a draft invoice; an issued one is voided. undo_action brings it back within seven days."
            ).refusing(.transitionNotAllowed, "The invoice is issued: void_invoice takes it out of account."),
            .invoiceStats,
            .list(.product, "products", "Lists the products and services that are sold."),
            .get(.product, "products", "One product or service in full."),
            .recordInvoicePayment.refusing(
                .transitionNotAllowed, "The invoice is a draft, void or paid, or it is a credit note."),
            .voidInvoice.refusing(
                .transitionNotAllowed, "The invoice is a draft or void, or something of it was paid."),
        ])
}
