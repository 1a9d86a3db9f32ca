package import JSON
package import Postgres

/// Finds, lists and changes workspaces; for operators, over the owner's connection.
package struct WorkspaceRegistry {
    /// What a workspace is, and what an assistant may do in it at most, as an operator gives it.
    package struct Settings: Sendable {
        package var name: String?
        package var country: String?
        package var timezone: String?
        package var status: String?
        package var allow: [String]?
        package var deny: [String]?
        package var readOnly: Bool?
        package var customerComments: Bool?
        package var factors: Int?
        /// What no credential's own setting goes below.
        package var confirmation: ConfirmationMode?
        package var lockdown: Bool?
        /// Whether texts of its knowledge base may be sent to the source of embeddings.
        package var semanticSearch: Bool?
        /// How many times another workspace's share of a node's workers it has while both call.
        package var weight: Int?
        /// What all of its credentials may do together.
        package var limits = CallLimitWishes()

        package init() {}
    }

    /// A time zone that the database does not know.
    package struct UnknownTimeZone: Error, Sendable {
        package let name: String

        package var message: String { "There is no time zone \(name); it can be a name such as Europe/Berlin." }
    }

    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// The workspace with this identifier or slug.
    package func find(_ text: String) throws -> WorkspaceID? {
        let rows = try connection.query(
            "SELECT id FROM workspaces WHERE slug = \(text) OR public_id('wsp', id) = \(text)"
        )
        return rows.rowCount == 1 ? rows.string(0, 0).flatMap(RowID.init(uuid:)).map(WorkspaceID.init(_:)) : nil
    }

    /// All workspaces in order of creation, or the one asked for, as JSON objects.
    package func describe(_ workspace: WorkspaceID? = nil) throws -> [RawJSON] {
        let rows = try connection.query(
            """
            SELECT row_to_json(i) FROM (
                SELECT public_id('wsp', w.id) AS id, w.slug, w.name, w.status, w.default_country AS country, w.timezone,
                    w.mcp_tools_allow AS tools_allow, w.mcp_tools_deny AS tools_deny, w.mcp_read_only AS read_only,
                    w.mcp_customer_comments AS customer_comments,
                    w.mcp_customer_comment_factors AS customer_comment_factors, w.mcp_confirm AS confirm,
                    w.mcp_lockdown AS lockdown, w.mcp_weight AS weight,
                    w.semantic_search,
                    w.mcp_calls_per_minute AS calls_per_minute, w.mcp_calls_per_hour AS calls_per_hour,
                    w.mcp_calls_per_month AS calls_per_month, rfc3339(w.created_at) AS created_at
                FROM workspaces AS w
                WHERE \(workspace)::uuid IS NULL OR w.id = \(workspace)::uuid
                ORDER BY w.id
            ) AS i
            """
        )
        return (0..<rows.rowCount).compactMap { rows.bytes($0, 0).map { RawJSON($0) } }
    }

    /// Changes the given settings of a workspace, in the transaction that is open if one is; they hold within a second,
    /// for writes from the next call on.
    ///
    /// - Throws: ``UnknownTimeZone`` if the database does not know the time zone.
    package func update(_ workspace: WorkspaceID, _ settings: Settings) throws {
        let change = { (connection: Connection) in
            _ = try connection.query(Tenancy.set(workspace))
            try OperatorTrail(connection, in: workspace).changing(.workspace, workspace.row, by: "workspace.update") {
                try apply(settings, to: workspace)
            }
        }
        try connection.isInTransaction ? change(connection) : connection.transaction(change)
    }

    /// Gives a workspace its settings in the transaction that is open, which is set to it, and tells the trail nothing.
    ///
    /// - Throws: ``UnknownTimeZone`` if the database does not know the time zone.
    package func apply(_ settings: Settings, to workspace: WorkspaceID) throws {
        if let zone = settings.timezone {
            let known = try connection.query("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = \(zone))")
            guard known.bool(0, 0) == true else { throw UnknownTimeZone(name: zone) }
        }
        _ = try connection.query(
            """
            UPDATE workspaces SET
                name = coalesce(\(settings.name), name),
                default_country = coalesce(\(settings.country), default_country),
                timezone = coalesce(\(settings.timezone), timezone),
                status = coalesce(\(settings.status), status),
                mcp_tools_allow = CASE WHEN \(settings.allow != nil) THEN nullif(\(settings.allow)::text[], '{}')
                    ELSE mcp_tools_allow END,
                mcp_tools_deny = coalesce(\(settings.deny)::text[], mcp_tools_deny),
                mcp_read_only = coalesce(\(settings.readOnly)::boolean, mcp_read_only),
                mcp_customer_comments = coalesce(\(settings.customerComments)::boolean, mcp_customer_comments),
                mcp_customer_comment_factors = coalesce(\(settings.factors)::smallint, mcp_customer_comment_factors),
                mcp_confirm = coalesce(\(settings.confirmation?.rawValue), mcp_confirm),
                mcp_lockdown = coalesce(\(settings.lockdown)::boolean, mcp_lockdown),
                semantic_search = coalesce(\(settings.semanticSearch)::boolean, semantic_search),
                mcp_weight = coalesce(\(settings.weight)::integer, mcp_weight),
                mcp_calls_per_minute = \(settings.limits.perMinute.value(else: "mcp_calls_per_minute")),
                mcp_calls_per_hour = \(settings.limits.perHour.value(else: "mcp_calls_per_hour")),
                mcp_calls_per_month = \(settings.limits.perMonth.value(else: "mcp_calls_per_month")),
                updated_at = now(), version = version + 1
            WHERE id = \(workspace)::uuid
            """
        )
        // What came back for texts may not be kept once they may not be sent any more.
        if settings.semanticSearch == false {
            _ = try connection.query("DELETE FROM document_chunks WHERE workspace_id = \(workspace)::uuid")
        }
    }
}
