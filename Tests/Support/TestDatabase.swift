import Foundation
package import Postgres
import PostgresServer
import Synchronization

/// A database of a suite's own, cloned from a template and dropped with the last reference.
///
///     let database = try TestDatabase.make(migrations: true)
///     let connection = try database.connect(as: .owner)
package final class TestDatabase: Sendable {
    /// Who connects.
    package enum Role: Sendable {
        /// May do anything.
        case superuser
        /// Owns the schema.
        case owner
        /// Serves: owns nothing.
        case application
    }

    /// Its name.
    package let name: String
    private let cluster: LocalCluster

    private static let lastNumber = Mutex(0)
    private static let preparing = Mutex(())
    private static let preparedTemplates = Mutex<Set<String>>([])

    /// Makes a database.
    ///
    /// - Parameter migrations: Whether it has the schema of the folder `migrations/`; else it is empty.
    package static func make(migrations: Bool = false) throws -> TestDatabase {
        let cluster = try TestCluster.shared()
        let template = try self.template(migrations: migrations, on: cluster)
        let number = lastNumber.withLock { number in
            number += 1
            return number
        }
        let database = TestDatabase(name: "test_\(number)", cluster: cluster)
        let server = try connect(cluster, database: "postgres", as: .superuser)
        try server.execute(
            script: "CREATE DATABASE \(database.name) OWNER \(TestCluster.owner) TEMPLATE \(template)"
        )
        // Privileges on the database itself are not cloned; on an existing one this makes only them.
        // One at a time: two that touch the roles at once make the server refuse one of them.
        try preparing.withLock { _ in
            try cluster.prepare(
                database: database.name, owner: TestCluster.owner, application: TestCluster.application
            )
        }
        return database
    }

    private init(name: String, cluster: LocalCluster) {
        self.name = name
        self.cluster = cluster
    }

    deinit {
        guard cluster.isRunning, let server = try? Self.connect(cluster, database: "postgres", as: .superuser) else {
            return
        }
        try? server.execute(script: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    /// A connection string for a role.
    package func url(_ role: Role) -> String { Self.url(cluster, database: name, role) }

    /// Opens a connection of one's own.
    package func connect(as role: Role) throws -> Connection {
        try Self.connect(cluster, database: name, as: role)
    }

    /// All migrations of the repository.
    package static func migrations() throws -> [Migration] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try Migration.all(inFolder: root.appending(path: "migrations").path)
    }

    private static func template(migrations: Bool, on cluster: LocalCluster) throws -> String {
        let name = migrations ? "template_migrated" : "template_empty"
        try preparedTemplates.withLock { prepared in
            guard !prepared.contains(name) else { return }
            try cluster.prepare(database: name, owner: TestCluster.owner, application: TestCluster.application)
            if migrations {
                let connection = try connect(cluster, database: name, as: .owner)
                try Migrator(Self.migrations()).migrate(connection)
            }
            prepared.insert(name)
        }
        return name
    }

    private static func url(_ cluster: LocalCluster, database: String, _ role: Role) -> String {
        switch role {
        case .superuser: cluster.url(database: database, role: "postgres")
        case .owner: cluster.url(database: database, role: TestCluster.owner)
        case .application: cluster.url(database: database, role: TestCluster.application)
        }
    }

    private static func connect(_ cluster: LocalCluster, database: String, as role: Role) throws -> Connection {
        try Connection(url: url(cluster, database: database, role), applicationName: "workport tests")
    }
}
