import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

/// A bridge without client, endpoint and clock: a test plays all three.
struct Rehearsal {
    private(set) var session: BridgeSession
    private(set) var now = ContinuousClock.now
    /// What was to be done since the test last looked.
    private var actions: [BridgeAction] = []

    init(_ narrowing: Narrowing = .none, _ change: (inout BridgeLimits) -> Void = { _ in }) {
        var limits = BridgeLimits()
        change(&limits)
        session = BridgeSession(limits: limits, narrowing: narrowing)
    }

    mutating func happen(_ event: BridgeEvent) { actions += session.receive(event, at: now) }

    mutating func pass(_ time: Duration) { now += time }

    // MARK: The client

    /// The client sends a line.
    mutating func client(_ line: String) { happen(.line(.text(Array(line.utf8)))) }

    /// The client calls.
    mutating func call(_ id: Int, _ method: String, _ params: String = "{}") {
        client(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
    }

    /// The client calls in the stateless era.
    mutating func callStateless(_ id: Int, _ method: String, _ params: String = "") {
        call(id, method, "{\(params.isEmpty ? "" : params + ",")\(Self.meta)}")
    }

    static let meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":"p",\
        "io.modelcontextprotocol/clientCapabilities":{}}
        """

    // MARK: The endpoint

    /// The endpoint answers an exchange and ends it.
    mutating func answer(
        _ id: ExchangeID, _ status: HTTPStatus = .ok, _ headers: HTTPHeaders = [:], _ body: String = ""
    ) {
        var headers = headers
        if !body.isEmpty, headers.first(.contentType) == nil { headers.set(.contentType, "application/json") }
        happen(.head(id, AnswerHead(status: status, headers: headers)))
        if !body.isEmpty { happen(.body(id, Array(body.utf8))) }
        happen(.end(id, nil))
    }

    /// The endpoint answers with a result.
    mutating func result(_ id: ExchangeID, of call: Int, _ result: String = "{}") {
        answer(id, .ok, [:], #"{"jsonrpc":"2.0","id":\#(call),"result":\#(result)}"#)
    }

    /// The endpoint begins a stream.
    mutating func stream(_ id: ExchangeID, _ events: String = "") {
        happen(.head(id, AnswerHead(status: .ok, headers: [.contentType: "text/event-stream"])))
        if !events.isEmpty { self.events(id, events) }
    }

    mutating func events(_ id: ExchangeID, _ events: String) { happen(.body(id, Array(events.utf8))) }

    /// The exchange fails.
    mutating func fail(_ id: ExchangeID, isUnsent: Bool, isLasting: Bool = false) {
        happen(.end(id, TransferFailure(isUnsent: isUnsent, isLasting: isLasting, reason: "it broke")))
    }

    /// Opens a session as the client does, with the stream if the endpoint has one.
    @discardableResult
    mutating func open(_ revision: String = "2025-11-25", hasStream: Bool = false) throws -> ExchangeID? {
        call(0, "initialize", #"{"protocolVersion":"\#(revision)","capabilities":{}}"#)
        try answerInitialize(revision, session: "s-1", id: "0")
        client(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        answer(try sent().id, .accepted)
        let stream = try sent()
        #expect(stream.request.method == .get)
        if hasStream {
            self.stream(stream.id)
        } else {
            answer(stream.id, .methodNotAllowed)
        }
        actions = []
        return hasStream ? stream.id : nil
    }

    /// The endpoint answers the `initialize` that was sent last.
    mutating func answerInitialize(_ revision: String = "2025-11-25", session: String, id: String? = nil) throws {
        let (exchange, request) = try sent()
        let message = try JSONDocument(request.body).root
        #expect(message["method"]?.string == "initialize")
        #expect(request.headers.first(.mcpSessionID) == nil)
        let id = id ?? message["id"]?.raw.text ?? "null"
        answer(
            exchange, .ok, [.mcpSessionID: session],
            #"""
            {"jsonrpc":"2.0","id":\#(id),"result":{"protocolVersion":"\#(revision)",
             "capabilities":{"tools":{"listChanged":true},"resources":{"subscribe":true}}}}
            """#
        )
    }

    // MARK: What was done

    /// The messages that were written to the client since the test last looked.
    mutating func written() -> [String] {
        var messages: [String] = []
        actions.removeAll { action in
            guard case .write(let bytes) = action else { return false }
            messages.append(String(decoding: bytes, as: UTF8.self))
            return true
        }
        return messages
    }

    /// The only message that was written.
    mutating func message() throws -> JSONValue {
        let messages = written()
        try #require(messages.count == 1, "\(messages)")
        return try JSONDocument(text: messages[0]).root.value
    }

    /// The code that stands in the data of the only message, an error.
    mutating func refusal() throws -> String? { try message()["error"]?["data"]?["code"]?.string }

    /// The requests that were sent.
    mutating func allSent() -> [(id: ExchangeID, request: OutgoingRequest)] {
        var requests: [(id: ExchangeID, request: OutgoingRequest)] = []
        actions.removeAll { action in
            guard case .send(let id, let request) = action else { return false }
            requests.append((id, request))
            return true
        }
        return requests
    }

    /// The only request that was sent.
    mutating func sent() throws -> (id: ExchangeID, request: OutgoingRequest) {
        let requests = allSent()
        try #require(requests.count == 1, "\(requests.map(\.request))")
        return requests[0]
    }

    /// The exchanges that were broken off.
    mutating func dropped() -> [ExchangeID] {
        var ids: [ExchangeID] = []
        actions.removeAll { action in
            guard case .drop(let id) = action else { return false }
            ids.append(id)
            return true
        }
        return ids
    }

    /// The alarms that were asked for.
    mutating func alarms() -> [(alarm: Alarm, time: Duration)] {
        var alarms: [(alarm: Alarm, time: Duration)] = []
        actions.removeAll { action in
            guard case .wake(let alarm, let time) = action else { return false }
            alarms.append((alarm, time))
            return true
        }
        return alarms
    }

    /// Lets the time of the only alarm come, and tells how long that took.
    @discardableResult
    mutating func wait() throws -> Duration {
        let alarms = alarms()
        try #require(alarms.count == 1, "\(alarms)")
        pass(alarms[0].time)
        happen(.alarm(alarms[0].alarm))
        return alarms[0].time
    }

    var notes: [BridgeNote] {
        actions.compactMap { action in
            guard case .note(let note) = action else { return nil }
            return note
        }
    }

    /// Whether everything is over.
    var isFinished: Bool { actions.contains(.finish) }
}

extension OutgoingRequest {
    /// The body as JSON; `null` if there is none.
    var json: JSONValue { (try? JSONDocument(body).root.value) ?? .null }
}
