-- 0022_support.sql: tickets, what is said in them, and the clocks of their agreements.

-- What a ticket of some priority may take. Hours count in the policy's hours of work, in the workspace's time zone, or
-- around the clock.
CREATE TABLE sla_policies (
    workspace_id         uuid          NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                   uuid          NOT NULL DEFAULT time_ordered_uuid(),
    name                 text          NOT NULL CHECK (name <> ''),
    priority             text          NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    response_hours       numeric(8, 2) NOT NULL CHECK (response_hours > 0),
    resolution_hours     numeric(8, 2) NOT NULL CHECK (resolution_hours > 0),
    warning_percent      integer       NOT NULL DEFAULT 80 CHECK (warning_percent BETWEEN 1 AND 100),
    business_hours_only  boolean       NOT NULL DEFAULT true,
    -- Whether the clock of the resolution stands still while a ticket waits for the customer.
    pauses_while_waiting boolean       NOT NULL DEFAULT true,
    opens_at             time          NOT NULL DEFAULT '09:00',
    closes_at            time          NOT NULL DEFAULT '17:00',
    -- Days of work, from 1 (Monday) to 7.
    weekdays             integer[]     NOT NULL DEFAULT '{1,2,3,4,5}'
        CHECK (weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(weekdays) > 0),
    active               boolean       NOT NULL DEFAULT true,
    version              integer       NOT NULL DEFAULT 1,
    created_at           timestamptz   NOT NULL DEFAULT now(),
    updated_at           timestamptz   NOT NULL DEFAULT now(),
    deleted_at           timestamptz,
    CONSTRAINT sla_policies_pkey        PRIMARY KEY (workspace_id, id),
    CONSTRAINT sla_policies_hours_check CHECK (opens_at < closes_at)
);
CREATE INDEX sla_policies_by_priority ON sla_policies (workspace_id, priority, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX sla_policies_by_age      ON sla_policies (workspace_id, created_at, id) WHERE deleted_at IS NULL;
-- The policies of a new workspace, for those that are there already.
INSERT INTO sla_policies (workspace_id, name, priority, response_hours, resolution_hours, business_hours_only)
SELECT w.id, s.name, s.priority, s.response, s.resolution, s.priority <> 'urgent'
FROM workspaces AS w
CROSS JOIN (VALUES
    ('Urgent', 'urgent', 1, 8), ('High', 'high', 4, 16), ('Medium', 'medium', 8, 40), ('Low', 'low', 16, 80)
) AS s(name, priority, response, resolution);
CALL isolate_by_workspace('sla_policies');

ALTER TABLE workspace_counters
    ADD COLUMN next_ticket_number bigint NOT NULL DEFAULT 1 CHECK (next_ticket_number > 0);

CREATE TABLE tickets (
    workspace_id          uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id                    uuid        NOT NULL DEFAULT time_ordered_uuid(),
    number                bigint      NOT NULL CHECK (number > 0),
    title                 text        NOT NULL CHECK (title <> ''),
    description           text,
    type                  text        NOT NULL DEFAULT 'support'
        CHECK (type IN ('support', 'request', 'bug', 'feature')),
    channel               text        NOT NULL DEFAULT 'api'
        CHECK (channel IN ('portal', 'email', 'phone', 'chat', 'api', 'mcp')),
    status                text        NOT NULL DEFAULT 'open'
        CHECK (status IN ('open', 'in_progress', 'waiting', 'resolved', 'closed')),
    priority              text        NOT NULL DEFAULT 'medium'
        CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    contact_id            uuid,
    company_id            uuid,
    assignee_id           uuid,
    team_id               uuid,
    task_id               uuid,
    project_id            uuid,
    sla_policy_id         uuid,
    -- Kept by settle_ticket(), see there.
    first_response_at     timestamptz,
    resolved_at           timestamptz,
    closed_at             timestamptz,
    response_due_at       timestamptz,
    response_warning_at   timestamptz,
    resolution_due_at     timestamptz,
    resolution_warning_at timestamptz,
    clock_stopped_at      timestamptz,
    satisfaction          integer     CHECK (satisfaction BETWEEN 1 AND 5),
    merged_into_id        uuid,
    labels                text[]      NOT NULL DEFAULT '{}',
    version               integer     NOT NULL DEFAULT 1,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    deleted_at            timestamptz,
    CONSTRAINT tickets_pkey          PRIMARY KEY (workspace_id, id),
    CONSTRAINT tickets_number_key    UNIQUE (workspace_id, number),
    CONSTRAINT tickets_contact_fkey  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
    CONSTRAINT tickets_company_fkey  FOREIGN KEY (workspace_id, company_id) REFERENCES companies,
    CONSTRAINT tickets_assignee_fkey FOREIGN KEY (workspace_id, assignee_id) REFERENCES members,
    CONSTRAINT tickets_team_fkey     FOREIGN KEY (workspace_id, team_id) REFERENCES teams,
    CONSTRAINT tickets_task_fkey     FOREIGN KEY (workspace_id, task_id) REFERENCES tasks,
    CONSTRAINT tickets_project_fkey  FOREIGN KEY (workspace_id, project_id) REFERENCES projects,
    CONSTRAINT tickets_policy_fkey   FOREIGN KEY (workspace_id, sla_policy_id) REFERENCES sla_policies,
    CONSTRAINT tickets_merged_fkey   FOREIGN KEY (workspace_id, merged_into_id) REFERENCES tickets
);
CREATE INDEX tickets_by_age      ON tickets (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_by_touch    ON tickets (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_by_status   ON tickets (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_by_priority ON tickets (workspace_id, priority, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_by_type     ON tickets (workspace_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_by_end      ON tickets (workspace_id, resolved_at) WHERE deleted_at IS NULL;
CREATE INDEX tickets_of_contact  ON tickets (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_of_company  ON tickets (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_of_assignee ON tickets (workspace_id, assignee_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_of_team     ON tickets (workspace_id, team_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_of_task     ON tickets (workspace_id, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX tickets_of_project  ON tickets (workspace_id, project_id) WHERE project_id IS NOT NULL;
CALL isolate_by_workspace('tickets');

CREATE TABLE ticket_messages (
    workspace_id uuid        NOT NULL,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    ticket_id    uuid        NOT NULL,
    -- A reply and the customer's words are seen by both sides, a note by members alone.
    kind         text        NOT NULL CHECK (kind IN ('reply', 'note', 'customer')),
    body         text        NOT NULL CHECK (body <> '' AND char_length(body) <= 20000),
    author_id    uuid,
    contact_id   uuid,
    version      integer     NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at   timestamptz,
    CONSTRAINT ticket_messages_pkey         PRIMARY KEY (workspace_id, id),
    CONSTRAINT ticket_messages_ticket_fkey  FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
    CONSTRAINT ticket_messages_author_fkey  FOREIGN KEY (workspace_id, author_id) REFERENCES members,
    CONSTRAINT ticket_messages_contact_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts
);
CREATE INDEX ticket_messages_of_ticket ON ticket_messages (workspace_id, ticket_id, created_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX ticket_messages_by_age ON ticket_messages (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CALL isolate_by_workspace('ticket_messages');

-- Which status a ticket took and when; rows are only added.
CREATE TABLE ticket_status_changes (
    workspace_id uuid        NOT NULL,
    id           uuid        NOT NULL DEFAULT time_ordered_uuid(),
    ticket_id    uuid        NOT NULL,
    status       text        NOT NULL,
    at           timestamptz NOT NULL,
    by_id        uuid,
    CONSTRAINT ticket_status_changes_pkey        PRIMARY KEY (workspace_id, id),
    CONSTRAINT ticket_status_changes_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
    CONSTRAINT ticket_status_changes_by_fkey     FOREIGN KEY (workspace_id, by_id) REFERENCES members
);
CREATE INDEX ticket_status_changes_of_ticket ON ticket_status_changes (workspace_id, ticket_id, at, id);
CALL isolate_by_workspace('ticket_status_changes');

-- Seconds that a policy's clock counts between two moments.
CREATE FUNCTION sla_seconds(policy sla_policies, zone text, starts timestamptz, ends timestamptz) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN NOT policy.business_hours_only THEN greatest(extract(epoch FROM ends - starts), 0)
    ELSE (
        SELECT coalesce(sum(greatest(extract(epoch FROM least(ends, d.closing) - greatest(starts, d.opening)), 0)), 0)
        FROM (
            SELECT (s.day + policy.opens_at) AT TIME ZONE zone AS opening,
                (s.day + policy.closes_at) AT TIME ZONE zone AS closing
            FROM (
                SELECT (starts AT TIME ZONE zone)::date + n AS day
                FROM generate_series(0, (ends AT TIME ZONE zone)::date - (starts AT TIME ZONE zone)::date) AS n
            ) AS s
            WHERE extract(isodow FROM s.day)::integer = ANY (policy.weekdays)
        ) AS d
    )
END;

-- The moment at which a policy's clock has counted some seconds.
CREATE FUNCTION sla_moment(policy sla_policies, zone text, starts timestamptz, seconds numeric) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    day date := (starts AT TIME ZONE zone)::date;
    opening timestamptz;
    closing timestamptz;
    free numeric;
BEGIN
    IF NOT policy.business_hours_only THEN RETURN starts + make_interval(secs => seconds::double precision); END IF;
    FOR n IN 0..20000 LOOP
        IF extract(isodow FROM day)::integer = ANY (policy.weekdays) THEN
            opening := greatest(starts, (day + policy.opens_at) AT TIME ZONE zone);
            closing := (day + policy.closes_at) AT TIME ZONE zone;
            free := extract(epoch FROM closing - opening);
            IF free > 0 AND free >= seconds THEN
                RETURN opening + make_interval(secs => seconds::double precision);
            END IF;
            seconds := seconds - greatest(free, 0);
        END IF;
        day := day + 1;
    END LOOP;
    RETURN NULL;
END
$$;

-- When a clock that runs in some stretches and stands still in others has counted some seconds. Each stretch begins at
-- its mark and ends where the next one begins; the last one has no end. Where the clock stands still before it is so
-- far, the moment is told as if it went on from there.
CREATE FUNCTION sla_deadline(
    policy sla_policies, zone text, marks timestamptz[], runs boolean[], seconds numeric
) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    counted numeric;
    stopped timestamptz;
BEGIN
    FOR n IN 1..cardinality(marks) LOOP
        IF NOT runs[n] THEN
            stopped := coalesce(stopped, marks[n]);
            CONTINUE;
        END IF;
        stopped := NULL;
        IF n = cardinality(marks) THEN EXIT; END IF;
        counted := sla_seconds(policy, zone, marks[n], marks[n + 1]);
        IF counted >= seconds THEN RETURN sla_moment(policy, zone, marks[n], seconds); END IF;
        seconds := seconds - counted;
    END LOOP;
    RETURN sla_moment(policy, zone, coalesce(stopped, marks[cardinality(marks)]), seconds);
END
$$;

-- Brings what follows from a ticket's status, messages and policy in line with them, and notes a new status.
--
-- The response is due when the policy's clock has counted response_hours from the ticket's creation; it never stands
-- still. The resolution is due when it has counted resolution_hours of the stretches in which the ticket was open or in
-- progress (waiting too where the policy does not pause); what a ticket was resolved or closed for before it was opened
-- again does not count. clock_stopped_at tells since when that clock stands still.
CREATE PROCEDURE settle_ticket(ticket uuid)
LANGUAGE plpgsql
AS $$
DECLARE
    row tickets;
    policy sla_policies;
    zone text;
    last text;
    statuses text[];
    marks timestamptz[];
    runs boolean[] := '{}';
    resolved timestamptz;
    closed timestamptz;
    stopped timestamptz;
BEGIN
    SELECT t.* INTO row FROM tickets AS t WHERE t.workspace_id = current_workspace_id() AND t.id = ticket;
    SELECT w.timezone INTO zone FROM workspaces AS w WHERE w.id = current_workspace_id();
    SELECT p.* INTO policy FROM sla_policies AS p
    WHERE p.workspace_id = current_workspace_id() AND p.id = row.sla_policy_id;
    SELECT c.status INTO last FROM ticket_status_changes AS c
    WHERE c.workspace_id = current_workspace_id() AND c.ticket_id = ticket ORDER BY c.at DESC, c.id DESC LIMIT 1;
    IF last IS DISTINCT FROM row.status THEN
        INSERT INTO ticket_status_changes (workspace_id, ticket_id, status, at, by_id)
        VALUES (row.workspace_id, ticket, row.status, CASE WHEN last IS NULL THEN row.created_at ELSE clock_timestamp() END,
            current_member_id());
    END IF;
    SELECT array_agg(c.status ORDER BY c.at, c.id), array_agg(c.at ORDER BY c.at, c.id) INTO statuses, marks
    FROM ticket_status_changes AS c
    WHERE c.workspace_id = current_workspace_id() AND c.ticket_id = ticket;
    FOR n IN 1..cardinality(statuses) LOOP
        runs := runs || (
            statuses[n] IN ('open', 'in_progress')
            OR statuses[n] = 'waiting' AND NOT coalesce(policy.pauses_while_waiting, true)
        );
        stopped := CASE WHEN runs[n] THEN NULL ELSE coalesce(stopped, marks[n]) END;
        resolved := CASE WHEN statuses[n] IN ('resolved', 'closed') THEN coalesce(resolved, marks[n]) END;
        closed := CASE WHEN statuses[n] = 'closed' THEN coalesce(closed, marks[n]) END;
    END LOOP;
    UPDATE tickets AS t SET
        first_response_at = (
            SELECT min(m.created_at) FROM ticket_messages AS m
            WHERE m.workspace_id = t.workspace_id AND m.ticket_id = t.id AND m.kind = 'reply' AND m.deleted_at IS NULL
        ),
        resolved_at = resolved, closed_at = closed, clock_stopped_at = stopped,
        response_due_at = CASE WHEN policy.id IS NOT NULL THEN
            sla_moment(policy, zone, t.created_at, policy.response_hours * 3600) END,
        response_warning_at = CASE WHEN policy.id IS NOT NULL THEN
            sla_moment(policy, zone, t.created_at, policy.response_hours * 36 * policy.warning_percent) END,
        resolution_due_at = CASE WHEN policy.id IS NOT NULL THEN
            sla_deadline(policy, zone, marks, runs, policy.resolution_hours * 3600) END,
        resolution_warning_at = CASE WHEN policy.id IS NOT NULL THEN
            sla_deadline(policy, zone, marks, runs, policy.resolution_hours * 36 * policy.warning_percent) END
    WHERE t.workspace_id = current_workspace_id() AND t.id = ticket;
END
$$;
