package import Identity
package import Postgres

/// Makes a workspace that is ready for work: its counters, a workflow with states, the default board, and the stages of
/// its pipeline.
package enum WorkspaceCreation {
    /// Why a workspace cannot be made.
    package enum Refusal: Error, Sendable, Equatable {
        case slugTaken(String)
        case invalidSlug(String)

        package var message: String {
            switch self {
            case .slugTaken(let slug): "There is a workspace \(slug) already; choose another --slug."
            case .invalidSlug(let slug):
                "The slug \(slug) cannot be used: 1 to 63 lower-case letters, digits and hyphens, not a hyphen first."
            }
        }
    }

    /// The states of the default workflow, in order: name, category, and what a customer reads.
    private static let states = [
        ("New", "open", "Received"), ("In progress", "in_progress", "In progress"),
        ("Waiting for customer", "waiting", "Waiting for you"), ("Done", "done", "Done"),
        ("Cancelled", "cancelled", "Cancelled"),
    ]

    /// The stages of the pipeline, in order: name, color, how likely a deal is won, whether it is; the one at 0 is lost.
    private static let stages = [
        ("Discovery", "#8e9aaf", 10, false), ("Qualified", "#4f86c6", 25, false), ("Proposal", "#7b61c9", 50, false),
        ("Negotiation", "#d9902f", 75, false), ("Closed Won", "#3a9d5d", 100, true),
        ("Closed Lost", "#b5473c", 0, false),
    ]

    /// The times agreed for tickets of each priority: hours to the first reply and to the resolution, and whether the
    /// hours are those of work.
    private static let agreements = [
        ("Urgent", "urgent", 1, 8, false), ("High", "high", 4, 16, true), ("Medium", "medium", 8, 40, true),
        ("Low", "low", 16, 80, true),
    ]

    /// Makes a workspace in one transaction.
    ///
    /// - Parameters:
    ///   - name: What people call it.
    ///   - slug: Its short name at the command line, unique.
    ///   - connection: The owner's connection, in no transaction.
    package static func create(
        name: String,
        slug: String,
        settings: WorkspaceRegistry.Settings = .init(),
        on connection: Connection
    ) throws -> WorkspaceID {
        do {
            return try connection.transaction { connection in
                let workspace = try createInTransaction(name: name, slug: slug, settings: settings, on: connection)
                try OperatorTrail(connection, in: workspace).made(.workspace, workspace.row, by: "workspace.create")
                return workspace
            }
        } catch let error as PostgresError {
            if error.constraint == "workspaces_slug_key" { throw Refusal.slugTaken(slug) }
            if error.constraint == "workspaces_slug_check" { throw Refusal.invalidSlug(slug) }
            throw error
        }
    }

    /// Makes a workspace in the transaction that is open, which is set to the new workspace from then on.
    ///
    /// - Parameter key: Gives the keys of the rows, where they are not to be the database's own.
    static func createInTransaction(
        name: String,
        slug: String,
        settings: WorkspaceRegistry.Settings = .init(),
        key: () -> String? = { nil },
        on connection: Connection
    ) throws -> WorkspaceID {
        let workspace = try insert(name: name, slug: slug, key: key, on: connection)
        try furnish(workspace, key: key, on: connection)
        try WorkspaceRegistry(connection).apply(settings, to: workspace)
        return workspace
    }

    private static func insert(
        name: String,
        slug: String,
        key: () -> String?,
        on connection: Connection
    ) throws -> WorkspaceID {
        let rows = try connection.query(
            """
            INSERT INTO workspaces (id, name, slug)
            VALUES (coalesce(\(key())::uuid, time_ordered_uuid()), \(name), \(slug))
            RETURNING id
            """
        )
        guard let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
            throw PostgresError(.unexpectedResult, "The workspace was not stored.")
        }
        return WorkspaceID(id)
    }

    private static func furnish(_ workspace: WorkspaceID, key: () -> String?, on connection: Connection) throws {
        _ = try connection.query(Tenancy.set(workspace))
        _ = try connection.query("INSERT INTO workspace_counters (workspace_id) VALUES (\(workspace)::uuid)")
        try SearchIndex.markNew(workspace, on: connection)
        let workflow = try connection.query(
            """
            INSERT INTO workflows (workspace_id, id, name, is_default)
            VALUES (\(workspace)::uuid, coalesce(\(key())::uuid, time_ordered_uuid()), 'Tasks', true)
            RETURNING id
            """
        )
        for (position, state) in states.enumerated() {
            _ = try connection.query(
                """
                INSERT INTO workflow_states (workspace_id, id, workflow_id, name, category, position, customer_label)
                VALUES (\(workspace)::uuid, coalesce(\(key())::uuid, time_ordered_uuid()),
                    \(workflow.string(0, 0))::uuid, \(state.0), \(state.1), \(position)::integer, \(state.2))
                """
            )
        }
        _ = try connection.query(
            """
            INSERT INTO boards (workspace_id, id, name, workflow_id, is_default)
            VALUES (\(workspace)::uuid, coalesce(\(key())::uuid, time_ordered_uuid()), 'Tasks',
                \(workflow.string(0, 0))::uuid, true)
            """
        )
        try layPipeline(of: workspace, key: key, on: connection)
        try agree(on: workspace, key: key, on: connection)
    }

    private static func layPipeline(of workspace: WorkspaceID, key: () -> String?, on connection: Connection) throws {
        for (position, stage) in stages.enumerated() {
            _ = try connection.query(
                """
                INSERT INTO pipeline_stages (workspace_id, id, name, color, position, probability, is_won, is_lost)
                VALUES (\(workspace)::uuid, coalesce(\(key())::uuid, time_ordered_uuid()), \(stage.0), \(stage.1),
                    \(position)::integer, \(stage.2)::integer, \(stage.3)::boolean, \(stage.2 == 0)::boolean)
                """
            )
        }
    }

    private static func agree(on workspace: WorkspaceID, key: () -> String?, on connection: Connection) throws {
        for (name, priority, response, resolution, isOfWork) in agreements {
            _ = try connection.query(
                """
                INSERT INTO sla_policies (workspace_id, id, name, priority, response_hours, resolution_hours,
                    business_hours_only)
                VALUES (\(workspace)::uuid, coalesce(\(key())::uuid, time_ordered_uuid()), \(name), \(priority),
                    \(response)::integer, \(resolution)::integer, \(isOfWork)::boolean)
                """
            )
        }
    }
}
