import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What was done in the workspace, by whom, and how it ended.
    static let getAuditLog = Tool(
        name: "get_audit_log",
        title: "Get the audit log",
        description: """
            Lists calls and changes, newest first; without the permission read_audit only one's own.
            """,
        effects: .reading,
        permission: .read("teams"),
        parameters: [
            Parameter("from", .moment, "").terse, Parameter("to", .moment, "").terse,
            Parameter("actor", .text(maximum: 60), "key_…, usr_… or me.").terse,
            Parameter("action", .text(maximum: 80), "A tool's name, or such as tools/call.").terse,
            Parameter("entity", .text(maximum: 40), "Such as contact.").terse,
            Parameter("entity_id", .text(maximum: 60), "").terse,
            Parameter(
                "outcome", .choice(["ok", "error", "denied", "rate_limited", "pending", "confirmed", "undone"]), ""),
            Parameter("limit", .integer(1...100), "", standard: 20),
            Parameter("cursor", .text(maximum: 4096), "Last next_cursor.").terse,
        ],
        output: [
            "type": "object",
            "properties": [
                "items": ["type": "array", "items": ["type": "object"]], "next_cursor": ["type": "string"],
            ],
            "required": ["items"],
        ],
        body: .read { (call) throws(ToolError) in
            let reading = try AuditReading(call)
            // Only the principal tells whose entries may be shown.
            return Read([]) { (_, principal) throws(ToolError) in .more(reading.read(for: principal)) }
        }
    )
}

/// One call of ``Tool/getAuditLog``.
private struct AuditReading: Sendable {
    private let call: ToolCall
    private let limit: Int
    private let position: String?
    private let narrowing: SQL

    init(_ call: ToolCall) throws(ToolError) {
        self.call = call
        limit = Int(call.arguments.integer("limit") ?? 20)
        position = try Cursor(of: call, width: 1)?.position[0]
        narrowing = try Self.narrowing(call)
    }

    private static func narrowing(_ call: ToolCall) throws(ToolError) -> SQL {
        var condition: SQL = ""
        if let from = call.arguments.moment("from") {
            condition += " AND e.at >= to_timestamp(\(from)::bigint / 1e6)"
        }
        if let to = call.arguments.moment("to") { condition += " AND e.at < to_timestamp(\(to)::bigint / 1e6)" }
        if let action = call.arguments.text("action") {
            condition += " AND (e.tool = \(action) OR e.action = \(action))"
        }
        if let entity = call.arguments.text("entity") { condition += " AND e.entity = \(entity)" }
        if let outcome = call.arguments.text("outcome") { condition += " AND e.outcome = \(outcome)" }
        if let text = call.arguments.text("entity_id") {
            condition += " AND e.entity_id = \(try row(in: text, of: "entity_id"))::uuid"
        }
        switch call.arguments.text("actor") {
        case nil: break
        case "me"?: condition += " AND \(own(call))"
        case let text? where text.hasPrefix("usr_"):
            let member = try row(in: text, of: "actor")
            condition += """
                 AND (e.actor_id = \(member)::uuid OR e.actor_id IN (SELECT a.id FROM credentials AS a
                    WHERE a.workspace_id = \(call.workspace) AND a.acts_as = \(member)::uuid))
                """
        case let text?: condition += " AND e.actor_id = \(try row(in: text, of: "actor"))::uuid"
        }
        return condition
    }

    private static func row(in text: String, of field: String) throws(ToolError) -> RowID {
        guard let start = text.firstIndex(of: "_"), let row = RowID(text, prefix: String(text[..<start])) else {
            throw ToolError(.notFound, "`\(field)` names nothing; it can be an identifier as results give it.")
        }
        return row
    }

    /// The entries of the credential that calls, and of the others of the member for whom it acts.
    private static func own(_ call: ToolCall) -> SQL {
        """
        e.actor_id IN (
            SELECT a.id FROM credentials AS c
            JOIN credentials AS a ON a.workspace_id = c.workspace_id AND (a.id = c.id OR a.acts_as = c.acts_as)
            WHERE c.workspace_id = \(call.workspace) AND c.secret_digest = \(call.credential.digest.bytes)::bytea
        )
        """
    }

    func read(for principal: Principal) -> Read {
        let scope: SQL = principal.access.grants(.read("audit")) ? "" : " AND \(Self.own(call))"
        let after: SQL = position.map { " AND e.id < \($0)::uuid" } ?? ""
        let kinds =
            Catalog.entities.values.map { ($0.name, $0.prefix) } + [
                ("task", "tsk"), ("credential", "key"), ("server", "srv"), ("workspace", "wsp"),
                ("access_request", "acr"),
            ]
        let page: SQL = """
            SELECT json_strip_nulls(json_build_object('id', public_id('aud', e.id), 'at', rfc3339(e.at),
                'actor', json_build_object('kind', e.actor_kind, 'id', public_id('key', c.id), 'name', c.name,
                    'acts_as', public_id('usr', m.id), 'acts_as_name', m.name),
                'client', CASE WHEN e.client_name IS NOT NULL THEN
                    json_build_object('name', e.client_name, 'version', e.client_version) END,
                'action', e.action, 'tool', e.tool, 'entity', e.entity,
                'entity_id', coalesce(public_id(k.prefix, e.entity_id), replace(e.entity_id::text, '-', '')),
                'outcome', e.outcome, 'error_code', e.error_code, 'request_id', e.request_id,
                'duration_ms', e.duration_us / 1000, 'result_bytes', e.result_bytes)),
                replace(e.id::text, '-', ''), e.changes::text
            FROM audit_events AS e
            LEFT JOIN credentials AS c ON c.workspace_id = e.workspace_id AND c.id = e.actor_id
            LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
            LEFT JOIN unnest(\(kinds.map(\.0))::text[], \(kinds.map(\.1))::text[]) AS k(entity, prefix)
                ON k.entity = e.entity
            WHERE e.workspace_id = \(call.workspace)\(narrowing)\(scope)\(after)
            ORDER BY e.id DESC LIMIT \(Int64(limit) + 1)::bigint
            """
        return Read([page]) { (results, _) throws(ToolError) in
            // A field that was emptied is null in the changes, which must not be lost.
            let rows = (0..<results[0].rowCount).compactMap { place -> ListPage.Row? in
                guard let item = results[0].bytes(place, 0), let key = results[0].string(place, 1) else { return nil }
                let changes = results[0].bytes(place, 2).map { Array(#","changes":"#.utf8) + $0 + Array("}".utf8) }
                return ListPage.Row(item: changes.map { item.dropLast() + $0 } ?? item, position: [key])
            }
            return ListPage(rows, limit: limit).answer(
                to: call, untrusted: ["changes", .name("client.name"), .name("client.version")])
        }
    }
}
