-- 0007_contact_names.sql: where names of customers are completed while somebody types them.

-- The folded name of a contact, and the same once more from each of its later words on, with the words before at the
-- end: a name that begins so, or has a word that does, is a range of the primary key.
CREATE TABLE contact_names (
    workspace_id uuid             NOT NULL,
    contact_id   uuid             NOT NULL,
    -- Whether the name begins with another word than its first here.
    is_turned    boolean          NOT NULL,
    name         text COLLATE "C" NOT NULL CHECK (name <> '' AND octet_length(name) <= 160),
    CONSTRAINT contact_names_pkey         PRIMARY KEY (workspace_id, is_turned, name, contact_id),
    CONSTRAINT contact_names_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX contact_names_of_contact ON contact_names (workspace_id, contact_id);
CALL isolate_by_workspace('contact_names');
