-- 0001_foundation.sql: what every later table stands on: identifiers, the tenant setting, isolation.
--
-- Two roles exist before the first migration: the owner, who runs this file, and workport_app, as which the service
-- connects. workport_app owns nothing, is no superuser and cannot bypass row-level security.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'workport_app') THEN
        RAISE EXCEPTION 'role workport_app does not exist'
            USING HINT = 'Create it first: CREATE ROLE workport_app LOGIN PASSWORD ''...'';';
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO workport_app;

-- A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random bits, so that keys arrive in order of time.
CREATE FUNCTION time_ordered_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(
    set_bit(
        set_bit(
            overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6
            ),
            52, 1
        ),
        53, 1
    ),
    'hex'
)::uuid;

-- The identifier that callers see: a prefix for the kind and the key's 32 hexadecimal digits.
CREATE FUNCTION public_id(prefix text, id uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN prefix || '_' || replace(id::text, '-', '');

-- The workspace of the current transaction, or NULL before a caller was authenticated. Policies compare with it.
CREATE FUNCTION current_workspace_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('workport.workspace_id', true), '')::uuid;

-- The member for whom the current credential acts, or NULL.
CREATE FUNCTION current_member_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('workport.member_id', true), '')::uuid;

-- A moment as callers read it: RFC 3339 in UTC, to the millisecond.
CREATE FUNCTION rfc3339(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE STRICT
RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Puts a table behind row-level security, also for its owner, and lets the application read and write its rows.
CREATE PROCEDURE isolate_by_workspace(isolated regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format(
        'CREATE POLICY %I ON %s USING (workspace_id = current_workspace_id())',
        isolated::text || '_in_workspace', isolated
    );
    EXECUTE format('GRANT %s ON %s TO workport_app', privileges, isolated);
END
$$;
