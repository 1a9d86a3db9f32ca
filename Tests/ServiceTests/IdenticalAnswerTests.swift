import HTTP
import Identity
import JSON
import Testing

/// The product's endpoint beside the fixtures of the conformance suite, which have no workspace, token or database.
@Suite("The product's endpoint")
struct IdenticalAnswerTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let token: String
    private let fixtures: FixtureServer

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
        token = try bench.token(for: workspace)
        fixtures = try FixtureServer(nodes: 1, pageSize: 100)
    }

    @Test("answers a request of either era as ConformanceServer does, with authentication on", arguments: WireEra.both)
    func requests(era: WireEra) throws {
        for probe in Probe.all(for: era) { try compare(probe, in: era) }
    }

    @Test("takes a session through its life as ConformanceServer does", arguments: Probe.revisions)
    func sessions(revision: String) throws {
        for probe in Probe.life(of: revision) { try compare(probe, in: .handshake(revision)) }
    }

    /// Sends the same to both programs and compares what comes back.
    private func compare(_ probe: Probe, in era: WireEra) throws {
        let own = try answers(
            to: probe, Client(port: bench.service.port, workspace: workspace.id.text, token: token, era: era))
        let theirs = try answers(to: probe, Client(port: fixtures.port, path: "/mcp", token: token, era: era))
        #expect(own == theirs, "\(probe.title)")
    }

    private func answers(to probe: Probe, _ client: Client) throws -> [String] {
        try probe.exchange(client).map(\.withoutSelf)
    }
}

/// Something to send, and what of it is compared.
struct Probe: Sendable {
    let title: String
    let exchange: @Sendable (Client) throws -> [WireAnswer]

    init(_ title: String, _ exchange: @escaping @Sendable (Client) throws -> [WireAnswer]) {
        self.title = title
        self.exchange = exchange
    }
}

extension WireAnswer {
    /// The whole answer but for what the two programs differ in: who they are and what they have.
    fileprivate var withoutSelf: String {
        let own = ["date", "x-request-id", "content-length"]
        let fields = headers.filter { !own.contains($0.name) && !$0.name.hasPrefix("ratelimit-") }
            .map { "\($0.name): \(Self.bare($0))" }.sorted()
        return (["\(status)"] + fields + bareBody).joined(separator: "\n")
    }

    private var bareBody: [String] {
        switch self["content-type"] {
        case "application/json": [Self.bare(json).text]
        case "text/event-stream": text.split(separator: "\n").map(Self.bare)
        default: [text]
        }
    }

    private static func bare(_ header: WireHeader) -> String {
        switch header.name {
        case "mcp-session-id": "\(!header.value.isEmpty)"
        default: header.value
        }
    }

    private static func bare(_ line: Substring) -> String {
        guard line.hasPrefix("data: "), let value = try? JSONDocument(text: String(line.dropFirst(6))).root.value else {
            return String(line)
        }
        return "data: " + bare(value).text
    }

    private static func bare(_ value: JSONValue) -> JSONValue {
        let own: Set = [
            "serverInfo", "io.modelcontextprotocol/serverInfo", "capabilities", "instructions", "tools", "resources",
            "resourceTemplates", "prompts", "nextCursor",
        ]
        return switch value {
        case .object(let members):
            .object(members.filter { !own.contains($0.name) }.map { JSONMember($0.name, bare($0.value)) })
        case .array(let elements): .array(elements.map(bare))
        default: value
        }
    }
}
