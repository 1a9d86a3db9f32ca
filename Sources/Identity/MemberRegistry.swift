package import JSON
package import Postgres

/// Adds and lists the members of one workspace; for operators, over the owner's connection.
package struct MemberRegistry {
    /// Why a member cannot be added.
    package enum Refusal: Error, Sendable, Equatable {
        case emailTaken(String)

        package var message: String {
            switch self {
            case .emailTaken(let email): "There is a member with the e-mail address \(email) already."
            }
        }
    }

    private let connection: Connection
    private let workspace: WorkspaceID

    package init(_ connection: Connection, in workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
    }

    /// Adds a member, for whom tokens may act and to whom tasks may be assigned.
    ///
    /// - Parameter role: One of `owner`, `admin`, `member`, `viewer` and `guest`.
    package func add(name: String, email: String, role: String) throws -> RowID {
        do {
            return try connection.transaction { connection in
                _ = try connection.query(Tenancy.set(workspace))
                let rows = try connection.query(
                    """
                    INSERT INTO members (workspace_id, name, email, role)
                    VALUES (\(workspace)::uuid, \(name), \(email), \(role))
                    RETURNING id
                    """
                )
                guard let id = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
                    throw PostgresError(.unexpectedResult, "The member was not stored.")
                }
                try OperatorTrail(connection, in: workspace).made(.member, id, by: "member.add")
                return id
            }
        } catch let error as PostgresError where error.constraint == "members_email_key" {
            throw Refusal.emailTaken(email)
        }
    }

    /// Every member, in order of name, as JSON objects.
    package func list() throws -> [RawJSON] {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            let rows = try connection.query(
                """
                SELECT row_to_json(i) FROM (
                    SELECT public_id('usr', m.id) AS id, m.name, m.email, m.role, m.status
                    FROM members AS m
                    WHERE m.workspace_id = \(workspace)::uuid
                    ORDER BY m.name, m.id
                ) AS i
                """
            )
            return (0..<rows.rowCount).compactMap { rows.bytes($0, 0).map { RawJSON($0) } }
        }
    }
}
