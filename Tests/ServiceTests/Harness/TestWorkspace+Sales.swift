import Identity
import Postgres

extension Contents {
    /// Adds two of everything that is sold with, so that each list has a second page, and three deals: open, lost and won.
    ///
    /// Sums hold neither names nor keys; the currency tells whose they are. Dates are today's, which most periods hold.
    ///
    /// - Parameter owner: Whose the deals and all that hangs on them are.
    /// - Returns: One row of each kind, by what its identifier begins with.
    func sell(for owner: TestWorkspace.Member) throws -> [String: String] {
        let (workspace, currency) = ("'\(workspace.uuid)'::uuid", TestWorkspace.currency(of: name))
        let member = "(SELECT id FROM members WHERE workspace_id = \(workspace) AND email = '\(owner.email)')"
        let contact = "(SELECT id FROM contacts WHERE workspace_id = \(workspace) ORDER BY id LIMIT 1)"
        let company = "(SELECT id FROM companies WHERE workspace_id = \(workspace) ORDER BY id LIMIT 1)"
        let deal = "(SELECT id FROM deals WHERE workspace_id = \(workspace) ORDER BY id LIMIT 1)"
        let quotation = "(SELECT id FROM quotations WHERE workspace_id = \(workspace) ORDER BY id LIMIT 1)"
        try connection.execute(
            script: """
                INSERT INTO products (workspace_id, sku, name, description, price_amount, price_currency, tax_rate)
                SELECT \(workspace), '\(name)-' || n, '\(name) valve ' || n, 'Fits the \(name) furnace.', 1250, '\(currency)', 20
                FROM generate_series(1, 2) AS n;
                INSERT INTO deals (workspace_id, title, description, value_amount, value_currency, contact_id, company_id,
                    owner_id, source, expected_close_date, labels)
                SELECT \(workspace), '\(name) furnace deal ' || n, '\(name) wants a furnace.', 5000000000, '\(currency)', \(contact),
                    \(company), \(member), '\(name) fair', current_date, ARRAY['\(name)-deal']
                FROM generate_series(1, 3) AS n;
                INSERT INTO deal_contacts (workspace_id, deal_id, contact_id)
                SELECT workspace_id, \(deal), id FROM contacts WHERE workspace_id = \(workspace);
                UPDATE deals SET status = 'closed_lost', lost_reason = '\(name) found another'
                WHERE id = (SELECT id FROM deals WHERE workspace_id = \(workspace) ORDER BY id OFFSET 1 LIMIT 1);
                UPDATE deals SET status = 'closed_won'
                WHERE id = (SELECT id FROM deals WHERE workspace_id = \(workspace) ORDER BY id OFFSET 2 LIMIT 1);
                INSERT INTO activities (workspace_id, type, subject, body, due_at, contact_id, company_id, deal_id, owner_id)
                SELECT \(workspace), 'call', '\(name) call ' || n, 'Ask for \(name).', '2026-12-01', \(contact), \(company),
                    \(deal), \(member)
                FROM generate_series(1, 2) AS n;
                INSERT INTO quotations (workspace_id, title, status, contact_id, company_id, deal_id, currency, notes, terms)
                SELECT \(workspace), '\(name) offer ' || n, 'sent', \(contact), \(company), \(deal), '\(currency)', '\(name) notes',
                    '\(name) terms'
                FROM generate_series(1, 2) AS n;
                INSERT INTO quotation_lines (workspace_id, quotation_id, description, quantity, unit_price, product_id)
                SELECT q.workspace_id, q.id, '\(name) valve', 2, 1250, p.id
                FROM quotations AS q JOIN products AS p ON p.workspace_id = q.workspace_id
                WHERE q.workspace_id = \(workspace);
                INSERT INTO invoices (workspace_id, status, contact_id, company_id, quotation_id, currency, issue_date, notes)
                SELECT \(workspace), 'sent', \(contact), \(company), \(quotation), '\(currency)', current_date, '\(name) notes'
                FROM generate_series(1, 2);
                INSERT INTO invoices (workspace_id, contact_id, company_id, currency, notes)
                VALUES (\(workspace), \(contact), \(company), '\(currency)', '\(name) draft');
                INSERT INTO invoice_lines (workspace_id, invoice_id, description, quantity, unit_price, product_id, task_id)
                SELECT i.workspace_id, i.id, '\(name) valve', 2, 1250, p.id,
                    (SELECT t.id FROM tasks AS t WHERE t.workspace_id = i.workspace_id ORDER BY t.id LIMIT 1)
                FROM invoices AS i JOIN products AS p ON p.workspace_id = i.workspace_id
                WHERE i.workspace_id = \(workspace);
                INSERT INTO payments (workspace_id, invoice_id, amount_amount, amount_currency, paid_at, method, reference)
                SELECT workspace_id, id, 1000, '\(currency)', current_date, 'bank', '\(name) transfer' FROM invoices
                WHERE workspace_id = \(workspace) AND number = 'INV-0001';
                INSERT INTO expenses (workspace_id, date, category, amount_amount, amount_currency, description, supplier_id,
                    status, submitted_by_id)
                SELECT \(workspace), current_date, 'travel', 4200, '\(currency)', '\(name) trip', \(company), 'approved', \(member)
                FROM generate_series(1, 2);
                """)
        var rows: [String: String] = [:]
        for (table, prefix) in [
            ("pipeline_stages", "stg"), ("products", "prd"), ("deals", "dea"), ("activities", "act"),
            ("quotations", "quo"), ("invoices", "inv"), ("expenses", "exp"), ("companies", "cmp"),
        ] {
            let found = try connection.query(
                """
                SELECT public_id(\(prefix), id) FROM \(verbatim: table) WHERE workspace_id = \(self.workspace.uuid)::uuid
                ORDER BY id LIMIT 1
                """)
            rows[prefix] = found.string(0, 0)
        }
        // The one that takes every change.
        let draft = try connection.query(
            """
            SELECT public_id('inv', id) FROM invoices
            WHERE workspace_id = \(self.workspace.uuid)::uuid AND status = 'draft'
            """)
        rows["inv"] = draft.string(0, 0)
        return rows
    }
}
