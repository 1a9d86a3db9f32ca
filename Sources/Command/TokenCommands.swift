import Gateway
import Identity
import JSON
import Postgres

/// `workport token create|list|revoke|rotate|update`
enum TokenCommands {
    static let all = [create, list, revoke, rotate, update]

    private static let workspace = Subcommand.Option("workspace", "WORKSPACE", "The workspace, by id or slug")

    private static let policy: [Subcommand.Option] = [
        .init("tools", "NAMES|all", "Tools it may use, separated by commas; the workspace's own list still holds"),
        .init("deny-tools", "NAMES|all|none", "Tools it may not use"),
        .init(
            "profile", "tasktracking|core|workestra|all|custom",
            "Which tools it lists: six on tasks (the standard of tokens), a few of each kind, Workestra's (the standard of "
                + "keys), all, or those of --tools"),
        .init(
            "permissions", "NAMES|all", "What it may do, such as read_contacts,update_contacts; read_* for all reading"),
        .init("features", "NAMES|all", "Groups of the profile that it lists, such as contacts,companies"),
        .init("confirm", "none|risky|all_writes", "Writes that are shown first and done when they are confirmed"),
        .init("read-only", "on|off", "Refuse every tool that writes"),
        .init("lockdown", "on|off", "Withhold text that people outside the workspace wrote"),
        .init("server", "HANDLE|none", "The server to which it belongs, whose tools and limits hold for it too"),
        .init("customer-comments", "on|off", "Offer addCustomerComment where the workspace does"),
        .init("factors", "0..3", "Facts about the customer that a comment needs at least"),
        .init("per-minute", "N|none|standard", "Calls of tools that it may make a minute (1000)"),
        .init("per-hour", "N|none|standard", "The same an hour (none)"),
        .init("per-month", "N|none|standard", "The same a month (none)"),
        .init(
            "sensitive-per-minute", "N|none|standard",
            "Of them those that change many rows, reach beyond the workspace or confirm a write (100)"),
        .init("expires-in", "SECONDS", "Life of the token"),
    ]

    private static let create = Subcommand(
        words: ["token", "create"], summary: "Make a token; it is shown once",
        options: [
            workspace, .init("name", "NAME", "What it is for"),
            .init("kind", "token|key", "mcp_live_ (the standard), or sk_live_ as Workestra's clients know it"),
            .init("acts-as", "MEMBER", "The member it acts for, by id or e-mail address"),
        ] + policy + [Subcommand.json],
        settings: Administration.settings + [.tokenPepper],
        run: { flags in
            let wishes = try settings(flags, isNew: true)
            try inRegistry(flags) { registry in
                let made = try registry.create(wishes)
                show(made.token, made.id, flags)
            }
        }
    )

    private static let list = Subcommand(
        words: ["token", "list"], summary: "List a workspace's tokens by preview",
        options: [workspace, Subcommand.json], settings: Administration.settings + [.tokenPepper],
        run: { flags in
            try inRegistry(flags) { registry in
                Report.print(
                    try registry.list(),
                    columns: ["id", "preview", "name", "server", "status", "expires_at", "last_used_at"],
                    asJSON: flags.has("json")
                )
            }
        }
    )

    private static let revoke = Subcommand(
        words: ["token", "revoke"], summary: "End a token within a second, on every node", operands: "TOKEN",
        options: [workspace, Subcommand.json], settings: Administration.settings + [.tokenPepper],
        run: { flags in
            try inRegistry(flags) { registry in
                let id = try registry.revoke(try operand(flags)).text(prefix: "key")
                Terminal.print(flags.has("json") ? "{\"revoked\":\"\(id)\"}" : "\(id) is revoked.")
            }
        }
    )

    private static let rotate = Subcommand(
        words: ["token", "rotate"], summary: "Replace a token by a new one with the same settings", operands: "TOKEN",
        options: [
            workspace, .init("overlap", "SECONDS", "How long the old token stays good (3600)"), Subcommand.json,
        ],
        settings: Administration.settings + [.tokenPepper],
        run: { flags in
            let overlap = try flags.integer("overlap", 0...31_536_000) ?? 3_600
            try inRegistry(flags) { registry in
                let made = try registry.rotate(try operand(flags), overlap: overlap)
                show(made.token, made.id, flags)
            }
        }
    )

    private static let update = Subcommand(
        words: ["token", "update"], summary: "Change a token's settings; they hold within a second",
        operands: "TOKEN", options: [workspace] + policy + [Subcommand.json],
        settings: Administration.settings + [.tokenPepper],
        run: { flags in
            let wishes = try settings(flags, isNew: false)
            try inRegistry(flags) { registry in
                let id = try registry.update(try operand(flags), wishes).text(prefix: "key")
                Terminal.print(flags.has("json") ? "{\"updated\":\"\(id)\"}" : "\(id) is changed.")
            }
        }
    )

    private static func inRegistry(_ flags: Flags, _ body: (CredentialRegistry) throws -> Void) throws {
        let name = try flags.needed("workspace")
        let settings = try flags.settings()
        let pepper = try Configuration.pepper(settings)
        let connection = try Administration.connect(settings)
        let workspace = try Administration.workspace(name, connection)
        try body(CredentialRegistry(connection, in: workspace, pepper: pepper))
    }

    private static func operand(_ flags: Flags) throws -> String {
        guard let text = flags.operands.first, flags.operands.count == 1 else {
            throw UsageError("Name one token, by id (key_…), preview or name.")
        }
        // A whole token must not stand in a message, a log or a list of processes.
        guard AccessToken.kind(of: text) == nil || AccessToken.isPreview(text) else {
            throw UsageError("That is a token, not the name of one; name it by id (key_…), preview or name.")
        }
        return text
    }

    private static func settings(_ flags: Flags, isNew: Bool) throws -> CredentialRegistry.Settings {
        var settings = CredentialRegistry.Settings()
        settings.name = try flags.name("name") ?? "token"
        if try flags.choice("kind", ["token", "key"]) == "key" { settings.kind = .key }
        settings.actsAs = flags.text("acts-as")
        // A new token without a list of its own has the workspace's.
        settings.allow = try ToolNames.allowed(flags).flatMap { $0.isEmpty && isNew ? nil : $0 }
        settings.deny = try ToolNames.denied(flags)
        settings.readOnly = try flags.toggle("read-only")
        settings.customerComments = try flags.toggle("customer-comments")
        settings.factors = try flags.integer("factors", 0...3)
        settings.profile = try CredentialWords.profile(flags)
        settings.permissions = try CredentialWords.permissions(flags)
        settings.features = try CredentialWords.features(flags)
        settings.confirmation = try CredentialWords.confirmation(flags)
        settings.lockdown = try flags.toggle("lockdown")
        settings.server = flags.text("server").map { $0 == "none" ? .none : .server($0) }
        settings.limits = try CredentialWords.limits(flags)
        settings.lifetime = try flags.integer("expires-in", 1...315_360_000)
        return settings
    }

    private static func show(_ token: AccessToken, _ id: RowID, _ flags: Flags) {
        if flags.has("json") {
            Terminal.print(
                RawJSON([
                    "id": .string(id.text(prefix: "key")), "token": .string(token.text),
                    "preview": .string(token.preview),
                ])
                .text
            )
        } else {
            Terminal.print(token.text)
            Terminal.note(
                "This is \(id.text(prefix: "key")). Keep the token now: from here on only \(token.preview) is shown.")
        }
    }
}
