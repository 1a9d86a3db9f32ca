import Catalog
import Gateway
import Identity
import JSON
import Postgres
import Tools

/// `workport workspace create|list|show|update`
enum WorkspaceCommands {
    static let all = [create, list, show, update]

    private static let policy: [Subcommand.Option] = [
        .init("country", "CC", "Country of phone numbers written without one, such as US"),
        .init("timezone", "ZONE", "Time zone, such as Europe/Berlin"),
        .init("tools", "NAMES|all", "Tools that credentials may use at most, separated by commas"),
        .init("deny-tools", "NAMES", "Tools that no credential may use"),
        .init("read-only", "on|off", "Refuse every tool that writes"),
        .init("customer-comments", "on|off", "Offer addCustomerComment to credentials that turn it on too"),
        .init("factors", "0..3", "Facts about the customer that a comment needs at least"),
    ]

    private static let create = Subcommand(
        words: ["workspace", "create"], summary: "Make a workspace",
        options: [
            .init("name", "NAME", "What people call it"),
            .init("slug", "SLUG", "Short name at the command line: lower-case letters, digits, hyphens"),
        ] + policy + [Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            let name = try flags.needed("name")
            let wishes = try settings(flags)
            let connection = try Administration.connect(try flags.settings())
            let workspace = try WorkspaceCreation.create(
                name: name, slug: flags.text("slug") ?? slug(name), settings: wishes, on: connection
            )
            try show(workspace, flags, connection)
        }
    )

    private static let list = Subcommand(
        words: ["workspace", "list"], summary: "List the workspaces", options: [Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            let connection = try Administration.connect(try flags.settings())
            let workspaces = try WorkspaceRegistry(connection).describe()
            Report.print(workspaces, columns: ["id", "slug", "name", "status"], asJSON: flags.has("json"))
        }
    )

    private static let show = Subcommand(
        words: ["workspace", "show"], summary: "Show a workspace and its settings", operands: "WORKSPACE",
        options: [Subcommand.json], settings: Administration.settings,
        run: { flags in
            let connection = try Administration.connect(try flags.settings())
            try show(try Administration.workspace(try operand(flags), connection), flags, connection)
        }
    )

    private static let update = Subcommand(
        words: ["workspace", "update"], summary: "Change a workspace; it holds from the next call on",
        operands: "WORKSPACE",
        options: [
            .init("name", "NAME", "What people call it"),
            .init("status", "active|suspended|hidden", "A workspace that is not active answers no calls"),
        ] + policy + [Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            let wishes = try settings(flags)
            let connection = try Administration.connect(try flags.settings())
            let workspace = try Administration.workspace(try operand(flags), connection)
            try WorkspaceRegistry(connection).update(workspace, wishes)
            try show(workspace, flags, connection)
        }
    )

    private static func operand(_ flags: Flags) throws -> String {
        guard let text = flags.operands.first ?? flags.text("workspace"), flags.operands.count <= 1 else {
            throw UsageError("Name one workspace, by id or slug.")
        }
        return text
    }

    private static func settings(_ flags: Flags) throws -> WorkspaceRegistry.Settings {
        var settings = WorkspaceRegistry.Settings()
        settings.name = flags.text("name")
        settings.country = flags.text("country")
        settings.timezone = flags.text("timezone")
        settings.status = flags.text("status")
        settings.allow = try ToolNames.checked(flags.list("tools"))
        settings.deny = try ToolNames.checked(flags.list("deny-tools"))
        settings.readOnly = try flags.toggle("read-only")
        settings.customerComments = try flags.toggle("customer-comments")
        settings.factors = try flags.integer("factors", 0...3)
        return settings
    }

    private static func show(_ workspace: WorkspaceID, _ flags: Flags, _ connection: Connection) throws {
        let found = try WorkspaceRegistry(connection).describe(workspace)
        guard let row = found.first else { throw Failure("The workspace is gone.") }
        Report.print(row, asJSON: flags.has("json"))
    }

    private static func slug(_ name: String) -> String {
        let letters = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let parts = String(letters).split(separator: "-")
        return String(parts.joined(separator: "-").prefix(63))
    }
}

/// Tool names on the command line.
enum ToolNames {
    /// The names, if all of them are tools of this product.
    static func checked(_ names: [String]?) throws(UsageError) -> [String]? {
        let known = Catalog.registry.names
        if let unknown = names?.first(where: { !known.contains($0) }) {
            throw UsageError("There is no tool \(unknown); known are \(known.joined(separator: ", ")).")
        }
        return names
    }
}
