-- 0026_imported_rows.sql: by what an import finds companies, deals, tickets and invoices again.

ALTER TABLE companies
    ADD COLUMN external_id text,
    ADD CONSTRAINT companies_external_key UNIQUE (workspace_id, external_id);
ALTER TABLE deals
    ADD COLUMN external_id text,
    ADD CONSTRAINT deals_external_key UNIQUE (workspace_id, external_id);
ALTER TABLE tickets
    ADD COLUMN external_id text,
    ADD CONSTRAINT tickets_external_key UNIQUE (workspace_id, external_id);
ALTER TABLE invoices
    ADD COLUMN external_id text,
    ADD CONSTRAINT invoices_external_key UNIQUE (workspace_id, external_id);
ALTER TABLE invoice_lines
    ADD COLUMN external_id text,
    ADD CONSTRAINT invoice_lines_external_key UNIQUE (workspace_id, external_id);
