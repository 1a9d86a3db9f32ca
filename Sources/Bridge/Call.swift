import HTTPClient
import JSON
import MCP

/// Names one call for as long as the bridge runs; ids of clients come again.
struct CallKey: Hashable {
    let number: Int
}

/// A request for which somebody waits: the client, or the bridge itself.
struct Call {
    /// Who waits.
    enum Owner: Equatable {
        case client
        /// Opens the session anew.
        case reopening
        /// Brings a setting of the lost session into the new one.
        case restoring
        /// Reads a page of the list of tools.
        case listing
    }

    /// How far it is.
    enum Phase: Equatable {
        /// Nothing has been decided yet.
        case new
        /// The list of tools is needed first.
        case waitingForTools
        /// A session is needed first.
        case waitingForSession
        /// Others have to be answered first.
        case queued
        /// With the endpoint.
        case underWay(ExchangeID)
        /// To be sent again after a while.
        case pausing
        /// Its answer is to be taken up again after a while.
        case detached
    }

    let key: CallKey
    let owner: Owner
    let message: Message
    let bytes: [UInt8]
    let era: EraName
    var phase = Phase.new

    /// When the first attempt failed, and how many did.
    var troubleSince: ContinuousClock.Instant?
    var attempts = 0
    /// Whether any message for it has reached the client: then it cannot be sent again unnoticed.
    var hasSpoken = false
    /// Where its stream is to be taken up again, and after how long.
    var lastEventID: String?
    var retryTime: Duration?
    /// In which session it was sent.
    var generation: Int?
    var idleResumptions = 0
    /// How often a session was lost under it.
    var lostSessions = 0
    /// Whether the list of tools was read anew for its sake.
    var hasRefreshedTools = false

    init(key: CallKey, owner: Owner, message: Message, bytes: [UInt8]) {
        self.key = key
        self.owner = owner
        self.message = message
        self.bytes = bytes
        era = message.era
    }

    var id: MessageID? { message.id }

    var method: String { message.method ?? "" }

    /// The tool that is called.
    var tool: String? { method == "tools/call" ? message.params?["name"]?.string : nil }

    /// Whether it stays open until somebody ends it.
    var isListening: Bool { era == .stateless && method == "subscriptions/listen" }

    /// Whether it is such a stream and was open, so that it can be opened again unnoticed.
    var isRenewable: Bool { isListening && hasSpoken }

    var isHandshake: Bool { era == .handshake && method == "initialize" }

    /// Methods that may be sent twice: they read, or say what shall be.
    private static let repeatableMethods: Set = [
        "initialize", "ping", "server/discover", "tools/list", "resources/list", "resources/templates/list",
        "resources/read", "resources/subscribe", "resources/unsubscribe", "prompts/list", "prompts/get",
        "completion/complete", "logging/setLevel", "subscriptions/listen", "tasks/get",
    ]

    /// Whether it does no harm to be carried out twice, as far as the bridge knows.
    func isRepeatable(_ catalog: ToolCatalog) -> Bool {
        if let tool { return catalog.entry(tool)?.isRepeatable == true }
        return Call.repeatableMethods.contains(method)
    }
}
