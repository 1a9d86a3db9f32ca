-- 0018_search_newest.sql: where a word stands in many tasks, the newest tasks are read first. The index would put tens of
-- thousands of keys in order before the first task is looked at.
DROP FUNCTION search_records_of(text, bigint[], bigint[], bigint[], bigint[], integer, integer);
DROP FUNCTION search_tasks(bigint[], bigint[], bigint[], bigint[], integer, integer);

-- Tasks of the current workspace that have a key out of each set. If `recent` is not zero the newest so many tasks are read,
-- and the index only if they have fewer than `bound` such tasks among them. Of those that the index finds the first
-- `looked` are looked at, and of these the newest `bound` are given. Sets beyond the first may be NULL. See 0008 for
-- why it runs as the owner, and why the workspace is compared in a way that no index serves.
CREATE FUNCTION search_tasks(a bigint[], b bigint[], c bigint[], d bigint[], looked integer, bound integer, recent integer)
RETURNS TABLE (task_id uuid, part smallint, keys bigint[], layout bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    tenant uuid := current_workspace_id();
    found integer;
BEGIN
    IF tenant IS NULL OR a IS NULL THEN
        RETURN;
    END IF;
    IF recent > 0 THEN
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.workspace_id = tenant ORDER BY s.task_id DESC LIMIT recent
            ) AS f
            WHERE f.keys && a AND (b IS NULL OR f.keys && b) AND (c IS NULL OR f.keys && c) AND (d IS NULL OR f.keys && d)
            LIMIT bound;
        GET DIAGNOSTICS found = ROW_COUNT;
        IF found >= bound THEN
            RETURN;
        END IF;
    END IF;
    IF b IS NULL THEN
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

-- Rows of one kind in the current workspace that have a key out of each set, the newest of the first `looked` that the index
-- finds, or of the newest `recent` rows where those have enough; keys of two kinds are never the same. See search_tasks for why it runs as the owner, and why workspace and
-- kind are compared in a way that no index serves.
CREATE FUNCTION search_records_of(sought text, a bigint[], b bigint[], c bigint[], d bigint[], looked integer, bound integer,
    recent integer)
RETURNS TABLE (record_id uuid, keys bigint[], layout bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    tenant uuid := current_workspace_id();
    found integer;
BEGIN
    IF tenant IS NULL OR a IS NULL THEN
        RETURN;
    END IF;
    IF recent > 0 THEN
        RETURN QUERY
            SELECT f.record_id, f.keys, f.layout FROM (
                SELECT s.record_id, s.keys, s.layout FROM search_records AS s
                WHERE s.workspace_id = tenant AND s.kind = sought ORDER BY s.record_id DESC LIMIT recent
            ) AS f
            WHERE f.keys && a AND (b IS NULL OR f.keys && b) AND (c IS NULL OR f.keys && c) AND (d IS NULL OR f.keys && d)
            LIMIT bound;
        GET DIAGNOSTICS found = ROW_COUNT;
        IF found >= bound THEN
            RETURN;
        END IF;
    END IF;
    IF b IS NULL THEN
        RETURN QUERY
            SELECT f.record_id, f.keys, f.layout FROM (
                SELECT s.record_id, s.keys, s.layout FROM search_records AS s
                WHERE s.keys && a
                    AND s.workspace_id IS NOT DISTINCT FROM tenant AND s.kind IS NOT DISTINCT FROM sought
                LIMIT looked
            ) AS f ORDER BY f.record_id DESC LIMIT bound;
    ELSIF c IS NULL THEN
        RETURN QUERY
            SELECT f.record_id, f.keys, f.layout FROM (
                SELECT s.record_id, s.keys, s.layout FROM search_records AS s
                WHERE s.keys && a AND s.keys && b
                    AND s.workspace_id IS NOT DISTINCT FROM tenant AND s.kind IS NOT DISTINCT FROM sought
                LIMIT looked
            ) AS f ORDER BY f.record_id DESC LIMIT bound;
    ELSIF d IS NULL THEN
        RETURN QUERY
            SELECT f.record_id, f.keys, f.layout FROM (
                SELECT s.record_id, s.keys, s.layout FROM search_records AS s
                WHERE s.keys && a AND s.keys && b AND s.keys && c
                    AND s.workspace_id IS NOT DISTINCT FROM tenant AND s.kind IS NOT DISTINCT FROM sought
                LIMIT looked
            ) AS f ORDER BY f.record_id DESC LIMIT bound;
    ELSE
        RETURN QUERY
            SELECT f.record_id, f.keys, f.layout FROM (
                SELECT s.record_id, s.keys, s.layout FROM search_records AS s
                WHERE s.keys && a AND s.keys && b AND s.keys && c AND s.keys && d
                    AND s.workspace_id IS NOT DISTINCT FROM tenant AND s.kind IS NOT DISTINCT FROM sought
                LIMIT looked
            ) AS f ORDER BY f.record_id DESC LIMIT bound;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION search_records_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_records_of TO workport_app;
