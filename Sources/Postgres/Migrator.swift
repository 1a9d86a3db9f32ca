/// Brings a database to the program's schema: forward only, each migration in a transaction of its own.
///
/// The table `schema_migrations` keeps the digest of what ran, so an edited file is noticed.
package struct Migrator: Sendable {
    /// How database and program fit together.
    package enum Status: Sendable, Equatable {
        /// Exactly.
        case current
        /// The database lacks these migrations.
        case older(missing: [String])
        /// The database has these migrations, which the program does not know.
        case newer(unknown: [String])
        /// These migrations ran with another text than they have now.
        case edited([String])
    }

    /// All migrations, in order.
    package let migrations: [Migration]

    /// "workport", so that two migrators of this program wait for each other and for nobody else.
    private static let lock: Int64 = 0x776f_726b_706f_7274

    /// Checks that the numbers run from 1 without gaps.
    package init(_ migrations: [Migration]) throws(PostgresError) {
        let ordered = migrations.sorted { $0.number < $1.number }
        for (index, migration) in ordered.enumerated() where migration.number != index + 1 {
            throw PostgresError(
                .migration, "\(migration.name) is out of order: its number should be \(index + 1)."
            )
        }
        self.migrations = ordered
    }

    /// Compares the database with the program, without changing it.
    package func status(_ connection: Connection) throws(PostgresError) -> Status {
        let table = try connection.query("SELECT to_regclass('schema_migrations') IS NOT NULL")
        guard table.bool(0, 0) == true else {
            return migrations.isEmpty ? .current : .older(missing: migrations.map(\.name))
        }
        let applied = try connection.query("SELECT number, name, digest FROM schema_migrations ORDER BY number")
        let digests = try self.digests(connection)
        var unknown: [String] = []
        var edited: [String] = []
        for row in 0..<applied.rowCount {
            let number = Int(applied.int64(row, 0) ?? 0)
            guard number >= 1, number <= migrations.count else {
                unknown.append(applied.string(row, 1) ?? "?")
                continue
            }
            let migration = migrations[number - 1]
            if applied.string(row, 2) != digests[number - 1] || applied.string(row, 1) != migration.name {
                edited.append(migration.name)
            }
        }
        if !edited.isEmpty { return .edited(edited) }
        if !unknown.isEmpty { return .newer(unknown: unknown) }
        let missing = migrations.dropFirst(applied.rowCount).map(\.name)
        return missing.isEmpty ? .current : .older(missing: missing)
    }

    /// Runs what the database lacks; when another migrator is at work, waits for it first.
    ///
    /// - Parameters:
    ///   - connection: A connection of the role that owns the schema.
    ///   - progress: Told of each migration before it runs.
    /// - Returns: The names of the migrations that ran.
    /// - Throws: ``PostgresError`` of kind `migration` if the database is newer or a file was edited; what ran before a
    ///   failure stays.
    @discardableResult
    package func migrate(
        _ connection: Connection,
        progress: (Migration) -> Void = { _ in }
    ) throws -> [String] {
        _ = try connection.query("SELECT pg_advisory_lock(\(Self.lock))")
        defer { _ = try? connection.query("SELECT pg_advisory_unlock(\(Self.lock))") }
        switch try status(connection) {
        case .current: return []
        case .newer(let unknown):
            throw PostgresError(.migration, "The database is newer than this program; it has \(unknown[0]).")
        case .edited(let names):
            throw PostgresError(.migration, "\(names[0]) was edited after it had run in this database.")
        case .older(let missing):
            try prepareTable(connection)
            let digests = try self.digests(connection)
            for migration in migrations.suffix(missing.count) {
                progress(migration)
                try run(migration, digest: digests[migration.number - 1], on: connection)
            }
            return missing
        }
    }

    private func prepareTable(_ connection: Connection) throws(PostgresError) {
        try connection.execute(
            script: """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number      integer      NOT NULL,
                    name        text         NOT NULL,
                    digest      text         NOT NULL,
                    applied_at  timestamptz  NOT NULL DEFAULT now(),
                    CONSTRAINT schema_migrations_pkey PRIMARY KEY (number)
                );
                GRANT SELECT ON schema_migrations TO PUBLIC;
                """
        )
    }

    private func run(_ migration: Migration, digest: String, on connection: Connection) throws {
        try connection.execute(script: "BEGIN")
        do {
            do throws(PostgresError) {
                try connection.execute(script: migration.script)
            } catch {
                throw PostgresError(.migration, "\(migration.name): \(error.message)", sqlState: error.sqlState)
            }
            guard connection.isInTransaction else {
                throw PostgresError(.migration, "\(migration.name) ends the transaction that it runs in.")
            }
            _ = try connection.query(
                """
                INSERT INTO schema_migrations (number, name, digest)
                VALUES (\(migration.number), \(migration.name), \(digest))
                """
            )
            try connection.execute(script: "COMMIT")
        } catch {
            if connection.isOpen, connection.isInTransaction { try? connection.execute(script: "ROLLBACK") }
            throw error
        }
    }

    /// SHA-256 of each migration, as the database computes it.
    private func digests(_ connection: Connection) throws(PostgresError) -> [String] {
        let result = try connection.query(
            """
            SELECT encode(sha256(convert_to(script, 'UTF8')), 'hex')
              FROM unnest(\(migrations.map(\.script))::text[]) WITH ORDINALITY AS scripts (script, number)
             ORDER BY number
            """
        )
        return (0..<result.rowCount).map { result.string($0, 0) ?? "" }
    }
}
