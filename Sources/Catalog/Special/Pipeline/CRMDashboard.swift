import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// How the business with customers stands now, and what happened in a period.
    ///
    /// `now` counts what is there at the moment of the call; an activity is overdue when it is planned and its time has
    /// passed. `in_period` counts contacts, companies and deals that were made on the period's days, deals that were
    /// closed and activities that were completed then. The win rate is won deals in won and lost ones, null where none
    /// was closed. Contacts and companies count unless they are deleted or archived.
    static let crmDashboard = Tool(
        name: "get_crm_dashboard",
        title: "CRM dashboard",
        description: "CRM figures: contacts, companies, deals, pipeline and activities, now and in a period.",
        effects: .reading,
        permission: .read("dashboard"),
        parameters: Period.parameters(.last30Days) + [Period.comparison],
        output: Report.schema(lists: [], objects: ["period", "now", "in_period", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.last30Days))
            var figures: [Report.Figure] = [
                .init("period", Period.told("span")),
                .init("now", CRMFigures.standing(in: call.workspace)),
                .init("in_period", CRMFigures.happened(in: "span", call.workspace)),
            ]
            if call.arguments.boolean("compare") == true {
                figures.append(.init("before", Period.told("before")))
                figures.append(.init("in_period_before", CRMFigures.happened(in: "before", call.workspace)))
            }
            return Report(
                tables: period.tables(in: call.workspace), figures: figures,
                definitions: [
                    "amount": "Whole minor units, never added up across currencies.",
                    "weighted": "Value times the deal's own probability, rounded for each deal.",
                    "win_rate": "Won deals in won and lost ones of the period.",
                    "overdue_activities": "Planned ones whose time has passed.",
                ]
            ).read
        }
    )
}

/// The figures of ``Tool/crmDashboard``.
private enum CRMFigures {
    static func standing(in workspace: SQL) -> SQL {
        """
        json_build_object(
            'contacts', (SELECT count(*) FROM contacts AS c
                WHERE c.workspace_id = \(workspace) AND c.deleted_at IS NULL AND c.archived_at IS NULL),
            'companies', (SELECT count(*) FROM companies AS c
                WHERE c.workspace_id = \(workspace) AND c.deleted_at IS NULL AND c.archived_at IS NULL),
            'open_deals', (SELECT count(*) FROM deals AS d
                WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'open'),
            'deals_on_hold', (SELECT count(*) FROM deals AS d
                WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'on_hold'),
            'pipeline', \(Report.list("""
                SELECT json_build_object(
                    'currency', d.value_currency, 'deals', count(*), 'amount', sum(d.value_amount),
                    'weighted', sum(round(d.value_amount::numeric * d.probability / 100))
                )
                FROM deals AS d
                WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status IN ('open', 'on_hold')
                GROUP BY d.value_currency ORDER BY d.value_currency
                """)),
            'planned_activities', (SELECT count(*) FROM activities AS a
                WHERE a.workspace_id = \(workspace) AND a.deleted_at IS NULL AND a.status = 'planned'),
            'overdue_activities', (SELECT count(*) FROM activities AS a
                WHERE a.workspace_id = \(workspace) AND a.deleted_at IS NULL AND a.status = 'planned' AND a.due_at < now())
        )
        """
    }

    static func happened(in span: String, _ workspace: SQL) -> SQL {
        """
        (SELECT json_build_object(
            'new_contacts', (SELECT count(*) FROM contacts AS c WHERE c.workspace_id = \(workspace)
                AND c.deleted_at IS NULL AND c.archived_at IS NULL AND \(Period.holds("c.created_at", in: span))),
            'new_companies', (SELECT count(*) FROM companies AS c WHERE c.workspace_id = \(workspace)
                AND c.deleted_at IS NULL AND c.archived_at IS NULL AND \(Period.holds("c.created_at", in: span))),
            'new_deals', (SELECT count(*) FROM deals AS d WHERE d.workspace_id = \(workspace)
                AND d.deleted_at IS NULL AND \(Period.holds("d.created_at", in: span))),
            'won_deals', x.won,
            'lost_deals', x.lost,
            'win_rate', \(Report.share("x.won", of: "x.won + x.lost")),
            'won', \(Report.list("""
                SELECT json_build_object('currency', d.value_currency, 'deals', count(*), 'amount', sum(d.value_amount))
                FROM deals AS d
                WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'closed_won'
                    AND \(Period.holds("d.closed_at", in: span))
                GROUP BY d.value_currency ORDER BY d.value_currency
                """)),
            'completed_activities', (SELECT coalesce(json_object_agg(a.type, a.count ORDER BY a.type), '{}') FROM (
                SELECT a.type, count(*) FROM activities AS a
                WHERE a.workspace_id = \(workspace) AND a.deleted_at IS NULL AND a.status = 'completed'
                    AND \(Period.holds("a.completed_at", in: span))
                GROUP BY a.type
            ) AS a)
        )
        FROM (
            SELECT count(*) FILTER (WHERE d.status = 'closed_won') AS won,
                count(*) FILTER (WHERE d.status = 'closed_lost') AS lost
            FROM deals AS d
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND \(Period.holds("d.closed_at", in: span))
        ) AS x)
        """
    }
}
