import Crypto
import HTTP
import JSON
import Synchronization
import Telemetry

@testable import MCP

/// A client that sends what it is told, and remembers what the server made.
///
/// Names that stand for it in requests: `<2024>`, `<2503>`, `<2506>` and `<2511>` are sessions of the four revisions,
/// `<meta>` is what the stateless era wants in `_meta`, and `<session>`, `<cursor>`, `<state>`, `<task>`, `<question>`
/// and `<event>` are the last of their kind that an answer held.
final class FuzzClient {
    private let clock = ManualClock()
    private let server: MCPServer<FuzzProvider>
    private let binding = Array("workspace ann".utf8)
    private var made: [String: String] = ["meta": FuzzClient.meta]
    private var ended: Set<[UInt8]> = []
    private var channels: [FuzzChannel] = []

    init() {
        server = MCPServer(
            provider: FuzzProvider(), seal: Genuine.seal, limits: FuzzClient.limits, clock: clock.wall
        )
    }

    /// Small, so that inputs reach them, and short where a handler would wait. Streams keep their times: nothing may be
    /// left of one that is closed.
    private static var limits: MCPLimits {
        var limits = MCPLimits()
        limits.pageSize = 2
        limits.batchCount = 4
        limits.bodyBytes = 8192
        limits.completionCount = 3
        limits.subscriptionCount = 2
        limits.questionTime = .milliseconds(20)
        limits.taskLifetime = .milliseconds(20)
        limits.taskLease = .milliseconds(20)
        limits.noticeInterval = .milliseconds(1)
        limits.streamsPerCaller = 3
        return limits
    }

    private static let meta = """
        {"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":\
        {"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{},"extensions":{"io.modelcontextprotocol/tasks":{}}},\
        "io.modelcontextprotocol/logLevel":"debug","progressToken":7}
        """

    // MARK: Sending

    func send(_ text: [UInt8]) {
        let text = substituted(text)
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let end = lines.firstIndex(where: \.isEmpty) ?? lines.endIndex
        let body = Array(lines[end...].dropFirst().joined(separator: [UInt8(ascii: "\n")]))
        let method = (lines.first.map { Array($0) } ?? []).text
        if method == "CHANGE" {
            if let change = Change(body.text) { server.announce(change, in: "all") }
            return
        }
        let request = HTTPRequest(
            method: HTTPMethod(rawValue: method), target: "/", headers: headers(method, lines[..<end].dropFirst()),
            body: body
        )
        let plan = server.plan(request, binding: binding)
        let response = answer(plan, isStream: request.method == .get)
        ResponseCheck(request, plan, response).run()
        remember(response)
    }

    private func headers(_ method: String, _ lines: ArraySlice<ArraySlice<UInt8>>) -> HTTPHeaders {
        var headers: HTTPHeaders = method == "GET" ? [.accept: "text/event-stream"] : [:]
        if method == "POST" {
            headers = [.contentType: "application/json", .accept: "application/json, text/event-stream"]
        }
        for line in lines {
            if line.first == UInt8(ascii: "-") {
                headers.remove(HTTPHeaderName(rawValue: Array(line.dropFirst()).text))
                continue
            }
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            let name = HTTPHeaderName(rawValue: Array(parts[0]).text)
            if parts.count == 2 { headers.append(name, Array(parts[1]).text) }
        }
        return headers
    }

    private func answer(_ plan: Plan<FuzzProvider>, isStream: Bool) -> HTTPResponse {
        if let session = plan.session, ended.contains(session.digest) { return session.answerIfEnded }
        switch plan.action {
        case .reply(let response): return response
        case .caller(let answer): return answer("ann")
        case .work(let work, _, let ask?) where work.mustAsk: return open(ask, isStream: false)
        case .work(let work, let answer, _): return answer(work.tool)
        case .fetch(let outcome, let answer): return answer("ann", outcome)
        case .open(let start): return open(start, isStream: isStream)
        case .endSession(let session, let answer):
            ended.insert(session.digest)
            server.endStream(of: session)
            return answer
        case .batch(let parts, let combine):
            let channel = FuzzChannel()
            let collector = BatchCollector(count: parts.count, combine: combine) { channel.send($0) }
            for (index, part) in parts.enumerated() {
                if case .open(let start) = part.action {
                    start("ann", collector.channel(at: index))
                } else {
                    collector.take(answer(part, isStream: false), at: index)
                }
            }
            return channel.answer(isBegun: false)
        }
    }

    private func open(_ start: Plan<FuzzProvider>.Opening, isStream: Bool) -> HTTPResponse {
        let channel = FuzzChannel()
        channels.append(channel)
        start("ann", channel)
        return channel.answer(isBegun: isStream)
    }

    /// Goes away from everything that is still open, and lets what runs come to its end.
    func leave() {
        for channel in channels { channel.disconnect() }
        server.endStreams()
        for channel in channels { channel.check() }
    }

    // MARK: Names in angle brackets

    private func substituted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            result += rest[..<open]
            rest = rest[open...]
            guard let close = rest.prefix(10).firstIndex(of: UInt8(ascii: ">")),
                let value = value(of: Array(rest[(open + 1)..<close]).text)
            else {
                result.append(UInt8(ascii: "<"))
                rest = rest.dropFirst()
                continue
            }
            result += value.utf8
            rest = rest[(close + 1)...]
        }
        return result + rest
    }

    private func value(of name: String) -> String? {
        let revisions: [String: Revision] = [
            "2024": .november2024, "2503": .march2025, "2506": .june2025, "2511": .november2025,
        ]
        if let known = made[name] { return known }
        guard let revision = revisions[name] else { return nil }
        let client = Client(
            info: Implementation(name: "old-editor", version: "0.9"),
            capabilities: ClientCapabilities(flags: [.formElicitation, .urlElicitation, .sampling, .roots])
        )
        let session = server.sessions.make(revision: revision, client: client, binding: binding)
        made[name] = session
        return session
    }

    private func remember(_ response: HTTPResponse) {
        if let session = response.headers.first(.mcpSessionID) { made["session"] = session }
        for event in FuzzEvent.all(in: response) {
            if let id = event.id { made["event"] = id }
            guard let message = (try? JSONDocument(event.data))?.root else { continue }
            let result = message["result"]
            if message["method"] != nil, let id = message["id"]?.string { made["question"] = id }
            if let cursor = result?["nextCursor"]?.string { made["cursor"] = cursor }
            if let state = result?["requestState"]?.string { made["state"] = state }
            if let task = result?["taskId"]?.string { made["task"] = task }
        }
    }
}
