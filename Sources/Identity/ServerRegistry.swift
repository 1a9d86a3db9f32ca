package import JSON
package import Postgres

/// Makes, lists, changes and deletes the servers of one workspace; for operators, over the owner's connection.
///
/// A server is a named set of tools to which tokens belong. It only narrows what they may do, has limits of calls for all
/// of them together, and switches all of them off at once.
package struct ServerRegistry {
    /// What a server is and lets its tokens do, as an operator gives it; `nil` leaves it as it is.
    package struct Settings: Sendable {
        package var name: String?
        /// Empty for none.
        package var description: String?
        package var status: Status?
        package var tools: Assignment?
        /// What all of its tokens may do together.
        package var limits = CallLimitWishes()

        package init() {}
    }

    /// Whether a server's tokens are accepted.
    package enum Status: String, Sendable, CaseIterable {
        case active
        case disabled
    }

    /// Which tools a server has.
    package enum Assignment: Sendable, Equatable {
        /// All that its tokens have.
        case all
        /// These, as far as its tokens have them.
        case these([String])

        var stored: [String]? {
            switch self {
            case .all: nil
            case .these(let names): names
            }
        }
    }

    /// Why an operator's wish cannot be granted.
    package enum Refusal: Error, Sendable, Equatable {
        case noServer(String)
        case handleTaken(String)
        case badHandle(String)
        case hasTokens(String, Int)

        package var message: String {
            switch self {
            case .noServer(let text):
                "No server of this workspace has the handle or id \(text); `workport server list` shows them."
            case .handleTaken(let handle):
                "This workspace has a server with the handle \(handle) already; give another one with --handle."
            case .badHandle(let handle):
                "The handle \(handle) cannot be used; it can be up to 63 lower-case letters, digits and hyphens that do "
                    + "not begin with a hyphen, and not `none`."
            case .hasTokens(let handle, let count):
                "\(count == 1 ? "A token belongs" : "\(count) tokens belong") to \(handle) and would be refused without "
                    + "it. Move them with `workport token update --server`, or end them with --revoke-tokens."
            }
        }
    }

    private let connection: Connection
    private let workspace: WorkspaceID

    package init(_ connection: Connection, in workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
    }

    /// Makes a server, active unless the settings say otherwise.
    package func create(handle: String, name: String, _ settings: Settings) throws -> RowID {
        guard ServerRegistry.isHandle(handle) else { throw Refusal.badHandle(handle) }
        do {
            return try inWorkspace {
                let rows = try connection.query(
                    """
                    INSERT INTO mcp_servers (workspace_id, handle, name, description, status, tools, calls_per_minute,
                        calls_per_hour, calls_per_month)
                    VALUES (\(workspace)::uuid, \(handle), \(name), nullif(\(settings.description), ''),
                        \((settings.status ?? .active).rawValue), \(settings.tools?.stored)::text[],
                        \(settings.limits.perMinute?.stored)::integer, \(settings.limits.perHour?.stored)::integer,
                        \(settings.limits.perMonth?.stored)::integer)
                    RETURNING id
                    """
                )
                guard let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
                    throw PostgresError(.unexpectedResult, "The server was not stored.")
                }
                try trail.made(.server, id, by: "server.create")
                return id
            }
        } catch let error as PostgresError where error.constraint == "mcp_servers_handle_key" {
            throw Refusal.handleTaken(handle)
        }
    }

    /// Every server in order of creation, or the one asked for, as JSON objects.
    package func describe(_ server: RowID? = nil) throws -> [RawJSON] {
        try inWorkspace {
            let rows = try connection.query(
                """
                SELECT row_to_json(i) FROM (
                    SELECT public_id('srv', s.id) AS id, s.handle, s.name, s.description, s.status, s.tools,
                        s.calls_per_minute, s.calls_per_hour, s.calls_per_month,
                        (
                            SELECT count(*) FROM credentials AS c
                            WHERE c.workspace_id = s.workspace_id AND c.server_id = s.id
                                AND (c.revoked_at IS NULL OR c.revoked_at > now())
                                AND (c.expires_at IS NULL OR c.expires_at > now())
                        ) AS tokens,
                        rfc3339(s.created_at) AS created_at, rfc3339(s.updated_at) AS updated_at
                    FROM mcp_servers AS s
                    WHERE s.workspace_id = \(workspace)::uuid
                        AND (\(server)::uuid IS NULL OR s.id = \(server)::uuid)
                    ORDER BY s.id
                ) AS i
                """
            )
            return (0..<rows.rowCount).compactMap { rows.bytes($0, 0).map { RawJSON($0) } }
        }
    }

    /// Changes the given settings of a server; they hold for its tokens within a second, for writes from
    /// the next call on, on every node.
    package func update(_ text: String, _ settings: Settings) throws -> RowID {
        try inWorkspace {
            let id = try ServerRegistry.find(text, in: workspace, connection)
            try trail.changing(.server, id, by: "server.update") {
                _ = try connection.query(
                    """
                    UPDATE mcp_servers SET
                        name = coalesce(\(settings.name), name),
                        description = CASE WHEN \(settings.description != nil) THEN nullif(\(settings.description), '')
                            ELSE description END,
                        status = coalesce(\(settings.status?.rawValue), status),
                        tools = CASE WHEN \(settings.tools != nil) THEN \(settings.tools?.stored)::text[] ELSE tools END,
                        calls_per_minute = \(settings.limits.perMinute.value(else: "calls_per_minute")),
                        calls_per_hour = \(settings.limits.perHour.value(else: "calls_per_hour")),
                        calls_per_month = \(settings.limits.perMonth.value(else: "calls_per_month")),
                        updated_at = now(), version = version + 1
                    WHERE workspace_id = \(workspace)::uuid AND id = \(id)::uuid
                    """
                )
            }
            return id
        }
    }

    /// Deletes a server that no token belongs to any more.
    ///
    /// Tokens that have ended let go of it; they stay in the list, and stay ended.
    ///
    /// - Parameter revokingTokens: Whether its tokens are ended with it, on every node.
    /// - Returns: The server's key, and how many tokens were ended.
    /// - Throws: ``Refusal/hasTokens(_:_:)`` if it has tokens that are still good and are not to be ended.
    package func delete(_ text: String, revokingTokens: Bool) throws -> (id: RowID, revoked: Int) {
        try inWorkspace {
            let id = try ServerRegistry.find(text, in: workspace, connection)
            // Nobody makes a token for it meanwhile.
            _ = try connection.query(
                """
                SELECT FROM mcp_servers WHERE workspace_id = \(workspace)::uuid AND id = \(id)::uuid FOR UPDATE
                """
            )
            let count = try connection.query(
                """
                SELECT count(*) FROM credentials
                WHERE workspace_id = \(workspace)::uuid AND server_id = \(id)::uuid
                    AND (revoked_at IS NULL OR revoked_at > clock_timestamp())
                    AND (expires_at IS NULL OR expires_at > clock_timestamp())
                """
            )
            let living = Int(count.int64(0, 0) ?? 0)
            guard living == 0 || revokingTokens else { throw Refusal.hasTokens(text, living) }
            try release(id)
            try trail.changing(.server, id, by: "server.delete") {
                _ = try connection.query(
                    "DELETE FROM mcp_servers WHERE workspace_id = \(workspace)::uuid AND id = \(id)::uuid")
            }
            return (id, living)
        }
    }

    // MARK: Statements

    private var trail: OperatorTrail { OperatorTrail(connection, in: workspace) }

    /// Ends the tokens of a server and takes them from it.
    private func release(_ server: RowID) throws {
        let tokens = try connection.query(
            """
            SELECT id FROM credentials
            WHERE workspace_id = \(workspace)::uuid AND server_id = \(server)::uuid ORDER BY id FOR UPDATE
            """
        )
        for token in (0..<tokens.rowCount).compactMap({ tokens.string($0, 0).flatMap(RowID.init(uuid:)) }) {
            try trail.changing(.credential, token, by: "server.delete") {
                _ = try connection.query(
                    """
                    UPDATE credentials SET revoked_at = least(revoked_at, clock_timestamp()), server_id = NULL
                    WHERE workspace_id = \(workspace)::uuid AND id = \(token)::uuid
                    """
                )
            }
        }
    }

    /// The server of a workspace with this handle or identifier, on a connection that has set the workspace.
    static func find(_ text: String, in workspace: WorkspaceID, _ connection: Connection) throws -> RowID {
        let rows = try connection.query(
            """
            SELECT id FROM mcp_servers WHERE workspace_id = \(workspace)::uuid
                AND (handle = \(text) OR public_id('srv', id) = \(text))
            """
        )
        guard rows.rowCount == 1, let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
            throw Refusal.noServer(text)
        }
        return id
    }

    /// Whether a text can be a handle; `none` is what a command says for no server.
    private static func isHandle(_ text: String) -> Bool {
        let isPlain = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...63).contains(text.utf8.count) && text != "none" && isPlain(text.utf8.first ?? 0)
            && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
    }

    private func inWorkspace<Value>(_ body: () throws -> Value) throws -> Value {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try body()
        }
    }
}
