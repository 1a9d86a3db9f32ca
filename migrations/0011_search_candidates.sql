-- 0011_search_candidates.sql: how many tasks a search looks at is told apart from how many it compares: looking at a task
-- takes a tenth of sending its words.
DROP FUNCTION search_tasks(bigint[], bigint[], bigint[], bigint[], integer);

-- Tasks of the current workspace that have a key out of each set. Of those that the index finds the first `looked` are
-- looked at, and of these the newest `bound` are given. Sets beyond the first may be NULL. See 0008 for why it runs as
-- the owner, and why the workspace is compared in a way that no index serves.
CREATE FUNCTION search_tasks(a bigint[], b bigint[], c bigint[], d bigint[], looked integer, bound integer)
RETURNS TABLE (task_id uuid, part smallint, keys bigint[], layout bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    tenant uuid := current_workspace_id();
BEGIN
    IF tenant IS NULL OR a IS NULL THEN
        RETURN;
    ELSIF b IS NULL THEN
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT looked
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    ELSIF c IS NULL THEN
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.keys && b AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT looked
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    ELSIF d IS NULL THEN
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.keys && b AND s.keys && c AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT looked
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    ELSE
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.keys && b AND s.keys && c AND s.keys && d
                    AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT looked
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION search_tasks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_tasks TO workport_app;
