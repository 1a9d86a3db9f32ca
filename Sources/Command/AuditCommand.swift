import Identity

/// `workport audit verify`
enum AuditCommand {
    static let verify = Subcommand(
        words: ["audit", "verify"], summary: "Check that nobody changed a workspace's audit events afterwards",
        options: [.init("workspace", "WORKSPACE", "The workspace, by id or slug"), Subcommand.json],
        notes:
            "Keep the head that it prints elsewhere: it shows later that nothing was cut off. Exit code 1 if the chain is broken.",
        settings: Administration.settings,
        run: { flags in
            let connection = try Administration.connect(try flags.settings())
            let workspace = try Administration.workspace(try flags.needed("workspace"), connection)
            let report = try AuditChain(connection, in: workspace).check()
            Report.print(report.json, asJSON: flags.has("json"))
            if let position = report.firstBroken {
                throw Failure(
                    "The audit chain is broken at link \(position): an event there was changed, added or removed.")
            }
        }
    )
}
