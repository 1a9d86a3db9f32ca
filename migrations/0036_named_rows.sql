-- 0036_named_rows.sql: what a row that is only named, and calls that are counted together, cost the database.

-- Who wrote a comment, who has a task and whose company it is are looked up by key for their names alone. Where workspaces are
-- small on average, all indexes that begin with the workspace cost the planner the same, or less where they have the name, and
-- a large workspace then paid for it: all of its members and companies were read for one of them. These need no row.
CREATE UNIQUE INDEX members_named   ON members   (workspace_id, id) INCLUDE (name, email);
CREATE UNIQUE INDEX companies_named ON companies (workspace_id, id) INCLUDE (name);

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
        SELECT t.place, t.workspace, t.lane, coalesce(k.link, 0) + 1 AS link, k.hash AS previous
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
