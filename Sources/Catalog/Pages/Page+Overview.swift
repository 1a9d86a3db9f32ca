import Identity
import Tools

extension Page {
    /// What there is, and what holds for every tool.
    static let overview = Page(
        "Catalog.md",
        [
            "# ``Catalog``",
            "The tools of Workport and the kinds of rows that they work on, as the program itself tells them.",
            """
            `workport tools --docs Sources/Catalog/Catalog.docc` writes this page and those that it names from the \
            registry; a test compares them. [Adding an entity](AddingAnEntity.md) is written by hand.
            """,
            "## Toolsets",
            Markdown.table(
                ["toolset", "what for", "tools", "of them in Workestra"],
                Catalog.toolsets.map { toolset in
                    [
                        "[\(toolset.name)](Toolsets/\(toolset.name).md)", toolset.purpose, "\(toolset.tools.count)",
                        "\(toolset.tools.count { WorkestraTools.names.contains($0.name) })",
                    ]
                }),
            "## Kinds of rows",
            Markdown.table(
                ["kind", "what it is", "identifiers", "table"],
                Catalog.entityList.map { entity in
                    [
                        "[\(entity.name)](Entities/\(entity.name).md)", entity.meaning,
                        Markdown.code(entity.prefix + "_…"), Markdown.code(entity.table),
                    ]
                }),
            "## What every tool does",
            """
            Arguments are checked as a whole: an unknown name, a wrong kind and a missing argument are told together, as \
            `validation_failed` with all problems. Every tool may also answer `rate_limited`, `timeout`, `unavailable` and \
            `internal`; one that the credential lacks is not listed, and unknown to whoever calls it. The pages name only \
            the errors that are special to a tool.
            """,
            """
            A result with one row has beside `item` the row's page in the web application as `links.web`, where the operator \
            has set `--web-url`: an address with places for the workspace, the kind of row as named above, and the identifier.
            """,
            """
            A write takes `idempotency_key` (the same call again has no second effect) and `dry_run` (what would change). \
            Where confirmations are on, it answers with a preview and waits: `risky` holds for the tools whose effects say \
            *shown first* or *destroys*, `all_writes` for every tool that writes.
            """,
        ])
}
