import Bridge
import Gateway
import Telemetry

/// `workport stdio`: for clients that start a program and speak with it over lines.
enum Stdio {
    static let command = Subcommand(
        words: ["stdio"], summary: "Connect a client that only speaks stdio to the endpoint of a workspace",
        operands: "[URL]",
        options: [
            .init("read-only", nil, "Show and call only tools that change nothing"),
            .init("tools", "A,B", "Show and call only these tools"),
            .init("retry-for", "SECONDS", "How long a call is tried again that did not get there (30)"),
            .init("ca-file", "FILE", "Certificates of authorities to trust instead of the system's, PEM"),
            .init("allow-plain-http", nil, "Let the token travel in clear text to another machine"),
        ],
        notes: """
            The token is taken from WORKPORT_TOKEN or from the file that WORKPORT_TOKEN_FILE names, never from a flag, for
            the list of processes shows flags. Messages come one a line on standard input and go one a line to standard
            output; the log goes to standard error.
            """,
        settings: [.url, .token, .maxBodyBytes, .logLevel],
        run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        let signals = StopSignals()
        let settings = try flags.settings()
        let bell = try StopBell()
        let log = Log(level: settings.text(.logLevel).flatMap(LogLevel.init) ?? .info)
        let bridge = try StdioBridge(try bridgeSettings(flags, settings), bell: bell, log: log)
        Thread.start {
            signals.wait()
            bell.ring()
        }
        bridge.run()
    }

    private static func bridgeSettings(_ flags: Flags, _ settings: Settings) throws -> BridgeSettings {
        guard flags.operands.count <= 1 else {
            throw UsageError("`workport stdio` takes one URL; \(flags.operands.count) are given.")
        }
        let address = try flags.operands.first ?? settings.needed(.url)
        let endpoint = try EndpointURL(address, allowsPlainText: flags.has("allow-plain-http"))
        let token = try BearerToken(settings.needed(.token))
        var bridge = BridgeSettings(endpoint: endpoint, token: token)
        bridge.narrowing = try Narrowing(isReadOnly: flags.has("read-only"), names: names(flags.text("tools")))
        bridge.authorities = flags.text("ca-file")
        if let seconds = try flags.integer("retry-for", 0...3600) { bridge.patience = .seconds(seconds) }
        if let bytes = settings.integer(.maxBodyBytes) { bridge.lineBytes = bytes }
        bridge.agent = "workport-stdio/\(Product.version)"
        return bridge
    }

    /// Names separated by commas; a flag without names gives none, which is refused rather than taken for all.
    private static func names(_ text: String?) -> [String]? {
        text.map { text in
            text.split(separator: ",").map { $0.drop(while: \.isWhitespace) }
                .map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }.filter { !$0.isEmpty }
        }
    }
}
