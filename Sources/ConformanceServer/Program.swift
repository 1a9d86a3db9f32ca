import Crypto
import Dispatch
import Glibc
import HTTP
import HTTPServer
import JSON
import MCP
import Telemetry

/// Serves the fixtures of the official conformance suite on the protocol library, without authentication.
///
///     ConformanceServer [port] [nodes]
///
/// With several nodes, requests go to them in turn. They share keys and a mailroom and nothing else, as processes behind
/// a load balancer do.
@main
enum Program {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap(UInt16.init)
        let changes = ChangeBoard()
        let seal = try Seal(keys: [.random(id: 1)])
        let mailroom = LocalMailroom()
        let nodes = (0..<max(1, numbers.dropFirst().first ?? 1)).map { _ in
            MCPServer(provider: Fixtures(changes), seal: seal, limits: limits, mailroom: mailroom)
        }
        changes.onChange { change in nodes[0].announce(change, in: Fixtures.scope) }
        let endpoint = Endpoint(nodes, origins: OriginPolicy(hosts: [], origins: [], allowsLoopback: true))
        var configuration = HTTPServerConfiguration()
        configuration.port = numbers.first ?? 8765
        configuration.host = "::"
        let http = HTTPServer(configuration: configuration) { endpoint.receive($0, $1) }
        let bound = try http.start()
        print("Listening on http://localhost:\(bound)/mcp")
        waitForSignal()
        for node in nodes { node.endStreams() }
        http.drain(deadline: .seconds(2))
    }

    /// Short times, for the suite does not wait long.
    private static var limits: MCPLimits {
        var limits = MCPLimits()
        limits.questionTime = .seconds(30)
        limits.progressRate = 50
        // Everybody is one caller.
        limits.conversationsPerCaller = limits.conversationCount
        limits.streamsPerCaller = 100_000
        limits.noticeInterval = .milliseconds(100)
        return limits
    }

    private static func waitForSignal() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        var signal: Int32 = 0
        sigwait(&set, &signal)
    }
}
