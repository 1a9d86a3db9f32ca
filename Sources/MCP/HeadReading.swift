import HTTP

/// What the headers of a request say to the ladder; read once for the requests that repeat them (``HTTP/HeadNotes``).
struct HeadReading: Sendable {
    let version: RoutingHeader
    let session: RoutingHeader
    let method: RoutingHeader
    let name: RoutingHeader
    /// Whether the body claims to be JSON.
    let isJSON: Bool
    /// The form in which the client takes its answer; `nil` if it takes none of ours.
    let form: AnswerForm?
    /// Whether the client takes a stream.
    let canStream: Bool
    /// The message that came with this head last, where it may come again.
    let message: RepeatedMessage?

    init(_ request: HTTPRequest) {
        version = RoutingHeader(.mcpProtocolVersion, of: request)
        session = RoutingHeader(.mcpSessionID, of: request)
        method = RoutingHeader(.mcpMethod, of: request)
        name = RoutingHeader(.mcpName, of: request)
        isJSON = MediaType.isJSON(request.headers.all(.contentType))
        let accepted = request.headers.all(.accept)
        form = MediaType.answerForm(accepting: accepted)
        canStream = MediaType.acceptsStream(accepted)
        message = RepeatedMessage(version: version, method: method)
    }
}

/// The session that a request's head presents, as far as the id itself tells: whether it is over is not in it.
struct SessionReading: Sendable {
    private let binding: [UInt8]
    private let session: Session?

    /// - Parameter binding: What the head's credential makes of it.
    init(_ id: String, binding: [UInt8], _ sessions: SessionID) {
        self.binding = binding
        session = sessions.read(id, binding: binding)
    }

    /// The session, if the id is one of ours for this binding.
    func session(bound binding: [UInt8]) -> Session? { self.binding == binding ? session : nil }
}
