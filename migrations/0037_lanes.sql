-- 0037_lanes.sql: lanes of the audit trail that are locks and no rows.

-- Whoever appends to a workspace's trail holds one of its lanes until the transaction ends. A lane was a row to lock: five pages
-- to look at and one to change for each link, where each call is of another workspace as much as all the rest of its link. Now
-- it is an advisory lock, which lives in memory. A lane that has links goes on from its last one, whatever took it before; the rows are
-- dropped by the next migration, when nothing asks for them any more.
CREATE FUNCTION audit_lane_count() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 16;
CREATE FUNCTION audit_lane_key(workspace uuid, lane integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN uuid_hash_extended(workspace, lane);

-- Takes a lane of a workspace until the transaction ends: the first that is free, or one that is waited for. Where a
-- transaction takes several workspaces', it takes them in the order in which every caller names them.
CREATE FUNCTION take_audit_lane(workspace uuid) RETURNS integer
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    awaited integer := 1 + pg_backend_pid() % audit_lane_count();
BEGIN
    FOR lane IN 1..audit_lane_count() LOOP
        IF pg_try_advisory_xact_lock(audit_lane_key(workspace, lane)) THEN RETURN lane; END IF;
    END LOOP;
    PERFORM pg_advisory_xact_lock(audit_lane_key(workspace, awaited));
    RETURN awaited;
END
$$;

CREATE OR REPLACE FUNCTION take_audit_lanes(workspaces uuid[]) RETURNS integer[]
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    lanes integer[] := ARRAY(
        SELECT CASE WHEN pg_try_advisory_xact_lock(audit_lane_key(w.id, 1)) THEN 1 END
        FROM unnest(workspaces) WITH ORDINALITY AS w(id, place) ORDER BY w.place
    );
    place integer := array_position(lanes, NULL);
BEGIN
    WHILE place IS NOT NULL LOOP
        lanes[place] := take_audit_lane(workspaces[place]);
        place := array_position(lanes, NULL);
    END LOOP;
    RETURN lanes;
END
$$;

-- The number of a lane's first link, which there is for a workspace only: events and links have no foreign key to it. Where there
-- is a link there is the workspace, for it is deleted with all lanes held, and its links with it.
CREATE FUNCTION first_audit_link(workspace uuid) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM workspaces AS w WHERE w.id = workspace) THEN
        RAISE EXCEPTION 'there is no workspace % to audit', workspace USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN 1;
END
$$;

-- Takes a lane until the transaction ends, and tells what its next link goes on from.
CREATE OR REPLACE FUNCTION begin_audit_link(workspace uuid) RETURNS TABLE (lane integer, link bigint, previous bytea)
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
#variable_conflict use_column
DECLARE
    taken integer := take_audit_lane(workspace);
BEGIN
    SELECT k.link + 1, k.hash INTO link, previous FROM audit_links AS k
    WHERE k.workspace_id = workspace AND k.lane = taken ORDER BY k.link DESC LIMIT 1;
    RETURN QUERY SELECT taken, coalesce(link, first_audit_link(workspace)), previous;
END
$$;

CREATE OR REPLACE FUNCTION delete_audit_trail() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- In a statement of its own: those that follow have to see what was appended while it waited.
    PERFORM pg_advisory_xact_lock(audit_lane_key(OLD.id, lane)) FROM generate_series(1, audit_lane_count()) AS lane;
    PERFORM set_config('workport.trail', ARRAY[OLD.id]::text, true);
    DELETE FROM audit_events WHERE workspace_id = OLD.id;
    DELETE FROM audit_links WHERE workspace_id = OLD.id;
    PERFORM set_config('workport.trail', '', true);
    RETURN NULL;
END
$$;

-- Appends events, with one link to a chain of each of their workspaces, and counts calls. The arrays have one element for
-- each event (e_) and for each credential that was used (c_). workspaces are those of the events, each once, in the order in
-- which every caller names them; e_workspace is the place of the event's own among them. e_id are time-ordered keys, as
-- time_ordered_uuid makes them.
--
-- It runs as the owner because row-level security knows one workspace at a time; it names those that it was given in a setting
-- of its own, and takes that back. It tells nothing of what it finds.
CREATE OR REPLACE FUNCTION write_audit_trail(
    workspaces uuid[],
    e_workspace bigint[], e_id uuid[], e_at bigint[], e_actor uuid[], e_client_name text[], e_client_version text[], e_action text[],
    e_tool text[], e_entity text[], e_entity_id uuid[], e_changes text[], e_outcome text[], e_code text[],
    e_digest bytea[], e_peer text[], e_request text[], e_duration bigint[], e_size bigint[],
    c_workspace uuid[], c_credential uuid[], c_calls bigint[], c_errors bigint[], c_denied bigint[], c_bytes bigint[]
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    lanes integer[];
    minute timestamptz := date_trunc('minute', now(), 'UTC');
    unmarked tid[];
BEGIN
    -- The policies read it for each table and look through it for each row, so nothing is named twice.
    PERFORM set_config(
        'workport.trail', (CASE WHEN c_workspace <@ workspaces THEN workspaces ELSE workspaces || c_workspace END)::text, true
    );

    -- In a statement before the one that goes on from their last links: that has to see those of whoever held a lane until now.
    lanes := take_audit_lanes(workspaces);

    WITH link AS MATERIALIZED (
        SELECT t.place, t.workspace, t.lane, coalesce(k.link + 1, first_audit_link(t.workspace)) AS link, k.hash AS previous
        FROM unnest(workspaces, lanes) WITH ORDINALITY AS t(workspace, lane, place)
        LEFT JOIN LATERAL (
            SELECT k.link, k.hash FROM audit_links AS k
            WHERE k.workspace_id = t.workspace AND k.lane = t.lane ORDER BY k.link DESC LIMIT 1
        ) AS k ON true
    ),
    source AS MATERIALIZED (
        SELECT l.place, l.workspace, l.lane, l.link, e.id, e.at, e.actor, e.client_name, e.client_version, e.action,
            e.tool, e.entity, e.entity_id, e.changes::jsonb AS changes, e.outcome, e.code, e.digest, e.peer, e.request,
            e.duration, e.size
        FROM unnest(
            e_workspace, e_id, e_at, e_actor, e_client_name, e_client_version, e_action, e_tool, e_entity, e_entity_id,
            e_changes, e_outcome, e_code, e_digest, e_peer, e_request, e_duration, e_size
        ) AS e(
            place, id, at, actor, client_name, client_version, action, tool, entity, entity_id,
            changes, outcome, code, digest, peer, request, duration, size
        )
        JOIN link AS l USING (place)
    ),
    event AS (
        INSERT INTO audit_events (
            workspace_id, id, lane, link, at, actor_kind, actor_id, client_name, client_version, action, tool, entity,
            entity_id, changes, outcome, error_code, args_digest, peer, request_id, duration_us, result_bytes
        )
        SELECT e.workspace, e.id, e.lane, e.link, to_timestamp(e.at / 1000000::double precision), 'credential', e.actor,
            e.client_name, e.client_version, e.action, e.tool, e.entity, e.entity_id, e.changes, e.outcome, e.code, e.digest,
            e.peer, e.request, e.duration, e.size
        FROM source AS e
    )
    INSERT INTO audit_links (workspace_id, lane, link, events, hash)
    SELECT l.workspace, l.lane, l.link, e.count, sha256(
        -- As audit_hash has it, which would be called as a statement of its own.
        coalesce(l.previous, ''::bytea) || convert_to(l.lane || ':' || l.link || E'\n' || e.contents, 'UTF8')
    )
    FROM link AS l
    JOIN (
        -- As audit_content has it for the row.
        SELECT e.place, count(*) AS count, string_agg(
            concat_ws(
                E'\x1f', e.id, e.at, 'credential', coalesce(e.actor::text, '-'), coalesce(e.client_name, '-'),
                coalesce(e.client_version, '-'), e.action, coalesce(e.tool, '-'), coalesce(e.entity, '-'),
                coalesce(e.entity_id::text, '-'), e.outcome, coalesce(e.code, '-'), coalesce(e.changes::text, '-'),
                coalesce(encode(e.digest, 'hex'), '-'), coalesce(e.peer, '-'), coalesce(e.request, '-'),
                coalesce(e.duration, -1), coalesce(e.size, -1)
            ),
            E'\n'
        ) AS contents
        FROM (SELECT * FROM source ORDER BY place, id) AS e
        GROUP BY e.place
    ) AS e USING (place);

    -- Most flushes count for few of the credentials: see UsageLedger.
    IF cardinality(c_credential) > 0 THEN
        -- The lock keeps a credential from being deleted until its counts are there to be deleted with it; nobody who changes one
        -- is waited for.
        WITH used AS MATERIALIZED (
            SELECT k.workspace_id, k.id, k.ctid AS place, k.last_used_at, c.calls, c.errors, c.denied, c.bytes
            FROM unnest(c_workspace, c_credential, c_calls, c_errors, c_denied, c_bytes)
                AS c(workspace, credential, calls, errors, denied, bytes)
            JOIN credentials AS k ON k.workspace_id = c.workspace AND k.id = c.credential
            FOR KEY SHARE OF k
        ),
        counted AS (
            INSERT INTO usage_counters AS u (workspace_id, credential_id, span, starts_at, calls, errors, denied, bytes_out)
            SELECT k.workspace_id, k.id, 'minute', minute, k.calls, k.errors, k.denied, k.bytes
            FROM used AS k ORDER BY k.workspace_id, k.id
            ON CONFLICT (workspace_id, credential_id, span, starts_at) DO UPDATE SET
                calls = u.calls + EXCLUDED.calls, errors = u.errors + EXCLUDED.errors,
                denied = u.denied + EXCLUDED.denied, bytes_out = u.bytes_out + EXCLUDED.bytes_out
        )
        SELECT array_agg(k.place) INTO unmarked FROM used AS k WHERE k.last_used_at IS NULL OR k.last_used_at < minute;

        -- When they were last used, to the minute; who is changing a credential is not waited for.
        IF unmarked IS NOT NULL THEN
            UPDATE credentials SET last_used_at = date_trunc('second', now())
            WHERE ctid = ANY (ARRAY(SELECT k.ctid FROM credentials AS k WHERE k.ctid = ANY (unmarked) FOR UPDATE SKIP LOCKED));
        END IF;
    END IF;

    PERFORM set_config('workport.trail', '', true);
END
$$;
