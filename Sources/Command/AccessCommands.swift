import Catalog
import Gateway
import Identity
import JSON
import Postgres
import Tools

/// `workport access list|approve|refuse`
enum AccessCommands {
    static let all = [list, approve, refuse]

    private static let workspace = Subcommand.Option("workspace", "WORKSPACE", "The workspace, by id or slug")

    private static let list = Subcommand(
        words: ["access", "list"], summary: "List what assistants asked to be given, and what approving opens",
        options: [
            workspace, .init("status", "open|granted|refused|all", "Which requests (open)"), Subcommand.json,
        ],
        notes: """
            A reason is what the assistant says; nothing checks it. What approving opens is computed from the token's settings as
            they are now.
            """,
        settings: Administration.settings,
        run: { flags in
            let words = AccessRequests.Status.allCases.map(\.rawValue) + ["all"]
            let status = AccessRequests.Status(rawValue: try flags.choice("status", words) ?? "open")
            try inWorkspace(flags) { requests in show(try requests.list(status), flags) }
        }
    )

    private static let approve = Subcommand(
        words: ["access", "approve"], summary: "Give a token what it asked for; it holds within a second",
        operands: "REQUEST", options: [workspace, Subcommand.json],
        notes: """
            Only what the tool or the permission needs is changed. A tool that the token's profile does not list makes the profile
            custom, with the tools that it listed before and this one.
            """,
        settings: Administration.settings,
        run: { flags in
            let id = try operand(flags)
            try inWorkspace(flags) { requests in
                let decision = try requests.approve(id)
                show(decision, "\(decision.credential) has \(decision.wanted) within a second.", flags)
            }
        }
    )

    private static let refuse = Subcommand(
        words: ["access", "refuse"], summary: "Leave a token as it is, and tell its assistant why", operands: "REQUEST",
        options: [
            workspace, .init("reason", "TEXT", "Why; whoami and request_access tell it to the assistant"),
            Subcommand.json,
        ],
        settings: Administration.settings,
        run: { flags in
            let id = try operand(flags)
            let reason = try flags.needed("reason")
            guard reason.contains(where: { !$0.isWhitespace }), reason.count <= 1_000 else {
                throw UsageError("--reason can be 1 to 1000 characters.")
            }
            try inWorkspace(flags) { requests in
                let decision = try requests.refuse(id, answer: reason)
                show(decision, "\(decision.credential) does not get \(decision.wanted).", flags)
            }
        }
    )

    private static func inWorkspace(_ flags: Flags, _ body: (AccessRequests) throws -> Void) throws {
        let name = try flags.needed("workspace")
        let connection = try Administration.connect(try flags.settings())
        try body(AccessRequests(connection, in: try Administration.workspace(name, connection)))
    }

    private static func operand(_ flags: Flags) throws(UsageError) -> String {
        guard let text = flags.operands.first, flags.operands.count == 1 else {
            throw UsageError("Name one request, by id (acr_…); `workport access list` shows them.")
        }
        return text
    }

    private static func show(_ requests: [AccessRequests.Request], _ flags: Flags) {
        if flags.has("json") { return Report.print(requests.map(\.json), columns: [], asJSON: true) }
        let rows = requests.map { request in
            RawJSON([
                "id": .string(request.id), "at": .string(request.createdAt),
                "token": .string("\(request.name) (\(request.preview), \(request.credentialStatus))"),
                "acts_as": request.actsAs.map(JSONValue.string) ?? .null, "wanted": .string(request.wanted),
                "status": .string(request.status),
                "opens": .string(request.obstacle ?? request.opens.joined(separator: ", ")),
                "reason": .string(Untrusted.quoted(request.reason, limit: 200)),
            ])
        }
        Report.print(
            rows, columns: ["id", "at", "token", "acts_as", "wanted", "status", "opens", "reason"], asJSON: false)
    }

    private static func show(_ decision: AccessRequests.Decision, _ sentence: String, _ flags: Flags) {
        if flags.has("json") { return Terminal.print(decision.json.text) }
        Terminal.print(sentence)
        for setting in decision.changes {
            let (before, after) = (setting.value["from"] ?? .null, setting.value["to"] ?? .null)
            Terminal.note("\(setting.name): \(RawJSON(before)) → \(RawJSON(after))")
        }
        if !decision.opens.isEmpty { Terminal.note("Can be called now: " + decision.opens.joined(separator: ", ")) }
    }
}
