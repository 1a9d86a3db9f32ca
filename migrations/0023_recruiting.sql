-- 0023_recruiting.sql: jobs, candidates, and how applications go.

CREATE TABLE jobs (
    workspace_id        uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                  uuid        NOT NULL DEFAULT time_ordered_uuid(),
    title               text        NOT NULL CHECK (title <> ''),
    department          text,
    location            text,
    employment          text        NOT NULL DEFAULT 'full_time'
        CHECK (employment IN ('full_time', 'part_time', 'contract', 'intern')),
    status              text        NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'open', 'paused', 'closed', 'filled')),
    description         text,
    openings            integer     NOT NULL DEFAULT 1 CHECK (openings >= 0),
    salary_min_amount   bigint      CHECK (salary_min_amount >= 0),
    salary_min_currency text        CHECK (salary_min_currency ~ '^[A-Z]{3}$'),
    salary_max_amount   bigint      CHECK (salary_max_amount >= 0),
    salary_max_currency text        CHECK (salary_max_currency ~ '^[A-Z]{3}$'),
    hiring_manager_id   uuid,
    opened_at           date,
    closed_at           date,
    version             integer     NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    deleted_at          timestamptz,
    CONSTRAINT jobs_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT jobs_salary_check CHECK (
        (salary_min_amount IS NULL) = (salary_min_currency IS NULL)
        AND (salary_max_amount IS NULL) = (salary_max_currency IS NULL)
    ),
    CONSTRAINT jobs_manager_fkey FOREIGN KEY (workspace_id, hiring_manager_id) REFERENCES members
);
CREATE INDEX jobs_by_age        ON jobs (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_title      ON jobs (workspace_id, title, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_status     ON jobs (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_department ON jobs (workspace_id, department, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_employment ON jobs (workspace_id, employment, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_of_manager    ON jobs (workspace_id, hiring_manager_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('jobs');

CREATE TABLE candidates (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    first_name   text        NOT NULL CHECK (first_name <> ''),
    last_name    text        NOT NULL CHECK (last_name <> ''),
    display_name text        NOT NULL GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED,
    email        text,
    phone        text,
    location     text,
    headline     text,
    skills       text[]      NOT NULL DEFAULT '{}',
    source       text        NOT NULL DEFAULT 'manual'
        CHECK (source IN ('manual', 'email', 'api', 'referral', 'agency', 'site')),
    status       text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'hired', 'archived')),
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT candidates_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX candidates_by_age    ON candidates (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX candidates_by_touch  ON candidates (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX candidates_by_name   ON candidates (workspace_id, display_name, id) WHERE deleted_at IS NULL;
CREATE INDEX candidates_by_status ON candidates (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX candidates_by_source ON candidates (workspace_id, source, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('candidates');

CREATE TABLE applications (
    workspace_id     uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id               uuid        NOT NULL DEFAULT time_ordered_uuid(),
    candidate_id     uuid        NOT NULL,
    job_id           uuid        NOT NULL,
    stage            text        NOT NULL DEFAULT 'applied'
        CHECK (stage IN ('applied', 'screening', 'interview', 'assessment', 'offer', 'hired', 'rejected')),
    stage_entered_at timestamptz NOT NULL DEFAULT now(),
    score            integer     CHECK (score BETWEEN 0 AND 100),
    rejected_reason  text,
    version          integer     NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at       timestamptz,
    CONSTRAINT applications_pkey           PRIMARY KEY (workspace_id, id),
    CONSTRAINT applications_candidate_fkey FOREIGN KEY (workspace_id, candidate_id) REFERENCES candidates,
    CONSTRAINT applications_job_fkey       FOREIGN KEY (workspace_id, job_id) REFERENCES jobs
);
CREATE UNIQUE INDEX applications_key ON applications (workspace_id, candidate_id, job_id) WHERE deleted_at IS NULL;
CREATE INDEX applications_by_age   ON applications (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX applications_by_stage ON applications (workspace_id, stage, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX applications_of_job   ON applications (workspace_id, job_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('applications');

-- Which stage an application entered and when; rows are only added.
CREATE TABLE application_stage_changes (
    workspace_id   uuid        NOT NULL,
    id             uuid        NOT NULL DEFAULT time_ordered_uuid(),
    application_id uuid        NOT NULL,
    stage          text        NOT NULL,
    reason         text,
    at             timestamptz NOT NULL,
    by_id          uuid,
    CONSTRAINT application_stage_changes_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT application_stage_changes_application_fkey
        FOREIGN KEY (workspace_id, application_id) REFERENCES applications ON DELETE CASCADE,
    CONSTRAINT application_stage_changes_by_fkey FOREIGN KEY (workspace_id, by_id) REFERENCES members
);
CREATE INDEX application_stage_changes_of_application
    ON application_stage_changes (workspace_id, application_id, at, id);
CALL isolate_by_workspace('application_stage_changes');
