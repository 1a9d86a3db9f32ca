-- 0005_search.sql: where searchWorkspaceTasks finds its candidates; what matches is decided by the matcher.

-- The folded words of one task and its customer. Each key begins with the workspace (search_prefix), so that the
-- lists of one workspace never meet another's inside the index.
CREATE TABLE task_search (
    workspace_id uuid     NOT NULL,
    task_id      uuid     NOT NULL,
    keys         tsvector NOT NULL,
    CONSTRAINT task_search_pkey      PRIMARY KEY (workspace_id, task_id),
    CONSTRAINT task_search_task_fkey FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE
);
CREATE INDEX task_search_keys ON task_search USING gin (keys) WITH (fastupdate = off);
CALL isolate_by_workspace('task_search');

-- The digits of a contact's numbers, reversed: a number that ends so is a range of this index.
CREATE TABLE contact_phones (
    workspace_id uuid NOT NULL,
    contact_id   uuid NOT NULL,
    reversed     text COLLATE "C" NOT NULL CHECK (reversed ~ '^[0-9]{3,20}$'),
    CONSTRAINT contact_phones_pkey         PRIMARY KEY (workspace_id, reversed, contact_id),
    CONSTRAINT contact_phones_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX contact_phones_of_contact ON contact_phones (workspace_id, contact_id);
CALL isolate_by_workspace('contact_phones');

-- What stands before every key of a workspace.
CREATE FUNCTION search_prefix(workspace uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN encode(substring(sha256(uuid_send(workspace)) FROM 1 FOR 6), 'hex') || ':';

-- The keys of a task as the index stores them.
CREATE FUNCTION search_keys(workspace uuid, words text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN array_to_tsvector(ARRAY(SELECT DISTINCT search_prefix(workspace) || word FROM unnest(words) AS word WHERE word <> ''));

-- Row-level security evaluates its own condition before any operator that might leak, and @@ counts as such an
-- operator: under a policy the index on keys could not be used. So the index is read by this function alone, as the
-- owner, for whom the table is open; it takes the tenant from the transaction, not from its caller, and what it
-- returns are keys of tasks that the caller still has to read under its own policy.
CREATE POLICY task_search_for_owner ON task_search FOR SELECT TO CURRENT_USER USING (true);

-- Tasks of the current workspace that hold all words (or any of them), the newest first, at most `bound` of them.
-- A word that ends in * stands for every word that begins so.
CREATE FUNCTION search_candidates(words text[], match_all boolean, bound integer) RETURNS TABLE (task_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    prefix text := search_prefix(current_workspace_id());
    sought tsquery;
BEGIN
    IF prefix IS NULL OR cardinality(words) = 0 THEN
        RETURN;
    END IF;
    SELECT string_agg(
        quote_literal(prefix || rtrim(word, '*')) || CASE WHEN right(word, 1) = '*' THEN ':*' ELSE '' END,
        CASE WHEN match_all THEN ' & ' ELSE ' | ' END
    )::tsquery INTO sought FROM unnest(words) AS word WHERE rtrim(word, '*') <> '';
    IF sought IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT s.task_id FROM task_search AS s
        WHERE s.keys @@ sought
        ORDER BY s.task_id DESC
        LIMIT bound;
END
$$;
REVOKE ALL ON FUNCTION search_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_candidates TO workport_app;
