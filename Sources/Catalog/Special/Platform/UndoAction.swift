import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Takes a write back.
    static let undoAction = Tool(
        name: "undo_action",
        title: "Undo",
        description: """
            Takes back a write that returned undo_token, within seven days, unless the row was changed since. The same \
            permission is needed as for the write.
            """,
        effects: .adding,
        parameters: [Parameter("undo_token", .identifier(prefix: "und"), "", isRequired: true)],
        output: ["type": "object", "required": ["changed"]],
        body: .write { call, principal, transaction in
            guard let token = call.arguments.row("undo_token") else { throw Undoing.unknown }
            return try Undoing(call, principal).run(token, transaction)
        }
    )
}

/// One call of ``Tool/undoAction``, inside its transaction.
private struct Undoing {
    private let call: ToolCall
    private let principal: Principal

    init(_ call: ToolCall, _ principal: Principal) {
        self.call = call
        self.principal = principal
    }

    static var unknown: ToolError {
        ToolError(
            .notFound,
            "There is nothing to undo by this token. It may have expired, been used, or be of another credential.",
            hint: "Take undo_token from the result of the write.")
    }

    func run(_ token: RowID, _ transaction: borrowing Transaction) throws -> WriteOutcome {
        let entries = try transaction.query(
            """
            SELECT u.entity, u.row_id, u.row_version, u.columns::text, u.tool, u.next_id FROM undo_entries AS u
            WHERE u.workspace_id = \(call.workspace)
                AND (u.id = \(token)::uuid OR u.group_id = \(token)::uuid)
                AND u.credential_id = \(principal.credential)::uuid
                AND u.undone_at IS NULL AND u.expires_at > now()
            ORDER BY u.row_id
            FOR UPDATE
            """)
        guard let entity = entries.string(0, 0).flatMap({ Catalog.entities[$0] }) else { throw Undoing.unknown }
        let written = (0..<entries.rowCount).compactMap { place -> (row: RowID, version: Int64, columns: String?)? in
            guard let row = entries.string(place, 1).flatMap(RowID.init(uuid:)), let version = entries.int64(place, 2)
            else { return nil }
            return (row, version, entries.string(place, 3))
        }
        guard let tool = entries.string(0, 4).flatMap({ call.registry[$0] }), tool.isCallable(by: principal.access)
        else {
            throw ToolError(
                .permissionDenied, "This credential may not call the tool whose write would be undone any more.")
        }
        let outcome: WriteOutcome
        if written.count == 1 {
            let (row, version, columns) = written[0]
            outcome = try RowWrite(entity, .reversal(row, version: version, to: columns), call, principal)
                .run(transaction)
        } else {
            outcome = try RowGroup.reverse(entity, written, call, principal, transaction)
        }
        _ = try transaction.query(
            """
            UPDATE undo_entries SET undone_at = clock_timestamp()
            WHERE workspace_id = \(call.workspace)
                AND (id = \(token)::uuid OR group_id = \(token)::uuid)
            """)
        // What the same call wrote beside it; a caller is told of the row that the call was about.
        if let next = entries.string(0, 5).flatMap(RowID.init(uuid:)) { _ = try run(next, transaction) }
        return .acting(tool: call.tool, as: .undone, outcome)
    }
}
