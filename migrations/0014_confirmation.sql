-- 0014_confirmation.sql: writes that wait for a confirmation, and what else a credential may be narrowed by.

ALTER TABLE workspaces
    -- What no credential goes below: which writes wait for a confirmation, and whether untrusted text is withheld.
    ADD COLUMN mcp_confirm  text    NOT NULL DEFAULT 'none' CHECK (mcp_confirm IN ('none', 'risky', 'all_writes')),
    ADD COLUMN mcp_lockdown boolean NOT NULL DEFAULT false;

ALTER TABLE credentials
    DROP CONSTRAINT credentials_profile_check,
    ADD CONSTRAINT credentials_profile_check
        CHECK (profile IN ('tasktracking', 'core', 'workestra', 'all', 'custom')),
    -- NULL means what is usual for the profile.
    ADD COLUMN confirm  text CHECK (confirm IN ('none', 'risky', 'all_writes')),
    ADD COLUMN lockdown boolean NOT NULL DEFAULT false;

-- A write that has been shown and not been done.
CREATE TABLE pending_actions (
    workspace_id  uuid        NOT NULL,
    id            uuid        NOT NULL DEFAULT time_ordered_uuid(),
    credential_id uuid        NOT NULL,
    -- SHA-256 of the token: 128 random bits, which are shown once.
    token_digest  bytea       NOT NULL CHECK (octet_length(token_digest) = 32),
    tool          text        NOT NULL,
    -- SHA-256 of the canonical arguments, and the arguments themselves, sealed.
    args_digest   bytea       NOT NULL,
    arguments     text        NOT NULL,
    -- The rows that the preview was made of: [["contact", "0199…", 3], …].
    base_versions json        NOT NULL,
    summary       text        NOT NULL,
    preview       json        NOT NULL,
    warnings      text[]      NOT NULL DEFAULT '{}',
    is_reversible boolean     NOT NULL,
    status        text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'executed', 'cancelled', 'stale')),
    -- How it was confirmed: by the token, or by what the client said a person had answered.
    answered_by   text        CHECK (answered_by IN ('token', 'client')),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 minutes',
    ended_at      timestamptz,
    CONSTRAINT pending_actions_pkey      PRIMARY KEY (workspace_id, id),
    CONSTRAINT pending_actions_token_key UNIQUE (workspace_id, token_digest),
    CONSTRAINT pending_actions_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
);
CREATE INDEX pending_actions_of_credential ON pending_actions (workspace_id, credential_id, expires_at);
CALL isolate_by_workspace('pending_actions');

-- How a call ended, in more words.
ALTER TABLE audit_events
    DROP CONSTRAINT audit_events_outcome_check,
    ADD CONSTRAINT audit_events_outcome_check
        CHECK (outcome IN ('ok', 'error', 'denied', 'rate_limited', 'pending', 'confirmed', 'undone'));

-- Rows that were written together are taken back together.
ALTER TABLE undo_entries ADD COLUMN group_id uuid;
CREATE INDEX undo_entries_of_group ON undo_entries (workspace_id, group_id) WHERE group_id IS NOT NULL;

-- Lists follow from these settings too.
CREATE OR REPLACE FUNCTION announce_credential() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    scope text := 'credential/' || replace(OLD.id::text, '-', '');
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM announce_change(scope, 'access:');
    ELSIF (NEW.revoked_at, NEW.expires_at, NEW.acts_as, NEW.secret_digest)
        IS DISTINCT FROM (OLD.revoked_at, OLD.expires_at, OLD.acts_as, OLD.secret_digest)
    THEN
        PERFORM announce_change(scope, 'access:');
    ELSIF (NEW.tools_allow, NEW.tools_deny, NEW.read_only, NEW.customer_comments, NEW.customer_comment_factors,
            NEW.profile, NEW.permissions, NEW.features, NEW.confirm)
        IS DISTINCT FROM (OLD.tools_allow, OLD.tools_deny, OLD.read_only, OLD.customer_comments,
            OLD.customer_comment_factors, OLD.profile, OLD.permissions, OLD.features, OLD.confirm)
    THEN
        PERFORM announce_lists(scope);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER credentials_announce ON credentials;
CREATE TRIGGER credentials_announce AFTER DELETE OR UPDATE OF
    revoked_at, expires_at, acts_as, secret_digest, tools_allow, tools_deny, read_only, customer_comments,
    customer_comment_factors, profile, permissions, features, confirm
ON credentials
FOR EACH ROW EXECUTE FUNCTION announce_credential();

CREATE OR REPLACE FUNCTION announce_workspace() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    scope text := 'workspace/' || replace(OLD.id::text, '-', '');
BEGIN
    IF TG_OP = 'DELETE' OR NEW.status <> OLD.status THEN
        PERFORM announce_change(scope, 'access:');
    ELSIF (NEW.mcp_tools_allow, NEW.mcp_tools_deny, NEW.mcp_read_only, NEW.mcp_customer_comments,
            NEW.mcp_customer_comment_factors, NEW.mcp_confirm)
        IS DISTINCT FROM (OLD.mcp_tools_allow, OLD.mcp_tools_deny, OLD.mcp_read_only, OLD.mcp_customer_comments,
            OLD.mcp_customer_comment_factors, OLD.mcp_confirm)
    THEN
        PERFORM announce_lists(scope);
    END IF;
    RETURN NULL;
END
$$;

-- As before, and with these settings.
DROP FUNCTION authenticate(uuid, bytea, bytea);
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
    session_ended            boolean,
    ends_at                  bigint,
    profile                  text,
    permissions              text,
    features                 text,
    confirm                  text,
    workspace_confirm        text,
    lockdown                 boolean
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
        ),
        (extract(epoch FROM least(c.expires_at, c.revoked_at)) * 1000000)::bigint,
        c.profile, array_to_string(c.permissions, ' '), array_to_string(c.features, ' '),
        c.confirm, w.mcp_confirm, c.lockdown OR w.mcp_lockdown
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at,
        profile, permissions, features, confirm, workspace_confirm, lockdown
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

-- The same on a standby; see 0010_replicas.sql.
DROP FUNCTION authenticate_at(pg_lsn, uuid, bytea, bytea);
CREATE FUNCTION authenticate_at("position" pg_lsn, workspace uuid, digest bytea, session bytea)
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
    session_ended            boolean,
    ends_at                  bigint,
    profile                  text,
    permissions              text,
    features                 text,
    confirm                  text,
    workspace_confirm        text,
    lockdown                 boolean
)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    -- A standby that was promoted has a log of its own.
    IF NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() < "position" THEN
        PERFORM set_config('workport.workspace_id', '', true);
        verdict := 'behind';
        RETURN NEXT;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        a.verdict, a.credential_id, a.acts_as, a.read_only, a.customer_comments, a.customer_comment_factors,
        a.workspace_allow, a.workspace_deny, a.credential_allow, a.credential_deny, a.session_ended, a.ends_at,
        a.profile, a.permissions, a.features, a.confirm, a.workspace_confirm, a.lockdown
    FROM authenticate(workspace, digest, session) AS a;
END
$$;
