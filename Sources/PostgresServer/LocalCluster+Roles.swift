import Postgres

extension LocalCluster {
    /// Creates a database with the two roles of the program; what exists is brought into the same state.
    ///
    /// - Parameters:
    ///   - database: The database, which belongs to `owner`.
    ///   - owner: The role that migrates: owns the schema.
    ///   - application: The role that serves: owns nothing and is bound by row-level security.
    package func prepare(database: String, owner: String, application: String) throws(LocalClusterError) {
        do throws(PostgresError) {
            try prepareRolesAndDatabase(database, owner, application)
        } catch {
            throw LocalClusterError(
                .preparationFailed, "The database \(database) cannot be prepared: \(error.message)"
            )
        }
    }

    private func prepareRolesAndDatabase(
        _ database: String,
        _ owner: String,
        _ application: String
    ) throws(PostgresError) {
        let server = try superuser(of: "postgres")
        // Two sessions that alter one role at the same moment fail; the lock ends with the connection.
        try server.execute(script: "SELECT pg_advisory_lock(hashtext('workport preparation'))")
        for role in [owner, application] {
            let attributes = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            try server.executeUnlessPresent("CREATE ROLE \(quoted(role))")
            try server.execute(script: "ALTER ROLE \(quoted(role)) \(attributes)")
        }
        try server.executeUnlessPresent("CREATE DATABASE \(quoted(database)) OWNER \(quoted(owner)) TEMPLATE template0")
        let connection = try superuser(of: database)
        try connection.execute(
            script: """
                ALTER DATABASE \(quoted(database)) OWNER TO \(quoted(owner));
                REVOKE ALL ON DATABASE \(quoted(database)) FROM PUBLIC;
                GRANT CONNECT ON DATABASE \(quoted(database)) TO \(quoted(application));
                ALTER SCHEMA public OWNER TO \(quoted(owner));
                REVOKE ALL ON SCHEMA public FROM PUBLIC;
                GRANT USAGE ON SCHEMA public TO \(quoted(application));
                """
        )
    }

    private func superuser(of database: String) throws(PostgresError) -> Connection {
        try Connection(url: url(database: database, role: "postgres"), applicationName: "workport preparation")
    }
}

extension Connection {
    /// Runs a `CREATE`, and takes it as done when the thing is there, even if it came at the same moment.
    fileprivate func executeUnlessPresent(_ statement: String) throws(PostgresError) {
        do throws(PostgresError) {
            try execute(script: statement)
        } catch {
            let present: [SQLState] = [.duplicateObject, .duplicateDatabase, .uniqueViolation]
            guard let state = error.sqlState, present.contains(state) else { throw error }
        }
    }
}

/// A name as an SQL identifier.
private func quoted(_ name: String) -> String {
    "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
}
