-- 0016_record_search.sql: by what contacts, companies and all other rows that are searched are found, beside tasks. What matches
-- is decided by the matcher; these tables only offer candidates. `workport migrate` fills them for existing data.

-- The words of one row, as 64-bit hashes under the workspace's identifier and the kind of the row: the lists of one
-- workspace never meet another's, nor those of two kinds. See search_documents.
CREATE TABLE search_records (
    workspace_id uuid             NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    -- What the identifiers of such rows begin with.
    kind         text COLLATE "C" NOT NULL,
    record_id    uuid             NOT NULL,
    keys         bigint[]         NOT NULL,
    layout       bytea            NOT NULL,
    CONSTRAINT search_records_pkey PRIMARY KEY (workspace_id, kind, record_id)
);
CREATE INDEX search_records_keys ON search_records USING gin (keys) WITH (fastupdate = off);
CALL isolate_by_workspace('search_records');
CREATE POLICY search_records_for_owner ON search_records FOR SELECT TO CURRENT_USER USING (true);

-- The digits of their numbers, as in search_phones, which has those of contacts.
CREATE TABLE search_record_phones (
    workspace_id uuid             NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind         text COLLATE "C" NOT NULL,
    record_id    uuid             NOT NULL,
    reversed     text COLLATE "C" NOT NULL CHECK (reversed ~ '^[0-9]{3,20}$'),
    national     text COLLATE "C" NOT NULL CHECK (national ~ '^[0-9]{0,20}$'),
    CONSTRAINT search_record_phones_pkey PRIMARY KEY (workspace_id, kind, reversed, record_id)
);
CREATE INDEX search_record_phones_national  ON search_record_phones (workspace_id, kind, national);
CREATE INDEX search_record_phones_of_record ON search_record_phones (workspace_id, kind, record_id);
CALL isolate_by_workspace('search_record_phones');

-- Their addresses, as in search_emails, which has those of contacts.
CREATE TABLE search_record_emails (
    workspace_id uuid             NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind         text COLLATE "C" NOT NULL,
    record_id    uuid             NOT NULL,
    local        text COLLATE "C" NOT NULL,
    domain       text COLLATE "C" NOT NULL,
    squeezed     text COLLATE "C" NOT NULL,
    CONSTRAINT search_record_emails_pkey PRIMARY KEY (workspace_id, kind, local, domain, record_id)
);
CREATE INDEX search_record_emails_domain    ON search_record_emails (workspace_id, kind, domain);
CREATE INDEX search_record_emails_squeezed  ON search_record_emails (workspace_id, kind, squeezed);
CREATE INDEX search_record_emails_of_record ON search_record_emails (workspace_id, kind, record_id);
CALL isolate_by_workspace('search_record_emails');

-- Rows of one kind in the current workspace that have a key out of each set, the newest of the first `looked` that the index
-- finds; keys of two kinds are never the same. See search_tasks for why it runs as the owner, and why workspace and
-- kind are compared in a way that no index serves.
CREATE FUNCTION search_records_of(sought text, a bigint[], b bigint[], c bigint[], d bigint[], looked integer, bound integer)
RETURNS TABLE (record_id uuid, keys bigint[], layout bytea)
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
