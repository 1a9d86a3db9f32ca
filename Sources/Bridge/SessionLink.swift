import HTTPClient
import JSON

/// A session of the handshake era.
struct OpenSession: Equatable {
    /// Counts the sessions of this bridge.
    let generation: Int
    /// What the endpoint calls it; some have none.
    let id: String?
    /// What the handshake agreed on.
    let revision: String
}

/// What the bridge keeps of the client's handshake, to repeat it when the session is lost.
struct Handshake {
    /// The parameters of `initialize`.
    let params: RawJSON
    /// The revision that the client was told.
    let revision: String
    /// The lists of whose changes the endpoint said it would tell.
    let changingLists: [String]
    /// What the client has set in the session: requests by what they set, in order.
    var settings: [(subject: String, method: String, params: RawJSON)] = []
}

/// The stream on which the endpoint tells what concerns no call.
struct SessionStream {
    var exchange: ExchangeID?
    var openedAt: ContinuousClock.Instant?
    var lastEventID: String?
    var retryTime: Duration?
    var failures = 0
    /// Whether it was ever open in this session: only then does a 404 mean that the session is lost.
    var wasOpen = false
    /// Whether the endpoint has none.
    var isUnavailable = false
}

/// The tie of the handshake era between client and endpoint.
struct SessionLink {
    enum Phase: Equatable {
        /// The client has not opened one.
        case none
        /// The client's `initialize` is with the endpoint.
        case opening(CallKey)
        /// Calls can be sent.
        case open
        /// It was lost, and the next call opens it anew.
        case lost
        /// The bridge's own `initialize` is with the endpoint.
        case reopening(CallKey)
        /// The endpoint is being told that the client is ready.
        case announcing
    }

    var phase = Phase.none
    var session: OpenSession?
    var handshake: Handshake?
    /// The client's word that it is ready, once it has said so.
    var announcement: [UInt8]?
    var stream = SessionStream()
    /// Calls that wait for the session, in order.
    var waitingCalls: [CallKey] = []
    /// Notifications that wait for it.
    var waitingNotes: [[UInt8]] = []
    var lastGeneration = 0

    /// Whether calls of the handshake era have to wait.
    var isComing: Bool {
        switch phase {
        case .opening, .reopening, .announcing: true
        case .none, .open, .lost: false
        }
    }
}
