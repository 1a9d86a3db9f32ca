-- 0002_workspaces.sql: tenants and their members.
--
-- workspaces is the one reference table: every other row carries its key. On a distributed PostgreSQL it is
-- replicated, and everything else is sharded by workspace_id.
CREATE TABLE workspaces (
    id                           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    slug                         text        NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name                         text        NOT NULL CHECK (name <> ''),
    locale                       text        NOT NULL DEFAULT 'en',
    timezone                     text        NOT NULL DEFAULT 'UTC',
    currency                     text        NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    default_country              text        CHECK (default_country ~ '^[A-Z]{2}$'),
    status                       text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'hidden')),
    task_number_prefix           text        NOT NULL DEFAULT '' CHECK (task_number_prefix ~ '^[A-Z]{0,8}$'),
    -- What an assistant may do here at most; a credential only narrows it. NULL in an allow list means every tool.
    mcp_tools_allow              text[],
    mcp_tools_deny               text[]      NOT NULL DEFAULT '{}',
    mcp_read_only                boolean     NOT NULL DEFAULT false,
    mcp_customer_comments        boolean     NOT NULL DEFAULT false,
    mcp_customer_comment_factors smallint    NOT NULL DEFAULT 2 CHECK (mcp_customer_comment_factors BETWEEN 0 AND 3),
    version                      integer     NOT NULL DEFAULT 1,
    created_at                   timestamptz NOT NULL DEFAULT now(),
    updated_at                   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workspaces_pkey     PRIMARY KEY (id),
    CONSTRAINT workspaces_slug_key UNIQUE (slug)
);

ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY workspaces_in_workspace ON workspaces USING (id = current_workspace_id());
-- The owner's role is the operator's: it lists and creates workspaces. The service never connects as this role.
CREATE POLICY workspaces_for_operator ON workspaces TO CURRENT_USER USING (true);
GRANT SELECT ON workspaces TO workport_app;

-- The next number of each sequence that people see, one row a workspace, so that numbers have no gaps between them.
CREATE TABLE workspace_counters (
    workspace_id     uuid   NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    next_task_number bigint NOT NULL DEFAULT 1 CHECK (next_task_number > 0),
    CONSTRAINT workspace_counters_pkey PRIMARY KEY (workspace_id)
);
CALL isolate_by_workspace('workspace_counters');

CREATE TABLE members (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name         text        NOT NULL CHECK (name <> ''),
    email        text        NOT NULL CHECK (email <> ''),
    phone        text,
    title        text,
    role         text        NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'guest')),
    status       text        NOT NULL DEFAULT 'active' CHECK (status IN ('invited', 'active', 'deactivated')),
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT members_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT members_email_key UNIQUE (workspace_id, email)
);
CALL isolate_by_workspace('members');
