import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Asks people for a tool or a permission.
    static let requestAccess = Tool(
        name: "request_access",
        title: "Request access",
        description: "Asks the workspace's admins for a hidden tool or a permission, with a reason. They decide later.",
        effects: .asking,
        parameters: [
            Parameter("tool", .text(maximum: 64), "").terse,
            Parameter("permission", .text(maximum: 64), "Such as update_contacts.").terse,
            Parameter("reason", .text(maximum: 1_000), "What it is needed for.", isRequired: true).terse,
        ],
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .write { call, principal, transaction in
            let wanted = try subject(of: call)
            let reason = Untrusted.cleaned(call.arguments.text("reason") ?? "")
            let rows = try transaction.query(
                """
                INSERT INTO access_requests (workspace_id, credential_id, wanted, reason)
                VALUES (\(call.workspace), \(principal.credential.digits)::uuid, \(wanted), \(reason))
                ON CONFLICT (workspace_id, credential_id, wanted) WHERE status = 'open' DO UPDATE SET reason = EXCLUDED.reason
                RETURNING json_build_object('id', public_id('acr', id), 'wanted', wanted, 'status', status,
                    'created_at', rfc3339(created_at)), id
                """)
            guard let item = rows.bytes(0, 0), let row = rows.string(0, 1).flatMap(RowID.init(uuid:)) else {
                throw PostgresError(.unexpectedResult, "A request was not stored.")
            }
            return .done(ToolAnswer(RawJSON(["item": .raw(RawJSON(item))])), entity: ("access_request", row))
        }
    )

    /// What is asked for: a tool that there is, or a permission.
    private static func subject(of call: ToolCall) throws(ToolError) -> String {
        switch (call.arguments.text("tool"), call.arguments.text("permission")) {
        case (let tool?, nil):
            guard call.registry[tool] != nil else {
                throw ToolError(.notFound, "There is no tool of that name.", hint: "Find tools with search_tools.")
            }
            return tool
        case (nil, let permission?):
            guard Permission(permission) != nil else {
                throw ToolError(
                    .notFound, "There is no permission of that name; it can be one such as update_contacts.",
                    hint: "describe_tool tells the permission of a tool.")
            }
            return permission
        default: throw ToolError(problems: [.init("tool", "Give `tool` or `permission`, and not both.")])
        }
    }
}
