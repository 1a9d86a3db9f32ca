/// One setting of the service: its names, what it is when nobody sets it, and what it means.
package struct Setting: Sendable, Hashable {
    /// How its text is read and checked.
    package enum Form: Sendable, Hashable {
        case text
        /// A connection string of libpq: a URL, or keywords with values.
        case databaseURL
        /// URLs of databases, separated by blanks.
        case databaseURLs
        case list
        case integer(ClosedRange<Int>)
        /// Seconds, with a fraction if need be.
        case seconds(ClosedRange<Double>)
        case choice([String])
        /// Like text, but taken only from the environment or from a file, never from a flag's value.
        case secret
    }

    /// The flag without its two hyphens; the environment variable is `WORKPORT_` and the same in capitals.
    package let name: String
    package let form: Form
    package let standard: String?
    package let meaning: String

    /// The environment variable.
    package var variable: String {
        "WORKPORT_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}

extension Setting {
    package static let databaseURL = Setting(
        name: "database-url", form: .databaseURL, standard: nil,
        meaning: "PostgreSQL 14 or later, as the role workport_app: postgresql://user:password@host:port/database"
    )
    package static let adminDatabaseURL = Setting(
        name: "admin-database-url", form: .databaseURL, standard: nil,
        meaning: "The same database as its owner, for migrate, seed, import, workspace and token"
    )
    package static let replicaURLs = Setting(
        name: "replica-urls", form: .databaseURLs, standard: "",
        meaning:
            "Streaming standbys of that database that answer reads, as the role workport_app: URLs separated by blanks"
    )
    package static let host = Setting(
        name: "host", form: .text, standard: "127.0.0.1", meaning: "Address to listen on; 0.0.0.0 or :: for all"
    )
    package static let port = Setting(
        name: "port", form: .integer(0...65_535), standard: "8080", meaning: "Port to listen on; 0 takes a free one"
    )
    package static let publicURL = Setting(
        name: "public-url", form: .text, standard: nil,
        meaning:
            "Origin that clients use, such as https://mcp.example.com; its host is accepted in Host, and refusals of callers name it"
    )
    package static let webURL = Setting(
        name: "web-url", form: .text, standard: nil,
        meaning:
            "Where people see a row, such as https://app.example.com/{workspace}/{entity}/{id}; results have no links if not set"
    )
    package static let allowedHosts = Setting(
        name: "allowed-hosts", form: .list, standard: "",
        meaning: "More names accepted in Host, with port if it is not the default, separated by commas"
    )
    package static let allowedOrigins = Setting(
        name: "allowed-origins", form: .list, standard: "",
        meaning: "Origins of browser clients that may call, separated by commas"
    )
    package static let tokenPepper = Setting(
        name: "token-pepper", form: .secret, standard: nil,
        meaning: "Secret under which token digests are made, 16 bytes or more in hexadecimal; the same on every node"
    )
    package static let sealKeys = Setting(
        name: "seal-keys", form: .secret, standard: nil,
        meaning: "Keys of cursors and sessions, the newest first: id:hexadecimal, 32 bytes each, separated by commas"
    )
    package static let tokenStanding = Setting(
        name: "token-standing", form: .seconds(0...60), standard: "1",
        meaning:
            "Seconds that the check of a token stands for further reads with it where changes cannot be heard of; 0 checks with each"
    )
    package static let workers = Setting(
        name: "workers", form: .integer(1...256), standard: nil,
        meaning: "Workers, each with one database connection; one and a half times the cores if not set"
    )
    package static let backlog = Setting(
        name: "backlog", form: .integer(1...1_000_000), standard: "2048",
        meaning: "Calls that may wait for a worker; beyond them callers get 503"
    )
    package static let backlogPerWorkspace = Setting(
        name: "backlog-per-workspace", form: .integer(1...1_000_000), standard: "1024",
        meaning: "The part of the backlog that one workspace may fill"
    )
    package static let queueTime = Setting(
        name: "queue-time", form: .seconds(0.01...300), standard: "2",
        meaning: "Seconds a call may wait for a worker; one that would wait longer than half of it gets 503 at once"
    )
    package static let callTimeout = Setting(
        name: "call-timeout", form: .seconds(0.1...300), standard: "25", meaning: "Seconds until a call is given up"
    )
    package static let maxConnections = Setting(
        name: "max-connections", form: .integer(1...1_000_000), standard: "20000", meaning: "Open client connections"
    )
    package static let maxHeaderBytes = Setting(
        name: "max-header-bytes", form: .integer(1_024...1_048_576), standard: "32768",
        meaning: "Size of a request's head"
    )
    package static let maxBodyBytes = Setting(
        name: "max-body-bytes", form: .integer(1_024...1_073_741_824), standard: "4194304",
        meaning: "Size of a request's body"
    )
    package static let maxJSONDepth = Setting(
        name: "max-json-depth", form: .integer(8...1_000), standard: "64", meaning: "Nesting of a request's JSON"
    )
    package static let searchMemory = Setting(
        name: "search-memory", form: .integer(1_048_576...1_099_511_627_776), standard: "268435456",
        meaning: "Bytes of memory for the words of workspaces that are searched, 25 a word; the longest unused go first"
    )
    package static let embeddingsURL = Setting(
        name: "embeddings-url", form: .text, standard: nil,
        meaning:
            "OpenAI-compatible endpoint for search by meaning, such as https://api.example.com/v1/embeddings; none if not set"
    )
    package static let embeddingsModel = Setting(
        name: "embeddings-model", form: .text, standard: nil, meaning: "Model that is asked for there"
    )
    package static let embeddingsKey = Setting(
        name: "embeddings-key", form: .secret, standard: nil, meaning: "Key that opens it, if it wants one"
    )
    package static let embeddingsDimensions = Setting(
        name: "embeddings-dimensions", form: .integer(1...16_000), standard: nil,
        meaning: "Dimensions that are asked for, where the model gives a choice; what it gives if not set"
    )
    package static let embeddingsTimeout = Setting(
        name: "embeddings-timeout", form: .seconds(0.05...20), standard: "2",
        meaning: "Seconds that a search waits for it, at most half a call's time; then words alone are compared"
    )
    package static let headerTimeout = Setting(
        name: "header-timeout", form: .seconds(0.05...600), standard: "10",
        meaning: "Seconds for a request's head to arrive"
    )
    package static let bodyTimeout = Setting(
        name: "body-timeout", form: .seconds(0.05...600), standard: "30",
        meaning: "Seconds for a request's body to arrive"
    )
    package static let idleTimeout = Setting(
        name: "idle-timeout", form: .seconds(0.05...3600), standard: "75", meaning: "Seconds between two requests"
    )
    package static let writeTimeout = Setting(
        name: "write-timeout", form: .seconds(0.05...600), standard: "30", meaning: "Seconds a client may stop reading"
    )
    package static let drainTimeout = Setting(
        name: "drain-timeout", form: .seconds(0...600), standard: "25",
        meaning: "Seconds that calls in flight get to finish when the service stops"
    )
    package static let logLevel = Setting(
        name: "log-level", form: .choice(["debug", "info", "warning", "error"]), standard: "info",
        meaning: "Least level that is logged"
    )
    package static let migrations = Setting(
        name: "migrations", form: .text, standard: nil,
        meaning: "Folder of the migrations; found beside the program or in the current folder if not set"
    )

    package static let url = Setting(
        name: "url", form: .text, standard: nil,
        meaning: "Endpoint that stdio connects to: https://host/app/api/mcp/server/<workspace id>"
    )
    package static let token = Setting(
        name: "token", form: .secret, standard: nil, meaning: "Token that stdio shows there"
    )

    /// The settings of search by meaning.
    package static let ofEmbeddings: [Setting] = [
        .embeddingsURL, .embeddingsModel, .embeddingsKey, .embeddingsDimensions, .embeddingsTimeout,
    ]

    /// The settings of a client's side, which no node has.
    package static let ofTheBridge: [Setting] = [.url, .token]

    /// All settings, in the order in which `--help` prints them.
    package static let all: [Setting] =
        [
            .databaseURL, .adminDatabaseURL, .replicaURLs, .host, .port, .publicURL, .webURL, .allowedHosts,
            .allowedOrigins, .tokenPepper, .sealKeys, .tokenStanding, .workers, .backlog, .backlogPerWorkspace,
            .queueTime, .callTimeout, .maxConnections, .maxHeaderBytes, .maxBodyBytes, .maxJSONDepth, .searchMemory,
        ]
        + ofEmbeddings + [
            .headerTimeout, .bodyTimeout, .idleTimeout, .writeTimeout, .drainTimeout, .logLevel, .migrations, .url,
            .token,
        ]
}
