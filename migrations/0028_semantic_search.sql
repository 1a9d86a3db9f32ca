-- 0028_semantic_search.sql: what documents mean, for the search in the knowledge base.
--
-- Nothing here needs the extension vector; where it is installed, embeddings are compared with it.

-- Whether the texts of a workspace's published documents, and what is searched for in them, may be sent to the endpoint
-- that the operator has set up.
ALTER TABLE workspaces ADD COLUMN semantic_search boolean NOT NULL DEFAULT false;

-- Tells one text from another, no more: it is not what anything is trusted for.
ALTER TABLE documents ADD COLUMN content_digest text NOT NULL GENERATED ALWAYS AS (md5(title || E'\n' || body)) STORED;

-- A part of a document and what it means. A document's parts are written together, so where the first one is, all are. They
-- count only while they are those of the document's present text.
CREATE TABLE document_chunks (
    workspace_id   uuid    NOT NULL,
    document_id    uuid    NOT NULL,
    position       integer NOT NULL CHECK (position >= 0),
    content_digest text    NOT NULL,
    -- Where in the body it is, in characters from 0.
    starts_at      integer NOT NULL CHECK (starts_at >= 0),
    length         integer NOT NULL CHECK (length > 0),
    model          text    NOT NULL CHECK (model <> ''),
    dimensions     integer NOT NULL CHECK (dimensions BETWEEN 1 AND 16000),
    embedding      real[]  NOT NULL CHECK (cardinality(embedding) = dimensions),
    CONSTRAINT document_chunks_pkey PRIMARY KEY (workspace_id, document_id, position),
    CONSTRAINT document_chunks_document_fkey FOREIGN KEY (workspace_id, document_id) REFERENCES documents ON DELETE CASCADE
);
-- Numbers without a pattern do not get smaller.
ALTER TABLE document_chunks ALTER COLUMN embedding SET STORAGE EXTERNAL;
CALL isolate_by_workspace('document_chunks');

-- The schema of the extension that compares embeddings, quoted; NULL where it is not installed or may not be used.
CREATE FUNCTION vector_schema() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT quote_ident(n.nspname) FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'vector' AND has_schema_privilege(n.oid, 'USAGE')
);

-- The published documents of a workspace whose text means what is the nearest, each with its nearest part; none without the
-- extension. The cosine distance is 0 for the same direction and 1 for nothing in common, which is left out.
--
-- All parts of the workspace are compared, so that nothing of what it has is missed and nothing of others is looked at. An
-- index over all workspaces would look at the neighbours of everybody first and throw away those of others.
CREATE FUNCTION nearest_documents(workspace uuid, asked_model text, asked real[], only_category text, wanted bigint)
RETURNS TABLE (document_id uuid, starts_at integer, length integer, distance double precision)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    home text := vector_schema();
BEGIN
    IF home IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        $statement$
            SELECT n.document_id, n.starts_at, n.length, n.distance FROM (
                SELECT DISTINCT ON (c.document_id) c.document_id, c.starts_at, c.length,
                    c.embedding::%1$s.vector OPERATOR(%1$s.<=>) $3::%1$s.vector AS distance
                FROM document_chunks AS c
                JOIN documents AS d
                    ON d.workspace_id = c.workspace_id AND d.id = c.document_id AND d.content_digest = c.content_digest
                WHERE c.workspace_id = $1 AND c.model = $2 AND c.dimensions = cardinality($3)
                    AND d.deleted_at IS NULL AND d.status = 'published' AND ($4 IS NULL OR d.category = $4)
                ORDER BY c.document_id, distance, c.position
            ) AS n
            WHERE n.distance < 1 ORDER BY n.distance, n.document_id LIMIT $5
        $statement$,
        home
    ) USING workspace, asked_model, asked, only_category, wanted;
END
$$;

-- The workspaces whose documents may be sent to the endpoint, for the service that does it; it learns nothing else of them.
CREATE FUNCTION semantic_workspaces() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT w.id FROM workspaces AS w WHERE w.semantic_search AND w.status = 'active' ORDER BY w.id
$$;
REVOKE ALL ON FUNCTION semantic_workspaces() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION semantic_workspaces() TO workport_app;
