-- 0032_checks.sql: whoever has checked a token hears when what the check has read is changed.

-- Tells every node, when the transaction commits, that the callers of a workspace have to be checked anew. Several changes
-- of a transaction are one notification.
CREATE FUNCTION announce_check(workspace uuid) RETURNS void
LANGUAGE sql VOLATILE
RETURN pg_notify('workport_mail',
    json_build_object('to', 'checks', 'say', replace(workspace::text, '-', ''))::text);

CREATE FUNCTION announce_check_of_row() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM announce_check(OLD.workspace_id);
    RETURN NULL;
END
$$;

CREATE FUNCTION announce_check_of_workspace() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM announce_check(OLD.id);
    RETURN NULL;
END
$$;

-- The columns are those that authenticate() reads. The names come before those of the triggers that tell clients, so that
-- a node has heard of the change when a client asks.
CREATE TRIGGER credentials_altered AFTER DELETE OR UPDATE OF
    secret_digest, revoked_at, expires_at, acts_as, server_id, read_only, customer_comments, customer_comment_factors,
    tools_allow, tools_deny, profile, permissions, features, confirm, lockdown, call_limits
ON credentials
FOR EACH ROW EXECUTE FUNCTION announce_check_of_row();

CREATE TRIGGER members_altered AFTER DELETE OR UPDATE OF status ON members
FOR EACH ROW EXECUTE FUNCTION announce_check_of_row();

CREATE TRIGGER mcp_servers_altered AFTER DELETE OR UPDATE OF status, tools, call_limits ON mcp_servers
FOR EACH ROW EXECUTE FUNCTION announce_check_of_row();

CREATE TRIGGER workspaces_altered AFTER DELETE OR UPDATE OF
    status, mcp_read_only, mcp_customer_comments, mcp_customer_comment_factors, mcp_tools_allow, mcp_tools_deny,
    mcp_confirm, mcp_lockdown, mcp_weight, mcp_call_limits
ON workspaces
FOR EACH ROW EXECUTE FUNCTION announce_check_of_workspace();
