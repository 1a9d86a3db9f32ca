import Crypto
import Dispatch
import HTTP
import HTTPServer
import MCP
import Synchronization

/// The path of a request: origin, plan, answer. Everybody is the same caller.
final class Endpoint: Sendable {
    private static let binding = Array("conformance".utf8)

    private let nodes: [MCPServer<Fixtures>]
    private let shared: SharedState
    private let turn = Atomic(0)
    private let origins: OriginPolicy
    /// Where what is shared may be waited for.
    private let queue = DispatchQueue(label: "conformance.requests", attributes: .concurrent)

    init(_ nodes: [MCPServer<Fixtures>], _ shared: SharedState, origins: OriginPolicy) {
        self.nodes = nodes
        self.shared = shared
        self.origins = origins
    }

    func receive(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if let refusal = origins.refusal(of: request) { return responder.send(refusal) }
        if let preflight = origins.preflight(request) { return responder.send(preflight) }
        guard request.path == "/mcp" || request.path == "/mcp/" else {
            return responder.send(HTTPResponse(status: .notFound))
        }
        let node = nodes[turn.wrappingAdd(1, ordering: .relaxed).oldValue % nodes.count]
        queue.async {
            let plan = node.plan(request, binding: Self.binding, tenant: self.shared.tenant)
            let channel = HTTPChannel(responder) { self.origins.share(&$0, with: request) }
            self.answer(plan, on: channel)
        }
    }

    private func answer(_ plan: Plan<Fixtures>, on channel: any ResponseChannel) {
        if let session = plan.session, shared.isSet(Self.name(session)) { return channel.send(session.answerIfEnded) }
        switch plan.action {
        case .reply(let response): channel.send(response)
        case .caller(let answer): channel.send(answer(Visitor()))
        case .work(let outcome, let answer, _): channel.send(answer(outcome))
        case .fetch(_, let answer): channel.send(answer(Visitor(), .missing))
        case .open(let start): start(Visitor(), channel)
        case .endSession(let session, let answer):
            channel.send((try? end(session)) == nil ? HTTPResponse(status: .serviceUnavailable) : answer)
        case .batch(let plans, let combine):
            let collector = BatchCollector(count: plans.count, combine: combine) { channel.send($0) }
            for (index, plan) in plans.enumerated() { answer(plan, on: collector.channel(at: index)) }
        }
    }

    private func end(_ session: SessionReference) throws {
        try shared.set(Self.name(session))
        nodes[0].endStream(of: session)
    }

    private static func name(_ session: SessionReference) -> String { "ended " + Hex.encode(session.digest) }
}

/// An answer of the HTTP server, as the protocol writes to it.
struct HTTPChannel: ResponseChannel {
    private let responder: HTTPResponder
    /// Adds what the answer to a page has to have.
    private let share: @Sendable (inout HTTPResponse) -> Void

    init(_ responder: HTTPResponder, share: @escaping @Sendable (inout HTTPResponse) -> Void) {
        self.responder = responder
        self.share = share
    }

    func send(_ response: HTTPResponse) {
        var response = response
        share(&response)
        responder.send(response)
    }

    func open(_ headers: HTTPHeaders) -> any EventSink {
        var response = HTTPResponse(status: .ok, headers: headers)
        share(&response)
        return HTTPSink(stream: responder.stream(headers: response.headers))
    }

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
