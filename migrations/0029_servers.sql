-- 0029_servers.sql: named sets of tools of a workspace, to which tokens belong, with limits of their own.

CREATE TABLE mcp_servers (
    workspace_id     uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id               uuid        NOT NULL DEFAULT time_ordered_uuid(),
    -- What commands and addresses call it.
    handle           text        NOT NULL CHECK (handle ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name             text        NOT NULL CHECK (name <> ''),
    description      text,
    -- A disabled server's tokens are refused.
    status           text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    -- The tools that were assigned to it; NULL means all that its tokens have.
    tools            text[],
    -- NULL is the standard of the program, 0 is no limit; of all its tokens together.
    calls_per_minute integer     CHECK (calls_per_minute BETWEEN 0 AND 1000000000),
    calls_per_hour   integer     CHECK (calls_per_hour   BETWEEN 0 AND 1000000000),
    calls_per_month  integer     CHECK (calls_per_month  BETWEEN 0 AND 1000000000),
    -- What is set, in one text; see 0025_call_limits.sql.
    call_limits      text        GENERATED ALWAYS AS (
        CASE
            WHEN calls_per_minute IS NULL AND calls_per_hour IS NULL AND calls_per_month IS NULL THEN NULL
            ELSE coalesce(calls_per_minute::text, '-') || ' ' || coalesce(calls_per_hour::text, '-') || ' '
                || coalesce(calls_per_month::text, '-') || ' -'
        END
    ) STORED,
    version          integer     NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mcp_servers_pkey       PRIMARY KEY (workspace_id, id),
    CONSTRAINT mcp_servers_handle_key UNIQUE (workspace_id, handle)
);
CALL isolate_by_workspace('mcp_servers');

-- NULL belongs to none. A server that has tokens cannot go: without it they would see more than with it.
ALTER TABLE credentials
    ADD COLUMN server_id uuid,
    ADD CONSTRAINT credentials_server_fkey FOREIGN KEY (workspace_id, server_id) REFERENCES mcp_servers;
CREATE INDEX credentials_of_server ON credentials (workspace_id, server_id) WHERE server_id IS NOT NULL;

-- Open streams of a server's tokens are told of other tools, and end with their access: see 0006_mail.sql.
CREATE FUNCTION announce_server() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    token uuid;
BEGIN
    FOR token IN
        SELECT c.id FROM credentials AS c
        WHERE c.workspace_id = NEW.workspace_id AND c.server_id = NEW.id
            AND (c.revoked_at IS NULL OR c.revoked_at > now()) AND (c.expires_at IS NULL OR c.expires_at > now())
    LOOP
        IF NEW.status <> OLD.status THEN
            PERFORM announce_change('credential/' || replace(token::text, '-', ''), 'access:');
        ELSIF NEW.tools IS DISTINCT FROM OLD.tools THEN
            PERFORM announce_lists('credential/' || replace(token::text, '-', ''));
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER mcp_servers_announce AFTER UPDATE OF status, tools ON mcp_servers
FOR EACH ROW EXECUTE FUNCTION announce_server();

-- As before; a token that is moved to another server may have lost its access with that.
CREATE OR REPLACE FUNCTION announce_credential() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    scope text := 'credential/' || replace(OLD.id::text, '-', '');
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM announce_change(scope, 'access:');
    ELSIF (NEW.revoked_at, NEW.expires_at, NEW.acts_as, NEW.secret_digest, NEW.server_id)
        IS DISTINCT FROM (OLD.revoked_at, OLD.expires_at, OLD.acts_as, OLD.secret_digest, OLD.server_id)
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
    revoked_at, expires_at, acts_as, secret_digest, server_id, tools_allow, tools_deny, read_only, customer_comments,
    customer_comment_factors, profile, permissions, features, confirm
ON credentials
FOR EACH ROW EXECUTE FUNCTION announce_credential();

-- What nodes have taken of a server's windows, as credential_calls and workspace_calls are for the others.
CREATE TABLE server_calls (
    workspace_id uuid        NOT NULL,
    server_id    uuid        NOT NULL,
    meter        text        NOT NULL CHECK (meter IN ('server_minute', 'server_hour', 'server_month')),
    starts_at    timestamptz NOT NULL,
    taken        bigint      NOT NULL,
    granted      bigint      NOT NULL,
    CONSTRAINT server_calls_pkey PRIMARY KEY (workspace_id, server_id, meter),
    CONSTRAINT server_calls_server_fkey
        FOREIGN KEY (workspace_id, server_id) REFERENCES mcp_servers ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL isolate_by_workspace('server_calls');

-- Takes calls of several windows of one credential, its server and its workspace for a node, in the order in which the
-- windows are named; where one grants fewer than are wanted, those behind it are left alone.
--
-- Rows are locked in that order, which is the same for all who ask, and the database's clock says which window it is, so
-- that nodes together never get more than a limit. Gives for each window what was granted, what is left for all, when
-- it began (in seconds since 1970) and in how many microseconds it ends; NULL for one that was left alone.
DROP FUNCTION take_calls(uuid, text[], bigint[], bigint[], bigint[]);
CREATE FUNCTION take_calls(
    credential uuid, server uuid, meters text[], limits bigint[], wanted bigint[], spare bigint[]
)
RETURNS TABLE (got bigint, remaining bigint, began bigint, ends_in bigint)
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    workspace uuid    := current_workspace_id();
    is_short  boolean := false;
    span      text;
    opened    timestamptz;
    total     bigint;
BEGIN
    FOR i IN 1..cardinality(meters) LOOP
        IF is_short THEN
            got := NULL; remaining := NULL; began := NULL; ends_in := NULL;
            RETURN NEXT;
            CONTINUE;
        END IF;
        span := split_part(meters[i], '_', 2);
        opened := date_trunc(span, clock_timestamp(), 'UTC');
        total := share_of_calls(limits[i], wanted[i], spare[i]);
        IF starts_with(meters[i], 'workspace') THEN
            INSERT INTO workspace_calls AS c (workspace_id, meter, starts_at, taken, granted)
            VALUES (workspace, meters[i], opened, total, total)
            ON CONFLICT (workspace_id, meter) DO UPDATE SET
                starts_at = greatest(c.starts_at, EXCLUDED.starts_at),
                granted = share_of_calls(
                    limits[i] - CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END, wanted[i], spare[i]),
                taken = CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END + share_of_calls(
                    limits[i] - CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END, wanted[i], spare[i])
            RETURNING c.granted, c.taken, c.starts_at INTO got, total, opened;
        ELSIF starts_with(meters[i], 'server') THEN
            INSERT INTO server_calls AS c (workspace_id, server_id, meter, starts_at, taken, granted)
            VALUES (workspace, server, meters[i], opened, total, total)
            ON CONFLICT (workspace_id, server_id, meter) DO UPDATE SET
                starts_at = greatest(c.starts_at, EXCLUDED.starts_at),
                granted = share_of_calls(
                    limits[i] - CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END, wanted[i], spare[i]),
                taken = CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END + share_of_calls(
                    limits[i] - CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END, wanted[i], spare[i])
            RETURNING c.granted, c.taken, c.starts_at INTO got, total, opened;
        ELSE
            INSERT INTO credential_calls AS c (workspace_id, credential_id, meter, starts_at, taken, granted)
            VALUES (workspace, credential, meters[i], opened, total, total)
            ON CONFLICT (workspace_id, credential_id, meter) DO UPDATE SET
                starts_at = greatest(c.starts_at, EXCLUDED.starts_at),
                granted = share_of_calls(
                    limits[i] - CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END, wanted[i], spare[i]),
                taken = CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END + share_of_calls(
                    limits[i] - CASE WHEN c.starts_at >= EXCLUDED.starts_at THEN c.taken ELSE 0 END, wanted[i], spare[i])
            RETURNING c.granted, c.taken, c.starts_at INTO got, total, opened;
        END IF;
        is_short := got < wanted[i];
        remaining := greatest(0, limits[i] - total);
        began := extract(epoch FROM opened)::bigint;
        ends_in := (extract(epoch FROM
            (opened AT TIME ZONE 'UTC' + ('1 ' || span)::interval) AT TIME ZONE 'UTC' - clock_timestamp()
        ) * 1000000)::bigint;
        RETURN NEXT;
    END LOOP;
END
$$;

-- As before, and with the server to which the credential belongs.
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
    lockdown                 boolean,
    weight                   integer,
    credential_limits        text,
    workspace_limits         text,
    server_id                uuid,
    server_tools             text,
    server_limits            text
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
            WHEN s.status <> 'active' THEN 'disabled'
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
        c.confirm, w.mcp_confirm, c.lockdown OR w.mcp_lockdown, w.mcp_weight,
        c.call_limits, w.mcp_call_limits,
        s.id, array_to_string(s.tools, ' '), s.call_limits
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at,
        profile, permissions, features, confirm, workspace_confirm, lockdown, weight, credential_limits, workspace_limits,
        server_id, server_tools, server_limits
    FROM credentials AS c
    JOIN workspaces AS w ON w.id = c.workspace_id
    LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
    LEFT JOIN mcp_servers AS s ON s.workspace_id = c.workspace_id AND s.id = c.server_id
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
    lockdown                 boolean,
    weight                   integer,
    credential_limits        text,
    workspace_limits         text,
    server_id                uuid,
    server_tools             text,
    server_limits            text
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
        a.profile, a.permissions, a.features, a.confirm, a.workspace_confirm, a.lockdown,
        a.weight, a.credential_limits, a.workspace_limits, a.server_id, a.server_tools, a.server_limits
    FROM authenticate(workspace, digest, session) AS a;
END
$$;
