import Identity

/// `workport audit verify`
enum AuditCommand {
    static let verify = Subcommand(
        words: ["audit", "verify"], summary: "Check that nobody changed a workspace's audit events afterwards",
        options: [
            .init("workspace", "WORKSPACE", "The workspace, by id or slug"),
            .init(
                "heads", "HEADS", "Heads that an earlier run printed, with commas between; they have to be there still"),
            Subcommand.json,
        ],
        notes:
            "Keep the heads that it prints elsewhere: they show later that nothing was cut off. Exit code 1 if a chain is broken.",
        settings: Administration.settings,
        run: { flags in
            let connection = try Administration.connect(try flags.settings())
            let workspace = try Administration.workspace(try flags.needed("workspace"), connection)
            let heads = (flags.text("heads") ?? "").split(separator: ",").map(String.init)
            for head in heads where head.wholeMatch(of: /\d{1,10}:\d{1,18}:[0-9a-f]{64}/) == nil {
                throw Failure(
                    "\(head) is no head of a chain; one looks like 4711:12:HASH, as this command prints them.")
            }
            let report = try AuditChain(connection, in: workspace).check(since: heads)
            Report.print(report.json, asJSON: flags.has("json"))
            if let place = report.firstBroken {
                throw Failure(
                    "A chain is broken at link \(place.link) of lane \(place.lane): an event there was changed, added or removed."
                )
            }
        }
    )
}
