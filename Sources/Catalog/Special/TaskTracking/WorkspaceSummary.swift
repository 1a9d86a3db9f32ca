import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// How the workspace stands: counts and a few tasks.
    static let workspaceSummary = Tool(
        name: "workspaceSummary",
        title: "Summarize workspace",
        description: """
            Summarizes the workspace: open tasks by status, priority and assignee, what was created, finished and \
            touched since a date (7 days ago unless since is given), what is overdue, and a few recently touched tasks. \
            A good first call.
            """,
        effects: .reading,
        permission: .read("tasks"),
        parameters: [
            Parameter("since", .moment, "Count recent work from this date or date-time on; 7 days ago if left out."),
            Parameter(
                "sample", .integer(0...20), "How many recently touched tasks to show.",
                standard: .integer(Summary.standardSample)),
        ],
        output: [
            "type": "object",
            "properties": [
                "workspace": ["type": "object"],
                "open": ["type": "object"],
                "recent": ["type": "object"],
                "sample": ["type": "array", "items": ["type": "object"]],
            ],
            "required": ["workspace", "open", "recent", "sample"],
        ],
        body: .read { (call) throws(ToolError) in
            let since: SQL =
                if let moment = call.arguments.moment("since") {
                    "to_timestamp(\(moment)::bigint / 1e6)"
                } else {
                    Summary.standardSince
                }
            let sample = call.arguments.integer("sample") ?? Summary.standardSample
            return Summary.read(since: since, sample: sample, in: call.workspace)
        }
    )
}

/// The statements and the answer of ``Tool/workspaceSummary``.
enum Summary {
    /// Where recent work begins, and how many tasks are shown, unless a call says otherwise.
    static let standardSince: SQL = "(now() - interval '7 days')"
    static let standardSample: Int64 = 5

    static func read(since: SQL = standardSince, sample: Int64 = standardSample, in workspace: SQL) -> Read {
        Read([
            name(of: workspace), open(in: workspace), recent(since, in: workspace), self.sample(sample, in: workspace),
        ]) {
            (results, _) throws(ToolError) in
            var bytes = Array(#"{"workspace":"#.utf8)
            bytes += results[0].bytes(0, 0) ?? Array("{}".utf8)
            bytes += Array(#","open":"#.utf8)
            bytes += results[1].bytes(0, 0) ?? Array("{}".utf8)
            bytes += Array(#","recent":"#.utf8)
            bytes += results[2].bytes(0, 0) ?? Array("{}".utf8)
            bytes += Array(#","sample":["#.utf8)
            for row in 0..<results[3].rowCount {
                if row > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += results[3].bytes(row, 0) ?? Array("null".utf8)
            }
            bytes += Array("]}".utf8)
            return ToolAnswer(RawJSON(bytes), untrusted: TaskItem.untrusted.under("sample[]"))
        }
    }

    private static func name(of workspace: SQL) -> SQL {
        """
        SELECT json_build_object('id', public_id('wsp', w.id), 'name', w.name, 'timezone', w.timezone)
        FROM workspaces AS w WHERE w.id = \(workspace)
        """
    }

    private static func open(in workspace: SQL) -> SQL {
        """
        WITH standing AS (
            SELECT t.status, t.priority, count(*) AS tasks
            FROM tasks AS t
            WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
                AND t.status IN ('open', 'in_progress', 'waiting')
            GROUP BY t.status, t.priority
        ), held AS (
            SELECT ta.member_id, count(*) AS tasks
            FROM tasks AS t
            JOIN task_assignees AS ta ON ta.workspace_id = t.workspace_id AND ta.task_id = t.id
            WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
                AND t.status IN ('open', 'in_progress', 'waiting')
            GROUP BY ta.member_id
        )
        SELECT json_build_object(
            'total', (SELECT coalesce(sum(tasks), 0) FROM standing),
            'by_status', (SELECT coalesce(json_object_agg(status, tasks), '{}')
                FROM (SELECT status, sum(tasks) AS tasks FROM standing GROUP BY status ORDER BY 2 DESC, 1) AS x),
            'by_priority', (SELECT coalesce(json_object_agg(priority, tasks), '{}')
                FROM (SELECT priority, sum(tasks) AS tasks FROM standing GROUP BY priority ORDER BY 2 DESC, 1) AS x),
            'by_assignee', array_to_json(ARRAY(
                SELECT json_build_object('id', public_id('usr', m.id), 'name', m.name, 'tasks', h.tasks)
                FROM held AS h
                JOIN members AS m ON m.workspace_id = \(workspace) AND m.id = h.member_id
                ORDER BY h.tasks DESC, m.name, m.id
                LIMIT 20
            )),
            'overdue', (
                SELECT count(*) FROM tasks AS t
                WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
                    AND t.status IN ('open', 'in_progress', 'waiting') AND t.due_date < current_date
            )
        )
        """
    }

    private static func recent(_ since: SQL, in workspace: SQL) -> SQL {
        """
        SELECT json_build_object(
            'since', rfc3339(\(since)),
            'touched', count(*),
            'created', count(*) FILTER (WHERE t.created_at >= \(since)),
            'finished', count(*) FILTER (WHERE t.completed_at >= \(since))
        )
        FROM tasks AS t
        WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
            AND t.updated_at >= \(since)
        """
    }

    private static func sample(_ count: Int64, in workspace: SQL) -> SQL {
        """
        SELECT row_to_json(i)
        FROM (
            SELECT t.workspace_id, t.id AS key, t.updated_at AS touched
            FROM tasks AS t
            WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
            ORDER BY t.updated_at DESC, t.id DESC
            LIMIT 20
        ) AS p
        JOIN LATERAL (
            SELECT \(TaskItem.columns) FROM tasks AS t \(TaskItem.joins)
            WHERE t.workspace_id = p.workspace_id AND t.id = p.key
        ) AS i ON true
        ORDER BY p.touched DESC, p.key DESC
        LIMIT \(count)::bigint
        """
    }
}
