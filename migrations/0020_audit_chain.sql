-- 0020_audit_chain.sql: what shows that nobody changed, added or removed an audit event afterwards.

-- A link covers all events of a workspace behind the last link's, up to a key: its hash is over their contents, in the
-- order of their keys, and over the hash before. It is made when no event can come into its range any more: keys begin with
-- the time, and no call lasts as long as a link waits. So no call ever waits for the chain, nor does it wait for a call.
CREATE TABLE audit_links (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    position     bigint      NOT NULL CHECK (position > 0),
    -- The key of the last event that it covers.
    through      uuid        NOT NULL,
    events       bigint      NOT NULL CHECK (events > 0),
    hash         bytea       NOT NULL CHECK (octet_length(hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT audit_links_pkey PRIMARY KEY (workspace_id, position)
);
CALL isolate_by_workspace('audit_links', 'SELECT, INSERT');

-- What is hashed of an event. Its texts hold no control characters, so nothing can be moved from one to the next.
CREATE FUNCTION audit_content(e audit_events) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN concat_ws(
    E'\x1f', e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_kind, coalesce(e.actor_id::text, '-'),
    coalesce(e.client_name, '-'), coalesce(e.client_version, '-'), e.action, coalesce(e.tool, '-'),
    coalesce(e.entity, '-'), coalesce(e.entity_id::text, '-'), e.outcome, coalesce(e.error_code, '-'),
    coalesce(e.changes::text, '-'), coalesce(encode(e.args_digest, 'hex'), '-'), coalesce(e.peer, '-'),
    coalesce(e.request_id, '-'), coalesce(e.duration_us, -1), coalesce(e.result_bytes, -1)
);

-- The hash of a link over the events behind one key up to another.
CREATE FUNCTION audit_hash(workspace uuid, previous bytea, "position" bigint, behind uuid, through uuid) RETURNS bytea
LANGUAGE sql STABLE
RETURN (
    SELECT sha256(
        coalesce(previous, ''::bytea)
        || convert_to("position"::text || E'\n' || coalesce(string_agg(audit_content(e), E'\n' ORDER BY e.id), ''), 'UTF8')
    )
    FROM audit_events AS e
    WHERE e.workspace_id = workspace AND e.id > behind AND e.id <= through
);

-- Makes the links that are due, at most five of ten thousand events each; another node may be doing it already.
CREATE FUNCTION link_audit_events(workspace uuid, age interval) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    last   record;
    ending record;
    -- The least key of events of that time.
    horizon uuid := (lpad(to_hex((extract(epoch FROM clock_timestamp() - age) * 1000)::bigint), 12, '0')
        || repeat('0', 20))::uuid;
    linked bigint := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('audit ' || workspace::text, 0)) THEN
        RETURN 0;
    END IF;
    FOR turn IN 1..5 LOOP
        SELECT l.position, l.through, l.hash INTO last FROM audit_links AS l
        WHERE l.workspace_id = workspace ORDER BY l.position DESC LIMIT 1;
        last.position := coalesce(last.position, 0);
        last.through := coalesce(last.through, '00000000-0000-0000-0000-000000000000');
        SELECT count(*) AS events, (array_agg(e.id ORDER BY e.id DESC))[1] AS id INTO ending
        FROM (
            SELECT id FROM audit_events
            WHERE workspace_id = workspace AND id > last.through AND id < horizon ORDER BY id LIMIT 10000
        ) AS e;
        EXIT WHEN ending.events = 0;
        INSERT INTO audit_links (workspace_id, position, through, events, hash)
        VALUES (workspace, last.position + 1, ending.id, ending.events,
            audit_hash(workspace, last.hash, last.position + 1, last.through, ending.id));
        linked := linked + ending.events;
    END LOOP;
    RETURN linked;
END
$$;

-- Every link beside what it should be, in order; a link that is missing breaks the one behind it.
CREATE FUNCTION check_audit_links(workspace uuid)
RETURNS TABLE ("position" bigint, events bigint, is_intact boolean, hash bytea)
LANGUAGE sql STABLE
AS $$
    SELECT l.position, l.events,
        l.position = l.place AND l.hash = audit_hash(workspace, l.previous, l.position, l.behind, l.through),
        l.hash
    FROM (
        SELECT k.position, k.events, k.hash, k.through, row_number() OVER w AS place, lag(k.hash) OVER w AS previous,
            coalesce(lag(k.through) OVER w, '00000000-0000-0000-0000-000000000000') AS behind
        FROM audit_links AS k
        WHERE k.workspace_id = workspace
        WINDOW w AS (ORDER BY k.position)
    ) AS l
    ORDER BY l.position
$$;
