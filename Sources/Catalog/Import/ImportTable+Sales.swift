// The tables of companies, deals, tickets, invoices and their lines.
extension ImportTable {
    static let companies = ImportTable(
        target: "companies",
        columns: """
            line bigint, given bigint, external_id text, name text, type text, code text, industry text, website text,
            email text, phone text, status text, notes text, labels text[], created_at timestamptz
            """,
        joins: "",
        merged: [
            Merged("name"), Merged("type", standard: "'client'"), Merged("code"), Merged("industry"), Merged("website"),
            Merged("email"), Merged("phone"), Merged("status", standard: "'prospect'"), Merged("notes"),
            Merged("labels", standard: "'{}'"),
        ],
        carried: ["s.created_at"]
    )

    /// The table's triggers keep status and dates with the stage.
    static let deals = ImportTable(
        target: "deals",
        columns: """
            line bigint, given bigint, external_id text, title text, description text, value_amount bigint,
            value_currency text, stage_id uuid, probability integer, expected_close_date date, closed_at timestamptz,
            lost_reason text, customer text, company text, company_key text, owner_id uuid, source text, labels text[],
            created_at timestamptz
            """,
        joins: partyJoins,
        merged: [
            Merged("title"), Merged("description"), Merged("value_amount"), Merged("value_currency"),
            Merged("stage_id"),
            Merged("probability"), Merged("expected_close_date"), Merged("closed_at"), Merged("lost_reason"),
            Merged("contact_id", "k.id"), Merged("company_id", "coalesce(q.id, o.id)"), Merged("owner_id"),
            Merged("source"), Merged("labels", standard: "'{}'"),
        ],
        carried: ["s.created_at"]
    )

    static let tickets = ImportTable(
        target: "tickets",
        columns: """
            line bigint, given bigint, external_id text, number bigint, title text, description text, type text,
            channel text, status text, priority text, customer text, company text, company_key text, assignee_id uuid,
            labels text[], finished_at timestamptz, created_at timestamptz
            """,
        joins: partyJoins,
        merged: [
            Merged("title"), Merged("description"), Merged("type", standard: "'support'"),
            Merged("channel", standard: "'api'"), Merged("status", standard: "'open'"),
            Merged("priority", standard: "'medium'"), Merged("contact_id", "k.id"),
            Merged("company_id", "coalesce(q.id, o.id)"), Merged("assignee_id"), Merged("labels", standard: "'{}'"),
        ],
        carried: [
            "coalesce(c.number, s.number) AS number", "s.finished_at", "s.created_at", "c.priority AS old_priority",
        ]
    )

    /// A new invoice is stored as a draft; once its lines are there it is issued and paid, which triggers carry on.
    static let invoices = ImportTable(
        target: "invoices",
        columns: """
            line bigint, given bigint, external_id text, number text, status text, issue_date date, due_date date,
            paid_at timestamptz, currency text, customer text, company text, company_key text, notes text,
            created_at timestamptz
            """,
        joins: partyJoins,
        merged: [
            Merged("issue_date"), Merged("due_date"), Merged("currency"), Merged("contact_id", "k.id"),
            Merged("company_id", "coalesce(q.id, o.id)"), Merged("notes"),
        ],
        carried: [
            "coalesce(c.number, s.number) AS number", "s.paid_at", "s.created_at", "s.status AS wanted",
            "c.status AS old_status",
        ],
        difference: """
            coalesce(s.status = 'sent' AND c.status = 'draft' OR s.status = 'paid' AND c.status NOT IN ('paid', 'void'), false)
            """
    )

    static let invoiceLines = ImportTable(
        target: "invoice_lines",
        columns: """
            line bigint, external_id text, invoice text, description text, quantity numeric, unit_price bigint,
            discount_percent numeric, tax_rate numeric
            """,
        joins: "JOIN import_invoice_ids AS v ON v.external_id = s.invoice",
        merged: [
            Merged("invoice_id", "v.id"), Merged("description"), Merged("quantity", standard: "1"),
            Merged("unit_price"),
            Merged("discount_percent", standard: "0"), Merged("tax_rate", standard: "0"),
        ],
        carried: ["s.invoice"],
        isPartial: false
    )
}
