import Gateway
import Identity
import JSON
import Postgres

/// `workport server create|list|update|delete`
enum ServerCommands {
    static let all = [create, list, update, delete]

    private static let workspace = Subcommand.Option("workspace", "WORKSPACE", "The workspace, by id or slug")

    private static let policy: [Subcommand.Option] = [
        .init("description", "TEXT", "What it is for; empty for none"),
        .init("status", "active|disabled", "Whether its tokens are accepted"),
        .init("tools", "NAMES|all|none", "Tools that its tokens have at most, separated by commas (all)"),
        .init(
            "per-minute", "N|none|standard", "Calls of tools that all of its tokens may make together a minute (none)"),
        .init("per-hour", "N|none|standard", "The same an hour (none)"),
        .init("per-month", "N|none|standard", "The same a month (none)"),
    ]

    private static let create = Subcommand(
        words: ["server", "create"], summary: "Make a server: a named set of tools to which tokens belong",
        options: [
            workspace, .init("name", "NAME", "What people call it"),
            .init(
                "handle", "HANDLE", "Short name: lower-case letters, digits, hyphens; made from the name if left out"),
        ] + policy + [Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            _ = try flags.needed("name")
            let name = try flags.name("name") ?? ""
            let handle = try flags.text("handle") ?? Slug.made(from: name, flag: "handle")
            let wishes = try settings(flags)
            try inRegistry(flags) { registry in
                try show(try registry.create(handle: handle, name: name, wishes), flags, registry)
            }
        }
    )

    private static let list = Subcommand(
        words: ["server", "list"], summary: "List a workspace's servers", options: [workspace, Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            try inRegistry(flags) { registry in
                Report.print(
                    try registry.describe(), columns: ["id", "handle", "name", "status", "tokens"],
                    asJSON: flags.has("json")
                )
            }
        }
    )

    private static let update = Subcommand(
        words: ["server", "update"], summary: "Change a server; it holds for its tokens within a second",
        operands: "SERVER",
        options: [workspace, .init("name", "NAME", "What people call it")] + policy + [Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            let server = try operand(flags)
            let wishes = try settings(flags)
            try inRegistry(flags) { registry in
                try show(try registry.update(server, wishes), flags, registry)
            }
        }
    )

    private static let delete = Subcommand(
        words: ["server", "delete"], summary: "Delete a server that has no tokens any more", operands: "SERVER",
        options: [
            workspace, .init("revoke-tokens", nil, "End its tokens with it, on every node"),
            Subcommand.json,
        ],
        settings: Administration.settings,
        run: { flags in
            let server = try operand(flags)
            try inRegistry(flags) { registry in
                let (id, revoked) = try registry.delete(server, revokingTokens: flags.has("revoke-tokens"))
                let text = id.text(prefix: "srv")
                Terminal.print(
                    flags.has("json")
                        ? "{\"deleted\":\"\(text)\",\"tokens_revoked\":\(revoked)}"
                        : "\(text) is deleted; tokens that were ended with it: \(revoked).")
            }
        }
    )

    private static func inRegistry(_ flags: Flags, _ body: (ServerRegistry) throws -> Void) throws {
        let name = try flags.needed("workspace")
        let connection = try Administration.connect(try flags.settings())
        try body(ServerRegistry(connection, in: try Administration.workspace(name, connection)))
    }

    private static func operand(_ flags: Flags) throws -> String {
        guard let text = flags.operands.first, flags.operands.count == 1 else {
            throw UsageError("Name one server, by handle or id (srv_…).")
        }
        return text
    }

    private static func settings(_ flags: Flags) throws -> ServerRegistry.Settings {
        var settings = ServerRegistry.Settings()
        settings.name = try flags.name("name")
        settings.description = flags.text("description")
        settings.status = try flags.choice("status", ServerRegistry.Status.allCases.map(\.rawValue))
            .flatMap(ServerRegistry.Status.init(rawValue:))
        settings.tools = try ToolNames.assigned(flags)
        settings.limits = try CredentialWords.limits(flags)
        return settings
    }

    private static func show(_ server: RowID, _ flags: Flags, _ registry: ServerRegistry) throws {
        guard let row = try registry.describe(server).first else { throw Failure("The server is gone.") }
        Report.print(row, asJSON: flags.has("json"))
    }
}
