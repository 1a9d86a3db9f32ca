-- 0024_knowledge.sql: documents of the knowledge base, what became of suggestions, and members in the orders of lists.

-- Words that are nearly the same.
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TABLE documents (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    title        text        NOT NULL CHECK (title <> ''),
    body         text        NOT NULL CHECK (body <> '' AND char_length(body) <= 100000),
    source       text        NOT NULL DEFAULT 'written' CHECK (source IN ('written', 'uploaded', 'imported')),
    category     text,
    visibility   text        NOT NULL DEFAULT 'internal' CHECK (visibility IN ('internal', 'public')),
    status       text        NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
    language     text,
    helpful      integer     NOT NULL DEFAULT 0 CHECK (helpful >= 0),
    unhelpful    integer     NOT NULL DEFAULT 0 CHECK (unhelpful >= 0),
    -- English word forms, and all words as they are for other languages, names and part numbers.
    words        tsvector    NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english'::regconfig, title), 'A') || setweight(to_tsvector('simple'::regconfig, title), 'A')
        || setweight(to_tsvector('english'::regconfig, body), 'C') || setweight(to_tsvector('simple'::regconfig, body), 'C')
    ) STORED,
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT documents_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX documents_by_age        ON documents (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_touch      ON documents (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_title      ON documents (workspace_id, title, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_category   ON documents (workspace_id, category, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_status     ON documents (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_visibility ON documents (workspace_id, visibility, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_source     ON documents (workspace_id, source, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('documents');

-- What people said to suggestions. Suggestions themselves are computed; a key follows from what one is about.
CREATE TABLE suggestions (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id           uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind <> ''),
    title        text        NOT NULL CHECK (title <> ''),
    status       text        NOT NULL CHECK (status IN ('acknowledged', 'dismissed')),
    note         text,
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT suggestions_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX suggestions_by_age ON suggestions (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('suggestions');

CREATE INDEX members_by_age    ON members (workspace_id, created_at, id);
CREATE INDEX members_by_name   ON members (workspace_id, name, id);
CREATE INDEX members_by_role   ON members (workspace_id, role, created_at, id);
CREATE INDEX members_by_status ON members (workspace_id, status, created_at, id);
