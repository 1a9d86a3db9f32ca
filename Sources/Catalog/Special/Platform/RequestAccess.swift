import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Asks people for a tool or a permission.
    static let requestAccess = Tool(
        name: "request_access",
        title: "Request access",
        description: """
            Asks the workspace's admins for a hidden tool or a permission, with a reason. They decide later; whoami tells how.
            """,
        effects: .asking,
        parameters: [
            Parameter("tool", .text(maximum: 64), "").terse,
            Parameter("permission", .text(maximum: 64), "Such as update_contacts.").terse,
            Parameter("reason", .text(maximum: 1_000), "What it is needed for.", isRequired: true).terse,
        ],
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .write { call, principal, transaction in
            let wanted = try subject(of: call)
            if isThere(wanted, for: principal, call.registry) {
                let before = try transaction.query(granted(wanted, of: call, principal))
                let item = before.bytes(0, 0).map { RawJSON($0) }
                return .done(
                    ToolAnswer(RawJSON(["item": item.map(JSONValue.raw) ?? known(wanted)])), entity: nil)
            }
            let reason = Untrusted.cleaned(call.arguments.text("reason") ?? "")
            let rows = try transaction.query(
                """
                INSERT INTO access_requests AS r (workspace_id, credential_id, wanted, reason)
                VALUES (\(call.workspace), \(principal.credential)::uuid, \(wanted), \(reason))
                ON CONFLICT (workspace_id, credential_id, wanted) WHERE status = 'open' DO UPDATE SET reason = EXCLUDED.reason
                RETURNING json_strip_nulls(json_build_object('id', public_id('acr', r.id), 'wanted', r.wanted,
                    'status', r.status, 'created_at', rfc3339(r.created_at), 'refused_before', (
                        SELECT json_build_object('decided_at', rfc3339(b.decided_at), 'answer', b.answer)
                        FROM access_requests AS b
                        WHERE b.workspace_id = r.workspace_id AND b.credential_id = r.credential_id
                            AND b.wanted = r.wanted AND b.status = 'refused'
                        ORDER BY b.id DESC LIMIT 1))), r.id
                """)
            guard let item = rows.bytes(0, 0), let row = rows.string(0, 1).flatMap(RowID.init(uuid:)) else {
                throw PostgresError(.unexpectedResult, "A request was not stored.")
            }
            return .done(ToolAnswer(RawJSON(["item": .raw(RawJSON(item))])), entity: ("access_request", row))
        }
    )

    /// Whether nobody has to be asked.
    private static func isThere(_ wanted: String, for principal: Principal, _ registry: ToolRegistry) -> Bool {
        if let tool = registry[wanted] { return registry.reaches(tool, with: principal.access) }
        return Permission(wanted).map(principal.access.grants) ?? false
    }

    private static func known(_ wanted: String) -> JSONValue { ["wanted": .string(wanted), "status": "granted"] }

    /// The request by which the credential got something.
    private static func granted(_ wanted: String, of call: ToolCall, _ principal: Principal) -> SQL {
        """
        SELECT json_build_object('id', public_id('acr', r.id), 'wanted', r.wanted, 'status', r.status,
            'created_at', rfc3339(r.created_at), 'decided_at', rfc3339(r.decided_at))
        FROM access_requests AS r
        WHERE r.workspace_id = \(call.workspace) AND r.credential_id = \(principal.credential)::uuid
            AND r.wanted = \(wanted) AND r.status = 'granted'
        ORDER BY r.id DESC LIMIT 1
        """
    }

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
