import Gateway
import Identity
import Postgres
import Synchronization
import Telemetry
import TestSupport

/// The whole service in this process: a node on a free port over a test's database.
final class TestService: Sendable {
    let port: UInt16
    let lines: LogLines
    let log: Log
    private let service: Service
    private let isStopped = Mutex(false)

    /// Starts a node.
    ///
    /// - Parameters:
    ///   - database: Its connection string, as the application's role.
    ///   - settings: Settings by flag name beside those that a test needs.
    ///   - secrets: Secrets by variable that differ from those of other nodes.
    init(database: String, _ settings: [String: String] = [:], secrets: [String: String] = [:]) throws {
        lines = LogLines()
        log = lines.log()
        service = Service(try TestService.configuration(database: database, settings, secrets), log: log)
        port = try service.start(try Migrator(TestDatabase.migrations()))
    }

    deinit { stop() }

    var isRunning: Bool { isStopped.withLock { !$0 } }

    /// Ends the node in good order; does nothing the second time.
    func stop() {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        if isFirst { service.stop() }
    }

    /// A client of a workspace on this node.
    func client(
        _ workspace: TestWorkspace,
        _ token: String?,
        era: WireEra = .stateless
    ) throws -> Client {
        try Client(port: port, workspace: workspace.id.text, token: token, era: era)
    }

    /// What is the same in every test's settings.
    static let secrets = [
        "WORKPORT_TOKEN_PEPPER": String(repeating: "5a", count: 32),
        "WORKPORT_SEAL_KEYS": "1:" + String(repeating: "c3", count: 32),
    ]

    static let pepper = TokenPepper([UInt8](repeating: 0x5a, count: 32))!

    private static func configuration(
        database: String,
        _ settings: [String: String],
        _ secrets: [String: String]
    ) throws -> Configuration {
        let environment = self.secrets.merging(secrets) { $1 }
        // Calls wait for locks that tests hold, however long the machine takes over a test.
        var flags = [
            "port": "0", "workers": "3", "queue-time": "300", "call-timeout": "300", "database-url": database,
        ]
        flags.merge(settings) { $1 }
        return try Configuration(try Settings(flags: flags, environment: environment) { _ in nil }, cores: 2)
    }
}
