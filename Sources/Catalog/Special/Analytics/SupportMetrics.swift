import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// How support went in a period: how many tickets, how fast, how many in time.
    ///
    /// `created` are the tickets that came in on the period's days, `resolved` those whose resolution that holds fell on
    /// them (a ticket that was opened again counts when it was resolved again). Times are those of the calendar, from the
    /// ticket's creation: to the first reply of a member, of tickets created in the period; to the resolution, of tickets
    /// resolved in it. SLA figures are about tickets created in the period that have a policy, by the policy's clock, see
    /// ``TicketClock``: met in time, missed (late, or not there yet and late by now), pending; `rate` is met in met and
    /// missed, null of nothing. `open` counts what is unfinished now.
    static let supportMetrics = Tool(
        name: "get_support_metrics",
        title: "Support metrics",
        description: "Support figures of a period: ticket volume, first response and resolution times, SLA compliance.",
        effects: .reading,
        permission: .read("tickets"),
        parameters: Period.parameters(.last30Days) + [
            Parameter("group_by", .choice(["day", "week", "month"]), "Of the series.", standard: "week"),
            Parameter("assignee", .member, ""), Parameter("team", .identifier(prefix: "tea"), "").terse,
            Period.comparison,
        ],
        output: Report.schema(lists: ["series"], objects: ["period", "figures", "open", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.last30Days))
            var figures: [Report.Figure] = [
                .init("period", Period.told("span")),
                .init("figures", Support.figures(in: "span")),
                .init("open", Support.open),
                .init("series", Support.series(by: call.arguments.text("group_by") ?? "week")),
            ]
            if call.arguments.boolean("compare") == true {
                figures.append(.init("before", Period.told("before")))
                figures.append(.init("figures_before", Support.figures(in: "before")))
            }
            return Report(
                tables: "\(period.tables(in: call.workspace)), \(Support.tickets(of: call))", figures: figures,
                named: [.member("assignee", call), Support.team(call)].compactMap(\.self),
                definitions: [
                    "first_response": "Calendar seconds to a member's first reply, of tickets created in the period.",
                    "resolution": "Calendar seconds from creation, of tickets resolved in the period.",
                    "sla": "Tickets created in the period, by their policy's clock; rate is met in met and missed.",
                    "satisfaction": "Of tickets resolved in the period, 1 to 5.",
                    "open": "Unfinished tickets now.",
                ]
            ).read
        }
    )
}

/// The statement of ``Tool/supportMetrics``.
private enum Support {
    static func team(_ call: ToolCall) -> Report.Named? {
        call.arguments.row("team").map { team in
            Report.Named(
                name: "team",
                exists: """
                    SELECT FROM teams AS t
                    WHERE t.workspace_id = \(call.workspace) AND t.id = \(team)::uuid AND t.deleted_at IS NULL
                    """,
                problem: "`team` names no team here; take the id from list_teams.")
        }
    }

    /// The tickets that the report is about, with how each stands.
    static func tickets(of call: ToolCall) -> SQL {
        var condition: SQL = ""
        if let member = call.arguments.member("assignee") {
            condition += "AND t.assignee_id = \(member.key(in: call.workspace)) "
        }
        if let team = call.arguments.row("team") { condition += "AND t.team_id = \(team)::uuid" }
        return """
            tickets_asked AS MATERIALIZED (
                SELECT t.created_at, t.resolved_at, t.status, t.priority, t.type, t.channel, t.satisfaction,
                    extract(epoch FROM t.first_response_at - t.created_at) AS response,
                    extract(epoch FROM t.resolved_at - t.created_at) AS resolution, \(verbatim: TicketClock.state) AS sla_state,
                    CASE WHEN t.sla_policy_id IS NULL THEN NULL
                        WHEN coalesce(t.first_response_at, t.resolved_at, now()) > t.response_due_at THEN 'missed'
                        WHEN coalesce(t.first_response_at, t.resolved_at) IS NULL THEN 'pending' ELSE 'met' END
                        AS response_sla,
                    CASE WHEN t.sla_policy_id IS NULL THEN NULL
                        WHEN coalesce(t.clock_stopped_at, now()) > t.resolution_due_at THEN 'missed'
                        WHEN t.resolved_at IS NULL THEN 'pending' ELSE 'met' END AS resolution_sla
                FROM tickets AS t
                WHERE t.workspace_id = \(call.workspace) AND t.deleted_at IS NULL \(condition)
            )
            """
    }

    static func figures(in span: String) -> SQL {
        """
        (SELECT json_build_object(
            'created', count(*) FILTER (WHERE x.is_created), 'resolved', count(*) FILTER (WHERE x.is_resolved),
            'by_priority', \(counts(by: "priority", in: span)), 'by_type', \(counts(by: "type", in: span)),
            'by_channel', \(counts(by: "channel", in: span)),
            'first_response', \(times("response", "x.is_created AND x.response IS NOT NULL")),
            'resolution', \(times("resolution", "x.is_resolved")),
            'sla', json_build_object('response', \(compliance("response_sla")), 'resolution', \(compliance("resolution_sla"))),
            'satisfaction', json_build_object(
                'rated', count(x.satisfaction) FILTER (WHERE x.is_resolved),
                'average', round(avg(x.satisfaction) FILTER (WHERE x.is_resolved), 2)))
        FROM (
            SELECT k.*, \(Period.holds("k.created_at", in: span)) AS is_created,
                coalesce(\(Period.holds("k.resolved_at", in: span)), false) AS is_resolved
            FROM tickets_asked AS k
        ) AS x)
        """
    }

    private static func counts(by column: String, in span: String) -> SQL {
        """
        (SELECT coalesce(json_object_agg(n.word, n.count ORDER BY n.word), '{}') FROM (
            SELECT k.\(verbatim: column) AS word, count(*) FROM tickets_asked AS k
            WHERE \(Period.holds("k.created_at", in: span)) GROUP BY 1) AS n)
        """
    }

    private static func times(_ column: String, _ condition: String) -> SQL {
        """
        json_build_object('tickets', count(*) FILTER (WHERE \(verbatim: condition)),
            'average_seconds', round(avg(x.\(verbatim: column)) FILTER (WHERE \(verbatim: condition))),
            'median_seconds', round((percentile_cont(0.5) WITHIN GROUP (ORDER BY x.\(verbatim: column)::double precision)
                FILTER (WHERE \(verbatim: condition)))::numeric),
            'p90_seconds', round((percentile_cont(0.9) WITHIN GROUP (ORDER BY x.\(verbatim: column)::double precision)
                FILTER (WHERE \(verbatim: condition)))::numeric))
        """
    }

    private static func compliance(_ column: String) -> SQL {
        let count = { (word: String) in "count(*) FILTER (WHERE x.is_created AND x.\(column) = '\(word)')" }
        return """
            json_build_object('met', \(verbatim: count("met")), 'missed', \(verbatim: count("missed")),
                'pending', \(verbatim: count("pending")),
                'rate', \(Report.share(count("met"), of: "\(count("met")) + \(count("missed"))")))
            """
    }

    static let open: SQL = """
        (SELECT json_build_object('total', count(*), 'open', count(*) FILTER (WHERE k.status = 'open'),
            'in_progress', count(*) FILTER (WHERE k.status = 'in_progress'),
            'waiting', count(*) FILTER (WHERE k.status = 'waiting'),
            'warning', count(*) FILTER (WHERE k.sla_state = 'warning'),
            'breached', count(*) FILTER (WHERE k.sla_state = 'breached'))
        FROM tickets_asked AS k WHERE k.status IN ('open', 'in_progress', 'waiting'))
        """

    /// - Parameter unit: A unit of the calendar, one of the parameter's words.
    static func series(by unit: String) -> SQL {
        Report.list(
            """
            SELECT json_build_object('from', g.day, 'created', g.created, 'resolved', g.resolved)
            FROM (
                SELECT date_trunc('\(verbatim: unit)', e.at AT TIME ZONE c.zone)::date AS day,
                    count(*) FILTER (WHERE e.is_new) AS created, count(*) FILTER (WHERE NOT e.is_new) AS resolved
                FROM (
                    SELECT k.created_at AS at, true AS is_new FROM tickets_asked AS k
                    UNION ALL SELECT k.resolved_at, false FROM tickets_asked AS k WHERE k.resolved_at IS NOT NULL
                ) AS e CROSS JOIN clock AS c
                WHERE \(Period.holds("e.at"))
                GROUP BY 1
            ) AS g
            ORDER BY g.day LIMIT 300
            """)
    }
}
