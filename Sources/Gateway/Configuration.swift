import Catalog
package import Crypto
package import Embeddings
package import HTTPServer
package import Identity
package import Postgres
package import Telemetry
package import Tools

/// What `serve` needs, typed and complete.
package struct Configuration: Sendable {
    package var databaseURL: String
    package var replicaURLs: [String]
    package var server: HTTPServerConfiguration
    package var pool: PoolConfiguration
    package var publicURL: String?
    /// Where people see rows; `nil` where results have no links.
    package var web: WebAddress?
    package var allowedHosts: [String]
    package var allowedOrigins: [String]
    package var pepper: TokenPepper
    package var seal: Seal
    /// How long a check of a token stands for what only reads; zero for not at all.
    package var tokenStanding: Duration
    package var callTimeout: Duration
    package var drainTimeout: Duration
    package var maxJSONDepth: Int
    package var searchMemory: Int
    /// Where the meanings of texts come from; `nil` where words alone are compared.
    package var embeddings: EmbeddingSettings?
    package var logLevel: LogLevel

    /// Reads the settings that `serve` uses.
    ///
    /// - Parameter cores: The processors of this machine, from which the number of workers follows.
    /// - Throws: ``ConfigurationError`` for what is missing or cannot be used.
    package init(_ settings: Settings, cores: Int) throws(ConfigurationError) {
        databaseURL = try settings.needed(.databaseURL)
        replicaURLs = settings.urls(.replicaURLs)
        pepper = try Configuration.pepper(settings)
        seal = try Configuration.seal(settings)
        publicURL = settings.text(.publicURL).map(Configuration.origin)
        if let url = publicURL, !Configuration.isOrigin(url) {
            throw ConfigurationError([
                "WORKPORT_PUBLIC_URL is \(url); it can be an origin such as https://mcp.example.com."
            ])
        }
        web = try Configuration.web(settings)
        allowedHosts = settings.list(.allowedHosts)
        allowedOrigins = settings.list(.allowedOrigins)
        tokenStanding = settings.seconds(.tokenStanding) ?? .seconds(1)
        callTimeout = settings.seconds(.callTimeout) ?? .seconds(25)
        drainTimeout = settings.seconds(.drainTimeout) ?? .seconds(25)
        maxJSONDepth = settings.integer(.maxJSONDepth) ?? 64
        searchMemory = settings.integer(.searchMemory) ?? Dictionaries.standardBytes
        embeddings = try Configuration.embeddings(settings)
        if let timeout = embeddings?.timeout { embeddings?.timeout = min(timeout, callTimeout / 2) }
        logLevel = settings.text(.logLevel).flatMap(LogLevel.init(rawValue:)) ?? .info
        server = HTTPServerConfiguration()
        server.host = settings.text(.host) ?? server.host
        server.port = UInt16(settings.integer(.port) ?? 8080)
        server.maxConnections = settings.integer(.maxConnections) ?? server.maxConnections
        server.limits.maxHeaderBytes = settings.integer(.maxHeaderBytes) ?? server.limits.maxHeaderBytes
        server.limits.maxBodyBytes = settings.integer(.maxBodyBytes) ?? server.limits.maxBodyBytes
        server.headerTimeout = settings.seconds(.headerTimeout) ?? server.headerTimeout
        server.bodyTimeout = settings.seconds(.bodyTimeout) ?? server.bodyTimeout
        server.idleTimeout = settings.seconds(.idleTimeout) ?? server.idleTimeout
        server.writeTimeout = settings.seconds(.writeTimeout) ?? server.writeTimeout
        pool = PoolConfiguration(url: databaseURL)
        pool.workers = settings.integer(.workers) ?? max(2, cores * 3 / 2)
        pool.backlog = settings.integer(.backlog) ?? pool.backlog
        pool.backlogPerTenant = settings.integer(.backlogPerWorkspace) ?? pool.backlogPerTenant
        pool.queueTime = settings.seconds(.queueTime) ?? .seconds(2)
        pool.connection.statementTimeout = callTimeout
        pool.connection.idleInTransactionTimeout = callTimeout
    }

    /// An origin in the one spelling that clients compare with: no capitals, no slash at the end, no port that goes
    /// without saying.
    private static func origin(_ text: String) -> String {
        var origin = text.lowercased()
        if origin.hasSuffix("/") { origin.removeLast() }
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            origin.removeLast(port.count)
        }
        return origin
    }

    /// Whether a text is a scheme and a host, with a port if need be, and no path.
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return !rest.isEmpty && !rest.contains { "/ @?#\"\\,".contains($0) || !$0.isASCII }
    }

    private static func web(_ settings: Settings) throws(ConfigurationError) -> WebAddress? {
        guard let text = settings.text(.webURL) else { return nil }
        guard let web = WebAddress(text) else {
            throw ConfigurationError([
                "WORKPORT_WEB_URL is \(text); it can be an address such as "
                    + "https://app.example.com/{workspace}/{entity}/{id}: https, or http on this machine, {id} behind the "
                    + "host, and no other places than these three."
            ])
        }
        return web
    }

    /// Where the meanings of texts come from, if that is set; commands that embed need it too.
    package static func embeddings(_ settings: Settings) throws(ConfigurationError) -> EmbeddingSettings? {
        guard let url = settings.text(.embeddingsURL) else { return nil }
        do throws(EmbeddingError) {
            return try EmbeddingSettings(
                url: url, model: settings.text(.embeddingsModel) ?? "", key: settings.text(.embeddingsKey),
                dimensions: settings.integer(.embeddingsDimensions),
                timeout: settings.seconds(.embeddingsTimeout) ?? .seconds(2), agent: "workport/\(Product.version)")
        } catch {
            throw ConfigurationError([error.message])
        }
    }

    /// The secret under which token digests are made; commands that make tokens need it too.
    package static func pepper(_ settings: Settings) throws(ConfigurationError) -> TokenPepper {
        guard let bytes = Hex.decode(try settings.needed(.tokenPepper)), let pepper = TokenPepper(bytes) else {
            throw ConfigurationError(["WORKPORT_TOKEN_PEPPER has to be 16 bytes or more in hexadecimal."])
        }
        return pepper
    }

    private static func seal(_ settings: Settings) throws(ConfigurationError) -> Seal {
        let refusal = ConfigurationError([
            "WORKPORT_SEAL_KEYS has to be id:key pairs separated by commas, the newest first: a number from 0 to 255, a "
                + "colon, 32 bytes in hexadecimal."
        ])
        _ = try settings.needed(.sealKeys)
        var keys: [SealKey] = []
        for pair in settings.list(.sealKeys) {
            let parts = pair.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, let id = UInt8(parts[0]), let secret = Hex.decode(parts[1]),
                let key = try? SealKey(id: id, secret: secret)
            else { throw refusal }
            keys.append(key)
        }
        guard let seal = try? Seal(keys: keys) else { throw refusal }
        return seal
    }
}
