-- 0021_work.sql: teams, projects, and which of a workflow's states may follow on which.

CREATE TABLE teams (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name         text        NOT NULL CHECK (name <> ''),
    description  text,
    lead_id      uuid,
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT teams_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT teams_lead_fkey FOREIGN KEY (workspace_id, lead_id) REFERENCES members
);
CREATE INDEX teams_by_age  ON teams (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX teams_by_name ON teams (workspace_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX teams_of_lead ON teams (workspace_id, lead_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('teams');

CREATE TABLE team_members (
    workspace_id uuid    NOT NULL,
    team_id      uuid    NOT NULL,
    member_id    uuid    NOT NULL,
    position     integer NOT NULL DEFAULT 0,
    CONSTRAINT team_members_pkey        PRIMARY KEY (workspace_id, team_id, member_id),
    CONSTRAINT team_members_team_fkey   FOREIGN KEY (workspace_id, team_id) REFERENCES teams ON DELETE CASCADE,
    CONSTRAINT team_members_member_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES members
);
CREATE INDEX team_members_of_member ON team_members (workspace_id, member_id, team_id);
CALL isolate_by_workspace('team_members');

ALTER TABLE workspace_counters
    ADD COLUMN next_project_number bigint NOT NULL DEFAULT 1 CHECK (next_project_number > 0);

CREATE TABLE projects (
    workspace_id    uuid           NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id              uuid           NOT NULL DEFAULT time_ordered_uuid(),
    number          bigint         NOT NULL CHECK (number > 0),
    title           text           NOT NULL CHECK (title <> ''),
    description     text,
    status          text           NOT NULL DEFAULT 'active'
        CHECK (status IN ('planned', 'active', 'on_hold', 'completed', 'cancelled', 'archived')),
    priority        text           NOT NULL DEFAULT 'medium'
        CHECK (priority IN ('none', 'low', 'medium', 'high', 'urgent')),
    company_id      uuid,
    contact_id      uuid,
    manager_id      uuid,
    team_id         uuid,
    category        text,
    start_date      date,
    due_date        date,
    completed_at    date,
    budget_amount   bigint         CHECK (budget_amount >= 0),
    budget_currency text           CHECK (budget_currency ~ '^[A-Z]{3}$'),
    budget_hours    numeric(10, 2) CHECK (budget_hours >= 0),
    billing         text           NOT NULL DEFAULT 'none' CHECK (billing IN ('none', 'fixed', 'hourly')),
    labels          text[]         NOT NULL DEFAULT '{}',
    version         integer        NOT NULL DEFAULT 1,
    created_at      timestamptz    NOT NULL DEFAULT now(),
    updated_at      timestamptz    NOT NULL DEFAULT now(),
    archived_at     timestamptz,
    deleted_at      timestamptz,
    CONSTRAINT projects_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT projects_number_key   UNIQUE (workspace_id, number),
    CONSTRAINT projects_budget_check CHECK ((budget_amount IS NULL) = (budget_currency IS NULL)),
    CONSTRAINT projects_company_fkey FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT projects_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
    CONSTRAINT projects_manager_fkey FOREIGN KEY (workspace_id, manager_id) REFERENCES members,
    CONSTRAINT projects_team_fkey    FOREIGN KEY (workspace_id, team_id) REFERENCES teams
);
CREATE INDEX projects_by_age     ON projects (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_by_touch   ON projects (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_by_title   ON projects (workspace_id, title, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_by_status  ON projects (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_by_start   ON projects (workspace_id, start_date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_by_due     ON projects (workspace_id, due_date, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_of_company ON projects (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_of_manager ON projects (workspace_id, manager_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX projects_of_team    ON projects (workspace_id, team_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('projects');

CREATE TABLE project_members (
    workspace_id uuid NOT NULL,
    project_id   uuid NOT NULL,
    member_id    uuid NOT NULL,
    role         text NOT NULL DEFAULT 'member' CHECK (role IN ('manager', 'member', 'viewer')),
    CONSTRAINT project_members_pkey         PRIMARY KEY (workspace_id, project_id, member_id),
    CONSTRAINT project_members_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects ON DELETE CASCADE,
    CONSTRAINT project_members_member_fkey  FOREIGN KEY (workspace_id, member_id) REFERENCES members
);
CREATE INDEX project_members_of_member ON project_members (workspace_id, member_id, project_id);
CALL isolate_by_workspace('project_members');

-- Keys of the states that may follow on this one; none means any.
ALTER TABLE workflow_states ADD COLUMN transitions uuid[] NOT NULL DEFAULT '{}';

ALTER TABLE tasks
    ADD COLUMN project_id uuid,
    ADD CONSTRAINT tasks_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects;
CREATE INDEX tasks_by_age      ON tasks (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_priority ON tasks (workspace_id, priority, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_due      ON tasks (workspace_id, due_date, id) WHERE due_date IS NOT NULL;
CREATE INDEX tasks_of_company  ON tasks (workspace_id, company_id, updated_at, id) WHERE company_id IS NOT NULL;
CREATE INDEX tasks_of_project  ON tasks (workspace_id, project_id, updated_at, id) WHERE project_id IS NOT NULL;
