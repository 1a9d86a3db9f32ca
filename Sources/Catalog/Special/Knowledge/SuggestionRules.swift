import Postgres

/// What in a workspace's rows deserves attention. Each rule is a query; nothing is told that is not in the rows.
///
/// A rule's rows have the columns `entity` and `prefix` (of what it is about), `id`, `title`, `reason`, `evidence` (a
/// list of `{entity, id, field, value}` as JSON), `score` (0 to 1) and `occasion`: a suggestion that was acknowledged or
/// dismissed comes back when there is another occasion, such as another due date.
struct SuggestionRule: Sendable {
    /// What the rule suggests.
    let kind: String
    /// What the evidence shows, for the documentation of the tool.
    let meaning: String
    /// The query, over the tables `clock` (`zone`, `today`) and what it names itself.
    let rows: @Sendable (_ workspace: SQL) -> SQL

    static let kinds = ["follow_up", "stale_deal", "overdue_invoice", "sla_risk", "duplicate"]

    static let all: [SuggestionRule] = [
        overdueTasks, slaRisks, overdueInvoices, staleDeals, quietCustomers, waitingCandidates, duplicateContacts,
    ]

    /// Unfinished tasks that are late and that nobody works on.
    private static let overdueTasks = SuggestionRule(
        kind: "follow_up", meaning: "an overdue task without assignee"
    ) { workspace in
        """
        SELECT 'task' AS entity, 'tsk' AS prefix, t.id, 'Give task ' || t.number || ' to somebody' AS title,
            'Task ' || t.number || ' was due ' || (c.today - t.due_date) || ' days ago and has no assignee.' AS reason,
            json_build_array(
                json_build_object('entity', 'task', 'id', public_id('tsk', t.id), 'field', 'due_date', 'value', t.due_date),
                json_build_object('entity', 'task', 'id', public_id('tsk', t.id), 'field', 'assignees', 'value', json_build_array())
            ) AS evidence,
            least(0.5 + (c.today - t.due_date) / 60.0
                + CASE t.priority WHEN 'urgent' THEN 0.3 WHEN 'high' THEN 0.15 ELSE 0 END, 1) AS score,
            t.due_date::text AS occasion
        FROM tasks AS t CROSS JOIN clock AS c
        WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
            AND t.status IN ('open', 'in_progress', 'waiting') AND t.due_date < c.today
            AND NOT EXISTS (SELECT FROM task_assignees AS l
                WHERE l.workspace_id = t.workspace_id AND l.task_id = t.id)
        """
    }

    /// Unfinished tickets that are late by their policy, or will be soon.
    private static let slaRisks = SuggestionRule(
        kind: "sla_risk", meaning: "an unresolved ticket that is late by its SLA, or nearly"
    ) { workspace in
        """
        SELECT 'ticket' AS entity, 'tkt' AS prefix, t.id,
            CASE s.state WHEN 'breached' THEN 'Catch up on ticket ' ELSE 'Hurry with ticket ' END || n.number AS title,
            'Ticket ' || n.number || CASE s.state WHEN 'breached' THEN ' is late by its SLA.' ELSE ' is near the limit of its SLA.' END
                AS reason,
            json_build_array(
                json_build_object('entity', 'ticket', 'id', public_id('tkt', t.id), 'field', 'sla_state', 'value', s.state),
                json_build_object('entity', 'ticket', 'id', public_id('tkt', t.id), 'field', 'response_due_at',
                    'value', rfc3339(t.response_due_at)),
                json_build_object('entity', 'ticket', 'id', public_id('tkt', t.id), 'field', 'resolution_due_at',
                    'value', rfc3339(t.resolution_due_at))
            ) AS evidence,
            CASE s.state WHEN 'breached' THEN 0.9 ELSE 0.7 END + CASE t.priority WHEN 'urgent' THEN 0.1 ELSE 0 END AS score,
            s.state || ' ' || t.resolution_due_at AS occasion
        FROM tickets AS t
        CROSS JOIN LATERAL (SELECT \(verbatim: TicketClock.state) AS state) AS s
        CROSS JOIN LATERAL (SELECT \(verbatim: TicketClock.number) AS number) AS n
        WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL
            AND t.status IN ('open', 'in_progress', 'waiting') AND s.state IN ('breached', 'warning')
        """
    }

    /// Issued invoices that are not paid in full and are late.
    private static let overdueInvoices = SuggestionRule(
        kind: "overdue_invoice", meaning: "an invoice that is owed after its due date"
    ) { workspace in
        """
        SELECT 'invoice' AS entity, 'inv' AS prefix, i.id, 'Chase invoice ' || i.number AS title,
            'Invoice ' || i.number || ' was due ' || (c.today - i.due_date) || ' days ago and is not paid in full.' AS reason,
            json_build_array(
                json_build_object('entity', 'invoice', 'id', public_id('inv', i.id), 'field', 'due_date', 'value', i.due_date),
                json_build_object('entity', 'invoice', 'id', public_id('inv', i.id), 'field', 'balance', 'value',
                    json_build_object('amount', i.balance_amount, 'currency', i.currency))
            ) AS evidence,
            least(0.4 + (c.today - i.due_date) / 150.0, 1) AS score, i.due_date::text AS occasion
        FROM invoices AS i CROSS JOIN clock AS c
        WHERE i.workspace_id = \(workspace) AND i.deleted_at IS NULL AND i.kind = 'invoice'
            AND i.status NOT IN ('draft', 'void', 'paid') AND i.due_date < c.today AND i.balance_amount > 0
        """
    }

    /// Open deals whose stage has not changed for a month and for which nothing is planned.
    private static let staleDeals = SuggestionRule(
        kind: "stale_deal", meaning: "an open deal that has stood still for 30 days with nothing planned"
    ) { workspace in
        """
        SELECT 'deal' AS entity, 'dea' AS prefix, d.id, 'Move on with ' || d.title AS title,
            'The deal has been in stage ' || g.name || ' since ' || (d.stage_entered_at AT TIME ZONE c.zone)::date
                || ', and no activity is planned.' AS reason,
            json_build_array(json_build_object('entity', 'deal', 'id', public_id('dea', d.id), 'field', 'stage_entered_at',
                'value', rfc3339(d.stage_entered_at))) AS evidence,
            0.5 + d.probability / 250.0 AS score, d.stage_entered_at::text AS occasion
        FROM deals AS d CROSS JOIN clock AS c
        JOIN pipeline_stages AS g ON g.workspace_id = d.workspace_id AND g.id = d.stage_id
        WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'open'
            AND d.stage_entered_at < now() - interval '30 days'
            AND NOT EXISTS (SELECT FROM activities AS a
                WHERE a.workspace_id = d.workspace_id AND a.deal_id = d.id AND a.deleted_at IS NULL
                    AND a.status = 'planned' AND a.due_at >= now())
        """
    }

    /// Customers for whom nothing has happened for three months.
    private static let quietCustomers = SuggestionRule(
        kind: "follow_up", meaning: "a customer for whom nothing happened in 90 days"
    ) { workspace in
        """
        SELECT 'contact' AS entity, 'con' AS prefix, p.id, 'Ask ' || p.display_name || ' how things are' AS title,
            'Nothing has happened for ' || p.display_name || ' since ' || (q.last AT TIME ZONE c.zone)::date || '.' AS reason,
            json_build_array(json_build_object('entity', 'contact', 'id', public_id('con', p.id),
                'field', 'last_touched_at', 'value', rfc3339(q.last))) AS evidence,
            least(0.3 + (c.today - (q.last AT TIME ZONE c.zone)::date) / 1000.0, 0.6) AS score, q.last::text AS occasion
        FROM contacts AS p CROSS JOIN clock AS c
        CROSS JOIN LATERAL (
            SELECT max(u.at) AS last FROM (
                SELECT max(t.updated_at) AS at FROM tasks AS t
                WHERE t.workspace_id = p.workspace_id AND t.customer_id = p.id AND t.deleted_at IS NULL
                UNION ALL SELECT max(t.updated_at) FROM tickets AS t
                WHERE t.workspace_id = p.workspace_id AND t.contact_id = p.id AND t.deleted_at IS NULL
            ) AS u
        ) AS q
        WHERE p.workspace_id = \(workspace) AND p.deleted_at IS NULL AND p.archived_at IS NULL
            AND p.lifecycle_stage <> 'inactive' AND q.last < now() - interval '90 days'
        """
    }

    /// Applications that have been in one stage for two weeks.
    private static let waitingCandidates = SuggestionRule(
        kind: "follow_up", meaning: "an application that has waited in one stage for 14 days"
    ) { workspace in
        """
        SELECT 'application' AS entity, 'app' AS prefix, a.id,
            'Decide on ' || k.display_name || ' for ' || j.title AS title,
            'The application has been in stage ' || a.stage || ' since ' || (a.stage_entered_at AT TIME ZONE c.zone)::date || '.'
                AS reason,
            json_build_array(
                json_build_object('entity', 'application', 'id', public_id('app', a.id), 'field', 'stage', 'value', a.stage),
                json_build_object('entity', 'application', 'id', public_id('app', a.id), 'field', 'stage_entered_at',
                    'value', rfc3339(a.stage_entered_at))
            ) AS evidence,
            0.4 + CASE a.stage WHEN 'offer' THEN 0.3 ELSE 0 END AS score, a.stage || ' ' || a.stage_entered_at AS occasion
        FROM applications AS a CROSS JOIN clock AS c
        JOIN candidates AS k ON k.workspace_id = a.workspace_id AND k.id = a.candidate_id AND k.deleted_at IS NULL
        JOIN jobs AS j ON j.workspace_id = a.workspace_id AND j.id = a.job_id AND j.deleted_at IS NULL
        WHERE a.workspace_id = \(workspace) AND a.deleted_at IS NULL AND j.status IN ('open', 'paused')
            AND a.stage NOT IN ('hired', 'rejected') AND a.stage_entered_at < now() - interval '14 days'
        """
    }

    /// Contacts with one address.
    private static let duplicateContacts = SuggestionRule(
        kind: "duplicate", meaning: "contacts with the same e-mail address"
    ) { workspace in
        """
        SELECT 'contact' AS entity, 'con' AS prefix, d.ids[1] AS id, 'Merge contacts of ' || d.email AS title,
            cardinality(d.ids) || ' contacts have the address ' || d.email || '.' AS reason,
            (SELECT json_agg(json_build_object('entity', 'contact', 'id', public_id('con', i.id), 'field', 'email',
                'value', d.email) ORDER BY i.place) FROM unnest(d.ids) WITH ORDINALITY AS i(id, place) WHERE i.place <= 10)
                AS evidence,
            0.5 AS score, d.ids::text AS occasion
        FROM (
            SELECT lower(p.email) AS email, array_agg(p.id ORDER BY p.created_at, p.id) AS ids FROM contacts AS p
            WHERE p.workspace_id = \(workspace) AND p.deleted_at IS NULL AND p.archived_at IS NULL AND p.email <> ''
            GROUP BY lower(p.email) HAVING count(*) > 1
        ) AS d
        """
    }
}

/// All suggestions of a workspace, as the table `s` of a statement.
enum SuggestionQuery {
    /// The tables that a statement begins with, behind `WITH`: `s` has what the rules find with `kind` and `key`.
    ///
    /// The key follows from workspace, kind, subject and occasion, so that it is the same in every call.
    static func tables(in workspace: SQL) -> SQL {
        var union: SQL = ""
        for (position, rule) in SuggestionRule.all.enumerated() {
            union += position == 0 ? "" : " UNION ALL "
            union += """
                SELECT \(rule.kind)::text AS kind, r.entity, r.prefix, r.id, r.title, r.reason, r.evidence, r.score, r.occasion
                FROM (\(rule.rows(workspace))) AS r
                """
        }
        return """
            clock AS MATERIALIZED (
                SELECT w.timezone AS zone, (now() AT TIME ZONE w.timezone)::date AS today
                FROM workspaces AS w WHERE w.id = \(workspace)
            ), s AS (
                SELECT u.*, md5(concat_ws(' ', \(workspace), u.kind, u.entity, u.id, u.occasion))::uuid AS key
                FROM (\(union)) AS u
            )
            """
    }
}
