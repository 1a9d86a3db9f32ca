import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// How deals move through the pipeline: what part of them goes on, how long they stay, where they wait.
    ///
    /// A deal's stay in a stage begins when it enters the stage and ends when it enters another. Conversion is about the
    /// stays that begin in the period: `advanced` ones ended with a won stage or one further on, `lost` ones with a lost
    /// stage, `returned` ones with an earlier stage, and `waiting` ones have not ended by now; the rate is advanced stays in
    /// all of them. Velocity is about the stays that end in the period, in days of 24 hours. A deal is stalled that stands in
    /// a stage for longer than twice the stage's median stay. The bottleneck is the open stage with the longest median stay.
    static let pipelineAnalytics = Tool(
        name: "get_pipeline_analytics",
        title: "Pipeline analytics",
        description: "Conversion rates, stage velocity and bottlenecks of the pipeline in a period.",
        effects: .reading,
        permission: .read("deals"),
        parameters: Period.parameters(.last90Days) + [
            Parameter("owner", .member, "Only deals of this member: an id, an e-mail address or me.")
        ],
        output: Report.schema(lists: ["stages"], objects: ["period", "closed", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.last90Days))
            let owner: SQL =
                call.arguments.member("owner").map { "AND d.owner_id = \($0.key(in: call.workspace))" } ?? ""
            return Report(
                tables: "\(period.tables(in: call.workspace)), \(Stays.tables(in: call.workspace, owner))",
                figures: [
                    .init("period", Period.told("span")),
                    .init("stages", Stays.stages),
                    .init("bottleneck", Stays.bottleneck),
                    .init("closed", Stays.closed(in: call.workspace, owner)),
                ],
                named: [Report.Named.member("owner", call)].compactMap { $0 },
                definitions: [
                    "conversion_rate": "Of stays that begin in the period, those that went on to a later or won stage.",
                    "waiting": "Stays that began in the period and have not ended by now.",
                    "days": "Of stays that end in the period, in days of 24 hours.",
                    "stalled": "Deals that stand in a stage for longer than twice its median stay.",
                    "bottleneck": "The open stage with the longest median stay.",
                    "win_rate": "Won deals in won and lost ones that were closed in the period.",
                ]
            ).read
        }
    )
}

/// The statement of ``Tool/pipelineAnalytics``.
private enum Stays {
    static func tables(in workspace: SQL, _ owner: SQL) -> SQL {
        """
        stays AS MATERIALIZED (
            SELECT h.to_id AS stage_id, h.at AS began, lead(h.at) OVER way AS ended, lead(h.to_id) OVER way AS next_id
            FROM deal_stage_changes AS h
            JOIN deals AS d ON d.workspace_id = h.workspace_id AND d.id = h.deal_id
            WHERE h.workspace_id = \(workspace) AND d.deleted_at IS NULL \(owner)
            WINDOW way AS (PARTITION BY h.deal_id ORDER BY h.at, h.id)
        ), begun AS (
            SELECT s.id AS stage_id, count(*) AS entered,
                count(*) FILTER (WHERE n.is_won OR NOT n.is_lost AND n.position > s.position) AS advanced,
                count(*) FILTER (WHERE n.is_lost) AS lost,
                count(*) FILTER (WHERE NOT n.is_won AND NOT n.is_lost AND n.position <= s.position) AS returned,
                count(*) FILTER (WHERE n.id IS NULL) AS waiting
            FROM stays AS y
            JOIN pipeline_stages AS s ON s.workspace_id = \(workspace) AND s.id = y.stage_id
            LEFT JOIN pipeline_stages AS n ON n.workspace_id = \(workspace) AND n.id = y.next_id
            WHERE \(Period.holds("y.began"))
            GROUP BY s.id
        ), ended AS (
            SELECT y.stage_id, count(*) AS stays, avg(extract(epoch FROM y.ended - y.began)) AS average,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM y.ended - y.began)) AS median
            FROM stays AS y WHERE \(Period.holds("y.ended"))
            GROUP BY y.stage_id
        ), standing AS (
            SELECT d.stage_id, count(*) AS deals, max(extract(epoch FROM now() - d.stage_entered_at)) AS oldest,
                count(*) FILTER (WHERE extract(epoch FROM now() - d.stage_entered_at) > 2 * e.median) AS stalled
            FROM deals AS d
            LEFT JOIN ended AS e ON e.stage_id = d.stage_id
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status IN ('open', 'on_hold') \(owner)
            GROUP BY d.stage_id
        ), stages AS MATERIALIZED (
            SELECT s.id, s.name, s.position, b.entered, b.advanced, b.lost, b.returned, b.waiting, e.stays, e.average,
                e.median, c.deals, c.oldest, c.stalled
            FROM pipeline_stages AS s
            LEFT JOIN begun AS b ON b.stage_id = s.id
            LEFT JOIN ended AS e ON e.stage_id = s.id
            LEFT JOIN standing AS c ON c.stage_id = s.id
            WHERE s.workspace_id = \(workspace) AND NOT s.is_won AND NOT s.is_lost
                AND (s.deleted_at IS NULL OR b.entered > 0 OR e.stays > 0 OR c.deals > 0)
        )
        """
    }

    static let stages = Report.list(
        """
        SELECT json_build_object(
            'stage', json_build_object('id', public_id('stg', s.id), 'name', s.name),
            'entered', coalesce(s.entered, 0), 'advanced', coalesce(s.advanced, 0), 'lost', coalesce(s.lost, 0),
            'returned', coalesce(s.returned, 0), 'waiting', coalesce(s.waiting, 0),
            'conversion_rate', \(Report.share("s.advanced", of: "s.entered")),
            'stays_ended', coalesce(s.stays, 0), 'average_days', \(days("s.average")), 'median_days', \(days("s.median")),
            'standing', coalesce(s.deals, 0), 'oldest_days', \(days("s.oldest")), 'stalled', coalesce(s.stalled, 0)
        )
        FROM stages AS s ORDER BY s.position, s.id
        """)

    static let bottleneck: SQL = """
        (SELECT json_build_object('id', public_id('stg', s.id), 'name', s.name, 'median_days', \(days("s.median")))
            FROM stages AS s WHERE s.median IS NOT NULL ORDER BY s.median DESC, s.position, s.id LIMIT 1)
        """

    static func closed(in workspace: SQL, _ owner: SQL) -> SQL {
        """
        (SELECT json_build_object(
            'won', x.won, 'lost', x.lost, 'win_rate', \(Report.share("x.won", of: "x.won + x.lost")),
            'average_days_to_win', \(days("x.seconds"))
        )
        FROM (
            SELECT count(*) FILTER (WHERE d.status = 'closed_won') AS won,
                count(*) FILTER (WHERE d.status = 'closed_lost') AS lost,
                avg(extract(epoch FROM d.closed_at - d.created_at)) FILTER (WHERE d.status = 'closed_won') AS seconds
            FROM deals AS d
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND \(Period.holds("d.closed_at")) \(owner)
        ) AS x)
        """
    }

    private static func days(_ seconds: String) -> SQL { "round(\(verbatim: seconds)::numeric / 86400, 2)" }
}
