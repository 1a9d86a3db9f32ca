import HTTP
import HTTPServer
import MCP
import Synchronization

/// The path of a request: origin, plan, answer. Everybody is the same caller.
final class Endpoint: Sendable {
    private let nodes: [MCPServer<Fixtures>]
    private let turn = Atomic(0)
    private let origins: OriginPolicy
    private let endedSessions = Mutex<Set<[UInt8]>>([])

    init(_ nodes: [MCPServer<Fixtures>], origins: OriginPolicy) {
        self.nodes = nodes
        self.origins = origins
    }

    func receive(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if let refusal = origins.refusal(of: request) { return responder.send(refusal) }
        if let preflight = origins.preflight(request) { return responder.send(preflight) }
        guard request.path == "/mcp" || request.path == "/mcp/" else {
            return responder.send(HTTPResponse(status: .notFound))
        }
        let node = nodes[turn.wrappingAdd(1, ordering: .relaxed).oldValue % nodes.count]
        let plan = node.plan(request, binding: Array("conformance".utf8))
        if let session = plan.session, isEnded(session) { return responder.send(session.answerIfEnded) }
        switch plan.action {
        case .open(let start): start(Visitor(), HTTPChannel(responder))
        case let action: responder.send(response(to: action))
        }
    }

    private func response(to action: Plan<Fixtures>.Action) -> HTTPResponse {
        switch action {
        case .reply(let response): return response
        case .caller(let answer): return answer(Visitor())
        case .work(let outcome, let answer): return answer(outcome)
        case .fetch(_, let answer): return answer(Visitor(), .missing)
        case .endSession(let session, let answer):
            endedSessions.withLock { _ = $0.insert(session.digest) }
            nodes[0].endStream(of: session)
            return answer
        case .batch(let parts, let combine):
            return combine(
                parts.map { part in
                    if let session = part.session, isEnded(session) { return session.answerIfEnded }
                    return response(to: part.action)
                }
            )
        case .open: return HTTPResponse(status: .internalServerError)
        }
    }

    private func isEnded(_ session: SessionReference) -> Bool {
        endedSessions.withLock { $0.contains(session.digest) }
    }
}

/// An answer of the HTTP server, as the protocol writes to it.
struct HTTPChannel: ResponseChannel {
    private let responder: HTTPResponder

    init(_ responder: HTTPResponder) { self.responder = responder }

    func send(_ response: HTTPResponse) { responder.send(response) }

    func open(_ headers: HTTPHeaders) -> any EventSink { HTTPSink(stream: responder.stream(headers: headers)) }

    func onDisconnect(_ body: @escaping @Sendable () -> Void) { responder.onDisconnect(body) }
}

/// A stream of the HTTP server, as the protocol writes to it.
struct HTTPSink: EventSink {
    let stream: ResponseStream

    var isOpen: Bool { stream.isOpen }

    func send(_ bytes: [UInt8]) -> Bool { stream.send(bytes) }

    func end() { stream.end() }

    func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void) {
        stream.onClose { body($0 == .disconnected) }
    }
}
