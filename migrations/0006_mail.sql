-- 0006_mail.sql: what crosses nodes beside the data itself: notes and logs as rows, letters as notifications.

-- Something that is kept for a while under an address: what a session watches, the answer to a question, a task of the
-- protocol. The version is drawn anew with each change, so that a change finds out whether another was quicker.
CREATE TABLE mail_notes (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    address      text        NOT NULL CHECK (octet_length(address) BETWEEN 1 AND 200),
    body         bytea       NOT NULL,
    version      bigint      NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT mail_notes_pkey PRIMARY KEY (workspace_id, address)
);
CREATE INDEX mail_notes_expiry ON mail_notes (expires_at);
CALL isolate_by_workspace('mail_notes');

-- The events of a stream, kept so that a client that lost it takes it up at any node.
CREATE TABLE mail_events (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    address      text        NOT NULL CHECK (octet_length(address) BETWEEN 1 AND 200),
    position     integer     NOT NULL CHECK (position > 0),
    body         bytea       NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT mail_events_pkey PRIMARY KEY (workspace_id, address, position)
);
CREATE INDEX mail_events_expiry ON mail_events (expires_at);
CALL isolate_by_workspace('mail_events');

-- Drops what has expired, of every workspace; the owner sees it for this alone. An event stays while a later one of its
-- log does, so that no log has holes: logs are short, and all their events end within minutes of each other.
CREATE POLICY mail_notes_for_sweep ON mail_notes TO CURRENT_USER USING (true);
CREATE POLICY mail_events_for_sweep ON mail_events TO CURRENT_USER USING (true);
CREATE POLICY ended_sessions_for_sweep ON ended_sessions TO CURRENT_USER USING (true);
CREATE INDEX ended_sessions_expiry ON ended_sessions (expires_at);

CREATE FUNCTION sweep_mail() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    DELETE FROM mail_notes WHERE (workspace_id, address) IN (
        SELECT n.workspace_id, n.address FROM mail_notes AS n WHERE n.expires_at <= clock_timestamp()
        ORDER BY n.expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED
    );
    DELETE FROM mail_events WHERE (workspace_id, address, position) IN (
        SELECT e.workspace_id, e.address, e.position FROM mail_events AS e
        WHERE e.expires_at <= clock_timestamp() AND NOT EXISTS (
            SELECT FROM mail_events AS later
            WHERE later.workspace_id = e.workspace_id AND later.address = e.address
                AND later.expires_at > clock_timestamp()
        )
        ORDER BY e.expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED
    );
    DELETE FROM ended_sessions WHERE (workspace_id, session_digest) IN (
        SELECT s.workspace_id, s.session_digest FROM ended_sessions AS s WHERE s.expires_at <= clock_timestamp()
        ORDER BY s.expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED
    );
$$;
REVOKE ALL ON FUNCTION sweep_mail() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_mail() TO workport_app;

-- Tells the open streams of a scope, at every node, that something has changed. The payload is the one that the
-- program reads (Mail/Postmark.swift), the scopes are those of a caller: its workspace and its credential.
CREATE FUNCTION announce_change(scope text, change text) RETURNS void
LANGUAGE sql VOLATILE
RETURN pg_notify('workport_mail', json_build_object('to', 'changes/' || scope, 'say', change)::text);

-- What a caller may see follows from settings of its credential and its workspace: a change of what is listed is told,
-- and the end of access ends the streams.
CREATE FUNCTION announce_lists(scope text) RETURNS void
LANGUAGE sql VOLATILE
AS $$
    SELECT announce_change(scope, 'list:tools'), announce_change(scope, 'list:prompts'),
        announce_change(scope, 'list:resources');
$$;

CREATE FUNCTION announce_credential() RETURNS trigger
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
    ELSIF (NEW.tools_allow, NEW.tools_deny, NEW.read_only, NEW.customer_comments, NEW.customer_comment_factors)
        IS DISTINCT FROM (OLD.tools_allow, OLD.tools_deny, OLD.read_only, OLD.customer_comments,
            OLD.customer_comment_factors)
    THEN
        PERFORM announce_lists(scope);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER credentials_announce AFTER DELETE OR UPDATE OF
    revoked_at, expires_at, acts_as, secret_digest, tools_allow, tools_deny, read_only, customer_comments,
    customer_comment_factors
ON credentials
FOR EACH ROW EXECUTE FUNCTION announce_credential();

CREATE FUNCTION announce_workspace() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    scope text := 'workspace/' || replace(OLD.id::text, '-', '');
BEGIN
    IF TG_OP = 'DELETE' OR NEW.status <> OLD.status THEN
        PERFORM announce_change(scope, 'access:');
    ELSIF (NEW.mcp_tools_allow, NEW.mcp_tools_deny, NEW.mcp_read_only, NEW.mcp_customer_comments,
            NEW.mcp_customer_comment_factors)
        IS DISTINCT FROM (OLD.mcp_tools_allow, OLD.mcp_tools_deny, OLD.mcp_read_only, OLD.mcp_customer_comments,
            OLD.mcp_customer_comment_factors)
    THEN
        PERFORM announce_lists(scope);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER workspaces_announce AFTER DELETE OR UPDATE ON workspaces
FOR EACH ROW EXECUTE FUNCTION announce_workspace();

-- A credential that acts for a member is as good as the member is active.
CREATE FUNCTION announce_member() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.status <> OLD.status THEN
        PERFORM announce_change('credential/' || replace(c.id::text, '-', ''), 'access:')
        FROM credentials AS c
        WHERE c.workspace_id = NEW.workspace_id AND c.acts_as = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER members_announce AFTER UPDATE OF status ON members FOR EACH ROW EXECUTE FUNCTION announce_member();

-- As before, and when the credential ends, in microseconds since 1970: its open streams end then.
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
    ends_at                  bigint
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
        (extract(epoch FROM least(c.expires_at, c.revoked_at)) * 1000000)::bigint
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at
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
