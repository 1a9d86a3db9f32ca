import JSON
package import Postgres

/// What operators' commands change in one workspace, kept in its audit trail in the same transaction.
///
/// An event tells the command, the row, and each setting as it was and as it is. What opens the workspace is never in it: of
/// a token only the preview, as people see it everywhere.
package struct OperatorTrail {
    /// What a command changes.
    package enum Subject: String, Sendable {
        case credential, server, workspace
        /// A member, who is a user to callers.
        case member = "user"
    }

    private let connection: Connection
    private let workspace: WorkspaceID

    /// - Parameter connection: The owner's, in a transaction that is set to the workspace.
    package init(_ connection: Connection, in workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
    }

    /// Keeps what `body` changes of a row; nothing if it changes nothing.
    ///
    /// - Parameter command: The command, such as `token.update`.
    package func changing<Value>(
        _ subject: Subject, _ row: RowID, by command: String, _ body: () throws -> Value
    ) throws -> Value {
        let before = try settings(of: subject, row)
        let value = try body()
        try keep(subject, row, command, changes(from: before, to: try settings(of: subject, row)))
        return value
    }

    /// Keeps with what settings a row was made.
    package func made(_ subject: Subject, _ row: RowID, by command: String) throws {
        try keep(subject, row, command, changes(from: [], to: try settings(of: subject, row)))
    }

    // MARK: Statements

    /// The settings of a row, which nobody else changes from then on; none if it is not there.
    ///
    /// The lock is that of an update that leaves the key alone, so that rows which refer to it can be written meanwhile.
    private func settings(of subject: Subject, _ row: RowID) throws -> [JSONMember] {
        let rows = try connection.query("SELECT row_to_json(i)::text FROM (\(selection(of: subject, row))) AS i")
        guard let text = rows.string(0, 0), case .object(let members) = try JSONDocument(text: text).root.value else {
            return []
        }
        return members
    }

    private func selection(of subject: Subject, _ row: RowID) -> SQL {
        switch subject {
        case .credential:
            """
            SELECT c.name, c.preview, m.email AS acts_as, s.handle AS server, c.profile, c.tools_allow, c.tools_deny,
                c.permissions, c.features, c.confirm, c.read_only, c.lockdown, c.customer_comments,
                c.customer_comment_factors, c.calls_per_minute, c.calls_per_hour, c.calls_per_month,
                c.sensitive_per_minute, rfc3339(c.expires_at) AS expires_at, rfc3339(c.revoked_at) AS revoked_at,
                public_id('key', c.rotated_from) AS rotated_from
            FROM credentials AS c
            LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
            LEFT JOIN mcp_servers AS s ON s.workspace_id = c.workspace_id AND s.id = c.server_id
            WHERE c.workspace_id = \(workspace)::uuid AND c.id = \(row)::uuid FOR NO KEY UPDATE OF c
            """
        case .server:
            """
            SELECT handle, name, description, status, tools, calls_per_minute, calls_per_hour, calls_per_month
            FROM mcp_servers
            WHERE workspace_id = \(workspace)::uuid AND id = \(row)::uuid FOR NO KEY UPDATE
            """
        case .member:
            """
            SELECT name, email, role, status FROM members
            WHERE workspace_id = \(workspace)::uuid AND id = \(row)::uuid FOR NO KEY UPDATE
            """
        case .workspace:
            """
            SELECT slug, name, status, default_country AS country, timezone, mcp_tools_allow AS tools_allow,
                mcp_tools_deny AS tools_deny, mcp_read_only AS read_only, mcp_lockdown AS lockdown,
                mcp_confirm AS confirm, mcp_customer_comments AS customer_comments,
                mcp_customer_comment_factors AS customer_comment_factors, semantic_search, mcp_weight AS weight,
                mcp_calls_per_minute AS calls_per_minute, mcp_calls_per_hour AS calls_per_hour,
                mcp_calls_per_month AS calls_per_month
            FROM workspaces WHERE id = \(workspace)::uuid AND id = \(row)::uuid FOR NO KEY UPDATE
            """
        }
    }

    /// The members that differ; what is nowhere is `null`.
    private func changes(from before: [JSONMember], to after: [JSONMember]) -> [JSONMember] {
        (before.isEmpty ? after : before).map(\.name).compactMap { name in
            let from = before.first { $0.name == name }?.value ?? .null
            let to = after.first { $0.name == name }?.value ?? .null
            return from == to ? nil : JSONMember(name, ["from": from, "to": to])
        }
    }

    private func keep(_ subject: Subject, _ row: RowID, _ command: String, _ changes: [JSONMember]) throws {
        guard !changes.isEmpty else { return }
        _ = try connection.query(
            AuditChain.appending(
                "actor_kind, action, entity, entity_id, outcome, changes",
                """
                'system', \(command)::text, \(subject.rawValue)::text, \(row)::uuid, 'ok',
                    \(RawJSON(.object(changes)).text)::jsonb
                """, in: workspace))
    }
}
