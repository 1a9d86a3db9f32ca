import Identity
import Postgres
import Tools

/// Which board and state a task comes to be in: what a call asks for, among the states of the board's workflow.
///
/// A call names a state, a status (then it is the first state of that kind), or neither (then a new task is in the first
/// open state, and another one stays where it is). A workflow may say which states follow on which; where a state says
/// nothing of the kind, any may follow.
struct TaskCourse {
    private let row: RowID?
    private let call: ToolCall

    init(_ row: RowID?, _ call: ToolCall) {
        self.row = row
        self.call = call
    }

    /// A state of a workflow, as far as it matters here.
    private struct State {
        let id: String
        let name: String
        let category: String

        var isFinished: Bool { category == "done" || category == "cancelled" }
    }

    /// Where a task is.
    private struct Place {
        let board: String
        let workflow: String
        let state: State
        /// The keys of the states that may follow; none means any.
        let following: [String]
    }

    /// What the task's row gets beside what the call gives.
    func assignments(_ transaction: borrowing Transaction) throws -> [Assignment] {
        guard let row else { return try assignmentsOfNewTask(transaction) }
        guard ["board", "state", "status"].contains(where: call.arguments.has) else { return [] }
        let place = try self.place(of: row, transaction)
        let (board, workflow) = try board(place.board, transaction)
        let states = try self.states(of: workflow, transaction)
        let wished = try wish(place.state.category, among: states)
        // The state that it is in answers a wish for its own status.
        let state = workflow == place.workflow && wished.contains { $0.id == place.state.id } ? place.state : wished[0]
        if workflow == place.workflow, state.id != place.state.id, !place.following.isEmpty,
            !place.following.contains(state.id)
        {
            throw refusal(of: state, after: place, among: states)
        }
        return [
            Assignment("board_id", "\(board)::uuid"), Assignment("state_id", "\(state.id)::uuid"),
            Assignment("status", "\(state.category)"),
        ] + completion(of: state, after: place.state)
    }

    private func assignmentsOfNewTask(_ transaction: borrowing Transaction) throws -> [Assignment] {
        let (board, workflow) = try board(nil, transaction)
        let state = try wish("open", among: try states(of: workflow, transaction))[0]
        let number = try transaction.query(
            """
            UPDATE workspace_counters AS c SET next_task_number = c.next_task_number + 1
            WHERE c.workspace_id = \(call.workspace) RETURNING c.next_task_number - 1
            """)
        return [
            Assignment("number", "\(number.int64(0, 0))::bigint"), Assignment("board_id", "\(board)::uuid"),
            Assignment("state_id", "\(state.id)::uuid"), Assignment("status", "\(state.category)"),
            Assignment("source", "'mcp'"),
        ] + completion(of: state, after: nil)
    }

    /// A task is finished when it comes to be done or cancelled, and done in full then.
    private func completion(of state: State, after before: State?) -> [Assignment] {
        guard state.isFinished != (before?.isFinished ?? false) else { return [] }
        guard state.isFinished else { return [Assignment("completed_at", "NULL")] }
        let isFull = state.category == "done" && !call.arguments.has("progress")
        return [Assignment("completed_at", "clock_timestamp()")] + (isFull ? [Assignment("progress", "100")] : [])
    }

    // MARK: What is there

    private func place(of task: RowID, _ transaction: borrowing Transaction) throws -> Place {
        let rows = try transaction.query(
            """
            SELECT t.board_id, s.workflow_id, s.id, s.name, s.category, array_to_string(s.transitions, ' ')
            FROM tasks AS t
            JOIN workflow_states AS s ON s.workspace_id = t.workspace_id AND s.id = t.state_id
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(task)::uuid
            """)
        return Place(
            board: rows.string(0, 0) ?? "", workflow: rows.string(0, 1) ?? "",
            state: State(
                id: rows.string(0, 2) ?? "", name: rows.string(0, 3) ?? "", category: rows.string(0, 4) ?? ""),
            following: (rows.string(0, 5) ?? "").split(separator: " ").map(String.init))
    }

    /// The board that the call names, else the one that the task is on, else the workspace's own; and its workflow.
    private func board(_ current: String?, _ transaction: borrowing Transaction) throws -> (String, workflow: String) {
        let key = call.arguments.row("board")?.digits ?? current
        let rows = try transaction.query(
            """
            SELECT b.id, b.workflow_id FROM boards AS b
            WHERE b.workspace_id = \(call.workspace) AND CASE WHEN \(key)::uuid IS NULL THEN b.is_default
                ELSE b.id = \(key)::uuid END
            """)
        guard let board = rows.string(0, 0), let workflow = rows.string(0, 1) else {
            throw ToolError(problems: [.init("board", "`board` is needed: this workspace has no default board.")])
        }
        return (board, workflow)
    }

    private func states(of workflow: String, _ transaction: borrowing Transaction) throws -> [State] {
        let rows = try transaction.query(
            """
            SELECT s.id, s.name, s.category FROM workflow_states AS s
            WHERE s.workspace_id = \(call.workspace) AND s.workflow_id = \(workflow)::uuid
            ORDER BY s.position, s.name
            """)
        return (0..<rows.rowCount).map {
            State(id: rows.string($0, 0) ?? "", name: rows.string($0, 1) ?? "", category: rows.string($0, 2) ?? "")
        }
    }

    /// The states that are what the call asks for, the first one first; never empty.
    ///
    /// - Parameter standard: The status where the call names neither state nor status.
    private func wish(_ standard: String, among states: [State]) throws -> [State] {
        let (name, status) = (call.arguments.text("state"), call.arguments.text("status"))
        let fitting = states.filter { state in
            (name == nil || state.name.lowercased() == name?.lowercased())
                && (status == nil || state.category == status)
                && (name != nil || status != nil || state.category == standard)
        }
        if !fitting.isEmpty { return fitting }
        // A board without a state of the standard kind has others.
        if name == nil, status == nil, !states.isEmpty { return states }
        let known = states.map { "`\($0.name)` (\($0.category))" }.joined(separator: ", ")
        let field = name == nil ? "status" : "state"
        throw ToolError(problems: [
            .init(field, "`\(field)` names no state of this board; there are \(known.isEmpty ? "none" : known).")
        ])
    }

    private func refusal(of state: State, after place: Place, among states: [State]) -> ToolError {
        let allowed = states.filter { place.following.contains($0.id) }.map { "`\($0.name)` (\($0.category))" }
        return ToolError(
            .transitionNotAllowed,
            "The workflow does not lead from `\(place.state.name)` to `\(state.name)`. Nothing was changed.",
            hint: "From `\(place.state.name)` it leads to \(allowed.joined(separator: ", ")).")
    }

    // MARK: What is told

    /// What reads otherwise than before: the task, its customer, the summary.
    static func changes(_ row: RowID, _ call: ToolCall, _ transaction: borrowing Transaction) throws -> [String] {
        let rows = try transaction.query(
            """
            SELECT t.number, t.customer_id FROM tasks AS t
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(row)::uuid
            """)
        return [
            rows.int64(0, 0).map(ResourceAddress.task),
            rows.string(0, 1).flatMap(RowID.init(uuid:)).map(ResourceAddress.customer),
        ].compactMap(\.self) + [ResourceAddress.summary]
    }
}
