import Crypto
import Dispatch
import Glibc
import HTTP
import HTTPServer
import JSON
import MCP
import Mail
import Postgres
import Telemetry

/// Serves the fixtures of the official conformance suite on the protocol library, without authentication.
///
///     ConformanceServer [port] [nodes] [page size]
///
/// Port 0 takes a free one; the line that it prints tells which. Lists come in one page unless a page size is given.
/// With several nodes, requests go to them in turn. They share keys and a mailroom and nothing else, as processes behind
/// a load balancer do. Processes that are to be one service share a database as well:
///
///     CONFORMANCE_DATABASE_URL   a migrated database, as the role workport_app
///     CONFORMANCE_WORKSPACE      a workspace of it (wsp_…), among whose rows everything is kept
///     CONFORMANCE_SEAL_KEY       the key of sealed values, 32 bytes in hexadecimal, the same for all
@main
enum Program {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap(UInt16.init)
        let environment = Environment()
        let seal = try Seal(keys: [environment.sealKey.map { try SealKey(id: 1, secret: $0) } ?? .random(id: 1)])
        let pool = environment.databaseURL.map { WorkerPool(PoolConfiguration(url: $0)) }
        let mailroom: any Mailroom
        if let pool, let url = environment.databaseURL {
            let shared = PostgresMailroom(pool, url: url)
            pool.start()
            shared.start()
            mailroom = shared
        } else {
            mailroom = LocalMailroom()
        }
        let shared = SharedState(mailroom: mailroom, tenant: environment.tenant)
        let changes = ChangeBoard(shared)
        var limits = limits
        if numbers.count > 2 { limits.pageSize = max(1, Int(numbers[2])) }
        let nodes = (0..<max(1, numbers.dropFirst().first ?? 1)).map { _ in
            MCPServer(provider: Fixtures(changes), seal: seal, limits: limits, mailroom: mailroom)
        }
        changes.onChange { change in nodes[0].announce(change, in: Fixtures.scope) }
        let endpoint = Endpoint(
            nodes, shared, origins: OriginPolicy(hosts: ["localhost"], origins: [], allowsLoopback: true))
        var configuration = HTTPServerConfiguration()
        configuration.port = numbers.first ?? 8765
        configuration.host = "::"
        let http = HTTPServer(configuration: configuration) { endpoint.receive($0, $1) }
        let bound = try http.start()
        print("Listening on http://localhost:\(bound)/mcp")
        // Whoever started it through a pipe waits for the line.
        fflush(nil)
        waitForSignal()
        for node in nodes { node.endStreams() }
        http.drain(deadline: .seconds(2))
    }

    /// What the environment says, where several processes are to be one service.
    private struct Environment {
        let databaseURL = Self.value("CONFORMANCE_DATABASE_URL")
        let sealKey = Self.value("CONFORMANCE_SEAL_KEY").flatMap(Hex.decode)
        /// The workspace's key, without the prefix that people see.
        let tenant = String((Self.value("CONFORMANCE_WORKSPACE") ?? "").suffix(32))

        private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
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
