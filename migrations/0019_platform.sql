-- 0019_platform.sql: what credentials were used for, and what they asked to be given.

-- Settled some times a second from what was called, a row a window, so nobody waits for it.
CREATE TABLE usage_counters (
    workspace_id  uuid        NOT NULL,
    credential_id uuid        NOT NULL,
    -- 'minute', 'hour', 'month' in UTC.
    span          text        NOT NULL CHECK (span IN ('minute', 'hour', 'month')),
    starts_at     timestamptz NOT NULL,
    calls         bigint      NOT NULL DEFAULT 0,
    errors        bigint      NOT NULL DEFAULT 0,
    denied        bigint      NOT NULL DEFAULT 0,
    bytes_out     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT usage_counters_pkey PRIMARY KEY (workspace_id, credential_id, span, starts_at),
    CONSTRAINT usage_counters_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
);
CALL isolate_by_workspace('usage_counters');

-- A caller asked for a tool or a permission that it lacks; a person decides.
CREATE TABLE access_requests (
    workspace_id  uuid        NOT NULL,
    id            uuid        NOT NULL DEFAULT time_ordered_uuid(),
    credential_id uuid        NOT NULL,
    -- A tool's name or a permission's.
    wanted        text        NOT NULL,
    reason        text        NOT NULL,
    status        text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'granted', 'refused')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    decided_at    timestamptz,
    CONSTRAINT access_requests_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT access_requests_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
);
-- One open request for a thing; the same again changes nothing.
CREATE UNIQUE INDEX access_requests_open ON access_requests (workspace_id, credential_id, wanted)
    WHERE status = 'open';
CALL isolate_by_workspace('access_requests');

-- For the audit log of one actor, and of all, newest first.
CREATE INDEX audit_events_of_actor ON audit_events (workspace_id, actor_id, id);

-- What was deleted since a moment; what is there has an index of its own.
CREATE INDEX contacts_deleted   ON contacts   (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX companies_deleted  ON companies  (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX deals_deleted      ON deals      (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX activities_deleted ON activities (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX products_deleted   ON products   (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX quotations_deleted ON quotations (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX invoices_deleted   ON invoices   (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX expenses_deleted   ON expenses   (workspace_id, updated_at, id) WHERE deleted_at IS NOT NULL;
