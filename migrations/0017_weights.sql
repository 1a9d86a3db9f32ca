-- 0017_weights.sql: how many times the share of a node's workers that others have is a workspace's while all of them call.

ALTER TABLE workspaces ADD COLUMN mcp_weight integer NOT NULL DEFAULT 1 CHECK (mcp_weight BETWEEN 1 AND 100);

-- As before, and with the weight.
DROP FUNCTION authenticate(uuid, bytea, bytea);
CREATE FUNCTION authenticate(workspace uuid, digest bytea, session bytea)
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
    ends_at                  bigint,
    profile                  text,
    permissions              text,
    features                 text,
    confirm                  text,
    workspace_confirm        text,
    lockdown                 boolean,
    weight                   integer
)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('workport.workspace_id', workspace::text, true);
    SELECT
        CASE
            WHEN c.revoked_at IS NOT NULL AND c.revoked_at <= clock_timestamp() THEN 'revoked'
            WHEN c.expires_at IS NOT NULL AND c.expires_at <= clock_timestamp() THEN 'expired'
            WHEN w.status <> 'active' THEN 'suspended'
            WHEN m.status <> 'active' THEN 'revoked'
            ELSE 'ok'
        END,
        c.id, c.acts_as,
        c.read_only OR w.mcp_read_only,
        c.customer_comments AND w.mcp_customer_comments,
        greatest(c.customer_comment_factors, w.mcp_customer_comment_factors)::integer,
        array_to_string(w.mcp_tools_allow, ' '), array_to_string(w.mcp_tools_deny, ' '),
        array_to_string(c.tools_allow, ' '), array_to_string(c.tools_deny, ' '),
        session IS NOT NULL AND EXISTS (
            SELECT FROM ended_sessions AS e WHERE e.workspace_id = workspace AND e.session_digest = session
        ),
        (extract(epoch FROM least(c.expires_at, c.revoked_at)) * 1000000)::bigint,
        c.profile, array_to_string(c.permissions, ' '), array_to_string(c.features, ' '),
        c.confirm, w.mcp_confirm, c.lockdown OR w.mcp_lockdown, w.mcp_weight
    INTO
        verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
        workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at,
        profile, permissions, features, confirm, workspace_confirm, lockdown, weight
    FROM credentials AS c
    JOIN workspaces AS w ON w.id = c.workspace_id
    LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
    WHERE c.workspace_id = workspace AND c.secret_digest = digest;

    IF verdict IS NULL THEN
        PERFORM set_config('workport.workspace_id', '', true);
        RETURN;
    END IF;
    IF verdict <> 'ok' OR session_ended THEN
        PERFORM set_config('workport.workspace_id', '', true);
    ELSIF acts_as IS NOT NULL THEN
        PERFORM set_config('workport.member_id', acts_as::text, true);
    END IF;
    RETURN NEXT;
END
$$;

-- The same on a standby; see 0010_replicas.sql.
DROP FUNCTION authenticate_at(pg_lsn, uuid, bytea, bytea);
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
    ends_at                  bigint,
    profile                  text,
    permissions              text,
    features                 text,
    confirm                  text,
    workspace_confirm        text,
    lockdown                 boolean,
    weight                   integer
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
        a.workspace_allow, a.workspace_deny, a.credential_allow, a.credential_deny, a.session_ended, a.ends_at,
        a.profile, a.permissions, a.features, a.confirm, a.workspace_confirm, a.lockdown,
        a.weight
    FROM authenticate(workspace, digest, session) AS a;
END
$$;
