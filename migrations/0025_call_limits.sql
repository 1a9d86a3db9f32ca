-- 0025_call_limits.sql: how many calls of tools a credential and a workspace may make, and how many nodes have taken.

-- NULL is the standard of the program, 0 is no limit.
ALTER TABLE credentials
    ADD COLUMN calls_per_minute     integer CHECK (calls_per_minute     BETWEEN 0 AND 1000000000),
    ADD COLUMN calls_per_hour       integer CHECK (calls_per_hour       BETWEEN 0 AND 1000000000),
    ADD COLUMN calls_per_month      integer CHECK (calls_per_month      BETWEEN 0 AND 1000000000),
    ADD COLUMN sensitive_per_minute integer CHECK (sensitive_per_minute BETWEEN 0 AND 1000000000);
ALTER TABLE workspaces
    ADD COLUMN mcp_calls_per_minute integer CHECK (mcp_calls_per_minute BETWEEN 0 AND 1000000000),
    ADD COLUMN mcp_calls_per_hour   integer CHECK (mcp_calls_per_hour   BETWEEN 0 AND 1000000000),
    ADD COLUMN mcp_calls_per_month  integer CHECK (mcp_calls_per_month  BETWEEN 0 AND 1000000000);

-- What is set, in one text, so that the check of a token has one column more to carry and most often NULL in it.
ALTER TABLE credentials ADD COLUMN call_limits text GENERATED ALWAYS AS (
    CASE
        WHEN calls_per_minute IS NULL AND calls_per_hour IS NULL AND calls_per_month IS NULL
            AND sensitive_per_minute IS NULL THEN NULL
        ELSE coalesce(calls_per_minute::text, '-') || ' ' || coalesce(calls_per_hour::text, '-') || ' '
            || coalesce(calls_per_month::text, '-') || ' ' || coalesce(sensitive_per_minute::text, '-')
    END
) STORED;
ALTER TABLE workspaces ADD COLUMN mcp_call_limits text GENERATED ALWAYS AS (
    CASE
        WHEN mcp_calls_per_minute IS NULL AND mcp_calls_per_hour IS NULL AND mcp_calls_per_month IS NULL THEN NULL
        ELSE coalesce(mcp_calls_per_minute::text, '-') || ' ' || coalesce(mcp_calls_per_hour::text, '-') || ' '
            || coalesce(mcp_calls_per_month::text, '-') || ' -'
    END
) STORED;

-- What nodes have taken of a credential's and of a workspace's windows: a row a window, which the next one takes over.
CREATE TABLE credential_calls (
    workspace_id  uuid        NOT NULL,
    credential_id uuid        NOT NULL,
    meter         text        NOT NULL CHECK (meter IN
        ('credential_minute', 'credential_hour', 'credential_month', 'sensitive_minute')),
    -- In UTC.
    starts_at     timestamptz NOT NULL,
    taken         bigint      NOT NULL,
    -- What the last one got that asked.
    granted       bigint      NOT NULL,
    CONSTRAINT credential_calls_pkey PRIMARY KEY (workspace_id, credential_id, meter),
    CONSTRAINT credential_calls_credential_fkey
        FOREIGN KEY (workspace_id, credential_id) REFERENCES credentials ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL isolate_by_workspace('credential_calls');

CREATE TABLE workspace_calls (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    meter        text        NOT NULL CHECK (meter IN ('workspace_minute', 'workspace_hour', 'workspace_month')),
    starts_at    timestamptz NOT NULL,
    taken        bigint      NOT NULL,
    granted      bigint      NOT NULL,
    CONSTRAINT workspace_calls_pkey PRIMARY KEY (workspace_id, meter)
) WITH (fillfactor = 50);
CALL isolate_by_workspace('workspace_calls');

-- How many calls a node gets: those that wait for it and, while there is plenty, some for those that come next.
CREATE FUNCTION share_of_calls(room bigint, wanted bigint, spare bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(0, least(room, greatest(wanted, least(spare, room / 16))));

-- Takes calls of several windows of one credential for a node, in the order in which the windows are named; where one
-- grants fewer than are wanted, those behind it are left alone.
--
-- Rows are locked in that order, which is the same for all who ask, and the database's clock says which window it is, so
-- that nodes together never get more than a limit. Gives for each window what was granted, what is left for all, when
-- it began (in seconds since 1970) and in how many microseconds it ends; NULL for one that was left alone.
CREATE FUNCTION take_calls(credential uuid, meters text[], limits bigint[], wanted bigint[], spare bigint[])
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

-- As before, and with the limits.
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
    workspace_limits         text
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
        c.confirm, w.mcp_confirm, c.lockdown OR w.mcp_lockdown, w.mcp_weight,
        c.call_limits, w.mcp_call_limits
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at,
        profile, permissions, features, confirm, workspace_confirm, lockdown, weight, credential_limits, workspace_limits
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
    lockdown                 boolean,
    weight                   integer,
    credential_limits        text,
    workspace_limits         text
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
        a.weight, a.credential_limits, a.workspace_limits
    FROM authenticate(workspace, digest, session) AS a;
END
$$;
