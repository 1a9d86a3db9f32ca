-- 0020_audit_chain.sql: what shows that nobody changed, added or removed an audit event afterwards.

-- A link covers the events that one statement appended: its hash is over their contents and over the hash before. It is
-- made in the transaction of its events, so there is none without. Transactions that append at the same time have to go
-- on from different hashes, or each would wait for the one before to be on disk: so a workspace has several chains side by
-- side, its lanes, of which a transaction takes one that is free.
ALTER TABLE audit_events
    ADD COLUMN lane integer,
    ADD COLUMN link bigint;

-- A row to lock; the number is that of the server's process which needed another one.
CREATE TABLE audit_lanes (
    workspace_id uuid    NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    lane         integer NOT NULL,
    CONSTRAINT audit_lanes_pkey PRIMARY KEY (workspace_id, lane)
);
CALL isolate_by_workspace('audit_lanes', 'SELECT, INSERT, UPDATE');

CREATE TABLE audit_links (
    workspace_id uuid    NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    lane         integer NOT NULL,
    link         bigint  NOT NULL CHECK (link > 0),
    events       bigint  NOT NULL CHECK (events > 0),
    hash         bytea   NOT NULL CHECK (octet_length(hash) = 32),
    CONSTRAINT audit_links_pkey PRIMARY KEY (workspace_id, lane, link)
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

-- The hash of a link over the contents of its events, in the order of their keys.
CREATE FUNCTION audit_hash(previous bytea, lane integer, link bigint, contents text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(coalesce(previous, ''::bytea) || convert_to(lane || ':' || link || E'\n' || contents, 'UTF8'));

-- Takes a lane until the transaction ends, and tells what its next link goes on from.
CREATE FUNCTION begin_audit_link(workspace uuid) RETURNS TABLE (lane integer, link bigint, previous bytea)
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
#variable_conflict use_column
DECLARE
    taken integer;
BEGIN
    SELECT l.lane INTO taken FROM audit_lanes AS l WHERE l.workspace_id = workspace
    ORDER BY l.lane LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF taken IS NULL THEN
        INSERT INTO audit_lanes VALUES (workspace, pg_backend_pid()) ON CONFLICT DO NOTHING;
        SELECT l.lane INTO taken FROM audit_lanes AS l WHERE l.workspace_id = workspace AND l.lane = pg_backend_pid()
        FOR UPDATE;
    END IF;
    SELECT k.link, k.hash INTO link, previous FROM audit_links AS k
    WHERE k.workspace_id = workspace AND k.lane = taken ORDER BY k.link DESC LIMIT 1;
    RETURN QUERY SELECT taken, coalesce(link, 0) + 1, previous;
END
$$;

-- Every link beside what its events make, and events for which there is none.
CREATE FUNCTION check_audit_links(workspace uuid)
RETURNS TABLE (lane integer, link bigint, events bigint, is_intact boolean, hash bytea)
LANGUAGE sql STABLE
AS $$
    SELECT coalesce(l.lane, e.lane), coalesce(l.link, e.link), e.events,
        coalesce(
            l.link = l.place AND l.events = e.events
                AND l.hash = audit_hash(l.previous, l.lane, l.link, e.contents),
            false
        ),
        l.hash
    FROM (
        SELECT k.*, row_number() OVER w AS place, lag(k.hash) OVER w AS previous
        FROM audit_links AS k WHERE k.workspace_id = workspace WINDOW w AS (PARTITION BY k.lane ORDER BY k.link)
    ) AS l
    FULL JOIN (
        SELECT coalesce(a.lane, 0) AS lane, coalesce(a.link, 1) AS link, count(*) AS events,
            string_agg(audit_content(a), E'\n' ORDER BY a.id) AS contents
        FROM audit_events AS a WHERE a.workspace_id = workspace GROUP BY 1, 2
    ) AS e ON e.lane = l.lane AND e.link = l.link
$$;

-- Lane 0 has one link, over the events from before there were any.
INSERT INTO audit_links
SELECT a.workspace_id, 0, 1, count(*), audit_hash(NULL, 0, 1, string_agg(audit_content(a), E'\n' ORDER BY a.id))
FROM audit_events AS a GROUP BY a.workspace_id;
