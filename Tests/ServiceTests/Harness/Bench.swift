import Catalog
import Identity
import Postgres
import PostgresServer
import Synchronization
import TestSupport

/// A database and a node that serves it.
///
/// Most tests share one and take a workspace of their own in it: workspaces are the product's own isolation. A test that
/// changes the database, or needs other settings, makes its own.
final class Bench: Sendable {
    let database: BenchDatabase
    let service: TestService

    /// The bench of every test that needs nothing special.
    static let shared = Result { try Bench() }

    private let nodes = Mutex<[Node]>([])
    private let watch = Mutex<NodeWatch?>(nil)

    private static let lastNumber = Mutex(0)

    /// A node that a test may have ended.
    private struct Node {
        weak var service: TestService?
    }

    init(_ settings: [String: String] = [:]) throws {
        database = BenchDatabase(try TestDatabase.make(migrations: true))
        service = try TestService(database: database.url(.application), settings)
    }

    /// A node of its own over a database that is there.
    init(on database: BenchDatabase) throws {
        self.database = database
        service = try TestService(database: database.url(.application))
    }

    /// A database and a node on a server of the test's own.
    convenience init(on cluster: LocalCluster) throws {
        let (owner, application) = (TestCluster.owner, TestCluster.application)
        try cluster.prepare(database: "workport", owner: owner, application: application)
        let database = BenchDatabase { role in
            switch role {
            case .superuser: cluster.url(database: "workport", role: "postgres")
            case .owner: cluster.url(database: "workport", role: owner)
            case .application: cluster.url(database: "workport", role: application)
            }
        }
        try Migrator(TestDatabase.migrations()).migrate(database.connect(as: .owner))
        try self.init(on: database)
    }

    /// Another node of the same service.
    func anotherNode(_ settings: [String: String] = [:], secrets: [String: String] = [:]) throws -> TestService {
        let node = try TestService(database: database.url(.application), settings, secrets: secrets)
        nodes.withLock { $0.append(Node(service: node)) }
        return node
    }

    /// Returns when every node has heard of the changes that were committed before.
    func catchUp() throws {
        // One after the other, so that nobody takes the end of another's stream for that of its own.
        try watch.withLock { watch in
            let made = try watch ?? NodeWatch(self)
            watch = made
            for node in [service] + nodes.withLock({ $0.compactMap(\.service) }) where node.isRunning {
                try made.catchUp(node)
            }
        }
    }

    /// Makes a workspace with contents that bear this name.
    func workspace(_ name: String = "Alder", _ change: (inout WorkspaceRegistry.Settings) -> Void = { _ in }) throws
        -> TestWorkspace
    {
        let number = Bench.lastNumber.withLock { number in
            number += 1
            return number
        }
        var settings = WorkspaceRegistry.Settings()
        settings.country = "US"
        settings.customerComments = true
        settings.factors = 0
        change(&settings)
        return try TestWorkspace(
            name, number: number, settings: settings, on: try database.connect(as: .owner)
        )
    }

    /// Makes a token that may do everything the workspace allows.
    func token(
        for workspace: TestWorkspace,
        _ change: (inout CredentialRegistry.Settings) -> Void = { _ in }
    ) throws -> String {
        var settings = CredentialRegistry.Settings()
        settings.customerComments = true
        settings.actsAs = workspace.members[0].email
        settings.confirmation = ConfirmationMode.none
        // Far more than a test makes; its calls are counted as ever.
        settings.limits.perMinute = .calls(1_000_000)
        settings.limits.sensitivePerMinute = .calls(1_000_000)
        change(&settings)
        return try registry(workspace).create(settings).token.text
    }

    private func registry(_ workspace: TestWorkspace) throws -> CredentialRegistry {
        CredentialRegistry(try database.connect(as: .owner), in: workspace.id, pepper: TestService.pepper)
    }

    /// Changes credentials as an operator does; every node has heard of it then.
    func registry<Value>(of workspace: TestWorkspace, _ body: (CredentialRegistry) throws -> Value) throws -> Value {
        let value = try body(registry(workspace))
        try catchUp()
        return value
    }

    /// Changes servers as an operator does; every node has heard of it then.
    func servers<Value>(of workspace: TestWorkspace, _ body: (ServerRegistry) throws -> Value) throws -> Value {
        let value = try body(ServerRegistry(try database.connect(as: .owner), in: workspace.id))
        try catchUp()
        return value
    }

    /// Changes a workspace as an operator does; every node has heard of it then.
    func update(_ workspace: TestWorkspace, _ change: (inout WorkspaceRegistry.Settings) -> Void) throws {
        var settings = WorkspaceRegistry.Settings()
        change(&settings)
        try WorkspaceRegistry(database.connect(as: .owner)).update(workspace.id, settings)
        try catchUp()
    }

    /// A client with a new token.
    func client(
        _ workspace: TestWorkspace, era: WireEra = .stateless, profile: Profile = .taskTracking
    ) throws -> Client {
        try service.client(workspace, try token(for: workspace) { $0.profile = profile }, era: era)
    }

    /// Returns when the service has taken every request that was sent before.
    ///
    /// The event loop answers these two by itself; when the second is answered, it has looked at all that came before
    /// the first.
    func settle() throws {
        let wire = try WireClient(port: service.port)
        for _ in 0..<2 {
            _ = try wire.exchange(
                WireRequest(method: "GET", path: "/healthz", headers: [WireHeader("Host", "127.0.0.1")])
            )
        }
    }

    /// One value from the database, past every policy.
    func value(_ statement: SQL) throws -> String? {
        try database.connect(as: .superuser).query(statement).string(0, 0)
    }

    func count(_ statement: SQL) throws -> Int { Int(try value(statement) ?? "") ?? -1 }
}

/// A database that is gone with the run's server, or with a test's own.
final class BenchDatabase: Sendable {
    private let urls: @Sendable (TestDatabase.Role) -> String

    init(_ urls: @escaping @Sendable (TestDatabase.Role) -> String) { self.urls = urls }

    convenience init(_ database: TestDatabase) { self.init { database.url($0) } }

    func url(_ role: TestDatabase.Role) -> String { urls(role) }

    func connect(as role: TestDatabase.Role) throws -> Connection {
        try Connection(url: urls(role), applicationName: "workport tests")
    }
}
