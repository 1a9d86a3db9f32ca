import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// The pipeline as it stands: how many deals are in each stage, and what they are worth.
    ///
    /// Counted are deals that are open or on hold, in stages that are neither won nor lost; `include_closed` adds the
    /// closed deals and their stages, not the totals. `from` and `to` keep the deals that were made on these days of the
    /// workspace. `weighted` is each deal's value times its own probability, rounded to whole minor units, half away from
    /// zero, and then added up.
    static let pipelineSummary = Tool(
        name: "get_pipeline_summary",
        title: "Pipeline summary",
        description: "The pipeline by stage as it stands: counts, values and weighted values of deals, per currency.",
        effects: .reading,
        permission: .read("deals"),
        parameters: [
            Parameter("owner", .member, "Only deals of this member: an id, an e-mail address or me."),
            Parameter("from", .day, "Only deals made on this day or later, in the workspace's time zone."),
            Parameter("to", .day, "Only deals made on this day or before."),
            Parameter("include_closed", .boolean, "Show won and lost stages as well.", standard: false),
        ],
        output: Report.schema(lists: ["stages"], objects: ["totals", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .always)
            let includesClosed = call.arguments.boolean("include_closed") ?? false
            var condition: SQL = includesClosed ? "" : "AND d.status IN ('open', 'on_hold')"
            if let owner = call.arguments.member("owner") {
                condition += " AND d.owner_id = \(owner.key(in: call.workspace))"
            }
            if period.isBounded { condition += " AND \(Period.holds("d.created_at"))" }
            return Report(
                tables: """
                    \(period.tables(in: call.workspace)),
                    sums AS MATERIALIZED (
                        SELECT d.stage_id, d.value_currency AS currency, d.status IN ('open', 'on_hold') AS is_open,
                            count(*) AS deals, count(*) FILTER (WHERE d.status = 'on_hold') AS on_hold,
                            sum(d.value_amount) AS amount,
                            sum(round(d.value_amount::numeric * d.probability / 100)) AS weighted
                        FROM deals AS d
                        WHERE d.workspace_id = \(call.workspace) AND d.deleted_at IS NULL \(condition)
                        GROUP BY 1, 2, 3
                    )
                    """,
                figures: [
                    .init("stages", stages(in: call.workspace, includingClosed: includesClosed)),
                    .init(
                        "totals",
                        """
                        (SELECT json_build_object(
                            'deals', coalesce(sum(x.deals), 0), 'on_hold', coalesce(sum(x.on_hold), 0),
                            'values', \(values(where: "is_open"))
                        ) FROM sums AS x WHERE x.is_open)
                        """),
                ],
                named: [Report.Named.member("owner", call)].compactMap { $0 },
                definitions: [
                    "amount": "Whole minor units, never added up across currencies.",
                    "weighted": "Value times the deal's own probability, rounded for each deal.",
                    "totals": "Open deals and deals on hold; closed ones never count.",
                    "from_to": "The day a deal was made, in the workspace's time zone.",
                ]
            ).read
        }
    )

    private static func stages(in workspace: SQL, includingClosed: Bool) -> SQL {
        let ends: SQL = includingClosed ? "" : "AND NOT s.is_won AND NOT s.is_lost"
        return Report.list(
            """
            SELECT json_build_object(
                'stage', json_build_object('id', public_id('stg', s.id), 'name', s.name),
                'probability', s.probability,
                'deals', (SELECT coalesce(sum(x.deals), 0) FROM sums AS x WHERE x.stage_id = s.id),
                'values', \(values(where: "stage_id = s.id"))
            )
            FROM pipeline_stages AS s
            WHERE s.workspace_id = \(workspace)
                AND (s.deleted_at IS NULL OR EXISTS (SELECT FROM sums AS x WHERE x.stage_id = s.id))
                \(ends)
            ORDER BY s.position, s.id
            """)
    }

    private static func values(where condition: String) -> SQL {
        Report.list(
            """
            SELECT json_build_object(
                'currency', y.currency, 'deals', sum(y.deals), 'amount', sum(y.amount), 'weighted', sum(y.weighted)
            )
            FROM sums AS y WHERE y.\(verbatim: condition) GROUP BY y.currency ORDER BY y.currency
            """)
    }
}
