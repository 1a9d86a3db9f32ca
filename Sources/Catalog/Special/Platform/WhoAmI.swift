import Identity
import JSON
import Policy
import Postgres
import Tools

extension Tool {
    /// Who calls, what may be done, and what is hidden and why.
    static let whoAmI = Tool(
        name: "whoami",
        title: "Who am I",
        description: """
            Tells the workspace, this credential, its permissions and mode, for every tool that is hidden the one \
            reason, and what became of its requests for access.
            """,
        effects: .reading,
        parameters: [],
        output: [
            "type": "object",
            "properties": [
                "workspace": ["type": "object"], "credential": ["type": "object"], "hidden": ["type": "object"],
                "access_requests": ["type": "array", "items": ["type": "object"]],
            ],
            "required": ["workspace", "credential", "hidden", "access_requests"],
        ],
        body: .read { (call) throws(ToolError) in
            Read([
                """
                SELECT json_build_object('id', public_id('wsp', w.id), 'name', w.name, 'timezone', w.timezone,
                    'currency', w.currency)
                FROM workspaces AS w WHERE w.id = \(call.workspace)
                """,
                """
                SELECT c.name, c.preview, c.profile, rfc3339(c.expires_at), m.name, public_id('usr', m.id),
                    s.handle, s.name
                FROM credentials AS c
                LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
                LEFT JOIN mcp_servers AS s ON s.workspace_id = c.workspace_id AND s.id = c.server_id
                WHERE c.workspace_id = \(call.workspace) AND c.secret_digest = \(call.credential.digest.bytes)::bytea
                """,
                requests(of: call),
            ]) { (results, principal) throws(ToolError) in answer(results, principal, call.registry) }
        }
    )

    /// What the credential asked for lately, and how people decided.
    private static func requests(of call: ToolCall) -> SQL {
        """
        SELECT coalesce(json_agg(i.item), '[]') FROM (
            SELECT json_strip_nulls(json_build_object('id', public_id('acr', r.id), 'wanted', r.wanted,
                'status', r.status, 'created_at', rfc3339(r.created_at), 'decided_at', rfc3339(r.decided_at),
                'answer', r.answer)) AS item
            FROM access_requests AS r
            JOIN credentials AS c ON c.workspace_id = r.workspace_id AND c.id = r.credential_id
            WHERE r.workspace_id = \(call.workspace) AND c.secret_digest = \(call.credential.digest.bytes)::bytea
            ORDER BY r.id DESC LIMIT 20
        ) AS i
        """
    }

    private static func answer(_ results: [QueryResult], _ principal: Principal, _ registry: ToolRegistry) -> ToolAnswer
    {
        let access = principal.access
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("workspace")
        writer.write(raw: results[0].bytes(0, 0) ?? Array("{}".utf8))
        let row = results[1]
        var credential: [JSONMember] = []
        for (place, name) in ["name", "preview", "profile", "expires_at", "acts_as", "acts_as_id"].enumerated() {
            if let text = row.string(0, place) { credential.append(JSONMember(name, .string(text))) }
        }
        if let handle = row.string(0, 6) {
            let name = row.string(0, 7) ?? ""
            credential.append(JSONMember("server", ["handle": .string(handle), "name": .string(name)]))
        }
        credential.append(JSONMember("read_only", .bool(access.readOnly)))
        credential.append(JSONMember("lockdown", .bool(access.lockdown)))
        credential.append(JSONMember("confirm", .string(access.confirmation.rawValue)))
        let granted = Permission.all.filter(access.grants).map(\.name)
        credential.append(
            JSONMember("permissions", access.permissions == nil ? "all" : .array(granted.map { .string($0) })))
        credential.append(JSONMember("limits", principal.limits.described()))
        writer.write("credential", .object(credential))
        let hidden = registry.tools.compactMap { tool in
            tool.hiding(from: access).map { JSONMember(tool.name, .string($0.rawValue)) }
        }
        writer.write("hidden", .object(hidden))
        writer.key("access_requests")
        writer.write(raw: results[2].bytes(0, 0) ?? Array("[]".utf8))
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes))
    }
}
