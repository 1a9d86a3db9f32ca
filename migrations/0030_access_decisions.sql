-- 0030_access_decisions.sql: what people say to those who asked for access.
ALTER TABLE access_requests
    -- Why it was refused, for the caller that asked.
    ADD COLUMN answer text,
    ADD CONSTRAINT access_requests_decision_check CHECK ((status = 'open') = (decided_at IS NULL)),
    ADD CONSTRAINT access_requests_answer_check CHECK (answer IS NULL OR status = 'refused');
-- For a workspace's list by status, and for what a caller is told of its own.
CREATE INDEX access_requests_by_status     ON access_requests (workspace_id, status, id);
CREATE INDEX access_requests_of_credential ON access_requests (workspace_id, credential_id, id);
