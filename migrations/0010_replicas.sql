-- 0010_replicas.sql: reads on standby servers that see everything that was answered before they began.

-- Up to where a standby must have replayed the primary's log for that, and the timeline of the log; runs on the primary.
--
-- A commit is answered when its record is flushed, so it lies before the end of what is flushed. Where commits are
-- answered before that, only the end of what is written will do, which a standby reaches later.
CREATE FUNCTION commit_position() RETURNS TABLE ("position" text, timeline text)
LANGUAGE sql VOLATILE
AS $$
    SELECT
        CASE current_setting('synchronous_commit')
            WHEN 'off' THEN pg_current_wal_insert_lsn()
            ELSE pg_current_wal_flush_lsn()
        END::text,
        substring(pg_walfile_name(pg_current_wal_flush_lsn()) FOR 8)
$$;

-- Like authenticate, on a standby that has replayed the log up to a position; else the verdict is `behind`, and the
-- workspace stays unset, so that the statements that follow see nothing.
--
-- Every statement in here takes a snapshot of its own, later than the look at the log: what was replayed by then is seen,
-- a revocation too. SECURITY INVOKER: it can do nothing that its caller cannot, and writes nothing.
CREATE FUNCTION authenticate_at("position" pg_lsn, workspace uuid, digest bytea, session bytea)
RETURNS TABLE (
    verdict                  text,
    credential_id            uuid,
    acts_as                  uuid,
    read_only                boolean,
    customer_comments        boolean,
    customer_comment_factors integer,
    workspace_allow          text,
    workspace_deny           text,
    credential_allow         text,
    credential_deny          text,
    session_ended            boolean,
    ends_at                  bigint
)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    -- A standby that was promoted has a log of its own.
    IF NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() < "position" THEN
        PERFORM set_config('workport.workspace_id', '', true);
        verdict := 'behind';
        RETURN NEXT;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        a.verdict, a.credential_id, a.acts_as, a.read_only, a.customer_comments, a.customer_comment_factors,
        a.workspace_allow, a.workspace_deny, a.credential_allow, a.credential_deny, a.session_ended, a.ends_at
    FROM authenticate(workspace, digest, session) AS a;
END
$$;

-- What a node compares between the primary and a server that is said to be its standby: the cluster, the database, and
-- the timelines that the server has followed the log on to.
CREATE FUNCTION replication_identity()
RETURNS TABLE (cluster text, database text, is_standby boolean, timeline text)
LANGUAGE sql VOLATILE
AS $$
    SELECT
        (SELECT s.system_identifier::text FROM pg_control_system() AS s),
        (SELECT d.oid::text FROM pg_database AS d WHERE d.datname = current_database()),
        pg_is_in_recovery(),
        upper(lpad(to_hex(greatest(
            (SELECT c.timeline_id FROM pg_control_checkpoint() AS c),
            (SELECT r.min_recovery_end_timeline FROM pg_control_recovery() AS r)
        )), 8, '0'))
$$;
