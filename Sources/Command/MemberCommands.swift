import Gateway
import Identity
import JSON
import Postgres

/// `workport member add|list`
enum MemberCommands {
    static let all = [add, list]

    private static let workspace = Subcommand.Option("workspace", "WORKSPACE", "The workspace, by id or slug")

    private static let add = Subcommand(
        words: ["member", "add"], summary: "Add a member, for whom tokens act and to whom tasks are assigned",
        options: [
            workspace, .init("name", "NAME", "Full name"),
            .init("email", "ADDRESS", "E-mail address, once a workspace"),
            .init("role", "ROLE", "owner, admin, member, viewer or guest (member)"), Subcommand.json,
        ],
        settings: Administration.settings,
        run: { flags in
            _ = try flags.needed("name")
            let name = try flags.name("name") ?? ""
            let email = try flags.needed("email")
            guard email.split(separator: "@").count == 2, !email.contains(" "), email.utf8.count <= 320 else {
                throw UsageError("--email is no e-mail address.")
            }
            let role = try flags.choice("role", ["owner", "admin", "member", "viewer", "guest"]) ?? "member"
            try inRegistry(flags) { registry in
                let id = try registry.add(name: name, email: email, role: role).text(prefix: "usr")
                Terminal.print(flags.has("json") ? "{\"id\":\"\(id)\"}" : id)
            }
        }
    )

    private static let list = Subcommand(
        words: ["member", "list"], summary: "List a workspace's members", options: [workspace, Subcommand.json],
        settings: Administration.settings,
        run: { flags in
            try inRegistry(flags) { registry in
                Report.print(
                    try registry.list(), columns: ["id", "name", "email", "role", "status"], asJSON: flags.has("json")
                )
            }
        }
    )

    private static func inRegistry(_ flags: Flags, _ body: (MemberRegistry) throws -> Void) throws {
        let name = try flags.needed("workspace")
        let connection = try Administration.connect(try flags.settings())
        try body(MemberRegistry(connection, in: try Administration.workspace(name, connection)))
    }
}
