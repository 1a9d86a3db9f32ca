-- 0008_search_index.sql: the words, numbers and addresses by which searchWorkspaceTasks finds tasks. What matches is
-- decided by the matcher; these tables only offer candidates. `workport reindex` fills them for existing data.

-- The words of one task, of its customer and of what was written about it, as 64-bit hashes under the workspace's
-- identifier: the tenant is inside of each key, so the lists of one workspace never meet another's. Long discussions
-- have several parts, each with the words of names and title.
CREATE TABLE search_documents (
    workspace_id uuid     NOT NULL,
    task_id      uuid     NOT NULL,
    part         smallint NOT NULL,
    keys         bigint[] NOT NULL,
    -- Which of the words stand in which field, so that a search compares tasks without reading their texts.
    layout       bytea    NOT NULL,
    CONSTRAINT search_documents_pkey      PRIMARY KEY (workspace_id, task_id, part),
    CONSTRAINT search_documents_task_fkey FOREIGN KEY (workspace_id, task_id) REFERENCES tasks ON DELETE CASCADE
);
CREATE INDEX search_documents_keys ON search_documents USING gin (keys) WITH (fastupdate = off);
CALL isolate_by_workspace('search_documents');

-- The words of a workspace, from which every process keeps a dictionary: one letter for the section, then the word.
--
-- A process reads what was born since its snapshot with each search, so a word is found as soon as its transaction is
-- committed, and one of a transaction that was rolled back never. Two transactions may bring in the same word at once,
-- each with a row of its own, and neither waits for the other. uses is how many tasks have the word, roughly.
CREATE TABLE search_words (
    workspace_id uuid             NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    word         text COLLATE "C" NOT NULL CHECK (octet_length(word) BETWEEN 2 AND 80),
    born         xid8             NOT NULL DEFAULT pg_current_xact_id(),
    uses         integer          NOT NULL DEFAULT 1,
    CONSTRAINT search_words_pkey PRIMARY KEY (workspace_id, word, born)
);
CREATE INDEX search_words_born ON search_words (workspace_id, born);
CALL isolate_by_workspace('search_words');

-- The digits of customers' numbers: from right to left, and as they are dialled inside of their country.
CREATE TABLE search_phones (
    workspace_id uuid             NOT NULL,
    contact_id   uuid             NOT NULL,
    reversed     text COLLATE "C" NOT NULL CHECK (reversed ~ '^[0-9]{3,20}$'),
    national     text COLLATE "C" NOT NULL CHECK (national ~ '^[0-9]{0,20}$'),
    CONSTRAINT search_phones_pkey         PRIMARY KEY (workspace_id, reversed, contact_id),
    CONSTRAINT search_phones_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX search_phones_national ON search_phones (workspace_id, national);
CREATE INDEX search_phones_of_contact ON search_phones (workspace_id, contact_id);
CALL isolate_by_workspace('search_phones');

-- Customers' addresses, folded. squeezed is the local part without its marks, which people forget and mix up.
CREATE TABLE search_emails (
    workspace_id uuid             NOT NULL,
    contact_id   uuid             NOT NULL,
    local        text COLLATE "C" NOT NULL,
    domain       text COLLATE "C" NOT NULL,
    squeezed     text COLLATE "C" NOT NULL,
    CONSTRAINT search_emails_pkey         PRIMARY KEY (workspace_id, local, domain, contact_id),
    CONSTRAINT search_emails_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX search_emails_domain ON search_emails (workspace_id, domain);
CREATE INDEX search_emails_squeezed ON search_emails (workspace_id, squeezed);
CREATE INDEX search_emails_of_contact ON search_emails (workspace_id, contact_id);
CALL isolate_by_workspace('search_emails');

-- Row-level security evaluates its own condition before any operator that might leak, and && counts as such an
-- operator: under a policy the index on keys could not be used. So the index is read by the function below alone, as
-- the owner, for whom the table is open; it takes the tenant from the transaction, not from its caller, and what it
-- returns are keys of tasks that the caller still has to read under its own policy.
CREATE POLICY search_documents_for_owner ON search_documents FOR SELECT TO CURRENT_USER USING (true);

-- Tasks of the current workspace that have a key out of each set, the newest first. Of many more than `bound` only
-- some are looked at. Sets beyond the first may be NULL.
--
-- The workspace is compared in a way that no index serves: as a second condition of the index scan it would make a
-- bitmap of the whole workspace. It is only a second lock, for the keys themselves belong to one workspace.
CREATE FUNCTION search_tasks(a bigint[], b bigint[], c bigint[], d bigint[], bound integer) RETURNS TABLE (task_id uuid, part smallint, keys bigint[], layout bytea)
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
                LIMIT bound * 4
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    ELSIF c IS NULL THEN
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.keys && b AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT bound * 4
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    ELSIF d IS NULL THEN
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.keys && b AND s.keys && c AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT bound * 4
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    ELSE
        RETURN QUERY
            SELECT f.task_id, f.part, f.keys, f.layout FROM (
                SELECT s.task_id, s.part, s.keys, s.layout FROM search_documents AS s
                WHERE s.keys && a AND s.keys && b AND s.keys && c AND s.keys && d
                    AND s.workspace_id IS NOT DISTINCT FROM tenant
                LIMIT bound * 4
            ) AS f ORDER BY f.task_id DESC LIMIT bound;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION search_tasks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_tasks TO workport_app;

-- Which workspaces the index holds in full, and by which rules: `workport reindex` and `workport migrate` bring the
-- others up to date.
CREATE TABLE search_indexes (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    version      integer     NOT NULL,
    built_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT search_indexes_pkey PRIMARY KEY (workspace_id)
);
CALL isolate_by_workspace('search_indexes');
CREATE POLICY search_indexes_for_operator ON search_indexes TO CURRENT_USER USING (true);
