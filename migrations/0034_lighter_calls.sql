-- 0034_lighter_calls.sql: what an audit event, a counted call and the check of a token cost the database.

-- A lane stands for its workspace. Whoever appends holds one until the transaction ends, and while one is held the workspace
-- cannot be deleted. So the rows that are appended need no look at the workspace of their own, each with a lock of its row.
ALTER TABLE audit_events DROP CONSTRAINT audit_events_workspace_id_fkey;
ALTER TABLE audit_links DROP CONSTRAINT audit_links_workspace_id_fkey;

-- After the foreign keys' own triggers, which have names before this one's: those have waited for whoever held a lane.
CREATE FUNCTION delete_audit_trail() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config('workport.trail', ARRAY[OLD.id]::text, true);
    DELETE FROM audit_events WHERE workspace_id = OLD.id;
    DELETE FROM audit_links WHERE workspace_id = OLD.id;
    PERFORM set_config('workport.trail', '', true);
    RETURN NULL;
END
$$;
CREATE TRIGGER workspaces_deleted AFTER DELETE ON workspaces FOR EACH ROW EXECUTE FUNCTION delete_audit_trail();

-- Calls are counted in minutes, with one row for what a credential did. Hours are made of their minutes when they have been
-- over for some minutes, and what an hour has is added to its month when the hour is made: see UsageCount. Those hours that
-- are not over yet were counted in the old way, so what they have is taken back: their minutes are there.
LOCK TABLE usage_counters IN SHARE ROW EXCLUSIVE MODE;
DO $$
DECLARE
    workspace uuid;
    open_since timestamptz := date_trunc('hour', now() - interval '5 minutes', 'UTC');
BEGIN
    FOR workspace IN SELECT id FROM workspaces LOOP
        PERFORM set_config('workport.workspace_id', workspace::text, true);
        UPDATE usage_counters AS m SET
            calls = m.calls - h.calls, errors = m.errors - h.errors, denied = m.denied - h.denied,
            bytes_out = m.bytes_out - h.bytes_out
        FROM (
            SELECT credential_id, date_trunc('month', starts_at, 'UTC') AS month, sum(calls) AS calls, sum(errors) AS errors,
                sum(denied) AS denied, sum(bytes_out) AS bytes_out
            FROM usage_counters WHERE workspace_id = workspace AND span = 'hour' AND starts_at >= open_since
            GROUP BY 1, 2
        ) AS h
        WHERE m.workspace_id = workspace AND m.credential_id = h.credential_id AND m.span = 'month' AND m.starts_at = h.month;
        DELETE FROM usage_counters WHERE workspace_id = workspace AND span = 'hour' AND starts_at >= open_since;
    END LOOP;
    PERFORM set_config('workport.workspace_id', '', true);
END
$$;

-- Appends events, with one link to a chain of each of their workspaces, and counts calls. The arrays have one element for
-- each event (e_) and for each credential that was used (c_); texts that are not given are empty. workspaces are those of the
-- events, each once, in the order in which every caller names them.
--
-- It runs as the owner because row-level security knows one workspace at a time; it names those that it was given in a setting
-- of its own, and takes that back. It tells nothing of what it finds.
CREATE OR REPLACE FUNCTION write_audit_trail(
    workspaces uuid[],
    e_workspace uuid[], e_at bigint[], e_actor uuid[], e_client_name text[], e_client_version text[], e_action text[],
    e_tool text[], e_entity text[], e_entity_id text[], e_changes text[], e_outcome text[], e_code text[],
    e_digest text[], e_peer text[], e_request text[], e_duration bigint[], e_size bigint[],
    c_workspace uuid[], c_credential uuid[], c_calls bigint[], c_errors bigint[], c_denied bigint[], c_bytes bigint[]
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    lanes integer[];
    minute timestamptz := date_trunc('minute', now(), 'UTC');
BEGIN
    -- The policies read it for each table and look through it for each row, so nothing is named twice.
    PERFORM set_config(
        'workport.trail', (CASE WHEN c_workspace = workspaces THEN workspaces ELSE workspaces || c_workspace END)::text, true
    );

    -- In a statement before the one that goes on from their last links: that has to see those of whoever held a lane until now.
    lanes := take_audit_lanes(workspaces);

    WITH link AS MATERIALIZED (
        SELECT t.workspace, t.lane, coalesce(k.link, 0) + 1 AS link, k.hash AS previous
        FROM unnest(workspaces, lanes) AS t(workspace, lane)
        LEFT JOIN LATERAL (
            SELECT k.link, k.hash FROM audit_links AS k
            WHERE k.workspace_id = t.workspace AND k.lane = t.lane ORDER BY k.link DESC LIMIT 1
        ) AS k ON true
    ),
    event AS (
        INSERT INTO audit_events (
            workspace_id, lane, link, at, actor_kind, actor_id, client_name, client_version, action, tool, entity,
            entity_id, changes, outcome, error_code, args_digest, peer, request_id, duration_us, result_bytes
        )
        SELECT e.workspace, l.lane, l.link, to_timestamp(e.at / 1e6), 'credential', e.actor,
            nullif(e.client_name, ''), nullif(e.client_version, ''), e.action, nullif(e.tool, ''),
            nullif(e.entity, ''), nullif(e.entity_id, '')::uuid, nullif(e.changes, '')::jsonb, e.outcome,
            nullif(e.code, ''), decode(nullif(e.digest, ''), 'hex'), nullif(e.peer, ''), nullif(e.request, ''),
            e.duration, e.size
        FROM unnest(
            e_workspace, e_at, e_actor, e_client_name, e_client_version, e_action, e_tool, e_entity, e_entity_id,
            e_changes, e_outcome, e_code, e_digest, e_peer, e_request, e_duration, e_size
        ) AS e(
            workspace, at, actor, client_name, client_version, action, tool, entity, entity_id,
            changes, outcome, code, digest, peer, request, duration, size
        )
        JOIN link AS l ON l.workspace = e.workspace
        RETURNING audit_events AS content, workspace_id, id
    )
    INSERT INTO audit_links (workspace_id, lane, link, events, hash)
    SELECT l.workspace, l.lane, l.link, count(*),
        audit_hash(l.previous, l.lane, l.link, string_agg(audit_content(e.content), E'\n' ORDER BY e.id))
    FROM event AS e JOIN link AS l ON l.workspace = e.workspace_id
    GROUP BY l.workspace, l.lane, l.link, l.previous;

    INSERT INTO usage_counters AS u (workspace_id, credential_id, span, starts_at, calls, errors, denied, bytes_out)
    SELECT k.workspace_id, k.id, 'minute', minute, c.calls, c.errors, c.denied, c.bytes
    FROM unnest(c_workspace, c_credential, c_calls, c_errors, c_denied, c_bytes)
        AS c(workspace, credential, calls, errors, denied, bytes)
    JOIN credentials AS k ON k.workspace_id = c.workspace AND k.id = c.credential
    ORDER BY k.workspace_id, k.id
    ON CONFLICT (workspace_id, credential_id, span, starts_at) DO UPDATE SET
        calls = u.calls + EXCLUDED.calls, errors = u.errors + EXCLUDED.errors,
        denied = u.denied + EXCLUDED.denied, bytes_out = u.bytes_out + EXCLUDED.bytes_out;

    -- When they were last used, to the minute; who is changing a credential is not waited for.
    UPDATE credentials SET last_used_at = date_trunc('second', now())
    WHERE ctid = ANY (ARRAY(
        SELECT k.ctid FROM unnest(c_workspace, c_credential) AS c(workspace, credential)
        JOIN credentials AS k ON k.workspace_id = c.workspace AND k.id = c.credential
        WHERE k.last_used_at IS NULL OR k.last_used_at < minute
        FOR UPDATE OF k SKIP LOCKED
    ));

    PERFORM set_config('workport.trail', '', true);
END
$$;

-- As before; what only some tokens have is looked up where they have it, for most of what a check costs is starting a statement
-- with many tables.
CREATE OR REPLACE FUNCTION authenticate(workspace uuid, digest bytea, session bytea)
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
            ELSE 'ok'
        END,
        c.id, c.acts_as,
        c.read_only OR w.mcp_read_only,
        c.customer_comments AND w.mcp_customer_comments,
        greatest(c.customer_comment_factors, w.mcp_customer_comment_factors)::integer,
        array_to_string(w.mcp_tools_allow, ' '), array_to_string(w.mcp_tools_deny, ' '),
        array_to_string(c.tools_allow, ' '), array_to_string(c.tools_deny, ' '),
        (extract(epoch FROM least(c.expires_at, c.revoked_at)) * 1000000)::bigint,
        c.profile, array_to_string(c.permissions, ' '), array_to_string(c.features, ' '),
        c.confirm, w.mcp_confirm, c.lockdown OR w.mcp_lockdown, w.mcp_weight,
        c.call_limits, w.mcp_call_limits,
        c.server_id
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, ends_at,
        profile, permissions, features, confirm, workspace_confirm, lockdown, weight, credential_limits, workspace_limits,
        server_id
    FROM credentials AS c
    JOIN workspaces AS w ON w.id = c.workspace_id
    WHERE c.workspace_id = workspace AND c.secret_digest = digest;

    IF verdict IS NULL THEN
        PERFORM set_config('workport.workspace_id', '', true);
        RETURN;
    END IF;
    IF acts_as IS NOT NULL AND verdict = 'ok'
        AND NOT EXISTS (SELECT FROM members AS m WHERE m.workspace_id = workspace AND m.id = acts_as AND m.status = 'active')
    THEN
        verdict := 'revoked';
    END IF;
    IF server_id IS NOT NULL THEN
        SELECT
            CASE WHEN verdict = 'ok' AND s.status <> 'active' THEN 'disabled' ELSE verdict END,
            array_to_string(s.tools, ' '), s.call_limits
        INTO verdict, server_tools, server_limits
        FROM mcp_servers AS s WHERE s.workspace_id = workspace AND s.id = server_id;
    END IF;
    session_ended := session IS NOT NULL AND EXISTS (
        SELECT FROM ended_sessions AS e WHERE e.workspace_id = workspace AND e.session_digest = session
    );
    IF verdict IS DISTINCT FROM 'ok' OR session_ended THEN
        PERFORM set_config('workport.workspace_id', '', true);
    ELSIF acts_as IS NOT NULL THEN
        PERFORM set_config('workport.member_id', acts_as::text, true);
    END IF;
    RETURN NEXT;
END
$$;
