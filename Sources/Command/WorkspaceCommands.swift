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
        .init("deny-tools", "NAMES|all|none", "Tools that no credential may use"),
        .init("confirm", "none|risky|all_writes", "Writes that every credential has to confirm at least"),
        .init("read-only", "on|off", "Refuse every tool that writes"),
        .init("lockdown", "on|off", "Withhold text that people outside the workspace wrote"),
        .init("semantic-search", "on|off", "Send texts of its knowledge base to the source of embeddings (off)"),
        .init("customer-comments", "on|off", "Offer addCustomerComment to credentials that turn it on too"),
        .init("factors", "0..3", "Facts about the customer that a comment needs at least"),
        .init("per-minute", "N|none|standard", "Calls of tools that all credentials may make together a minute (none)"),
        .init("per-hour", "N|none|standard", "The same an hour (none)"),
        .init("per-month", "N|none|standard", "The same a month (none)"),
    ]

    private static let create = Subcommand(
        words: ["workspace", "create"], summary: "Make a workspace",
        options: [
            .init("name", "NAME", "What people call it"),
            .init("slug", "SLUG", "Short name at the command line: lower-case letters, digits, hyphens"),
        ] + policy + [Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            _ = try flags.needed("name")
            let name = try flags.name("name") ?? ""
            let wishes = try settings(flags)
            let connection = try Administration.connect(try flags.settings())
            let workspace = try WorkspaceCreation.create(
                name: name, slug: try flags.text("slug") ?? Slug.made(from: name, flag: "slug"), settings: wishes,
                on: connection
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
        words: ["workspace", "update"], summary: "Change a workspace; it holds within a second",
        operands: "WORKSPACE",
        options: [
            .init("name", "NAME", "What people call it"),
            .init("status", "active|suspended|hidden", "A workspace that is not active answers no calls"),
            .init("weight", "1…100", "How many times another's share of a node's workers it has while both call"),
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
        settings.name = try flags.name("name")
        settings.country = try flags.country("country")
        settings.timezone = flags.text("timezone")
        settings.status = try flags.choice("status", ["active", "suspended", "hidden"])
        settings.allow = try ToolNames.allowed(flags)
        settings.deny = try ToolNames.denied(flags)
        settings.readOnly = try flags.toggle("read-only")
        settings.semanticSearch = try flags.toggle("semantic-search")
        settings.customerComments = try flags.toggle("customer-comments")
        settings.factors = try flags.integer("factors", 0...3)
        settings.confirmation = try CredentialWords.confirmation(flags)
        settings.lockdown = try flags.toggle("lockdown")
        settings.limits = try CredentialWords.limits(flags)
        settings.weight = try flags.integer("weight", 1...100)
        return settings
    }

    private static func show(_ workspace: WorkspaceID, _ flags: Flags, _ connection: Connection) throws {
        let found = try WorkspaceRegistry(connection).describe(workspace)
        guard let row = found.first else { throw Failure("The workspace is gone.") }
        Report.print(row, asJSON: flags.has("json"))
    }
}

/// Tool names on the command line.
enum ToolNames {
    /// What `--tools` says: names, or the empty list for `all`.
    static func allowed(_ flags: Flags) throws(UsageError) -> [String]? {
        guard let text = flags.text("tools") else { return nil }
        if text == "all" { return [] }
        let names = try checked(flags.list("tools"))
        if names?.isEmpty != false {
            throw UsageError("--tools is empty; it can be all, or names of tools separated by commas.")
        }
        return names
    }

    /// What `--tools` says of a server: names, or all or none of those that its tokens have.
    static func assigned(_ flags: Flags) throws(UsageError) -> ServerRegistry.Assignment? {
        if flags.text("tools") == "none" { return .these([]) }
        return try allowed(flags).map { $0.isEmpty ? .all : .these($0) }
    }

    /// What `--deny-tools` says: names, every name for `all`, or the empty list for `none`.
    static func denied(_ flags: Flags) throws(UsageError) -> [String]? {
        guard let text = flags.text("deny-tools") else { return nil }
        if text == "all" { return Catalog.registry.names }
        if text == "none" { return [] }
        let names = try checked(flags.list("deny-tools"))
        if names?.isEmpty != false {
            throw UsageError("--deny-tools is empty; it can be all, none, or names of tools separated by commas.")
        }
        return names
    }

    /// The names, if all of them are tools of this product.
    private static func checked(_ names: [String]?) throws(UsageError) -> [String]? {
        let known = Catalog.registry.names
        if let unknown = names?.first(where: { !known.contains($0) }) {
            throw UsageError("There is no tool \(unknown); known are \(known.joined(separator: ", ")).")
        }
        return names
    }
}

/// Short names at the command line: lower-case letters, digits, hyphens.
enum Slug {
    /// The short name that follows from what people call a thing.
    ///
    /// - Parameter flag: Where another can be given.
    static func made(from name: String, flag: String) throws(UsageError) -> String {
        let letters = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let parts = String(letters).split(separator: "-")
        guard !parts.isEmpty else { throw UsageError("No \(flag) follows from that name; give one with --\(flag).") }
        return String(parts.joined(separator: "-").prefix(63))
    }
}
