import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// How recruiting went: the funnel and the sources of applications that came in on the period's days, and how long
    /// those who were hired in it had waited.
    ///
    /// An application has reached a stage when it ever entered that one or a later one, whatever became of it; `conversion`
    /// is the part of those who reached the stage before. `time_to_hire` is about applications that entered `hired` on the
    /// period's days and are still there, in days from the application. `hire_rate` is hires in applications.
    static let recruitingMetrics = Tool(
        name: "get_recruiting_metrics",
        title: "Recruiting metrics",
        description:
            "Recruiting figures of a period: funnel from application to hire, time to hire, what sources bring.",
        effects: .reading,
        permission: .read("jobs"),
        parameters: Period.parameters(.last90Days) + [Parameter("job", .identifier(prefix: "job"), "").terse],
        output: Report.schema(
            lists: ["funnel", "sources"], objects: ["period", "jobs", "applications", "time_to_hire", "definitions"]),
        body: .read { (call) throws(ToolError) in
            let period = try Period(call.arguments, .word(.last90Days))
            return Report(
                tables: "\(period.tables(in: call.workspace)), \(Recruiting.tables(of: call))",
                figures: [
                    .init("period", Period.told("span")),
                    .init("jobs", Recruiting.jobs(of: call)),
                    .init("applications", Recruiting.applications),
                    .init("funnel", Recruiting.funnel),
                    .init("time_to_hire", Recruiting.timeToHire),
                    .init("sources", Recruiting.sources),
                ],
                named: [Recruiting.job(call)].compactMap(\.self),
                definitions: [
                    "funnel": """
                    Applications of the period that ever reached the stage or a later one; conversion is the part of \
                    those that reached the stage before.
                    """,
                    "time_to_hire": "Days from application to hire, of applications hired in the period.",
                    "sources":
                        "Where candidates of the period's applications came from; hire_rate is hires in applications.",
                ]
            ).read
        }
    )
}

/// The statement of ``Tool/recruitingMetrics``.
private enum Recruiting {
    static func job(_ call: ToolCall) -> Report.Named? {
        call.arguments.row("job").map { job in
            Report.Named(
                name: "job",
                exists: """
                    SELECT FROM jobs AS j
                    WHERE j.workspace_id = \(call.workspace) AND j.id = \(job)::uuid AND j.deleted_at IS NULL
                    """,
                problem: "`job` names no job here; take the id from list_jobs.")
        }
    }

    /// All applications with how far each ever came, and those of the period.
    static func tables(of call: ToolCall) -> SQL {
        let job = call.arguments.row("job")?.digits
        let way = "ARRAY[" + Application.stages.dropLast().map { "'\($0)'" }.joined(separator: ", ") + "]"
        return """
            way AS MATERIALIZED (
                SELECT w.stage, w.place::integer FROM unnest(\(verbatim: way)) WITH ORDINALITY AS w(stage, place)
            ), every AS MATERIALIZED (
                SELECT a.id, a.stage, a.created_at, k.source,
                    greatest(1, (SELECT max(w.place) FROM application_stage_changes AS c
                        JOIN way AS w ON w.stage = c.stage
                        WHERE c.workspace_id = a.workspace_id AND c.application_id = a.id)) AS reached,
                    CASE WHEN a.stage = 'hired' THEN (
                        SELECT max(c.at) FROM application_stage_changes AS c
                        WHERE c.workspace_id = a.workspace_id AND c.application_id = a.id AND c.stage = 'hired') END AS hired_at
                FROM applications AS a
                JOIN candidates AS k ON k.workspace_id = a.workspace_id AND k.id = a.candidate_id
                WHERE a.workspace_id = \(call.workspace) AND a.deleted_at IS NULL
                    AND (\(job)::uuid IS NULL OR a.job_id = \(job)::uuid)
            ), asked AS MATERIALIZED (
                SELECT e.* FROM every AS e WHERE \(Period.holds("e.created_at"))
            )
            """
    }

    static func jobs(of call: ToolCall) -> SQL {
        """
        (SELECT json_build_object('open', count(*), 'openings', coalesce(sum(j.openings), 0)) FROM jobs AS j
            WHERE j.workspace_id = \(call.workspace) AND j.deleted_at IS NULL AND j.status = 'open'
                AND (\(call.arguments.row("job"))::uuid IS NULL OR j.id = \(call.arguments.row("job"))::uuid))
        """
    }

    static let applications: SQL = """
        (SELECT json_build_object('received', count(*), 'in_progress', count(*) FILTER (WHERE a.stage NOT IN ('hired', 'rejected')),
            'hired', count(*) FILTER (WHERE a.stage = 'hired'), 'rejected', count(*) FILTER (WHERE a.stage = 'rejected'))
        FROM asked AS a)
        """

    static let funnel = Report.list(
        """
        SELECT json_build_object('stage', f.stage, 'reached', f.reached, 'now_here', f.here,
            'conversion', \(Report.share("f.reached", of: "lag(f.reached) OVER (ORDER BY f.place)")))
        FROM (
            SELECT w.stage, w.place, count(a.id) FILTER (WHERE a.reached >= w.place) AS reached,
                count(a.id) FILTER (WHERE a.stage = w.stage) AS here
            FROM way AS w LEFT JOIN asked AS a ON true GROUP BY w.stage, w.place
        ) AS f ORDER BY f.place
        """)

    static let timeToHire: SQL = """
        (SELECT json_build_object('hires', count(*), 'average_days', round(avg(h.days), 2),
            'median_days', round((percentile_cont(0.5) WITHIN GROUP (ORDER BY h.days::double precision))::numeric, 2))
        FROM (SELECT extract(epoch FROM e.hired_at - e.created_at) / 86400 AS days FROM every AS e
            WHERE \(Period.holds("e.hired_at"))) AS h)
        """

    static let sources = Report.list(
        """
        SELECT json_build_object('source', g.source, 'applications', g.count, 'interviewed', g.interviewed,
            'offered', g.offered, 'hired', g.hired, 'hire_rate', \(Report.share("g.hired", of: "g.count")))
        FROM (
            SELECT a.source, count(*), count(*) FILTER (WHERE a.reached >= 3) AS interviewed,
                count(*) FILTER (WHERE a.reached >= 5) AS offered, count(*) FILTER (WHERE a.stage = 'hired') AS hired
            FROM asked AS a GROUP BY a.source
        ) AS g ORDER BY g.count DESC, g.source
        """)
}
