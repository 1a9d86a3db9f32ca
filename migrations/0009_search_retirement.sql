-- 0009_search_retirement.sql: what 0005 made is no longer read or written.
DROP FUNCTION search_candidates;
DROP TABLE task_search;
DROP TABLE contact_phones;
DROP FUNCTION search_keys;
DROP FUNCTION search_prefix;
