import Identity
import JSON
import Postgres
import Tools

/// A customer as a resource shows it: what tools tell of the customer of a task, and the tasks that are open.
enum CustomerCard {
    /// How many open tasks are shown.
    private static let taskCount = 50

    static func read(_ customer: RowID, in workspace: SQL) -> Read {
        Read([card(customer, in: workspace), tasks(customer, in: workspace)]) { (results, _) throws(ToolError) in
            guard results[0].rowCount == 1, let card = results[0].bytes(0, 0) else {
                throw ToolError(.notFound, "There is no such customer in this workspace.")
            }
            return answer(card, results[1])
        }
    }

    /// Nothing for a contact whom no task names: to the tools, it is not there either.
    private static func card(_ customer: RowID, in workspace: SQL) -> SQL {
        """
        SELECT row_to_json(i) FROM (
            SELECT public_id('con', c.id) AS id, c.display_name AS name, c.email, c.phone, c.mobile, c.work_phone, c.city,
                (SELECT row_to_json(x) FROM (SELECT public_id('cmp', o.id) AS id, o.name FROM companies AS o
                    WHERE o.workspace_id = c.workspace_id AND o.id = c.company_id) AS x) AS company,
                n.open_tasks, n.finished_tasks, rfc3339(n.touched) AS last_touched_at
            FROM contacts AS c
            CROSS JOIN LATERAL (
                SELECT count(*) AS tasks,
                    count(*) FILTER (
                        WHERE t.status IN ('open', 'in_progress', 'waiting') AND t.archived_at IS NULL
                    ) AS open_tasks,
                    count(*) FILTER (WHERE t.status IN ('done', 'cancelled')) AS finished_tasks,
                    max(t.updated_at) AS touched
                FROM tasks AS t
                WHERE t.workspace_id = c.workspace_id AND t.customer_id = c.id AND t.deleted_at IS NULL
            ) AS n
            WHERE c.workspace_id = \(workspace) AND c.id = \(customer)::uuid AND c.deleted_at IS NULL
                AND n.tasks > 0
        ) AS i
        """
    }

    private static func tasks(_ customer: RowID, in workspace: SQL) -> SQL {
        """
        SELECT row_to_json(i)
        FROM (
            SELECT t.workspace_id, t.id AS key, t.updated_at AS touched
            FROM tasks AS t
            WHERE t.workspace_id = \(workspace) AND t.customer_id = \(customer)::uuid
                AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('open', 'in_progress', 'waiting')
            ORDER BY t.updated_at DESC, t.id DESC
            LIMIT \(verbatim: String(taskCount + 1))
        ) AS p
        JOIN LATERAL (
            SELECT \(TaskItem.columns) FROM tasks AS t \(TaskItem.joins)
            WHERE t.workspace_id = p.workspace_id AND t.id = p.key
        ) AS i ON true
        ORDER BY p.touched DESC, p.key DESC
        """
    }

    private static func answer(_ card: [UInt8], _ tasks: QueryResult) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("item")
        writer.write(raw: card)
        writer.key("open_tasks")
        writer.beginArray()
        var count = 0
        for row in 0..<min(tasks.rowCount, taskCount) {
            guard let task = tasks.bytes(row, 0), writer.bytes.count + task.count < ResultBudget.bytes - 1_024 else {
                break
            }
            writer.write(raw: task)
            count += 1
        }
        writer.endArray()
        if count < tasks.rowCount { writer.write("truncated", true) }
        writer.endObject()
        let card = ["name", "email", "phone", "mobile", "work_phone", "city", "company.name"].map(UntrustedPath.name)
        return ToolAnswer(
            RawJSON(writer.bytes), untrusted: card.under("item") + TaskItem.untrusted.under("open_tasks[]"))
    }
}
