import Identity
import JSON
import Testing

@Suite("The document about an endpoint, over HTTP")
struct ResourceMetadataTests {
    private static let origin = "https://mcp.example.com"
    private let bench: Bench

    init() throws {
        bench = try Bench(["public-url": "https://MCP.example.com:443/", "allowed-hosts": "other.example.com"])
    }

    private func get(_ path: String, _ method: String = "GET", _ headers: [String: String] = [:]) throws -> WireAnswer {
        var request = WireRequest(method: method, path: path)
        request["Host"] = "mcp.example.com"
        for (name, value) in headers { request[name] = value }
        return try WireClient(port: bench.service.port).exchange(request)
    }

    private func path(of workspace: WorkspaceID) -> String { "/app/api/mcp/server/" + workspace.text }

    private func document(of workspace: WorkspaceID) -> String {
        "/.well-known/oauth-protected-resource" + path(of: workspace)
    }

    @Test("is where the challenge of a refused caller says, and names the endpoint as people paste it")
    func challenge() throws {
        let workspace = try bench.workspace()
        let url = Self.origin + document(of: workspace.id)
        for token in [nil, AccessToken(for: workspace.id).text] {
            for host in ["mcp.example.com", "other.example.com", "127.0.0.1"] {
                let client = try bench.service.client(workspace, token)
                var request = client.request("tools/list")
                request["Host"] = host
                let answer = try client.wire.exchange(request)
                #expect(answer.status == 401)
                let challenge = answer["www-authenticate"] ?? ""
                if token == nil {
                    #expect(challenge == "Bearer resource_metadata=\"\(url)\"", "\(host)")
                } else {
                    #expect(challenge.hasPrefix("Bearer resource_metadata=\"\(url)\", error=\"invalid_token\", "))
                }
                #expect(answer.headers.count { $0.name == "www-authenticate" } == 1)
            }
        }
        let answer = try get(document(of: workspace.id))
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "application/json")
        #expect(answer["cache-control"] == "max-age=300")
        #expect(answer["access-control-allow-origin"] == "*")
        #expect(answer.json["resource"]?.string == Self.origin + path(of: workspace.id))
        #expect(answer.json["bearer_methods_supported"] == ["header"])
        #expect(answer.json["authorization_servers"] == nil, "There is no server that issues tokens")
    }

    @Test("is the same for every workspace that there could be, and there is none for others")
    func everyWorkspace() throws {
        let there = try bench.workspace().id
        let nowhere = try #require(WorkspaceID("wsp_01990000000070008000000000000001"))
        let answers = try [there, nowhere].map { id in
            try get(document(of: id)).comparable.replacing(id.text, with: "•")
        }
        #expect(answers[0] == answers[1])
        #expect(try get(document(of: there) + "/").json["resource"]?.string == Self.origin + path(of: there))
        let prefix = "/.well-known/oauth-protected-resource"
        for path in [
            "", "/", "/app/api/mcp/server", "/app/api/mcp/server/", "/app/api/mcp/server/wsp_1",
            path(of: there).uppercased(), path(of: there) + "/more", "/" + there.text, path(of: there) + "x",
        ] {
            #expect(try get(prefix + path).status == 404, "\(path)")
        }
    }

    @Test("may be read by pages of any origin, and only read")
    func methods() throws {
        let path = document(of: try bench.workspace().id)
        let page = ["Origin": "https://elsewhere.example"]
        #expect(try get(path, "GET", page)["access-control-allow-origin"] == "*")
        let preflight = try get(
            path, "OPTIONS",
            page.merging([
                "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "mcp-protocol-version",
            ]) { $1 }
        )
        #expect(preflight.status == 204)
        #expect(preflight["access-control-allow-origin"] == "*")
        #expect(preflight["access-control-allow-headers"] == "*")
        #expect(preflight["access-control-allow-methods"] == "GET")
        for method in ["POST", "DELETE", "PUT"] {
            let answer = try get(path, method)
            #expect(answer.status == 405)
            #expect(answer["allow"] == "GET, HEAD, OPTIONS")
        }
        #expect(try get(path, "GET", ["Host": "evil.example"]).status == 421)
    }

    @Test("is named by the host of the request on one's own machine alone")
    func localNames() throws {
        let bench = try Bench.shared.get()
        let workspace = try bench.workspace()
        let port = bench.service.port
        for host in ["127.0.0.1:\(port)", "localhost:\(port)", "LOCALHOST"] {
            var request = WireRequest(method: "GET", path: document(of: workspace.id))
            request["Host"] = host
            let answer = try WireClient(port: port).exchange(request)
            #expect(answer.json["resource"]?.string == "http://\(host.lowercased())" + path(of: workspace.id))
        }
        // Behind a proxy that was not told about there is no origin to name.
        let node = try bench.anotherNode(["allowed-hosts": "mcp.example.com"])
        let client = try node.client(workspace, nil)
        var request = client.request("tools/list")
        request["Host"] = "mcp.example.com"
        #expect(try client.wire.exchange(request)["www-authenticate"] == "Bearer realm=\"workport\"")
        request.path = document(of: workspace.id)
        request.method = "GET"
        #expect(try client.wire.exchange(request).status == 404)
    }

    @Test("is found by a page too, for it can read the refusal")
    func pages() throws {
        let bench = try Bench(["allowed-origins": "https://inspector.example.com"])
        let client = try bench.service.client(bench.workspace(), nil)
        for (token, origin) in [(nil, "https://inspector.example.com"), ("wrong", "https://inspector.example.com")] {
            client.token = token
            var request = client.request("tools/list")
            request["Origin"] = origin
            let answer = try client.wire.exchange(request)
            #expect(answer.status == 401)
            #expect(answer["access-control-allow-origin"] == origin)
            #expect(answer["access-control-expose-headers"]?.contains("www-authenticate") == true)
            #expect(answer.headers.count { $0.name == "vary" } == 1)
        }
    }
}
