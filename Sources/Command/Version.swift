import Gateway

/// `workport version`
enum Version {
    static let command = Subcommand(
        words: ["version"], summary: "Print the version and the protocol revisions", options: [Subcommand.json],
        run: run
    )

    @Sendable static func run(_ flags: Flags) throws {
        let revisions = Product.revisions.joined(separator: " ")
        if flags.has("json") {
            let quoted = Product.revisions.map { "\"\($0)\"" }.joined(separator: ",")
            Terminal.print("{\"version\":\"\(Product.version)\",\"revisions\":[\(quoted)]}")
        } else {
            Terminal.print("workport \(Product.version), MCP \(revisions)")
        }
    }
}
