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
///     ConformanceServer [port]
@main
enum Program {
    static func main() throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap(UInt16.init) ?? 8765
        let changes = ChangeBoard()
        let server = MCPServer(
            provider: Fixtures(changes),
            seal: try Seal(keys: [.random(id: 1)]),
            limits: limits
        )
        changes.onChange { server.announce($0, in: Fixtures.scope) }
        let endpoint = Endpoint(server, origins: OriginPolicy(hosts: [], origins: [], allowsLoopback: true))
        var configuration = HTTPServerConfiguration()
        configuration.port = port
        configuration.host = "::"
        let http = HTTPServer(configuration: configuration) { endpoint.receive($0, $1) }
        let bound = try http.start()
        print("Listening on http://localhost:\(bound)/mcp")
        waitForSignal()
        server.endStreams()
        http.drain(deadline: .seconds(2))
    }

    /// Short times, for the suite does not wait long.
    private static var limits: MCPLimits {
        var limits = MCPLimits()
        limits.questionTime = .seconds(30)
        limits.progressRate = 50
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
