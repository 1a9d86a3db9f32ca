import Crypto
import HTTP
import JSON
import MCP
import Telemetry
import WireCheck

/// The sample program behind the protocol, and what a real program does around it: callers, work, ended sessions.
struct SampleService {
    let clock = ManualClock()
    let server: MCPServer<SampleProvider>
    private var endedSessions: Set<[UInt8]> = []

    /// Who calls; with another caller, ids of sessions and cursors are somebody else's.
    var caller = "ann"

    init(
        seal: Seal? = nil,
        limits: MCPLimits = SampleService.limits,
        isWide: Bool = false,
        mailroom: (any Mailroom)? = nil
    ) throws {
        server = MCPServer(
            provider: SampleProvider(isWide: isWide),
            seal: try seal ?? Seal(keys: [.random(id: 1)]),
            limits: limits,
            mailroom: mailroom,
            clock: clock.wall
        )
    }

    /// The pages that may call.
    private static let origins = OriginPolicy(hosts: [], origins: ["https://inspector.example.net"])

    /// Pages of two tools, so that there is a second one.
    static var limits: MCPLimits {
        var limits = MCPLimits()
        limits.pageSize = 2
        limits.bodyBytes = 4096
        limits.batchCount = 3
        limits.noticeInterval = .zero
        return limits
    }

    mutating func answer(_ request: HTTPRequest) -> HTTPResponse {
        if let refusal = Self.origins.refusal(of: request) { return refusal }
        let question = WireQuestion(request)
        WireCheck.shared.note(question)
        let response = answer(plan(request))
        WireCheck.shared.expect(response, to: question)
        return response
    }

    /// Begins to answer, for a request whose stream is to be looked at while it is open.
    @discardableResult
    func begin(
        _ request: HTTPRequest,
        through wrap: (RecordingChannel) -> any ResponseChannel = { $0 }
    ) -> RecordingChannel {
        let question = WireQuestion(request)
        WireCheck.shared.note(question)
        let channel = RecordingChannel { WireCheck.shared.expect($0, to: question) }
        switch plan(request).action {
        case .open(let start): start(caller, wrap(channel))
        // The sample's work finds out that it must ask by that it lacks a capability.
        case .work(.missingCapability, _, let ask?): ask(caller, wrap(channel))
        default:
            var copy = self
            channel.send(copy.answer(request))
        }
        return channel
    }

    private func plan(_ request: HTTPRequest) -> Plan<SampleProvider> {
        server.plan(request, binding: Array("workspace \(caller)".utf8))
    }

    private mutating func answer(_ plan: Plan<SampleProvider>) -> HTTPResponse {
        if let session = plan.session, endedSessions.contains(session.digest) { return session.answerIfEnded }
        switch plan.action {
        case .reply(let response): return response
        case .caller(let answer): return answer(caller)
        case .work(.missingCapability, _, let ask?):
            let channel = RecordingChannel()
            ask(caller, channel)
            return channel.wholeAnswer()
        case .work(let outcome, let answer, _): return answer(outcome)
        case .fetch(let outcome, let answer):
            return answer(caller, .refused(ProtocolError(.internalError, "\(outcome)")))
        case .open(let start):
            let channel = RecordingChannel()
            start(caller, channel)
            return channel.wholeAnswer()
        case .endSession(let session, let answer):
            endedSessions.insert(session.digest)
            return answer
        case .batch(let parts, let combine): return combine(parts.map { self.answer($0) })
        }
    }
}

extension HTTPRequest {
    /// A POST as clients send it, with further headers.
    static func message(_ body: String, _ headers: HTTPHeaders = [:]) -> HTTPRequest {
        var all: HTTPHeaders = [.contentType: "application/json", .accept: "application/json, text/event-stream"]
        for (name, value) in headers { all.append(HTTPHeaderName(rawValue: name), value) }
        return HTTPRequest(method: .post, target: "/", headers: all, body: Array(body.utf8))
    }
}
