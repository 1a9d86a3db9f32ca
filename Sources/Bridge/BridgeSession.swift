import HTTP
import HTTPClient
import JSON
import MCP

/// What the bridge knows and wants: events come in, actions go out.
///
/// It has no socket, no file and no clock, so what it does is a function of what happened. Calls are kept by key until
/// they are answered; each exchange with the endpoint belongs to a call, to a message that nobody answers, or to the
/// session. The rest is in extensions: messages of the client, answers of the endpoint, the session, its stream, tools,
/// and the end.
struct BridgeSession {
    /// What an exchange is for.
    enum Purpose: Equatable {
        case call(CallKey)
        /// The rest of a call's answer, on another connection.
        case resumption(CallKey)
        /// A notification or an answer of the client.
        case note(PostedNote)
        /// Tells the endpoint that the client is ready.
        case announcement
        /// The session's own stream.
        case stream
        /// Ends a session.
        case farewell
    }

    struct Exchange {
        let purpose: Purpose
        /// The session in which it was sent.
        let session: OpenSession?
        var reader: AnswerReader
        /// Whether anything has come on it.
        var hasProgress = false

        /// The session that the endpoint says it does not know.
        var lostSession: Int? {
            guard reader.head?.status == .notFound, session?.id != nil else { return nil }
            return session?.generation
        }
    }

    /// A message that gets no answer.
    struct PostedNote: Equatable {
        let number: Int
        let bytes: [UInt8]
        let generation: Int?
        var attempts = 0
    }

    let limits: BridgeLimits
    let narrowing: Narrowing

    var now = ContinuousClock.now
    var calls: [CallKey: Call] = [:]
    /// The client's calls by its ids.
    var keys: [MessageID: CallKey] = [:]
    var exchanges: [ExchangeID: Exchange] = [:]
    /// Calls that could be sent, in order.
    var queue: [CallKey] = []
    /// Messages that are to be posted again.
    var waitingNotes: [Int: PostedNote] = [:]
    var link = SessionLink()
    var catalog: ToolCatalog
    var listing: Listing?
    /// Listening calls whose stream was lost and opened again without the client's knowing.
    var renewed: Set<CallKey> = []
    var ending = Ending.no
    private var lastNumber = 0
    private var actions: [BridgeAction] = []

    init(limits: BridgeLimits = BridgeLimits(), narrowing: Narrowing = .none) {
        self.limits = limits
        self.narrowing = narrowing
        catalog = ToolCatalog(age: limits.catalogAge)
    }

    /// Takes what happened and tells what is to be done about it, in order.
    mutating func receive(_ event: BridgeEvent, at now: ContinuousClock.Instant) -> [BridgeAction] {
        self.now = now
        switch event {
        case .line(let line): take(line)
        case .endOfInput: beginEnd()
        case .stop: ending == .no ? beginEnd() : cutShort()
        case .clientGone: cutShort()
        case .head(let id, let head): begin(id, head)
        case .body(let id, let bytes): read(id, bytes)
        case .end(let id, let failure): end(id, failure)
        case .alarm(let alarm): wake(alarm)
        }
        startQueued()
        endIfDone()
        defer { actions = [] }
        return actions
    }

    private mutating func wake(_ alarm: Alarm) {
        switch alarm {
        case .retry(let key): if calls[key]?.phase == .pausing { send(key) }
        case .resume(let key): if calls[key]?.phase == .detached { resume(key) }
        case .silence(let key, let exchange): giveUpSilent(key, exchange)
        case .repost(let number): if let note = waitingNotes.removeValue(forKey: number) { post(note) }
        case .stream(let generation): reopenStream(generation)
        case .drain: if ending == .draining { cutShort() }
        }
    }

    // MARK: Doing

    mutating func act(_ action: BridgeAction) { actions.append(action) }

    mutating func note(_ note: BridgeNote) { act(.note(note)) }

    /// Writes a message to the client.
    mutating func write(_ message: [UInt8]) { act(.write(oneLine(message))) }

    /// Writes a notification of the bridge's own.
    mutating func write(notification method: String, _ params: [JSONMember] = []) {
        var members = [JSONMember("jsonrpc", "2.0"), JSONMember("method", .string(method))]
        if !params.isEmpty { members.append(JSONMember("params", .object(params))) }
        write(RawJSON(.object(members)).bytes)
    }

    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Sends a request and remembers what it is for.
    @discardableResult
    mutating func open(
        _ purpose: Purpose,
        in session: OpenSession? = nil,
        _ request: OutgoingRequest
    ) -> ExchangeID {
        let id = ExchangeID(number: nextNumber())
        exchanges[id] = Exchange(
            purpose: purpose, session: session, reader: AnswerReader(limit: limits.answerBytes)
        )
        act(.send(id, request))
        return id
    }

    /// Breaks an exchange off.
    mutating func drop(_ id: ExchangeID) {
        if exchanges.removeValue(forKey: id) != nil { act(.drop(id)) }
    }

    // MARK: Calls

    /// Adds a call of the bridge's own.
    mutating func addErrand(_ owner: Call.Owner, _ method: String, _ params: RawJSON?) -> CallKey? {
        let key = CallKey(number: nextNumber())
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("jsonrpc", "2.0")
        writer.write("id", .string("workport-stdio-\(key.number)"))
        writer.write("method", .string(method))
        if let params { writer.write("params", .raw(params)) }
        writer.endObject()
        // What was read once can be read again.
        guard let root = try? JSONDocument(writer.bytes, limits: limits.answers).root,
            let message = try? Message(root)
        else { return nil }
        calls[key] = Call(key: key, owner: owner, message: message, bytes: writer.bytes)
        return key
    }

    /// Forgets a call, and breaks off what is under way for it.
    mutating func remove(_ key: CallKey) {
        guard let call = calls.removeValue(forKey: key) else { return }
        if case .underWay(let exchange) = call.phase { drop(exchange) }
        if call.owner == .client, let id = call.id, keys[id] == key { keys[id] = nil }
        renewed.remove(key)
    }

    /// Ends a call with an error.
    mutating func fail(_ key: CallKey, _ refusal: Refusal) {
        guard let call = calls[key] else { return }
        remove(key)
        switch call.owner {
        case .client:
            write(refusal.message(to: call.id))
            if link.phase == .opening(key) { failOpening() }
        case .reopening: failReopening(refusal)
        case .restoring: note(.messageRefused(nil))
        case .listing: failListing(refusal)
        }
    }

    /// Sends calls for as long as there is room.
    private mutating func startQueued() {
        guard !queue.isEmpty else { return }
        var running = calls.values.count { call in
            guard case .underWay = call.phase else { return false }
            return call.owner == .client && !call.isListening
        }
        while running < limits.concurrentCalls, !queue.isEmpty {
            let key = queue.removeFirst()
            guard calls[key]?.phase == .queued else { continue }
            transmit(key)
            if calls[key]?.isListening == false { running += 1 }
        }
    }
}
