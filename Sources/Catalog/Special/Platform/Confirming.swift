import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Does a write that waits, once.
    static let confirmAction = Tool(
        name: "confirm_action",
        title: "Confirm",
        description: """
            Does the write that a preview showed, once, within ten minutes and only if nothing changed since. Call it \
            when the person has seen the preview and agreed.
            """,
        effects: .confirming,
        parameters: [
            Parameter("confirmToken", .text(maximum: 100), "From the preview.").terse,
            Parameter("confirm_token", .text(maximum: 100), "").terse,
        ],
        output: ["type": "object"],
        body: .write { call, principal, transaction in
            guard let token = call.arguments.text("confirmToken") ?? call.arguments.text("confirm_token") else {
                throw ToolError(problems: [
                    .init("confirmToken", "`confirmToken` is missing: the token that came with a preview is needed.")
                ])
            }
            return try PendingAction(call, principal).confirm(.token(token), by: .token, transaction)
        }
    )

    /// Drops a write that waits.
    static let cancelAction = Tool(
        name: "cancel_action",
        title: "Cancel a pending write",
        description: "Drops a write that waits for a confirmation, when the person does not want it.",
        effects: .dropping,
        parameters: pendingNames,
        output: ["type": "object"],
        body: .write { call, principal, transaction in
            try PendingAction(call, principal).cancel(try PendingAction.Name(call.arguments), transaction)
        }
    )

    /// What waits for a confirmation of this credential's.
    static let listPendingActions = Tool(
        name: "list_pending_actions",
        title: "List pending writes",
        description: "Lists the writes of this credential that wait for a confirmation, the newest first.",
        effects: .reading,
        parameters: [Parameter("limit", .integer(1...100), "", standard: 20)],
        output: ["type": "object", "properties": ["items": ["type": "array", "items": ["type": "object"]]]],
        body: .read { (call) throws(ToolError) in
            let limit = call.arguments.integer("limit") ?? 20
            let rows: SQL = """
                SELECT json_build_object('pending_id', public_id('pnd', p.id), 'tool', p.tool, 'summary', p.summary,
                    'expires_at', rfc3339(p.expires_at))
                FROM pending_actions AS p
                WHERE \(PendingReading.own(call)) AND p.status = 'pending' AND p.expires_at > clock_timestamp()
                ORDER BY p.id DESC LIMIT \(limit)::bigint
                """
            return Read([rows]) { (results, _) throws(ToolError) in
                ListPage(results[0], limit: Int(limit), orderedBy: 0)
                    .answer(to: call, untrusted: [.name("summary")])
            }
        }
    )

    /// One of them with its preview.
    static let getPendingAction = Tool(
        name: "get_pending_action",
        title: "Get a pending write",
        description: "Shows the preview of a write that waits for a confirmation again, or how it ended.",
        effects: .reading,
        parameters: pendingNames,
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .read { (call) throws(ToolError) in
            let name = try PendingAction.Name(call.arguments)
            let row: SQL = """
                SELECT json_build_object('pending_id', public_id('pnd', p.id), 'tool', p.tool, 'status',
                    CASE WHEN p.status = 'pending' AND p.expires_at <= clock_timestamp() THEN 'expired' ELSE p.status END,
                    'summary', p.summary, 'preview', p.preview, 'reversible', p.is_reversible,
                    'warnings', to_json(p.warnings), 'expires_at', rfc3339(p.expires_at))
                FROM pending_actions AS p
                WHERE \(PendingReading.own(call)) AND \(PendingAction.condition(name))
                """
            return Read([row]) { (results, _) throws(ToolError) in
                guard let item = results[0].bytes(0, 0) else {
                    throw ToolError(
                        .confirmUnknown, "Nothing waits for a confirmation under this name.",
                        hint: "list_pending_actions shows what waits for this credential.")
                }
                return ToolAnswer(
                    RawJSON(["item": .raw(RawJSON(item))]), untrusted: [.name("item.summary"), "item.preview"])
            }
        }
    )

    private static let pendingNames = [
        Parameter("pending_id", .identifier(prefix: "pnd"), "").terse,
        Parameter("confirmToken", .text(maximum: 100), "").terse,
    ]
}

private enum PendingReading {
    /// The rows of the credential that calls, over `p`.
    static func own(_ call: ToolCall) -> SQL {
        """
        p.workspace_id = \(call.workspace) AND p.credential_id = (
            SELECT c.id FROM credentials AS c
            WHERE c.workspace_id = \(call.workspace) AND c.secret_digest = \(call.credential.digest.bytes)::bytea
        )
        """
    }
}

extension PendingAction.Name {
    /// Which one a call names.
    fileprivate init(_ arguments: Arguments) throws(ToolError) {
        if let token = arguments.text("confirmToken") {
            self = .token(token)
        } else if let row = arguments.row("pending_id") {
            self = .row(row)
        } else {
            throw ToolError(problems: [.init("pending_id", "`pending_id` or `confirmToken` is needed.")])
        }
    }
}
