import HTTP
import Testing

@Suite("The route table")
struct HTTPRouteTests {
    private let table = HTTPRouteTable<String>([
        HTTPRoute(.get, "/", "root"),
        HTTPRoute(.get, "/healthz", "health"),
        HTTPRoute(.post, "/w/{workspace}/mcp", "protocol"),
        HTTPRoute(.delete, "/w/{workspace}/mcp", "end"),
        HTTPRoute(.get, "/w/new/mcp", "new"),
        HTTPRoute(.get, "/known/{path...}", "known"),
    ])

    private func found(_ method: HTTPMethod, _ path: String) -> [String: String]? {
        guard case .found(let destination, var parameters) = table.match(method, path: path) else { return nil }
        parameters["->"] = destination
        return parameters
    }

    @Test(
        "finds what fits",
        arguments: [
            ("GET", "/", ["->": "root"]), ("GET", "/healthz", ["->": "health"]), ("GET", "/healthz/", ["->": "health"]),
            ("HEAD", "/healthz", ["->": "health"]), ("POST", "/w/acme/mcp", ["->": "protocol", "workspace": "acme"]),
            ("POST", "/w/a%20b/mcp/", ["->": "protocol", "workspace": "a b"]),
            ("DELETE", "/w/acme/mcp", ["->": "end", "workspace": "acme"]),
            ("GET", "/known/a/b", ["->": "known", "path": "a/b"]), ("GET", "/known", ["->": "known", "path": ""]),
        ]
    )
    func find(method: String, path: String, expected: [String: String]) {
        #expect(found(HTTPMethod(rawValue: method), path) == expected)
    }

    @Test(
        "finds nothing for other paths",
        arguments: [
            "/w", "/w/acme", "/w//mcp", "//healthz", "/healthz//", "/W/acme/mcp", "/w/../mcp", "/w/%2e%2E/mcp",
            "/w/a%2Fb/mcp", "/w/a%00/mcp", "/w/%FF/mcp", "/w/acme/mcp/x", "/x",
        ]
    )
    func nothing(path: String) {
        guard case .notFound = table.match(.post, path: path) else {
            Issue.record("\(path) was found")
            return
        }
    }

    @Test("says which methods a path has")
    func methods() {
        guard case .methodNotAllowed(let methods) = table.match(.get, path: "/w/acme/mcp") else {
            Issue.record("The method was not refused")
            return
        }
        #expect(methods == [.post, .delete])
    }
}
