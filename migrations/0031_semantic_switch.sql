-- 0031_semantic_switch.sql: what a workspace has switched off is not stored by who was at it meanwhile.

-- Whether the texts of the transaction's workspace may be sent, which stays so until the transaction ends: whoever switches
-- it off waits for that, and then drops what the transaction has stored. Whoever comes while it is being switched off waits,
-- and is told what became of it.
CREATE FUNCTION hold_semantic_search() RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT w.semantic_search FROM workspaces AS w WHERE w.id = current_workspace_id() FOR SHARE
$$;
REVOKE ALL ON FUNCTION hold_semantic_search() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_semantic_search() TO workport_app;
