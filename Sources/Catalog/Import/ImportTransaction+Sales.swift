import Postgres

// Companies, deals, tickets and invoices.
extension ImportTransaction {
    // MARK: Companies

    /// Stores companies; one that is there by its name alone, as a row that named it has made it, becomes the file's.
    func storeCompanies() throws {
        try connection.execute(
            script: """
                UPDATE companies AS o SET external_id = n.external_id FROM (
                    SELECT (array_agg(c.id ORDER BY c.id))[1] AS id, s.external_id FROM import_companies AS s
                    JOIN companies AS c ON c.workspace_id = \(id) AND c.name = s.name AND c.external_id IS NULL
                        AND c.deleted_at IS NULL
                    WHERE NOT EXISTS (
                        SELECT FROM companies AS k WHERE k.workspace_id = \(id) AND k.external_id = s.external_id
                    ) AND NOT EXISTS (
                        SELECT FROM import_companies AS x WHERE x.name = s.name AND x.line < s.line
                    )
                    GROUP BY s.external_id
                ) AS n
                WHERE o.workspace_id = \(id) AND o.id = n.id
                """)
        try connection.execute(script: ImportTable.companies.resolution(in: id))
        try connection.execute(
            script: ImportTable.companies.storing(
                in: id, more: [("created_at", "coalesce(r.created_at, now())")], versioned: true))
    }

    /// Refuses rows that name a company by a key that nobody has.
    func refuseCompanies(_ report: inout ImportReport) throws {
        for table in [ImportTable.customers, .deals, .tickets, .invoices] {
            try refuse(
                """
                DELETE FROM \(verbatim: table.name) AS s
                WHERE s.company_key IS NOT NULL
                    AND NOT EXISTS (SELECT FROM import_company_keys AS q WHERE q.external_id = s.company_key)
                RETURNING s.line, s.company_key
                """, &report
            ) { "There is no company `\(ImportFields.shown($0))`, neither in the workspace nor in the file." }
        }
    }

    /// Refuses rows that name a customer by a key that nobody has.
    func refuseCustomers(_ report: inout ImportReport) throws {
        for table in [ImportTable.deals, .tickets, .invoices] {
            try refuse(
                """
                DELETE FROM \(verbatim: table.name) AS s
                WHERE s.customer IS NOT NULL
                    AND NOT EXISTS (SELECT FROM import_customer_ids AS k WHERE k.external_id = s.customer)
                RETURNING s.line, s.customer
                """, &report
            ) { "There is no customer `\(ImportFields.shown($0))`, neither in the workspace nor in the file." }
        }
    }

    // MARK: Deals

    func storeDeals() throws {
        try connection.execute(script: ImportTable.deals.resolution(in: id))
        try connection.execute(
            script: ImportTable.deals.storing(
                in: id, more: [("created_at", "coalesce(r.created_at, now())")], versioned: true))
    }

    // MARK: Tickets

    func storeTickets(_ report: inout ImportReport) throws {
        try refuseNumbers(.tickets, "ticket", &report)
        try connection.execute(script: ImportTable.tickets.resolution(in: id))
        try number(.tickets, by: "next_ticket_number")
        try connection.execute(
            script: ImportTable.tickets.storing(
                in: id,
                more: [
                    ("number", "r.number"),
                    ("created_at", "coalesce(r.created_at, least(r.finished_at, now()), now())"),
                ],
                versioned: true))
        // A ticket that comes with the time of its end was open until then; its clocks follow.
        try connection.execute(
            script: """
                INSERT INTO ticket_status_changes (workspace_id, ticket_id, status, at)
                SELECT \(id), r.id, h.status, h.at
                FROM resolved_tickets AS r
                JOIN tickets AS t ON t.workspace_id = \(id) AND t.id = r.id
                CROSS JOIN LATERAL (VALUES
                    ('open', t.created_at), (r.status, greatest(r.finished_at, t.created_at + interval '1 microsecond'))
                ) AS h(status, at)
                WHERE r.is_new AND r.finished_at IS NOT NULL;
                UPDATE tickets AS t SET sla_policy_id = (
                    SELECT p.id FROM sla_policies AS p
                    WHERE p.workspace_id = \(id) AND p.priority = r.priority AND p.active AND p.deleted_at IS NULL
                    ORDER BY p.created_at, p.id LIMIT 1
                )
                FROM resolved_tickets AS r
                WHERE t.workspace_id = \(id) AND t.id = r.id
                    AND (r.is_new OR r.is_changed AND r.priority IS DISTINCT FROM r.old_priority);
                DO $$
                DECLARE
                    ticket uuid;
                BEGIN
                    FOR ticket IN SELECT r.id FROM resolved_tickets AS r WHERE r.is_new OR r.is_changed ORDER BY r.line LOOP
                        CALL settle_ticket(ticket);
                    END LOOP;
                END
                $$
                """)
    }

    // MARK: Invoices

    func storeInvoices(_ report: inout ImportReport) throws {
        try refuseInvoices(&report)
        try connection.execute(
            script: ImportTable.invoices.storing(
                in: id, more: [("number", "r.number"), ("created_at", "coalesce(r.created_at, now())")], versioned: true
            ))
        try storeInvoiceLines(&report)
        try issue()
    }

    private func refuseInvoices(_ report: inout ImportReport) throws {
        try refuseNumbers(.invoices, "invoice", &report)
        try refuse(
            """
            DELETE FROM import_invoices AS s
            WHERE NOT EXISTS (SELECT FROM import_invoice_lines AS l WHERE l.invoice = s.external_id)
                AND NOT EXISTS (
                    SELECT FROM invoices AS c WHERE c.workspace_id = \(verbatim: id) AND c.external_id = s.external_id
                )
            RETURNING s.line, s.external_id
            """, &report
        ) { "The invoice `\(ImportFields.shown($0))` has no lines: give rows of the kind invoice_line that name it." }
        try connection.execute(script: ImportTable.invoices.resolution(in: id))
        try refuse(
            """
            DELETE FROM resolved_invoices AS r USING invoices AS c
            WHERE c.workspace_id = \(verbatim: id) AND c.id = r.id AND r.is_changed AND c.status <> 'draft'
                AND (c.status = 'void' OR ROW(r.issue_date, r.currency, r.contact_id, r.company_id)
                    IS DISTINCT FROM ROW(c.issue_date, c.currency, c.contact_id, c.company_id))
            RETURNING r.line, r.external_id
            """, &report
        ) { "The invoice `\(ImportFields.shown($0))` is issued: only its notes, due date and payment change now." }
    }

    private func storeInvoiceLines(_ report: inout ImportReport) throws {
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE import_invoice_ids ON COMMIT DROP AS
                SELECT c.external_id, c.id FROM (SELECT DISTINCT s.invoice FROM import_invoice_lines AS s) AS l
                JOIN invoices AS c ON c.workspace_id = \(id) AND c.external_id = l.invoice;
                ANALYZE import_invoice_ids
                """)
        try refuse(
            """
            DELETE FROM import_invoice_lines AS s
            WHERE NOT EXISTS (SELECT FROM import_invoice_ids AS v WHERE v.external_id = s.invoice)
            RETURNING s.line, s.invoice
            """, &report
        ) { "There is no invoice `\(ImportFields.shown($0))`, neither in the workspace nor in the file." }
        try connection.execute(script: ImportTable.invoiceLines.resolution(in: id))
        try refuse(
            """
            DELETE FROM resolved_invoice_lines AS r
            WHERE (r.is_new OR r.is_changed) AND EXISTS (
                SELECT FROM invoices AS c
                WHERE c.workspace_id = \(verbatim: id) AND c.status <> 'draft' AND (c.id = r.invoice_id OR c.id = (
                    SELECT l.invoice_id FROM invoice_lines AS l WHERE l.workspace_id = c.workspace_id AND l.id = r.id
                ))
            )
            RETURNING r.line, r.invoice
            """, &report
        ) { "The invoice `\(ImportFields.shown($0))` is issued: its lines stay as they are." }
        try connection.execute(
            script: ImportTable.invoiceLines.storing(
                in: id,
                more: [
                    (
                        "position",
                        """
                        (SELECT coalesce(max(l.position), 0) FROM invoice_lines AS l
                            WHERE l.workspace_id = \(id) AND l.invoice_id = r.invoice_id)
                        + row_number() OVER (PARTITION BY r.invoice_id, r.is_new ORDER BY r.line)
                        """
                    )
                ],
                versioned: false, timed: false))
    }

    /// Issues invoices, in the order of the file, and pays what is paid. Numbers of the file are behind the counter then.
    private func issue() throws {
        try connection.execute(
            script: """
                INSERT INTO workspace_counters (workspace_id) VALUES (\(id)) ON CONFLICT DO NOTHING;
                UPDATE workspace_counters AS c SET next_invoice_number = m.number + 1
                FROM (
                    SELECT max(substring(r.number FROM '^INV-([0-9]{1,15})$')::bigint) AS number FROM resolved_invoices AS r
                ) AS m
                WHERE c.workspace_id = \(id) AND c.next_invoice_number <= m.number;
                DO $$
                DECLARE
                    invoice uuid;
                BEGIN
                    FOR invoice IN SELECT r.id FROM resolved_invoices AS r
                        WHERE r.wanted IN ('sent', 'paid') AND coalesce(r.old_status, 'draft') = 'draft' ORDER BY r.line
                    LOOP
                        UPDATE invoices AS i SET status = 'sent' WHERE i.workspace_id = \(id) AND i.id = invoice;
                    END LOOP;
                END
                $$;
                INSERT INTO payments (workspace_id, invoice_id, amount_amount, amount_currency, paid_at, method, reference)
                SELECT \(id), i.id, i.balance_amount, i.currency, coalesce(r.paid_at::date, i.issue_date), 'other', 'import'
                FROM resolved_invoices AS r JOIN invoices AS i ON i.workspace_id = \(id) AND i.id = r.id
                WHERE r.wanted = 'paid' AND i.status NOT IN ('draft', 'paid', 'void') AND i.balance_amount > 0;
                UPDATE invoices AS i SET status = 'paid' FROM resolved_invoices AS r
                WHERE i.workspace_id = \(id) AND i.id = r.id AND r.wanted = 'paid'
                    AND i.status NOT IN ('draft', 'paid', 'void') AND i.balance_amount <= 0
                """)
    }
}
