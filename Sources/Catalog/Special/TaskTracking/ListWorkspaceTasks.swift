import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// The most recently touched tasks, newest first.
    static let listWorkspaceTasks = Tool(
        name: "listWorkspaceTasks",
        title: "List tasks",
        description: """
            Lists tasks, the most recently touched first, without archived ones. To find a customer's tasks use \
            searchWorkspaceTasks.
            """,
        effects: .reading,
        permission: .read("tasks"),
        parameters: [
            .limit(standard: 20), .cursor,
            Parameter("status", .choice(TaskWords.statuses), ""),
            Parameter("priority", .choice(TaskWords.priorities), ""),
            Parameter(
                "assignee", .text(maximum: 200), "A member's id (usr_…), e-mail address or full name, or me."
            ).terse,
            Parameter("board", .text(maximum: 200), "Name or id (brd_…).").terse,
            Parameter("updatedSince", .moment, "A date or date-time.").terse,
            TaskItem.fieldsParameter,
        ],
        output: ListSchema.schema,
        body: .read(TaskList.read)
    )
}

/// How ``Tool/listWorkspaceTasks`` becomes statements and an answer.
private enum TaskList {
    static func read(_ call: ToolCall) throws(ToolError) -> Read {
        let arguments = call.arguments
        let limit = Int(arguments.integer("limit") ?? 20)
        let workspace = call.workspace
        let fields = arguments.words("fields")
        let filter = Filter(arguments, in: workspace)
        let position = try Cursor(of: call, width: 2)?.position
        let after: SQL =
            if let position {
                "AND (t.updated_at, t.id) < (\(position[0])::timestamptz, \(position[1])::uuid)"
            } else {
                ""
            }
        // The inner limit is the largest page. PostgreSQL reckons with a tenth of all rows where the limit is a bind; with
        // this one it looks the page's tasks up by key, without it it would read all tasks of the workspace.
        let page: SQL = """
            SELECT row_to_json(i), p.touched::text, p.key::text
            FROM (
                SELECT q.workspace_id, q.key, q.touched
                FROM (
                    SELECT t.workspace_id, t.id AS key, t.updated_at AS touched
                    FROM tasks AS t
                    WHERE t.workspace_id = \(workspace)
                        AND t.deleted_at IS NULL AND t.archived_at IS NULL \(filter.condition) \(after)
                    ORDER BY t.updated_at DESC, t.id DESC
                    LIMIT 101
                ) AS q
                ORDER BY q.touched DESC, q.key DESC
                LIMIT \(limit + 1)::bigint
            ) AS p
            JOIN LATERAL (
                SELECT \(TaskItem.columns(of: fields)) FROM tasks AS t \(TaskItem.joins(of: fields))
                WHERE t.workspace_id = p.workspace_id AND t.id = p.key
            ) AS i ON true
            ORDER BY p.touched DESC, p.key DESC
            """
        return Read([page] + filter.checks) { (results, principal) throws(ToolError) in
            try filter.verify(results.dropFirst(), principal)
            return ListPage(results[0], limit: limit, orderedBy: 2)
                .answer(to: call, extra: [JSONMember("applied", filter.applied)], untrusted: TaskItem.untrusted)
        }
    }

    /// The conditions that a call asks for, and the statements that tell whether what they name exists.
    struct Filter: Sendable {
        private let workspace: SQL
        private let status: String?
        private let priority: String?
        private let assignee: String?
        private let board: String?
        private let since: Int64?
        private let sinceText: String?

        init(_ arguments: Arguments, in workspace: SQL) {
            self.workspace = workspace
            status = arguments.text("status")
            priority = arguments.text("priority")
            assignee = arguments.text("assignee")
            board = arguments.text("board")
            since = arguments.moment("updatedSince")
            sinceText = since.map(Moment.text)
        }

        var condition: SQL {
            var condition: SQL = ""
            if let status { condition = "\(condition) AND t.status = \(status)" }
            if let priority { condition = "\(condition) AND t.priority = \(priority)" }
            if assignee != nil {
                condition = """
                    \(condition) AND EXISTS (
                        SELECT FROM task_assignees AS x
                        WHERE x.workspace_id = t.workspace_id AND x.task_id = t.id AND x.member_id IN (\(members))
                    )
                    """
            }
            if board != nil { condition = "\(condition) AND t.board_id IN (\(boards))" }
            if let since { condition = "\(condition) AND t.updated_at >= to_timestamp(\(since)::bigint / 1e6)" }
            return condition
        }

        private var members: SQL {
            guard let assignee, assignee != "me" else { return "current_member_id()" }
            if let row = RowID(assignee, prefix: "usr") {
                return "SELECT id FROM members WHERE workspace_id = \(workspace) AND id = \(row)::uuid"
            }
            return """
                SELECT id FROM members WHERE workspace_id = \(workspace)
                    AND (lower(email) = lower(\(assignee)) OR lower(name) = lower(\(assignee)))
                """
        }

        private var boards: SQL {
            guard let board else { return "NULL" }
            if let row = RowID(board, prefix: "brd") {
                return "SELECT id FROM boards WHERE workspace_id = \(workspace) AND id = \(row)::uuid"
            }
            return "SELECT id FROM boards WHERE workspace_id = \(workspace) AND lower(name) = lower(\(board))"
        }

        var checks: [SQL] {
            var checks: [SQL] = []
            if assignee != nil, assignee != "me" { checks.append("SELECT EXISTS (\(members))") }
            if board != nil { checks.append("SELECT EXISTS (\(boards))") }
            return checks
        }

        func verify(_ results: ArraySlice<QueryResult>, _ principal: Principal) throws(ToolError) {
            var problems: [ToolError.Problem] = []
            var results = results
            if assignee == "me", principal.member == nil {
                problems.append(
                    .init("assignee", "`assignee` is `me`, but this token acts for no member; give a name or an id.")
                )
            }
            if assignee != nil, assignee != "me", results.popFirst()?.bool(0, 0) != true {
                problems.append(
                    .init("assignee", "`assignee` names no member here; it can be an id, an e-mail address or a name.")
                )
            }
            if board != nil, results.popFirst()?.bool(0, 0) != true {
                problems.append(.init("board", "`board` names no board here; it can be a board's name or id."))
            }
            if !problems.isEmpty { throw ToolError(problems: problems) }
        }

        /// What was applied, as the answer tells it.
        var applied: JSONValue {
            let given: [(String, String?)] = [
                ("status", status), ("priority", priority), ("assignee", assignee), ("board", board),
                ("updatedSince", sinceText),
            ]
            let filters = given.compactMap { name, value in value.map { JSONMember(name, .string($0)) } }
            return ["filters": .object(filters), "sort": "updated_at desc"]
        }
    }
}
