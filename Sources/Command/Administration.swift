import Gateway
import Glibc
import Identity
import Postgres

/// What the administrative commands share: the owner's connection, and the workspace that a flag names.
enum Administration {
    static let settings: [Setting] = [.adminDatabaseURL]

    /// Opens the owner's connection and makes sure that the schema is this program's.
    static func connect(_ settings: Settings) throws -> Connection {
        let connection = try open(settings)
        try StartCheck.schema(connection, try Migrations.migrator(settings))
        let owner = try connection.query(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'workspaces'::regclass"
        )
        guard owner.bool(0, 0) == true else {
            throw Failure("WORKPORT_ADMIN_DATABASE_URL has to connect as the schema's owner, such as workport_owner.")
        }
        return connection
    }

    /// Opens the owner's connection, whatever the schema is.
    static func open(_ settings: Settings) throws -> Connection {
        try Connection(url: try settings.needed(.adminDatabaseURL), applicationName: "workport admin")
    }

    static func workspace(_ text: String, _ connection: Connection) throws -> WorkspaceID {
        guard let workspace = try WorkspaceRegistry(connection).find(text) else {
            throw Failure("There is no workspace \(text); `workport workspace list` shows them.")
        }
        return workspace
    }
}

/// Where the migrations are.
enum Migrations {
    static func migrator(_ settings: Settings) throws -> Migrator {
        try Migrator(Migration.all(inFolder: folder(settings)))
    }

    private static func folder(_ settings: Settings) throws -> String {
        if let folder = settings.text(.migrations) { return folder }
        var candidates = ["migrations"]
        if let program = Process.folder {
            candidates += ["\(program)/migrations", "\(program)/../share/workport/migrations"]
            // A build inside the package: .build/<triple>/<configuration>/workport.
            candidates.append("\(program)/../../../migrations")
        }
        guard let folder = candidates.first(where: Files.isFolder) else {
            throw Failure("The migrations are not to be found; set WORKPORT_MIGRATIONS to their folder.")
        }
        return folder
    }
}
