package import JSON
package import Postgres

/// Makes, lists and ends the credentials of one workspace; for operators, over the owner's connection.
package struct CredentialRegistry {
    /// What a credential may do, as an operator gives it.
    package struct Settings: Sendable {
        package var name = "token"
        package var kind = AccessToken.Kind.token
        package var actsAs: String?
        package var allow: [String]?
        package var deny: [String]?
        package var readOnly: Bool?
        package var customerComments: Bool?
        package var factors: Int?
        package var profile: Profile?
        /// Names of permissions; empty for all.
        package var permissions: [String]?
        /// Names of toolsets; empty for all of the profile.
        package var features: [String]?
        /// Which writes wait for a confirmation; what is usual for the profile if there is no wish.
        package var confirmation: ConfirmationMode?
        package var lockdown: Bool?
        /// The server to which it belongs; `nil` leaves that as it is.
        package var server: Belonging?
        package var limits = CallLimitWishes()
        /// Seconds from now.
        package var lifetime: Int?

        package init() {}
    }

    /// To which server a credential belongs.
    package enum Belonging: Sendable, Equatable {
        /// To none: it may do what its own settings and the workspace's say.
        case none
        /// To the one with this handle or identifier, which only narrows what it may do.
        case server(String)
    }

    /// Why an operator's wish cannot be granted.
    package enum Refusal: Error, Sendable, Equatable {
        case noMember(String)
        case noCredential(String)
        case ambiguous(String)
        case ended(String)

        package var message: String {
            switch self {
            case .noMember(let text): "No member of this workspace has the id or e-mail address \(text)."
            case .noCredential(let text):
                "No token of this workspace has the id, preview or name \(text); `workport token list` shows them."
            case .ended(let text):
                "The token \(text) is revoked or has expired; make a new one with `workport token create`."
            case .ambiguous(let text):
                "Several tokens fit \(text); give the id (key_…) that `workport token list` shows."
            }
        }
    }

    private let connection: Connection
    private let workspace: WorkspaceID
    private let pepper: TokenPepper

    package init(_ connection: Connection, in workspace: WorkspaceID, pepper: TokenPepper) {
        self.connection = connection
        self.workspace = workspace
        self.pepper = pepper
    }

    /// Makes a credential.
    ///
    /// - Returns: The token, which exists nowhere else from now on, and the credential's key.
    package func create(_ settings: Settings) throws -> (token: AccessToken, id: RowID) {
        try inWorkspace {
            let made = try insert(settings, rotatedFrom: nil)
            try trail.made(.credential, made.id, by: "token.create")
            return made
        }
    }

    /// Every credential, newest first, as JSON objects without any secret.
    package func list() throws -> [RawJSON] {
        try inWorkspace {
            let rows = try connection.query(
                """
                SELECT row_to_json(i) FROM (
                    SELECT public_id('key', c.id) AS id, c.name, c.preview,
                        CASE
                            WHEN c.revoked_at <= now() THEN 'revoked'
                            WHEN c.expires_at <= now() THEN 'expired'
                            ELSE 'active'
                        END AS status,
                        m.email AS acts_as, s.handle AS server, c.read_only, c.tools_allow, c.tools_deny, c.customer_comments,
                        c.customer_comment_factors, c.profile, c.permissions, c.features, c.confirm,
                        c.lockdown, c.calls_per_minute, c.calls_per_hour, c.calls_per_month, c.sensitive_per_minute,
                        rfc3339(c.created_at) AS created_at,
                        rfc3339(c.expires_at) AS expires_at, rfc3339(c.revoked_at) AS revoked_at,
                        rfc3339(c.last_used_at) AS last_used_at
                    FROM credentials AS c
                    LEFT JOIN members AS m ON m.workspace_id = c.workspace_id AND m.id = c.acts_as
                    LEFT JOIN mcp_servers AS s ON s.workspace_id = c.workspace_id AND s.id = c.server_id
                    WHERE c.workspace_id = \(workspace)::uuid
                    ORDER BY c.id DESC
                ) AS i
                """
            )
            return (0..<rows.rowCount).compactMap { rows.bytes($0, 0).map { RawJSON($0) } }
        }
    }

    /// Ends a credential, for reads within a second, on every node.
    package func revoke(_ text: String) throws -> RowID {
        try inWorkspace {
            let id = try find(text)
            try trail.changing(.credential, id, by: "token.revoke") {
                _ = try connection.query(
                    """
                    UPDATE credentials SET revoked_at = coalesce(revoked_at, clock_timestamp())
                    WHERE workspace_id = \(workspace)::uuid AND id = \(id)::uuid
                    """
                )
            }
            return id
        }
    }

    /// Changes the given settings of a credential; they hold within a second, for writes from the next call on.
    package func update(_ text: String, _ settings: Settings) throws -> RowID {
        try inWorkspace {
            let id = try find(text)
            try requireAlive(id)
            let server = try server(settings.server)
            try trail.changing(.credential, id, by: "token.update") {
                _ = try connection.query(
                    """
                    UPDATE credentials SET
                        tools_allow = CASE WHEN \(settings.allow != nil) THEN nullif(\(settings.allow)::text[], '{}')
                            ELSE tools_allow END,
                        tools_deny = coalesce(\(settings.deny)::text[], tools_deny),
                        read_only = coalesce(\(settings.readOnly)::boolean, read_only),
                        customer_comments = coalesce(\(settings.customerComments)::boolean, customer_comments),
                        customer_comment_factors = coalesce(\(settings.factors)::smallint, customer_comment_factors),
                        profile = coalesce(\(settings.profile?.rawValue), profile),
                        permissions = CASE WHEN \(settings.permissions != nil)
                            THEN nullif(\(settings.permissions)::text[], '{}') ELSE permissions END,
                        features = CASE WHEN \(settings.features != nil) THEN nullif(\(settings.features)::text[], '{}')
                            ELSE features END,
                        confirm = coalesce(\(settings.confirmation?.rawValue), confirm),
                        lockdown = coalesce(\(settings.lockdown)::boolean, lockdown),
                        server_id = CASE WHEN \(settings.server != nil) THEN \(server)::uuid ELSE server_id END,
                        calls_per_minute = \(settings.limits.perMinute.value(else: "calls_per_minute")),
                        calls_per_hour = \(settings.limits.perHour.value(else: "calls_per_hour")),
                        calls_per_month = \(settings.limits.perMonth.value(else: "calls_per_month")),
                        sensitive_per_minute = \(settings.limits.sensitivePerMinute.value(else: "sensitive_per_minute")),
                        expires_at = coalesce(now() + \(settings.lifetime)::integer * interval '1 second', expires_at)
                    WHERE workspace_id = \(workspace)::uuid AND id = \(id)::uuid
                    """
                )
            }
            return id
        }
    }

    /// Replaces a credential by a new one with the same settings.
    ///
    /// - Parameter overlap: Seconds that the old token stays good.
    package func rotate(_ text: String, overlap: Int) throws -> (token: AccessToken, id: RowID, old: RowID) {
        try inWorkspace {
            let old = try find(text)
            try requireAlive(old)
            let made = try insert(Settings(), rotatedFrom: old)
            try trail.made(.credential, made.id, by: "token.rotate")
            let end: SQL = "least(coalesce(expires_at, 'infinity'), now() + \(overlap)::integer * interval '1 second')"
            try trail.changing(.credential, old, by: "token.rotate") {
                _ = try connection.query(
                    """
                    UPDATE credentials SET expires_at = \(end)
                    WHERE workspace_id = \(workspace)::uuid AND id = \(old)::uuid
                    """
                )
            }
            return (made.token, made.id, old)
        }
    }

    // MARK: Statements

    private var trail: OperatorTrail { OperatorTrail(connection, in: workspace) }

    private func insert(_ settings: Settings, rotatedFrom old: RowID?) throws -> (token: AccessToken, id: RowID) {
        let token = AccessToken(for: workspace, kind: try old.map(kind) ?? settings.kind)
        let digest = TokenDigest(of: token, pepper: pepper)
        let source: SQL =
            if let old {
                """
                SELECT name, acts_as, tools_allow, tools_deny, read_only, customer_comments, customer_comment_factors,
                    profile, permissions, features, confirm, lockdown, calls_per_minute, calls_per_hour, calls_per_month,
                    sensitive_per_minute, server_id, expires_at, id
                FROM credentials WHERE workspace_id = \(workspace)::uuid AND id = \(old)::uuid
                """
            } else {
                """
                SELECT \(settings.name), \(try member(settings.actsAs))::uuid, \(settings.allow)::text[],
                    coalesce(\(settings.deny)::text[], '{}'), coalesce(\(settings.readOnly)::boolean, false),
                    coalesce(\(settings.customerComments)::boolean, false),
                    coalesce(\(settings.factors)::smallint, 0::smallint),
                    \((settings.profile ?? settings.kind.profile).rawValue), nullif(\(settings.permissions)::text[], '{}'),
                    nullif(\(settings.features)::text[], '{}'), \(settings.confirmation?.rawValue)::text,
                    coalesce(\(settings.lockdown)::boolean, false), \(settings.limits.perMinute?.stored)::integer,
                    \(settings.limits.perHour?.stored)::integer, \(settings.limits.perMonth?.stored)::integer,
                    \(settings.limits.sensitivePerMinute?.stored)::integer, \(try server(settings.server))::uuid,
                    now() + \(settings.lifetime)::integer * interval '1 second', NULL::uuid
                """
            }
        let rows = try connection.query(
            """
            INSERT INTO credentials (workspace_id, prefix, secret_digest, preview, name, acts_as, tools_allow,
                tools_deny, read_only, customer_comments, customer_comment_factors, profile, permissions, features,
                confirm, lockdown, calls_per_minute, calls_per_hour, calls_per_month, sensitive_per_minute, server_id,
                expires_at, rotated_from)
            SELECT \(workspace)::uuid, \(token.kind.rawValue), \(digest.bytes)::bytea, \(token.preview), s.*
            FROM (\(source)) AS s
            RETURNING id
            """
        )
        guard let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
            throw PostgresError(.unexpectedResult, "The credential was not stored.")
        }
        return (token, id)
    }

    private func kind(of credential: RowID) throws -> AccessToken.Kind {
        let rows = try connection.query(
            """
            SELECT prefix FROM credentials
            WHERE workspace_id = \(workspace)::uuid AND id = \(credential)::uuid
            """)
        return rows.string(0, 0).flatMap(AccessToken.Kind.init(rawValue:)) ?? .token
    }

    private func member(_ text: String?) throws -> RowID? {
        guard let text else { return nil }
        let rows = try connection.query(
            """
            SELECT id FROM members WHERE workspace_id = \(workspace)::uuid
                AND (email = \(text) OR public_id('usr', id) = \(text))
            """
        )
        guard rows.rowCount == 1, let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
            throw Refusal.noMember(text)
        }
        return id
    }

    private func server(_ wish: Belonging?) throws -> RowID? {
        guard case .server(let text) = wish else { return nil }
        return try ServerRegistry.find(text, in: workspace, connection)
    }

    private func find(_ text: String) throws -> RowID {
        let rows = try connection.query(
            """
            SELECT id FROM credentials WHERE workspace_id = \(workspace)::uuid
                AND (public_id('key', id) = \(text) OR preview = \(text) OR name = \(text))
            """
        )
        guard rows.rowCount > 0 else { throw Refusal.noCredential(text) }
        guard rows.rowCount == 1, let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
            throw Refusal.ambiguous(text)
        }
        return id
    }

    /// A token that has ended stays so: changing or replacing it would bring back what somebody took away.
    private func requireAlive(_ id: RowID) throws {
        let rows = try connection.query(
            """
            SELECT preview FROM credentials WHERE workspace_id = \(workspace)::uuid AND id = \(id)::uuid
                AND (revoked_at <= now() OR expires_at <= now())
            """
        )
        if rows.rowCount > 0 { throw Refusal.ended(rows.string(0, 0) ?? "") }
    }

    private func inWorkspace<Value>(_ body: () throws -> Value) throws -> Value {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try body()
        }
    }
}
