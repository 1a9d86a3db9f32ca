-- 0003_credentials.sql: who may call, what was called, and what must not happen twice.
CREATE TABLE credentials (
    workspace_id             uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                       uuid        NOT NULL DEFAULT time_ordered_uuid(),
    name                     text        NOT NULL CHECK (name <> ''),
    prefix                   text        NOT NULL,
    -- HMAC-SHA-256 of the token under the server's pepper. The token itself is never stored.
    secret_digest            bytea       NOT NULL CHECK (octet_length(secret_digest) = 32),
    preview                  text        NOT NULL,
    acts_as                  uuid,
    -- NULL in an allow list means every tool that the workspace allows.
    tools_allow              text[],
    tools_deny               text[]      NOT NULL DEFAULT '{}',
    read_only                boolean     NOT NULL DEFAULT false,
    customer_comments        boolean     NOT NULL DEFAULT false,
    customer_comment_factors smallint    NOT NULL DEFAULT 0 CHECK (customer_comment_factors BETWEEN 0 AND 3),
    expires_at               timestamptz,
    revoked_at               timestamptz,
    last_used_at             timestamptz,
    rotated_from             uuid,
    created_at               timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT credentials_pkey          PRIMARY KEY (workspace_id, id),
    CONSTRAINT credentials_digest_key    UNIQUE (workspace_id, secret_digest),
    CONSTRAINT credentials_acts_as_fkey  FOREIGN KEY (workspace_id, acts_as) REFERENCES members,
    CONSTRAINT credentials_rotated_fkey  FOREIGN KEY (workspace_id, rotated_from) REFERENCES credentials
);
CALL isolate_by_workspace('credentials');

-- Sessions of the handshake era that their client ended. A session itself is a sealed value and has no row.
CREATE TABLE ended_sessions (
    workspace_id   uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    session_digest bytea       NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT ended_sessions_pkey PRIMARY KEY (workspace_id, session_digest)
);
CALL isolate_by_workspace('ended_sessions');

-- One row for each tool call and each administrative act; nothing updates or deletes it.
CREATE TABLE audit_events (
    workspace_id   uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id             uuid        NOT NULL DEFAULT time_ordered_uuid(),
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind     text        NOT NULL CHECK (actor_kind IN ('member', 'credential', 'customer', 'automation', 'system')),
    actor_id       uuid,
    client_name    text,
    client_version text,
    action         text        NOT NULL,
    tool           text,
    entity         text,
    entity_id      uuid,
    outcome        text        NOT NULL CHECK (outcome IN ('ok', 'error', 'denied')),
    error_code     text,
    changes        jsonb,
    -- SHA-256 of the canonical arguments: equal calls can be told without keeping what was said.
    args_digest    bytea,
    peer           text,
    request_id     text,
    duration_us    bigint,
    result_bytes   bigint,
    CONSTRAINT audit_events_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX audit_events_of_entity ON audit_events (workspace_id, entity, entity_id, id) WHERE entity_id IS NOT NULL;
CALL isolate_by_workspace('audit_events', 'SELECT, INSERT');

-- The first answer to a write that carried an idempotency key, kept for 24 hours.
CREATE TABLE idempotency_records (
    workspace_id  uuid        NOT NULL,
    credential_id uuid        NOT NULL,
    tool          text        NOT NULL,
    key           text        NOT NULL CHECK (char_length(key) BETWEEN 1 AND 128),
    args_digest   bytea       NOT NULL,
    result        text,
    expires_at    timestamptz NOT NULL,
    CONSTRAINT idempotency_records_pkey PRIMARY KEY (workspace_id, credential_id, tool, key),
    CONSTRAINT idempotency_records_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
);
CALL isolate_by_workspace('idempotency_records');

-- Failed customer checks. The subject is the task's key, or a key derived from what was asked for where there is no
-- such task, so that a task that does not exist fails and locks like one that does.
CREATE TABLE verification_failures (
    workspace_id  uuid        NOT NULL,
    id            uuid        NOT NULL DEFAULT time_ordered_uuid(),
    credential_id uuid        NOT NULL,
    subject       uuid        NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT verification_failures_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT verification_failures_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
);
CREATE INDEX verification_failures_recent ON verification_failures (workspace_id, credential_id, at);
CALL isolate_by_workspace('verification_failures');

-- Customer checks that are closed for a while: for one task, or for all (the subject is NULL then).
CREATE TABLE verification_lockouts (
    workspace_id  uuid        NOT NULL,
    id            uuid        NOT NULL DEFAULT time_ordered_uuid(),
    credential_id uuid        NOT NULL,
    subject       uuid,
    until         timestamptz NOT NULL,
    CONSTRAINT verification_lockouts_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT verification_lockouts_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
);
CREATE INDEX verification_lockouts_active ON verification_lockouts (workspace_id, credential_id, until);
CALL isolate_by_workspace('verification_lockouts');

-- Checks a token and, only if it opens this workspace, sets the workspace for the rest of the transaction.
--
-- It is the first statement of every call, in the same flush as the statements that follow: when it refuses, the
-- setting stays empty and row-level security shows those statements nothing. Returns no row for a workspace that does
-- not exist and for a token that it does not know, so that the two cannot be told apart.
CREATE FUNCTION authenticate(workspace uuid, digest bytea, session bytea)
RETURNS TABLE (
    verdict                  text,
    credential_id            uuid,
    acts_as                  uuid,
    read_only                boolean,
    customer_comments        boolean,
    customer_comment_factors integer,
    workspace_allow          text,
    workspace_deny           text,
    credential_allow         text,
    credential_deny          text,
    session_ended            boolean
)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('workport.workspace_id', workspace::text, true);
    SELECT
        CASE
            WHEN c.revoked_at IS NOT NULL AND c.revoked_at <= clock_timestamp() THEN 'revoked'
            WHEN c.expires_at IS NOT NULL AND c.expires_at <= clock_timestamp() THEN 'expired'
            WHEN w.status <> 'active' THEN 'suspended'
            WHEN m.status <> 'active' THEN 'revoked'
            ELSE 'ok'
        END,
        c.id, c.acts_as,
        c.read_only OR w.mcp_read_only,
        c.customer_comments AND w.mcp_customer_comments,
        greatest(c.customer_comment_factors, w.mcp_customer_comment_factors)::integer,
        array_to_string(w.mcp_tools_allow, ' '), array_to_string(w.mcp_tools_deny, ' '),
        array_to_string(c.tools_allow, ' '), array_to_string(c.tools_deny, ' '),
        session IS NOT NULL AND EXISTS (
            SELECT FROM ended_sessions AS e WHERE e.workspace_id = workspace AND e.session_digest = session
        )
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended
    FROM credentials AS c
    JOIN workspaces AS w ON w.id = c.workspace_id
    LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
    WHERE c.workspace_id = workspace AND c.secret_digest = digest;

    IF verdict IS NULL THEN
        PERFORM set_config('workport.workspace_id', '', true);
        RETURN;
    END IF;
    IF verdict <> 'ok' OR session_ended THEN
        PERFORM set_config('workport.workspace_id', '', true);
    ELSIF acts_as IS NOT NULL THEN
        PERFORM set_config('workport.member_id', acts_as::text, true);
    END IF;
    RETURN NEXT;
END
$$;
