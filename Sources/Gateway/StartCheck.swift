package import Postgres

/// Why the service does not start, and what to do about it.
package struct StartRefusal: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// What has to be true of the database before the service starts.
package enum StartCheck {
    /// The role can neither read past row-level security nor change the schema.
    ///
    /// - Parameter variable: Where the connection's URL comes from.
    package static func role(_ connection: Connection, of variable: String = "WORKPORT_DATABASE_URL") throws {
        let excesses = try RoleCheck.excesses(of: connection)
        guard excesses.isEmpty else {
            throw StartRefusal(
                excesses.map(\.message).joined(separator: " ")
                    + " The service has to connect as a role like workport_app (CREATE ROLE workport_app LOGIN NOSUPERUSER "
                    + "NOBYPASSRLS), so that one workspace can never see another. Set \(variable) accordingly."
            )
        }
    }

    /// The schema is exactly this program's.
    package static func schema(_ connection: Connection, _ migrator: Migrator) throws {
        switch try migrator.status(connection) {
        case .current: return
        case .older(let missing):
            throw StartRefusal(
                "The database's schema is older than this program: \(missing.count) migrations are missing, the first is "
                    + "\(missing[0]). Run `workport migrate` with the owner's URL."
            )
        case .newer(let unknown):
            throw StartRefusal(
                "The database's schema is newer than this program: it has \(unknown[0]). Start the newer program instead."
            )
        case .edited(let names):
            throw StartRefusal(
                "\(names[0]) was edited after it ran in this database. Restore the file that was shipped."
            )
        }
    }
}
