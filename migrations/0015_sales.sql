-- 0015_sales.sql: deals and their pipeline, activities, products, quotations, invoices with payments, expenses.
--
-- Money is whole minor units in <field>_amount and a currency beside it. Lines of quotations and invoices are rounded
-- one by one, half away from zero, and documents add up the rounded figures: what a reader adds up by hand agrees.

-- The first instant of a day in a time zone, also where clocks go forward at midnight (the day begins at one) or back
-- over it (midnight comes twice; the day begins at the first).
CREATE FUNCTION start_of_day(day date, zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE STRICT
RETURN CASE
    WHEN (((day::timestamp AT TIME ZONE zone) - interval '1 hour') AT TIME ZONE zone)::date = day
        THEN (day::timestamp AT TIME ZONE zone) - interval '1 hour'
    ELSE day::timestamp AT TIME ZONE zone
END;

-- What people know documents by, without gaps.
ALTER TABLE workspace_counters
    ADD COLUMN next_quotation_number   bigint NOT NULL DEFAULT 1 CHECK (next_quotation_number > 0),
    ADD COLUMN next_invoice_number     bigint NOT NULL DEFAULT 1 CHECK (next_invoice_number > 0),
    ADD COLUMN next_credit_note_number bigint NOT NULL DEFAULT 1 CHECK (next_credit_note_number > 0);

-- Another write of the same call, which is taken back with this one.
ALTER TABLE undo_entries ADD COLUMN next_id uuid;

-- The pipeline.
CREATE TABLE pipeline_stages (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name         text        NOT NULL CHECK (name <> ''),
    color        text,
    position     integer     NOT NULL DEFAULT 0,
    probability  integer     NOT NULL DEFAULT 0 CHECK (probability BETWEEN 0 AND 100),
    is_won       boolean     NOT NULL DEFAULT false,
    is_lost      boolean     NOT NULL DEFAULT false,
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT pipeline_stages_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT pipeline_stages_end_check CHECK (NOT (is_won AND is_lost))
);
CREATE UNIQUE INDEX pipeline_stages_name_key ON pipeline_stages (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX pipeline_stages_by_position ON pipeline_stages (workspace_id, position, id) WHERE deleted_at IS NULL;
-- The stages of a new workspace, for those that are there already.
INSERT INTO pipeline_stages (workspace_id, name, color, position, probability, is_won, is_lost)
SELECT w.id, s.name, s.color, s.position, s.probability, s.name = 'Closed Won', s.name = 'Closed Lost'
FROM workspaces AS w
CROSS JOIN (VALUES
    ('Discovery', '#8e9aaf', 0, 10), ('Qualified', '#4f86c6', 1, 25), ('Proposal', '#7b61c9', 2, 50),
    ('Negotiation', '#d9902f', 3, 75), ('Closed Won', '#3a9d5d', 4, 100), ('Closed Lost', '#b5473c', 5, 0)
) AS s(name, color, position, probability);
CALL isolate_by_workspace('pipeline_stages');

CREATE TABLE deals (
    workspace_id        uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                  uuid        NOT NULL DEFAULT time_ordered_uuid(),
    title               text        NOT NULL CHECK (title <> ''),
    description         text,
    value_amount        bigint      NOT NULL CHECK (value_amount >= 0),
    value_currency      text        NOT NULL CHECK (value_currency ~ '^[A-Z]{3}$'),
    stage_id            uuid        NOT NULL,
    status              text        NOT NULL CHECK (status IN ('open', 'on_hold', 'closed_won', 'closed_lost')),
    probability         integer     NOT NULL CHECK (probability BETWEEN 0 AND 100),
    expected_close_date date,
    closed_at           timestamptz,
    lost_reason         text,
    contact_id          uuid,
    company_id          uuid,
    owner_id            uuid,
    source              text,
    stage_entered_at    timestamptz NOT NULL,
    labels              text[]      NOT NULL DEFAULT '{}',
    version             integer     NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    deleted_at          timestamptz,
    CONSTRAINT deals_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT deals_closed_check CHECK ((status IN ('closed_won', 'closed_lost')) = (closed_at IS NOT NULL)),
    CONSTRAINT deals_stage_fkey   FOREIGN KEY (workspace_id, stage_id) REFERENCES pipeline_stages,
    CONSTRAINT deals_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
    CONSTRAINT deals_company_fkey FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT deals_owner_fkey   FOREIGN KEY (workspace_id, owner_id) REFERENCES members
);
CREATE INDEX deals_by_age     ON deals (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_touch   ON deals (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_status  ON deals (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_value   ON deals (workspace_id, value_amount, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_close   ON deals (workspace_id, expected_close_date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_end     ON deals (workspace_id, closed_at) WHERE deleted_at IS NULL;
CREATE INDEX deals_of_stage   ON deals (workspace_id, stage_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_of_contact ON deals (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_of_company ON deals (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_of_owner   ON deals (workspace_id, owner_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('deals');

-- People who take part in a deal, beside its contact.
CREATE TABLE deal_contacts (
    workspace_id uuid NOT NULL,
    deal_id      uuid NOT NULL,
    contact_id   uuid NOT NULL,
    CONSTRAINT deal_contacts_pkey         PRIMARY KEY (workspace_id, deal_id, contact_id),
    CONSTRAINT deal_contacts_deal_fkey    FOREIGN KEY (workspace_id, deal_id) REFERENCES deals ON DELETE CASCADE,
    CONSTRAINT deal_contacts_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts
);
CREATE INDEX deal_contacts_of_contact ON deal_contacts (workspace_id, contact_id);
CALL isolate_by_workspace('deal_contacts');

-- Which stage a deal entered and when; rows are only added.
CREATE TABLE deal_stage_changes (
    workspace_id uuid        NOT NULL,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    deal_id      uuid        NOT NULL,
    from_id      uuid,
    to_id        uuid        NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    by_id        uuid,
    CONSTRAINT deal_stage_changes_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT deal_stage_changes_deal_fkey FOREIGN KEY (workspace_id, deal_id) REFERENCES deals ON DELETE CASCADE,
    CONSTRAINT deal_stage_changes_from_fkey FOREIGN KEY (workspace_id, from_id) REFERENCES pipeline_stages,
    CONSTRAINT deal_stage_changes_to_fkey   FOREIGN KEY (workspace_id, to_id) REFERENCES pipeline_stages,
    CONSTRAINT deal_stage_changes_by_fkey   FOREIGN KEY (workspace_id, by_id) REFERENCES members
);
CREATE INDEX deal_stage_changes_of_deal ON deal_stage_changes (workspace_id, deal_id, at, id);
CREATE INDEX deal_stage_changes_by_time ON deal_stage_changes (workspace_id, at);
CALL isolate_by_workspace('deal_stage_changes', 'SELECT, INSERT');

-- Keeps status, probability and dates of a deal with its stage, however the stage came to change. A status of an end
-- leads to the first stage of that end; an open status out of one needs a stage to go on in.
CREATE FUNCTION follow_stage() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    stage pipeline_stages;
    is_new boolean := TG_OP = 'INSERT';
    moved boolean;
BEGIN
    IF NEW.stage_id IS NULL OR (NOT is_new AND NEW.stage_id = OLD.stage_id AND NEW.status <> OLD.status) THEN
        IF NEW.status IN ('closed_won', 'closed_lost') THEN
            SELECT s.id INTO NEW.stage_id FROM pipeline_stages AS s
            WHERE s.workspace_id = NEW.workspace_id AND s.deleted_at IS NULL
                AND CASE NEW.status WHEN 'closed_won' THEN s.is_won ELSE s.is_lost END
            ORDER BY s.position, s.id LIMIT 1;
        ELSIF is_new THEN
            SELECT s.id INTO NEW.stage_id FROM pipeline_stages AS s
            WHERE s.workspace_id = NEW.workspace_id AND s.deleted_at IS NULL AND NOT s.is_won AND NOT s.is_lost
            ORDER BY s.position, s.id LIMIT 1;
        END IF;
    END IF;
    SELECT s.* INTO stage FROM pipeline_stages AS s
    WHERE s.workspace_id = NEW.workspace_id AND s.id = NEW.stage_id;
    IF NOT FOUND THEN RETURN NEW; END IF;  -- The foreign key refuses it.
    moved := is_new OR NEW.stage_id <> OLD.stage_id;
    IF stage.is_won OR stage.is_lost THEN
        IF (is_new OR NEW.status <> OLD.status)
            AND NEW.status <> (CASE WHEN stage.is_won THEN 'closed_won' ELSE 'closed_lost' END) THEN
            RAISE check_violation USING MESSAGE = 'the status does not belong to the stage',
                CONSTRAINT = 'deals_stage_check', TABLE = 'deals', COLUMN = 'stage_id';
        END IF;
        NEW.status := CASE WHEN stage.is_won THEN 'closed_won' ELSE 'closed_lost' END;
        -- What brings a deal back to what it was brings its time of closing as well.
        IF moved AND NOT is_new AND NEW.closed_at IS NOT DISTINCT FROM OLD.closed_at THEN
            NEW.closed_at := now();
        END IF;
        NEW.closed_at := coalesce(NEW.closed_at, now());
    ELSE
        IF (is_new OR NEW.status <> OLD.status) AND NEW.status IN ('closed_won', 'closed_lost') THEN
            RAISE check_violation USING MESSAGE = 'the status does not belong to the stage',
                CONSTRAINT = 'deals_stage_check', TABLE = 'deals', COLUMN = 'stage_id';
        END IF;
        IF NEW.status IS NULL OR NEW.status NOT IN ('open', 'on_hold') THEN NEW.status := 'open'; END IF;
        NEW.closed_at := NULL;
    END IF;
    IF NEW.probability IS NULL
        OR moved AND (stage.is_won OR stage.is_lost OR NOT is_new AND NEW.probability = OLD.probability) THEN
        NEW.probability := stage.probability;
    END IF;
    IF moved AND NOT is_new AND NEW.stage_entered_at = OLD.stage_entered_at THEN NEW.stage_entered_at := now(); END IF;
    NEW.stage_entered_at := coalesce(NEW.stage_entered_at, now());
    RETURN NEW;
END
$$;
CREATE TRIGGER deals_follow_stage BEFORE INSERT OR UPDATE OF stage_id, status, probability ON deals
    FOR EACH ROW EXECUTE FUNCTION follow_stage();

CREATE FUNCTION note_stage() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO deal_stage_changes (workspace_id, deal_id, from_id, to_id, at, by_id)
    VALUES (NEW.workspace_id, NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.stage_id END, NEW.stage_id, now(),
        current_member_id());
    RETURN NULL;
END
$$;
-- A deal that comes with a time of its own, such as one from another system, comes with its history as well.
CREATE TRIGGER deals_note_first_stage AFTER INSERT ON deals
    FOR EACH ROW WHEN (NEW.stage_entered_at = now()) EXECUTE FUNCTION note_stage();
CREATE TRIGGER deals_note_stage AFTER UPDATE ON deals
    FOR EACH ROW WHEN (NEW.stage_id <> OLD.stage_id) EXECUTE FUNCTION note_stage();

CREATE TABLE activities (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    type         text        NOT NULL CHECK (type IN ('call', 'email', 'meeting', 'task', 'note')),
    subject      text        NOT NULL CHECK (subject <> ''),
    body         text,
    status       text        NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'completed', 'cancelled')),
    outcome      text        CHECK (outcome IN (
        'reached', 'no_answer', 'left_message', 'rescheduled', 'not_interested', 'won', 'other'
    )),
    outcome_note text,
    due_at       timestamptz,
    completed_at timestamptz,
    -- Seconds.
    duration     bigint      CHECK (duration >= 0),
    contact_id   uuid,
    company_id   uuid,
    deal_id      uuid,
    owner_id     uuid        NOT NULL,
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT activities_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT activities_end_check    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT activities_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
    CONSTRAINT activities_company_fkey FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT activities_deal_fkey    FOREIGN KEY (workspace_id, deal_id) REFERENCES deals,
    CONSTRAINT activities_owner_fkey   FOREIGN KEY (workspace_id, owner_id) REFERENCES members
);
CREATE INDEX activities_by_age     ON activities (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_touch   ON activities (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_type    ON activities (workspace_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_status  ON activities (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_due     ON activities (workspace_id, due_at, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_end     ON activities (workspace_id, completed_at) WHERE deleted_at IS NULL;
CREATE INDEX activities_of_contact ON activities (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_of_company ON activities (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_of_deal    ON activities (workspace_id, deal_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_of_owner   ON activities (workspace_id, owner_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('activities');

-- Keeps the time at which an activity was done with its status.
CREATE FUNCTION follow_completion() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.completed_at := CASE WHEN NEW.status = 'completed' THEN coalesce(NEW.completed_at, now()) END;
    RETURN NEW;
END
$$;
CREATE TRIGGER activities_follow_completion BEFORE INSERT OR UPDATE OF status ON activities
    FOR EACH ROW EXECUTE FUNCTION follow_completion();

CREATE TABLE products (
    workspace_id   uuid          NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id             uuid          NOT NULL DEFAULT time_ordered_uuid(),
    sku            text,
    name           text          NOT NULL CHECK (name <> ''),
    description    text,
    kind           text          NOT NULL DEFAULT 'product'
        CHECK (kind IN ('product', 'service', 'fixed_price', 'hourly')),
    unit           text,
    price_amount   bigint        NOT NULL CHECK (price_amount >= 0),
    price_currency text          NOT NULL CHECK (price_currency ~ '^[A-Z]{3}$'),
    cost_amount    bigint        CHECK (cost_amount >= 0),
    cost_currency  text          CHECK (cost_currency ~ '^[A-Z]{3}$'),
    tax_rate       numeric(6, 3) CHECK (tax_rate >= 0),
    active         boolean       NOT NULL DEFAULT true,
    version        integer       NOT NULL DEFAULT 1,
    created_at     timestamptz   NOT NULL DEFAULT now(),
    updated_at     timestamptz   NOT NULL DEFAULT now(),
    deleted_at     timestamptz,
    CONSTRAINT products_pkey       PRIMARY KEY (workspace_id, id),
    CONSTRAINT products_cost_check CHECK ((cost_amount IS NULL) = (cost_currency IS NULL))
);
CREATE UNIQUE INDEX products_sku_key ON products (workspace_id, sku) WHERE deleted_at IS NULL;
CREATE INDEX products_by_age    ON products (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX products_by_touch  ON products (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX products_by_name   ON products (workspace_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX products_by_sku    ON products (workspace_id, sku, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX products_by_kind   ON products (workspace_id, kind, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX products_by_active ON products (workspace_id, active, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('products');

-- Figures of a line in minor units: before discount, the discount, the tax on what is left. numeric rounds half away
-- from zero.
CREATE FUNCTION line_gross(quantity numeric, price bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN round(quantity * price)::bigint;
CREATE FUNCTION line_discount(quantity numeric, price bigint, percent numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN round(round(quantity * price) * percent / 100)::bigint;
CREATE FUNCTION line_tax(quantity numeric, price bigint, percent numeric, rate numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN round((round(quantity * price) - round(round(quantity * price) * percent / 100)) * rate / 100)::bigint;

CREATE TABLE quotations (
    workspace_id            uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                      uuid        NOT NULL DEFAULT time_ordered_uuid(),
    number                  text        NOT NULL CHECK (number <> ''),
    title                   text        NOT NULL CHECK (title <> ''),
    status                  text        NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'sent', 'viewed', 'accepted', 'rejected', 'expired')),
    contact_id              uuid,
    company_id              uuid,
    deal_id                 uuid,
    issue_date              date        NOT NULL,
    valid_until             date,
    currency                text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- Sums over the lines, kept by a trigger.
    subtotal_amount         bigint      NOT NULL DEFAULT 0,
    discount_total_amount   bigint      NOT NULL DEFAULT 0,
    tax_total_amount        bigint      NOT NULL DEFAULT 0,
    total_amount            bigint      NOT NULL
        GENERATED ALWAYS AS (subtotal_amount - discount_total_amount + tax_total_amount) STORED,
    subtotal_currency       text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    discount_total_currency text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    tax_total_currency      text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    total_currency          text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    notes                   text,
    terms                   text,
    accepted_at             timestamptz,
    rejected_at             timestamptz,
    reject_reason           text,
    invoice_id              uuid,
    version                 integer     NOT NULL DEFAULT 1,
    created_at              timestamptz NOT NULL DEFAULT now(),
    updated_at              timestamptz NOT NULL DEFAULT now(),
    deleted_at              timestamptz,
    CONSTRAINT quotations_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT quotations_number_key   UNIQUE (workspace_id, number),
    CONSTRAINT quotations_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
    CONSTRAINT quotations_company_fkey FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT quotations_deal_fkey    FOREIGN KEY (workspace_id, deal_id) REFERENCES deals
);
CREATE INDEX quotations_by_age     ON quotations (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotations_by_touch   ON quotations (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotations_by_status  ON quotations (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotations_by_issue   ON quotations (workspace_id, issue_date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotations_of_contact ON quotations (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotations_of_company ON quotations (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotations_of_deal    ON quotations (workspace_id, deal_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('quotations');

CREATE TABLE quotation_lines (
    workspace_id     uuid           NOT NULL,
    id               uuid           NOT NULL DEFAULT time_ordered_uuid(),
    quotation_id     uuid           NOT NULL,
    position         integer        NOT NULL DEFAULT 0,
    product_id       uuid,
    description      text           NOT NULL CHECK (description <> ''),
    quantity         numeric(14, 4) NOT NULL CHECK (quantity > 0),
    unit_price       bigint         NOT NULL,
    discount_percent numeric(5, 2)  NOT NULL DEFAULT 0 CHECK (discount_percent BETWEEN 0 AND 100),
    tax_rate         numeric(6, 3)  NOT NULL DEFAULT 0 CHECK (tax_rate >= 0),
    gross            bigint         NOT NULL GENERATED ALWAYS AS (line_gross(quantity, unit_price)) STORED,
    discount         bigint         NOT NULL
        GENERATED ALWAYS AS (line_discount(quantity, unit_price, discount_percent)) STORED,
    tax              bigint         NOT NULL
        GENERATED ALWAYS AS (line_tax(quantity, unit_price, discount_percent, tax_rate)) STORED,
    CONSTRAINT quotation_lines_pkey           PRIMARY KEY (workspace_id, id),
    CONSTRAINT quotation_lines_quotation_fkey
        FOREIGN KEY (workspace_id, quotation_id) REFERENCES quotations ON DELETE CASCADE,
    CONSTRAINT quotation_lines_product_fkey   FOREIGN KEY (workspace_id, product_id) REFERENCES products
);
CREATE INDEX quotation_lines_of_quotation ON quotation_lines (workspace_id, quotation_id, position, id);
CREATE INDEX quotation_lines_of_product ON quotation_lines (workspace_id, product_id);
CALL isolate_by_workspace('quotation_lines');

-- What a quotation that the customer has was before it was changed; rows are only added.
CREATE TABLE quotation_versions (
    workspace_id   uuid        NOT NULL,
    quotation_id   uuid        NOT NULL,
    number         integer     NOT NULL CHECK (number > 0),
    title          text        NOT NULL,
    valid_until    date,
    notes          text,
    terms          text,
    total_amount   bigint      NOT NULL,
    total_currency text        NOT NULL,
    -- Its lines as they were, in order.
    lines          jsonb       NOT NULL,
    replaced_at    timestamptz NOT NULL DEFAULT now(),
    replaced_by_id uuid,
    CONSTRAINT quotation_versions_pkey           PRIMARY KEY (workspace_id, quotation_id, number),
    CONSTRAINT quotation_versions_quotation_fkey
        FOREIGN KEY (workspace_id, quotation_id) REFERENCES quotations ON DELETE CASCADE,
    CONSTRAINT quotation_versions_member_fkey    FOREIGN KEY (workspace_id, replaced_by_id) REFERENCES members
);
CALL isolate_by_workspace('quotation_versions', 'SELECT, INSERT');

-- Keeps the times of a customer's answer with the status.
CREATE FUNCTION follow_answer() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.accepted_at := CASE WHEN NEW.status = 'accepted' THEN coalesce(NEW.accepted_at, now()) END;
    NEW.rejected_at := CASE WHEN NEW.status = 'rejected' THEN coalesce(NEW.rejected_at, now()) END;
    RETURN NEW;
END
$$;
CREATE TRIGGER quotations_follow_answer BEFORE INSERT OR UPDATE OF status ON quotations
    FOR EACH ROW EXECUTE FUNCTION follow_answer();

CREATE TABLE invoices (
    workspace_id            uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                      uuid        NOT NULL DEFAULT time_ordered_uuid(),
    -- Given when it is issued: a draft has none.
    number                  text        CHECK (number <> ''),
    kind                    text        NOT NULL DEFAULT 'invoice' CHECK (kind IN ('invoice', 'credit_note')),
    status                  text        NOT NULL DEFAULT 'draft' CHECK (status IN (
        'draft', 'submitted', 'sent', 'viewed', 'partially_paid', 'paid', 'overdue', 'void'
    )),
    contact_id              uuid,
    company_id              uuid,
    quotation_id            uuid,
    credits_id              uuid,
    issue_date              date,
    due_date                date,
    currency                text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- Sums over the lines, the payments and the issued credit notes, kept by triggers.
    subtotal_amount         bigint      NOT NULL DEFAULT 0,
    discount_total_amount   bigint      NOT NULL DEFAULT 0,
    tax_total_amount        bigint      NOT NULL DEFAULT 0,
    paid_amount             bigint      NOT NULL DEFAULT 0,
    credited_amount         bigint      NOT NULL DEFAULT 0,
    total_amount            bigint      NOT NULL
        GENERATED ALWAYS AS (subtotal_amount - discount_total_amount + tax_total_amount) STORED,
    -- What is still to be paid; a credit note asks for nothing.
    balance_amount          bigint      NOT NULL GENERATED ALWAYS AS (
        CASE kind WHEN 'invoice'
            THEN subtotal_amount - discount_total_amount + tax_total_amount - paid_amount - credited_amount
        ELSE 0 END
    ) STORED,
    subtotal_currency       text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    discount_total_currency text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    tax_total_currency      text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    paid_currency           text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    credited_currency       text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    total_currency          text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    balance_currency        text        NOT NULL GENERATED ALWAYS AS (currency) STORED,
    payment_terms_days      integer     NOT NULL DEFAULT 30 CHECK (payment_terms_days BETWEEN 0 AND 365),
    recurring               text        NOT NULL DEFAULT 'none'
        CHECK (recurring IN ('none', 'weekly', 'monthly', 'quarterly', 'yearly')),
    notes                   text,
    void_reason             text,
    version                 integer     NOT NULL DEFAULT 1,
    created_at              timestamptz NOT NULL DEFAULT now(),
    updated_at              timestamptz NOT NULL DEFAULT now(),
    deleted_at              timestamptz,
    CONSTRAINT invoices_pkey           PRIMARY KEY (workspace_id, id),
    CONSTRAINT invoices_number_key     UNIQUE (workspace_id, number),
    CONSTRAINT invoices_currency_key   UNIQUE (workspace_id, id, currency),
    CONSTRAINT invoices_issue_check    CHECK (status IN ('draft', 'void')
        OR number IS NOT NULL AND issue_date IS NOT NULL AND due_date IS NOT NULL),
    CONSTRAINT invoices_credits_check  CHECK (credits_id IS NULL OR kind = 'credit_note'),
    CONSTRAINT invoices_contact_fkey   FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
    CONSTRAINT invoices_company_fkey   FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT invoices_quotation_fkey FOREIGN KEY (workspace_id, quotation_id) REFERENCES quotations,
    -- A credit note is in the currency of what it credits.
    CONSTRAINT invoices_credits_fkey
        FOREIGN KEY (workspace_id, credits_id, currency) REFERENCES invoices (workspace_id, id, currency)
);
CREATE INDEX invoices_by_age       ON invoices (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_by_touch     ON invoices (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_by_status    ON invoices (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_by_kind      ON invoices (workspace_id, kind, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_by_issue     ON invoices (workspace_id, issue_date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_by_due       ON invoices (workspace_id, due_date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_of_contact   ON invoices (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_of_company   ON invoices (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX invoices_of_quotation ON invoices (workspace_id, quotation_id);
CREATE INDEX invoices_crediting    ON invoices (workspace_id, credits_id) WHERE credits_id IS NOT NULL;
CALL isolate_by_workspace('invoices');

ALTER TABLE quotations
    ADD CONSTRAINT quotations_invoice_fkey FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices;
CREATE INDEX quotations_of_invoice ON quotations (workspace_id, invoice_id) WHERE invoice_id IS NOT NULL;

CREATE TABLE invoice_lines (
    workspace_id     uuid           NOT NULL,
    id               uuid           NOT NULL DEFAULT time_ordered_uuid(),
    invoice_id       uuid           NOT NULL,
    position         integer        NOT NULL DEFAULT 0,
    product_id       uuid,
    task_id          uuid,
    description      text           NOT NULL CHECK (description <> ''),
    quantity         numeric(14, 4) NOT NULL CHECK (quantity > 0),
    unit_price       bigint         NOT NULL,
    discount_percent numeric(5, 2)  NOT NULL DEFAULT 0 CHECK (discount_percent BETWEEN 0 AND 100),
    tax_rate         numeric(6, 3)  NOT NULL DEFAULT 0 CHECK (tax_rate >= 0),
    gross            bigint         NOT NULL GENERATED ALWAYS AS (line_gross(quantity, unit_price)) STORED,
    discount         bigint         NOT NULL
        GENERATED ALWAYS AS (line_discount(quantity, unit_price, discount_percent)) STORED,
    tax              bigint         NOT NULL
        GENERATED ALWAYS AS (line_tax(quantity, unit_price, discount_percent, tax_rate)) STORED,
    CONSTRAINT invoice_lines_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT invoice_lines_invoice_fkey
        FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoices ON DELETE CASCADE,
    CONSTRAINT invoice_lines_product_fkey FOREIGN KEY (workspace_id, product_id) REFERENCES products,
    CONSTRAINT invoice_lines_task_fkey    FOREIGN KEY (workspace_id, task_id) REFERENCES tasks
);
CREATE INDEX invoice_lines_of_invoice ON invoice_lines (workspace_id, invoice_id, position, id);
CREATE INDEX invoice_lines_of_product ON invoice_lines (workspace_id, product_id);
CREATE INDEX invoice_lines_of_task    ON invoice_lines (workspace_id, task_id);
CALL isolate_by_workspace('invoice_lines');

-- Rows are only added.
CREATE TABLE payments (
    workspace_id    uuid        NOT NULL,
    id              uuid        NOT NULL DEFAULT time_ordered_uuid(),
    invoice_id      uuid        NOT NULL,
    amount_amount   bigint      NOT NULL CHECK (amount_amount > 0),
    amount_currency text        NOT NULL CHECK (amount_currency ~ '^[A-Z]{3}$'),
    paid_at         date        NOT NULL,
    method          text        NOT NULL CHECK (method IN ('bank', 'card', 'cash', 'check', 'other')),
    reference       text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_pkey         PRIMARY KEY (workspace_id, id),
    -- An invoice is paid in its own currency.
    CONSTRAINT payments_invoice_fkey FOREIGN KEY (workspace_id, invoice_id, amount_currency)
        REFERENCES invoices (workspace_id, id, currency) ON DELETE CASCADE
);
CREATE INDEX payments_of_invoice ON payments (workspace_id, invoice_id, paid_at, id);
CREATE INDEX payments_by_day     ON payments (workspace_id, paid_at);
CALL isolate_by_workspace('payments', 'SELECT, INSERT');

-- Sums of documents. A statement adds up each document that it touched once, however many lines it changed.
CREATE FUNCTION add_up_quotations() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE quotations AS q
    SET (subtotal_amount, discount_total_amount, tax_total_amount) = (
        SELECT coalesce(sum(l.gross), 0), coalesce(sum(l.discount), 0), coalesce(sum(l.tax), 0)
        FROM quotation_lines AS l WHERE l.workspace_id = q.workspace_id AND l.quotation_id = q.id
    )
    WHERE (q.workspace_id, q.id) IN (SELECT c.workspace_id, c.quotation_id FROM changed AS c);
    RETURN NULL;
END
$$;
CREATE TRIGGER quotation_lines_added AFTER INSERT ON quotation_lines REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_quotations();
CREATE TRIGGER quotation_lines_updated AFTER UPDATE ON quotation_lines REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_quotations();
CREATE TRIGGER quotation_lines_deleted AFTER DELETE ON quotation_lines REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_quotations();

CREATE FUNCTION add_up_invoices() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE invoices AS i
    SET (subtotal_amount, discount_total_amount, tax_total_amount) = (
        SELECT coalesce(sum(l.gross), 0), coalesce(sum(l.discount), 0), coalesce(sum(l.tax), 0)
        FROM invoice_lines AS l WHERE l.workspace_id = i.workspace_id AND l.invoice_id = i.id
    )
    WHERE (i.workspace_id, i.id) IN (SELECT c.workspace_id, c.invoice_id FROM changed AS c);
    RETURN NULL;
END
$$;
CREATE TRIGGER invoice_lines_added AFTER INSERT ON invoice_lines REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_invoices();
CREATE TRIGGER invoice_lines_updated AFTER UPDATE ON invoice_lines REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_invoices();
CREATE TRIGGER invoice_lines_deleted AFTER DELETE ON invoice_lines REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_invoices();

-- An issued invoice is paid, or in part, once payments say so.
CREATE FUNCTION add_up_payments() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE invoices AS i
    SET paid_amount = s.paid,
        status = CASE
            WHEN i.status IN ('draft', 'void') THEN i.status
            WHEN s.paid + i.credited_amount >= i.total_amount THEN 'paid'
            WHEN i.status = 'overdue' THEN i.status
            ELSE 'partially_paid'
        END,
        version = i.version + 1,
        updated_at = now()
    FROM (
        SELECT p.workspace_id, p.invoice_id, sum(p.amount_amount) AS paid FROM payments AS p
        WHERE (p.workspace_id, p.invoice_id) IN (SELECT c.workspace_id, c.invoice_id FROM changed AS c)
        GROUP BY p.workspace_id, p.invoice_id
    ) AS s
    WHERE i.workspace_id = s.workspace_id AND i.id = s.invoice_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER payments_added AFTER INSERT ON payments REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_payments();

-- What issued credit notes take off the invoices that they credit.
CREATE FUNCTION add_up_credits() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE invoices AS i
    SET credited_amount = (
        SELECT coalesce(sum(n.total_amount), 0) FROM invoices AS n
        WHERE n.workspace_id = i.workspace_id AND n.credits_id = i.id AND n.deleted_at IS NULL
            AND n.status NOT IN ('draft', 'void')
    ), version = i.version + 1, updated_at = now()
    WHERE i.workspace_id = NEW.workspace_id AND i.id = NEW.credits_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER invoices_credited
    AFTER INSERT OR UPDATE OF status, deleted_at, subtotal_amount, discount_total_amount, tax_total_amount ON invoices
    FOR EACH ROW WHEN (NEW.credits_id IS NOT NULL) EXECUTE FUNCTION add_up_credits();

-- Numbers, and the dates that go with them: a quotation gets them when it is made, an invoice when it is issued.
CREATE FUNCTION number_quotation() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.issue_date := coalesce(NEW.issue_date, (
        SELECT (now() AT TIME ZONE w.timezone)::date FROM workspaces AS w WHERE w.id = NEW.workspace_id
    ));
    IF NEW.number IS NULL THEN
        UPDATE workspace_counters AS c SET next_quotation_number = c.next_quotation_number + 1
        WHERE c.workspace_id = NEW.workspace_id
        RETURNING 'QUO-' || lpad((c.next_quotation_number - 1)::text, 4, '0') INTO NEW.number;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER quotations_number BEFORE INSERT ON quotations
    FOR EACH ROW WHEN (NEW.number IS NULL OR NEW.issue_date IS NULL) EXECUTE FUNCTION number_quotation();

CREATE FUNCTION issue_invoice() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.issue_date := coalesce(NEW.issue_date, (
        SELECT (now() AT TIME ZONE w.timezone)::date FROM workspaces AS w WHERE w.id = NEW.workspace_id
    ));
    NEW.due_date := coalesce(NEW.due_date, NEW.issue_date + NEW.payment_terms_days);
    IF NEW.number IS NULL AND NEW.kind = 'invoice' THEN
        UPDATE workspace_counters AS c SET next_invoice_number = c.next_invoice_number + 1
        WHERE c.workspace_id = NEW.workspace_id
        RETURNING 'INV-' || lpad((c.next_invoice_number - 1)::text, 4, '0') INTO NEW.number;
    ELSIF NEW.number IS NULL THEN
        UPDATE workspace_counters AS c SET next_credit_note_number = c.next_credit_note_number + 1
        WHERE c.workspace_id = NEW.workspace_id
        RETURNING 'CRN-' || lpad((c.next_credit_note_number - 1)::text, 4, '0') INTO NEW.number;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER invoices_issue BEFORE INSERT OR UPDATE OF status ON invoices
    FOR EACH ROW WHEN (NEW.status NOT IN ('draft', 'void')) EXECUTE FUNCTION issue_invoice();

CREATE TABLE expenses (
    workspace_id    uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id              uuid        NOT NULL DEFAULT time_ordered_uuid(),
    date            date        NOT NULL,
    category        text        NOT NULL
        CHECK (category IN ('travel', 'meals', 'software', 'hardware', 'services', 'office', 'other')),
    amount_amount   bigint      NOT NULL CHECK (amount_amount >= 0),
    amount_currency text        NOT NULL CHECK (amount_currency ~ '^[A-Z]{3}$'),
    description     text,
    supplier_id     uuid,
    status          text        NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'submitted', 'approved', 'rejected', 'paid')),
    billable        boolean     NOT NULL DEFAULT false,
    submitted_by_id uuid,
    decided_by_id   uuid,
    reason          text,
    version         integer     NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    CONSTRAINT expenses_pkey           PRIMARY KEY (workspace_id, id),
    CONSTRAINT expenses_supplier_fkey  FOREIGN KEY (workspace_id, supplier_id) REFERENCES companies,
    CONSTRAINT expenses_submitter_fkey FOREIGN KEY (workspace_id, submitted_by_id) REFERENCES members,
    CONSTRAINT expenses_decider_fkey   FOREIGN KEY (workspace_id, decided_by_id) REFERENCES members
);
CREATE INDEX expenses_by_age       ON expenses (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_by_touch     ON expenses (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_by_date      ON expenses (workspace_id, date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_by_category  ON expenses (workspace_id, category, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_by_status    ON expenses (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_by_billable  ON expenses (workspace_id, billable, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_of_supplier  ON expenses (workspace_id, supplier_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX expenses_of_submitter ON expenses (workspace_id, submitted_by_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('expenses');
