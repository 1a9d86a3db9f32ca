import HTTP
import MCP
import Testing

@Suite("The policy on origins")
struct OriginPolicyTests {
    private let policy = OriginPolicy(hosts: ["api.example.net"], origins: ["https://inspector.example.net"])
    private let development = OriginPolicy(hosts: ["api.example.net"], origins: [], allowsLoopback: true)

    private func request(_ method: HTTPMethod = .post, host: String?, origin: String?) -> HTTPRequest {
        var headers = HTTPHeaders()
        if let host { headers.append(.host, host) }
        if let origin { headers.append(.origin, origin) }
        return HTTPRequest(method: method, target: "/", headers: headers)
    }

    @Test(
        "lets our names and listed pages pass",
        arguments: [
            ("api.example.net", nil, nil), ("API.Example.NET", nil, nil),
            ("api.example.net", "https://inspector.example.net", nil), ("evil.example", nil, 421), (nil, nil, 421),
            ("api.example.net:8443", nil, 421), ("localhost:8080", nil, 421),
            ("api.example.net", "https://evil.example", 403), ("api.example.net", "null", 403),
            ("api.example.net", "http://inspector.example.net", 403), ("api.example.net", "http://localhost:3000", 403),
            ("api.example.net", "https://inspector.example.net.evil.example", 403), ("api.example.net", "", 403),
        ] as [(String?, String?, Int?)]
    )
    func production(host: String?, origin: String?, status: Int?) {
        #expect(policy.refusal(of: request(host: host, origin: origin))?.status.rawValue == status)
    }

    @Test(
        "lets this machine pass in development",
        arguments: [
            ("localhost:8080", "http://localhost:8080", nil), ("127.0.0.1:1", "http://127.0.0.1:9", nil),
            ("[::1]:8080", "http://[::1]:8080", nil), ("localhost", nil, nil),
            ("evil.example", "http://evil.example", 421), ("localhost:8080", "http://evil.example", 403),
            ("localhost.evil.example", nil, 421), ("localhost:99999", nil, 421),
            ("localhost:8080", "http://localhost:8080.evil.example", 403), ("localhost:8080", "file://localhost", 403),
            ("localhost:8080", "http://localhost:+80", 403), ("localhost:", nil, 421),
        ] as [(String, String?, Int?)]
    )
    func loopback(host: String, origin: String?, status: Int?) {
        #expect(development.refusal(of: request(host: host, origin: origin))?.status.rawValue == status)
    }

    @Test("refuses an origin that stands twice")
    func twice() {
        var request = request(host: "api.example.net", origin: "https://inspector.example.net")
        request.headers.append(.origin, "https://inspector.example.net")
        #expect(policy.refusal(of: request)?.status == .forbidden)
    }

    @Test("answers a browser that asks first")
    func preflight() throws {
        var request = request(.options, host: "api.example.net", origin: "https://inspector.example.net")
        request.headers.append(.accessControlRequestHeaders, "Mcp-Param-Region, x-other, mcp-name")
        let response = try #require(policy.preflight(request))
        #expect(response.status == .noContent)
        #expect(response.headers.first(.accessControlAllowOrigin) == "https://inspector.example.net")
        #expect(response.headers.first(.accessControlAllowMethods) == "POST, GET, DELETE")
        let allowed = try #require(response.headers.first(.accessControlAllowHeaders) as String?)
        #expect(allowed.hasSuffix(", mcp-param-region"))
        #expect(!allowed.contains("x-other"))
        request.method = .post
        #expect(policy.preflight(request) == nil)
    }

    @Test("shows answers to pages that may see them, and to no others")
    func sharing() {
        var response = HTTPResponse(status: .ok)
        policy.share(&response, with: request(host: "api.example.net", origin: "https://evil.example"))
        #expect(response.headers.count == 0)
        policy.share(&response, with: request(host: "api.example.net", origin: "https://inspector.example.net"))
        #expect(response.headers.first(.accessControlAllowOrigin) == "https://inspector.example.net")
        #expect(response.headers.first(.vary) == "Origin")
    }
}
