-- 0004_tasks.sql: tasks with their states, customers, comments and what hangs on them.
CREATE TABLE workflows (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name         text        NOT NULL CHECK (name <> ''),
    applies_to   text        NOT NULL DEFAULT 'task',
    is_default   boolean     NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workflows_pkey PRIMARY KEY (workspace_id, id)
);
CALL isolate_by_workspace('workflows');

CREATE TABLE workflow_states (
    workspace_id   uuid    NOT NULL,
    id             uuid    NOT NULL DEFAULT time_ordered_uuid(),
    workflow_id    uuid    NOT NULL,
    name           text    NOT NULL CHECK (name <> ''),
    category       text    NOT NULL CHECK (category IN ('open', 'in_progress', 'waiting', 'done', 'cancelled')),
    color          text,
    position       integer NOT NULL DEFAULT 0,
    customer_label text,
    CONSTRAINT workflow_states_pkey          PRIMARY KEY (workspace_id, id),
    CONSTRAINT workflow_states_name_key      UNIQUE (workspace_id, workflow_id, name),
    CONSTRAINT workflow_states_category_key  UNIQUE (workspace_id, id, category),
    CONSTRAINT workflow_states_workflow_fkey
        FOREIGN KEY (workspace_id, workflow_id) REFERENCES workflows ON DELETE CASCADE
);
CALL isolate_by_workspace('workflow_states');

CREATE TABLE boards (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name         text        NOT NULL CHECK (name <> ''),
    description  text,
    workflow_id  uuid        NOT NULL,
    is_default   boolean     NOT NULL DEFAULT false,
    -- [{"key", "label", "type", "required", "options"}], in the order in which people are asked.
    questions    jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(questions) = 'array'),
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT boards_pkey          PRIMARY KEY (workspace_id, id),
    CONSTRAINT boards_workflow_fkey FOREIGN KEY (workspace_id, workflow_id) REFERENCES workflows
);
CREATE UNIQUE INDEX boards_default ON boards (workspace_id) WHERE is_default;
CALL isolate_by_workspace('boards');

CREATE TABLE companies (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name         text        NOT NULL CHECK (name <> ''),
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT companies_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX companies_by_name ON companies (workspace_id, name);
CALL isolate_by_workspace('companies');

-- People outside the workspace: customers, leads, suppliers. A customer is a contact that a task names.
CREATE TABLE contacts (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    external_id  text,
    type         text        NOT NULL DEFAULT 'client'
        CHECK (type IN ('client', 'contractor', 'staff', 'supplier', 'lead', 'other')),
    first_name   text,
    last_name    text,
    display_name text        NOT NULL CHECK (display_name <> ''),
    email        text,
    phone        text,
    mobile       text,
    work_phone   text,
    company_id   uuid,
    city         text,
    labels       text[]      NOT NULL DEFAULT '{}',
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT contacts_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT contacts_external_key UNIQUE (workspace_id, external_id),
    CONSTRAINT contacts_company_fkey FOREIGN KEY (workspace_id, company_id) REFERENCES companies
);
CALL isolate_by_workspace('contacts');

CREATE TABLE tasks (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    number       bigint      NOT NULL CHECK (number > 0),
    external_id  text,
    title        text        NOT NULL CHECK (title <> '' AND char_length(title) <= 300),
    description  text,
    board_id     uuid        NOT NULL,
    state_id     uuid        NOT NULL,
    -- The state's category, kept beside it by the foreign key, so that lists filter and count without a join.
    status       text        NOT NULL,
    priority     text        NOT NULL DEFAULT 'medium' CHECK (priority IN ('none', 'low', 'medium', 'high', 'urgent')),
    customer_id  uuid,
    company_id   uuid,
    visibility   text        NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
    start_date   date,
    due_date     date,
    completed_at timestamptz,
    progress     smallint    NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    -- {"question key": answer}
    answers      jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(answers) = 'object'),
    source       text        NOT NULL DEFAULT 'app'
        CHECK (source IN ('app', 'portal', 'email', 'api', 'mcp', 'form', 'automation')),
    labels       text[]      NOT NULL DEFAULT '{}',
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    archived_at  timestamptz,
    deleted_at   timestamptz,
    CONSTRAINT tasks_pkey          PRIMARY KEY (workspace_id, id),
    CONSTRAINT tasks_number_key    UNIQUE (workspace_id, number),
    CONSTRAINT tasks_external_key  UNIQUE (workspace_id, external_id),
    CONSTRAINT tasks_board_fkey    FOREIGN KEY (workspace_id, board_id) REFERENCES boards,
    CONSTRAINT tasks_customer_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES contacts,
    CONSTRAINT tasks_company_fkey  FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT tasks_state_fkey
        FOREIGN KEY (workspace_id, state_id, status) REFERENCES workflow_states (workspace_id, id, category)
        ON UPDATE CASCADE
);
CREATE INDEX tasks_by_touch ON tasks (workspace_id, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tasks_by_status ON tasks (workspace_id, status, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tasks_open ON tasks (workspace_id, status, priority, id)
    WHERE deleted_at IS NULL AND archived_at IS NULL AND status IN ('open', 'in_progress', 'waiting');
CREATE INDEX tasks_of_customer ON tasks (workspace_id, customer_id, updated_at DESC);
CALL isolate_by_workspace('tasks');

CREATE TABLE task_assignees (
    workspace_id uuid    NOT NULL,
    task_id      uuid    NOT NULL,
    member_id    uuid    NOT NULL,
    position     integer NOT NULL DEFAULT 0,
    CONSTRAINT task_assignees_pkey        PRIMARY KEY (workspace_id, task_id, member_id),
    CONSTRAINT task_assignees_task_fkey   FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE,
    CONSTRAINT task_assignees_member_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES members
);
CREATE INDEX task_assignees_of_member ON task_assignees (workspace_id, member_id, task_id);
CALL isolate_by_workspace('task_assignees');

CREATE TABLE comments (
    workspace_id  uuid        NOT NULL,
    id            uuid        NOT NULL DEFAULT time_ordered_uuid(),
    external_id   text,
    task_id       uuid        NOT NULL,
    body          text        NOT NULL CHECK (body <> '' AND char_length(body) <= 20000),
    visibility    text        NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
    author_kind   text        NOT NULL CHECK (author_kind IN ('member', 'customer', 'automation', 'assistant')),
    author_id     uuid,
    customer_id   uuid,
    credential_id uuid,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at    timestamptz,
    CONSTRAINT comments_pkey            PRIMARY KEY (workspace_id, id),
    CONSTRAINT comments_external_key    UNIQUE (workspace_id, external_id),
    CONSTRAINT comments_task_fkey       FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE,
    CONSTRAINT comments_author_fkey     FOREIGN KEY (workspace_id, author_id) REFERENCES members,
    CONSTRAINT comments_customer_fkey   FOREIGN KEY (workspace_id, customer_id) REFERENCES contacts,
    CONSTRAINT comments_credential_fkey FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials
);
CREATE INDEX comments_of_task ON comments (workspace_id, task_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('comments');

-- What is known of a file; the bytes live in object storage and never travel through the protocol.
CREATE TABLE files (
    workspace_id uuid        NOT NULL,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    task_id      uuid        NOT NULL,
    name         text        NOT NULL CHECK (name <> ''),
    mime         text        NOT NULL DEFAULT 'application/octet-stream',
    size         bigint      NOT NULL DEFAULT 0 CHECK (size >= 0),
    visibility   text        NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT files_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT files_task_fkey FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE
);
CREATE INDEX files_of_task ON files (workspace_id, task_id, created_at) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('files');

CREATE TABLE checklist_items (
    workspace_id uuid    NOT NULL,
    id           uuid    NOT NULL DEFAULT time_ordered_uuid(),
    task_id      uuid    NOT NULL,
    title        text    NOT NULL CHECK (title <> ''),
    done         boolean NOT NULL DEFAULT false,
    position     integer NOT NULL DEFAULT 0,
    CONSTRAINT checklist_items_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT checklist_items_task_fkey FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE
);
CREATE INDEX checklist_items_of_task ON checklist_items (workspace_id, task_id, position);
CALL isolate_by_workspace('checklist_items');

CREATE TABLE time_entries (
    workspace_id uuid    NOT NULL,
    id           uuid    NOT NULL DEFAULT time_ordered_uuid(),
    task_id      uuid    NOT NULL,
    member_id    uuid    NOT NULL,
    date         date    NOT NULL,
    seconds      integer NOT NULL CHECK (seconds >= 0),
    notes        text,
    billable     boolean NOT NULL DEFAULT false,
    CONSTRAINT time_entries_pkey        PRIMARY KEY (workspace_id, id),
    CONSTRAINT time_entries_task_fkey   FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE,
    CONSTRAINT time_entries_member_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES members
);
CREATE INDEX time_entries_of_task ON time_entries (workspace_id, task_id, date);
CALL isolate_by_workspace('time_entries');
