import Catalog
import Identity
import JSON
import MCP
import Tools

/// `workport tools`: what there is, and what it costs to list it.
enum ToolsCommand {
    static let command = Subcommand(
        words: ["tools"], summary: "List the tools of a profile, and what listing them costs a model",
        options: [
            .init("profile", Profile.allCases.map(\.rawValue).joined(separator: "|"), "The profile (all)"),
            .init("docs", "FOLDER", "Write the pages of all toolsets and kinds of rows there instead"),
            Subcommand.json,
        ],
        notes: "Tokens are bytes of JSON divided by four.",
        run: { flags in
            if let folder = flags.text("docs") { return try writePages(to: folder) }
            let profile = try CredentialWords.profile(flags) ?? .all
            let access = ToolAccess(
                readOnly: false, customerComments: true, customerCommentFactors: 2,
                profile: profile, confirmation: profile.confirmation)
            let tools = Catalog.registry.visible(to: access)
            let cost = ToolListing(tools.map { $0.description(for: access) }).bytes(for: .july2026)
            let rows = zip(tools, cost.each).map { tool, cost in
                row(tool.name, tool.toolset, tool.permission?.name, cost.bytes)
            }
            Report.print(
                rows + [row("total", profile.rawValue, nil, cost.all)],
                columns: ["name", "toolset", "permission", "bytes", "tokens"], asJSON: flags.has("json"))
        }
    )

    private static func writePages(to folder: String) throws(Failure) {
        for page in Page.all {
            let parts = page.path.split(separator: "/").dropLast()
            try Files.makeFolder(([folder] + parts.map(String.init)).joined(separator: "/"))
            try Files.write(page.text, to: folder + "/" + page.path)
        }
        Terminal.print("\(Page.all.count) pages are in \(folder).")
    }

    private static func row(_ name: String, _ toolset: String, _ permission: String?, _ bytes: Int) -> RawJSON {
        RawJSON([
            "name": .string(name), "toolset": .string(toolset), "permission": permission.map { .string($0) } ?? .null,
            "bytes": .integer(Int64(bytes)), "tokens": .integer(Int64(bytes / 4)),
        ])
    }
}
