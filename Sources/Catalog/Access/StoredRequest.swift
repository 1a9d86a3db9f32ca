import Identity
import JSON
import Postgres

/// A request for access with the settings of the credential that made it, as they are stored.
struct StoredRequest {
    /// What identifiers of requests begin with.
    static let prefix = "acr"

    let id: String
    let createdAt: String
    let wanted: String
    let reason: String
    let status: String
    let decidedAt: String?
    let answer: String?
    let credential: String
    let name: String
    let preview: String
    let credentialStatus: String
    let actsAs: String?
    let access: CredentialAccess

    var isAlive: Bool { credentialStatus == "active" }

    /// The columns that ``init(_:_:)`` reads, of requests `r` with their credentials `c` and workspaces `w`.
    static let selection: SQL = """
        SELECT public_id('acr', r.id), rfc3339(r.created_at), r.wanted, r.reason, r.status, rfc3339(r.decided_at), r.answer,
            public_id('key', c.id), c.name, c.preview,
            CASE
                WHEN c.revoked_at <= now() THEN 'revoked'
                WHEN c.expires_at <= now() THEN 'expired'
                ELSE 'active'
            END,
            m.email, c.profile, array_to_string(c.tools_allow, ' '), array_to_string(c.tools_deny, ' '),
            array_to_string(c.permissions, ' '), array_to_string(c.features, ' '), c.confirm, c.customer_comments,
            c.read_only, array_to_string(w.mcp_tools_allow, ' '), array_to_string(w.mcp_tools_deny, ' '),
            w.mcp_read_only, w.mcp_customer_comments, s.handle, array_to_string(s.tools, ' ')
        FROM access_requests AS r
        JOIN credentials AS c ON c.workspace_id = r.workspace_id AND c.id = r.credential_id
        JOIN workspaces AS w ON w.id = r.workspace_id
        LEFT JOIN mcp_servers AS s ON s.workspace_id = c.workspace_id AND s.id = c.server_id
        LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
        """

    init(_ rows: QueryResult, _ row: Int) {
        let text = { rows.string(row, $0) ?? "" }
        let names = { (column: Int) in rows.string(row, column)?.split(separator: " ").map(String.init) }
        (id, createdAt, wanted, reason, status) = (text(0), text(1), text(2), text(3), text(4))
        (decidedAt, answer) = (rows.string(row, 5), rows.string(row, 6))
        (credential, name, preview, credentialStatus) = (text(7), text(8), text(9), text(10))
        actsAs = rows.string(row, 11)
        access = CredentialAccess(
            profile: Profile(rawValue: text(12)) ?? .taskTracking, allow: names(13), deny: names(14) ?? [],
            permissions: names(15), features: names(16), confirmation: ConfirmationMode(rawValue: text(17)),
            customerComments: rows.bool(row, 18) ?? false, readOnly: rows.bool(row, 19) ?? true,
            server: rows.string(row, 24).map { .init(handle: $0, tools: names(25)) },
            workspace: .init(
                allow: names(20), deny: names(21) ?? [], readOnly: rows.bool(row, 22) ?? true,
                customerComments: rows.bool(row, 23) ?? false))
    }
}

extension CredentialAccess {
    /// What becomes of each setting, for the audit trail.
    func changes(to other: CredentialAccess) -> [JSONMember] {
        zip(stored, other.stored).compactMap { before, after in
            before.value == after.value ? nil : JSONMember(before.name, ["from": before.value, "to": after.value])
        }
    }

    private var stored: [JSONMember] {
        let list = { (names: [String]?) in names.map { JSONValue.array($0.map(JSONValue.string)) } ?? .null }
        return [
            JSONMember("profile", .string(profile.rawValue)), JSONMember("tools_allow", list(allow)),
            JSONMember("tools_deny", list(deny)), JSONMember("permissions", list(permissions)),
            JSONMember("features", list(features)),
            JSONMember("confirm", confirmation.map { .string($0.rawValue) } ?? .null),
            JSONMember("customer_comments", .bool(customerComments)),
        ]
    }
}
