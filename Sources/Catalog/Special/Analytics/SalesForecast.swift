import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What open deals may bring in a period to come.
    ///
    /// Forecast are open deals, not those on hold, whose expected close date is one of the period's days. `best_case` is the
    /// sum of their values; `weighted` of value times the deal's own probability, rounded for each deal, half away from
    /// zero; `commit` of the values of deals with a probability of 75 or more. `win_probability` is weighted in best case.
    /// `already_won` are deals that were won on the period's days. Deals that are left out are counted in `outside`: on
    /// hold, without a date, or past due, which is open with a date before today in the workspace's time zone. The win rate
    /// is won deals in won and lost ones that were closed in the 365 days up to now.
    static let salesForecast = Tool(
        name: "get_sales_forecast",
        title: "Sales forecast",
        description: "Weighted forecast of open deals by expected close date per currency, and win probability.",
        effects: .reading,
        permission: .read("deals"),
        parameters: Period.parameters(.next90Days) + [
            Parameter("group_by", .choice(Forecast.ways.map(\.name)), "", standard: .string(Forecast.ways[0].name)),
            Period.comparison,
        ],
        output: Report.schema(
            lists: ["forecast", "groups", "already_won"], objects: ["period", "outside", "win_rate", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.next90Days))
            let word = call.arguments.text("group_by")
            let group = Forecast.ways.first { $0.name == word } ?? Forecast.ways[0]
            var figures: [Report.Figure] = [
                .init("period", Period.told("span")),
                .init("forecast", Forecast.totals),
                .init("groups", Forecast.groups(by: group, in: call.workspace)),
                .init("already_won", Forecast.won(in: "span", call.workspace)),
                .init("outside", Forecast.outside(in: call.workspace)),
                .init("win_rate", Forecast.winRate(in: call.workspace)),
            ]
            if call.arguments.boolean("compare") == true {
                figures.append(.init("before", Period.told("before")))
                figures.append(.init("won_before", Forecast.won(in: "before", call.workspace)))
            }
            return Report(
                tables: "\(period.tables(in: call.workspace)), \(Forecast.tables(in: call.workspace))",
                figures: figures,
                definitions: [
                    "amounts": "Whole minor units, never added up across currencies.",
                    "forecast": "Open deals, not on hold, by expected close date.",
                    "weighted": "Value times the deal's own probability, rounded for each deal.",
                    "commit": "Values of deals with a probability of 75 or more.",
                    "win_probability": "Weighted in best case.",
                    "past_due": "Open, with a date before today in the workspace's time zone.",
                    "win_rate": "Won deals in won and lost ones of the 365 days up to now.",
                    "won_before": "Deals won in as many days before the period.",
                ],
                untrusted: [.name("groups[].group")]
            ).read
        }
    )
}

/// The statement of ``Tool/salesForecast``.
private enum Forecast {
    /// A way to group, and what a group is called.
    struct Group: Sendable {
        let name: String
        /// What the rows of a group have in common, over `x`.
        let key: String
        /// The table of the row that is the key, where the group goes by its name.
        var table: String?
    }

    static let ways = [
        Group(name: "month", key: "date_trunc('month', x.day::timestamp)::date"),
        Group(name: "week", key: "date_trunc('week', x.day::timestamp)::date"),
        Group(name: "stage", key: "x.stage_id", table: "pipeline_stages"),
        Group(name: "owner", key: "x.owner_id", table: "members"),
    ]

    static func tables(in workspace: SQL) -> SQL {
        """
        expected AS MATERIALIZED (
            SELECT d.expected_close_date AS day, d.value_currency AS currency, d.value_amount AS amount,
                round(d.value_amount::numeric * d.probability / 100) AS weighted, d.probability, d.stage_id, d.owner_id
            FROM deals AS d
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'open'
                AND \(Period.holds(day: "d.expected_close_date"))
        )
        """
    }

    static let totals = Report.list(
        """
        SELECT json_build_object(
            'currency', x.currency, 'deals', count(*), 'best_case', sum(x.amount), 'weighted', sum(x.weighted),
            'commit', coalesce(sum(x.amount) FILTER (WHERE x.probability >= 75), 0),
            'win_probability', \(Report.share("sum(x.weighted)", of: "sum(x.amount)"))
        )
        FROM expected AS x GROUP BY x.currency ORDER BY x.currency
        """)

    static func groups(by group: Group, in workspace: SQL) -> SQL {
        let name: SQL =
            if let table = group.table {
                "(SELECT r.name FROM \(verbatim: table) AS r WHERE r.workspace_id = \(workspace) AND r.id = g.key)"
            } else {
                "g.key"
            }
        return Report.list(
            """
            SELECT json_build_object(
                'group', \(name), 'currency', g.currency, 'deals', g.deals, 'best_case', g.amount, 'weighted', g.weighted
            )
            FROM (
                SELECT \(verbatim: group.key) AS key, x.currency, count(*) AS deals, sum(x.amount) AS amount,
                    sum(x.weighted) AS weighted
                FROM expected AS x GROUP BY 1, 2
            ) AS g
            ORDER BY g.key, g.currency LIMIT 300
            """)
    }

    static func won(in span: String, _ workspace: SQL) -> SQL {
        Report.list(
            """
            SELECT json_build_object('currency', d.value_currency, 'deals', count(*), 'amount', sum(d.value_amount))
            FROM deals AS d
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status = 'closed_won'
                AND \(Period.holds("d.closed_at", in: span))
            GROUP BY d.value_currency ORDER BY d.value_currency
            """)
    }

    static func outside(in workspace: SQL) -> SQL {
        """
        (SELECT json_build_object(
            'on_hold', count(*) FILTER (WHERE d.status = 'on_hold'),
            'without_date', count(*) FILTER (WHERE d.status = 'open' AND d.expected_close_date IS NULL),
            'past_due', count(*) FILTER (WHERE d.status = 'open' AND d.expected_close_date < c.today)
        )
        FROM clock AS c
        LEFT JOIN deals AS d ON d.workspace_id = \(workspace) AND d.deleted_at IS NULL AND d.status IN ('open', 'on_hold'))
        """
    }

    static func winRate(in workspace: SQL) -> SQL {
        """
        (SELECT json_build_object(
            'won', x.won, 'lost', x.lost, 'rate', \(Report.share("x.won", of: "x.won + x.lost"))
        )
        FROM (
            SELECT count(*) FILTER (WHERE d.status = 'closed_won') AS won,
                count(*) FILTER (WHERE d.status = 'closed_lost') AS lost
            FROM deals AS d
            WHERE d.workspace_id = \(workspace) AND d.deleted_at IS NULL
                AND d.closed_at > now() - interval '365 days' AND d.closed_at <= now()
        ) AS x)
        """
    }
}
