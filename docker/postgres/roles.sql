-- roles.sql: the two roles that Workport needs, made by a superuser before the first migration.
--
--   psql --set owner_password=… --set application_password=… --file roles.sql workport
--
-- workport_owner owns the schema and runs `workport migrate` and the administrative commands. workport_app is what the
-- service connects as: it owns nothing and cannot bypass row-level security; `workport serve` refuses any other kind.
CREATE ROLE workport_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE workport_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'application_password';
ALTER DATABASE workport OWNER TO workport_owner;
ALTER SCHEMA public OWNER TO workport_owner;
REVOKE ALL ON DATABASE workport FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE workport TO workport_owner;
GRANT CONNECT ON DATABASE workport TO workport_app;
