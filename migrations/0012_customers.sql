-- 0012_customers.sql: what else is known of people and companies outside the workspace.

-- Who wrote a row last, and whether it is put away; the same for every entity that people keep.
ALTER TABLE companies
    ADD COLUMN type        text NOT NULL DEFAULT 'client'
        CHECK (type IN ('client', 'contractor', 'staff', 'supplier', 'partner', 'other')),
    ADD COLUMN code        text,
    ADD COLUMN industry    text,
    ADD COLUMN size        text CHECK (size IN ('1-10', '11-50', '51-200', '201-1000', '1000+')),
    ADD COLUMN website     text,
    ADD COLUMN email       text,
    ADD COLUMN phone       text,
    ADD COLUMN status      text NOT NULL DEFAULT 'prospect' CHECK (status IN ('prospect', 'customer', 'inactive')),
    ADD COLUMN lead_status text CHECK (lead_status IN ('target', 'engaged', 'qualified', 'customer', 'churned')),
    ADD COLUMN owner_id    uuid,
    ADD COLUMN parent_id   uuid,
    ADD COLUMN tax_number  text,
    ADD COLUMN linkedin    text,
    ADD COLUMN notes       text,
    ADD COLUMN labels      text[] NOT NULL DEFAULT '{}',
    ADD COLUMN archived_at timestamptz,
    ADD CONSTRAINT companies_owner_fkey  FOREIGN KEY (workspace_id, owner_id) REFERENCES members,
    ADD CONSTRAINT companies_parent_fkey FOREIGN KEY (workspace_id, parent_id) REFERENCES companies;
CREATE INDEX companies_by_age      ON companies (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_by_title    ON companies (workspace_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_by_touch    ON companies (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_by_type     ON companies (workspace_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_by_status   ON companies (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_by_lead     ON companies (workspace_id, lead_status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_by_industry ON companies (workspace_id, industry, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_of_owner    ON companies (workspace_id, owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_of_parent   ON companies (workspace_id, parent_id);
DROP INDEX companies_by_name;

ALTER TABLE contacts
    ADD COLUMN job_title        text,
    ADD COLUMN lifecycle_stage  text NOT NULL DEFAULT 'lead'
        CHECK (lifecycle_stage IN ('subscriber', 'lead', 'qualified', 'opportunity', 'customer', 'inactive')),
    ADD COLUMN lead_status      text CHECK (lead_status IN ('new', 'contacted', 'qualified', 'unqualified')),
    ADD COLUMN lead_score       integer,
    ADD COLUMN owner_id         uuid,
    ADD COLUMN source           text,
    ADD COLUMN address          text,
    ADD COLUMN state            text,
    ADD COLUMN zipcode          text,
    ADD COLUMN country          text,
    ADD COLUMN last_activity_at timestamptz,
    ADD COLUMN archived_at      timestamptz,
    ADD CONSTRAINT contacts_owner_fkey FOREIGN KEY (workspace_id, owner_id) REFERENCES members;
CREATE INDEX contacts_by_age       ON contacts (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_name      ON contacts (workspace_id, display_name, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_touch     ON contacts (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_type      ON contacts (workspace_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_lifecycle ON contacts (workspace_id, lifecycle_stage, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_lead      ON contacts (workspace_id, lead_status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_of_owner     ON contacts (workspace_id, owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_of_company   ON contacts (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_email     ON contacts (workspace_id, lower(email)) WHERE deleted_at IS NULL;
