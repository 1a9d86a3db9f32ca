import Catalog
import Gateway
import Glibc
import HTTPServer
import Identity
import JSON
import Postgres
import PostgresServer
import Telemetry

/// `workport dev`: the service on a PostgreSQL of its own, with demo data.
enum Dev {
    static let command = Subcommand(
        words: ["dev"], summary: "Try it out: a private PostgreSQL, demo data, the service, a token",
        options: [
            .init(
                "data", "DIR",
                "Folder of the private PostgreSQL (/var/lib/workport for root, else ~/.local/share/workport)"),
            Subcommand.json,
        ],
        settings: Setting.all.filter {
            !([.databaseURL, .adminDatabaseURL, .replicaURLs, .tokenPepper, .sealKeys] + Setting.ofTheBridge).contains(
                $0)
        },
        run: run
    )

    private static let database = "workport"
    private static let owner = "workport_owner"
    private static let application = "workport_app"

    @Sendable private static func run(_ flags: Flags) throws {
        let signals = StopSignals()
        // Mistakes of the command line come before anything is made.
        let wishes = try Settings(flags: flags.values, environment: Process.environment, readFile: Files.text)
        try requireFreeAddress(wishes)
        if flags.text("data") == "" { throw UsageError("--data is empty; it can be the path of a folder.") }
        let folder = Files.absolute(flags.text("data") ?? Process.environment["WORKPORT_DATA"] ?? standardFolder)
        try Files.makeFolder(folder)
        var options = LocalCluster.Options()
        options.settings["shared_buffers"] = "\(sharedBuffers >> 20)MB"
        let cluster = LocalCluster(directory: folder + "/postgres", options: options)
        Terminal.note("Starting the private PostgreSQL in \(folder)/postgres …")
        try cluster.start()
        defer { try? cluster.stop() }
        try cluster.prepare(database: database, owner: owner, application: application)
        var secrets = try DevSecrets(folder: folder)
        let settings = try settings(flags, cluster, secrets)
        try furnish(&secrets, settings, folder)
        let configuration = try Configuration(settings, cores: Process.cores)
        let service = Service(configuration, log: Log(level: configuration.logLevel))
        let port = try service.start(try Migrations.migrator(settings))
        announce(secrets, settings, port, flags)
        signals.wait()
        Terminal.note("Stopping …")
        service.stop()
    }

    /// Refuses an address that cannot be had before anything is made for it.
    private static func requireFreeAddress(_ settings: Settings) throws {
        var configuration = HTTPServerConfiguration()
        configuration.host = settings.text(.host) ?? configuration.host
        configuration.port = UInt16(settings.integer(.port) ?? 0)
        let server = HTTPServer(configuration: configuration) { _, _ in }
        _ = try server.start()
        server.drain(deadline: .zero)
    }

    /// Bytes for the pages that the private PostgreSQL keeps: a sixteenth of the machine's memory, within what is of use to
    /// one that is tried out. It takes them as it reads pages.
    private static var sharedBuffers: Int { min(max(Process.memory / 16, 128 << 20), 1 << 30) }

    private static var standardFolder: String {
        if Process.isRoot { return "/var/lib/workport" }
        let environment = Process.environment
        let base = environment["XDG_DATA_HOME"] ?? (environment["HOME"] ?? ".") + "/.local/share"
        return base + "/workport"
    }

    /// The settings of the command line, with the private cluster's URLs and the kept secrets.
    private static func settings(_ flags: Flags, _ cluster: LocalCluster, _ secrets: DevSecrets) throws -> Settings {
        var environment = Process.environment
        environment[Setting.databaseURL.variable] = cluster.url(database: database, role: application)
        environment[Setting.adminDatabaseURL.variable] = cluster.url(database: database, role: owner)
        environment[Setting.tokenPepper.variable] = secrets.pepper
        environment[Setting.sealKeys.variable] = "1:" + secrets.sealKey
        // A log line a request would bury what a newcomer is to read.
        if environment[Setting.logLevel.variable] == nil { environment[Setting.logLevel.variable] = "warning" }
        return try Settings(flags: flags.values, environment: environment, readFile: Files.text)
    }

    /// Brings the schema up to date, and makes the demo workspace and its token where they are missing.
    private static func furnish(_ secrets: inout DevSecrets, _ settings: Settings, _ folder: String) throws {
        let connection = try Administration.open(settings)
        let migrator = try Migrations.migrator(settings)
        try migrator.migrate(connection) { Terminal.note("Migrating: \($0.name)") }
        try StoredNames.complete(on: connection)
        try Migrate.fillIndexes(connection)
        let registry = WorkspaceRegistry(connection)
        if let known = secrets.workspace, secrets.token != nil, try registry.find(known) != nil { return }
        Terminal.note("Filling the demo workspace …")
        let workspace = try DemoWorkspace.create(on: connection)
        var wishes = CredentialRegistry.Settings()
        wishes.name = "Demo"
        wishes.actsAs = "dana@harbour.example"
        wishes.customerComments = true
        let pepper = try Configuration.pepper(settings)
        let made = try CredentialRegistry(connection, in: workspace, pepper: pepper).create(wishes)
        secrets.token = made.token.text
        secrets.workspace = workspace.text
        try secrets.save(to: folder)
    }

    private static func announce(_ secrets: DevSecrets, _ settings: Settings, _ port: UInt16, _ flags: Flags) {
        guard let workspace = secrets.workspace, let token = secrets.token else { return }
        let origin = settings.text(.publicURL) ?? "http://\(host(settings)):\(port)"
        let endpoint = origin + "/app/api/mcp/server/" + workspace
        if flags.has("json") {
            let line: JSONValue = [
                "endpoint": .string(endpoint), "workspaceId": .string(workspace), "token": .string(token),
                "databaseUrl": .string(settings.text(.adminDatabaseURL) ?? ""), "pid": .integer(Int64(getpid())),
            ]
            Terminal.print(RawJSON(line).text)
        } else {
            let program = (Process.folder.map { $0 + "/" } ?? "") + "workport"
            Terminal.print(ClientConfiguration(endpoint: endpoint, token: token, program: program).text)
        }
    }

    private static func host(_ settings: Settings) -> String {
        switch settings.text(.host) ?? "127.0.0.1" {
        case "0.0.0.0": "127.0.0.1"
        case "::", "::1": "[::1]"
        case let host: host
        }
    }
}
