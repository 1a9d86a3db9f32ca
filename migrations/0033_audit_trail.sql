-- 0033_audit_trail.sql: events and counts of many workspaces' calls, written by one statement.

-- As before, in casts that do not depend on settings, so that the planner can put it where it is used.
CREATE OR REPLACE FUNCTION audit_hash(previous bytea, lane integer, link bigint, contents text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(
    coalesce(previous, ''::bytea) || convert_to(lane::text || ':' || link::text || E'\n' || contents, 'UTF8')
);

-- The workspaces for which the trail is being written. The owner sees what is theirs, and nobody else's, and only while
-- write_audit_trail runs; the application sees what it always does.
CREATE FUNCTION current_trail() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('workport.trail', true), '')::uuid[];

CREATE POLICY audit_lanes_in_trail ON audit_lanes TO CURRENT_USER USING (workspace_id = ANY ((SELECT current_trail())::uuid[]));
CREATE POLICY audit_links_in_trail ON audit_links TO CURRENT_USER USING (workspace_id = ANY ((SELECT current_trail())::uuid[]));
CREATE POLICY audit_events_in_trail ON audit_events TO CURRENT_USER USING (workspace_id = ANY ((SELECT current_trail())::uuid[]));
CREATE POLICY usage_counters_in_trail ON usage_counters TO CURRENT_USER USING (workspace_id = ANY ((SELECT current_trail())::uuid[]));
CREATE POLICY credentials_in_trail ON credentials TO CURRENT_USER USING (workspace_id = ANY ((SELECT current_trail())::uuid[]));

-- A lane of each workspace's chains, in their order, each taken until the transaction ends; see begin_audit_link, which takes
-- one for a statement that writes for one workspace.
CREATE FUNCTION take_audit_lanes(workspaces uuid[]) RETURNS integer[]
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    lanes integer[] := ARRAY(
        SELECT (
            SELECT l.lane FROM audit_lanes AS l WHERE l.workspace_id = w.id
            ORDER BY l.lane LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        FROM unnest(workspaces) WITH ORDINALITY AS w(id, place) ORDER BY w.place
    );
    place integer := array_position(lanes, NULL);
BEGIN
    WHILE place IS NOT NULL LOOP
        lanes[place] := (SELECT l.lane FROM begin_audit_link(workspaces[place]) AS l);
        place := array_position(lanes, NULL);
    END LOOP;
    RETURN lanes;
END
$$;

-- Appends events, with one link to a chain of each of their workspaces, and counts calls. The arrays have one element for
-- each event (e_) and for each credential that was used (c_); texts that are not given are empty. workspaces are those of the
-- events, each once, in the order in which every caller names them.
--
-- It runs as the owner because row-level security knows one workspace at a time; it names those that it was given in a setting
-- of its own, and takes that back. It tells nothing of what it finds.
CREATE FUNCTION write_audit_trail(
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
BEGIN
    PERFORM set_config('workport.trail', (workspaces || c_workspace)::text, true);

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
    SELECT k.workspace_id, k.id, s.span, date_trunc(s.span, now(), 'UTC'), c.calls, c.errors, c.denied, c.bytes
    FROM unnest(c_workspace, c_credential, c_calls, c_errors, c_denied, c_bytes)
        AS c(workspace, credential, calls, errors, denied, bytes)
    JOIN credentials AS k ON k.workspace_id = c.workspace AND k.id = c.credential
    CROSS JOIN unnest(ARRAY['hour', 'minute', 'month']) AS s(span)
    ORDER BY k.workspace_id, k.id, s.span
    ON CONFLICT (workspace_id, credential_id, span, starts_at) DO UPDATE SET
        calls = u.calls + EXCLUDED.calls, errors = u.errors + EXCLUDED.errors,
        denied = u.denied + EXCLUDED.denied, bytes_out = u.bytes_out + EXCLUDED.bytes_out;

    -- When they were last used, to ten seconds; who is changing a credential is not waited for.
    UPDATE credentials SET last_used_at = date_trunc('second', now())
    WHERE ctid = ANY (ARRAY(
        SELECT k.ctid FROM unnest(c_workspace, c_credential) AS c(workspace, credential)
        JOIN credentials AS k ON k.workspace_id = c.workspace AND k.id = c.credential
        WHERE k.last_used_at IS NULL OR k.last_used_at < now() - interval '10 seconds'
        FOR UPDATE OF k SKIP LOCKED
    ));

    PERFORM set_config('workport.trail', '', true);
END
$$;
REVOKE ALL ON FUNCTION write_audit_trail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_audit_trail TO workport_app;
