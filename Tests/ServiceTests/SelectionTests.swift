import Catalog
import Identity
import JSON
import TestSupport
import Testing
import Tools

@Suite("A request that asks for less")
struct SelectionTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Linden")
    }

    /// A way to ask, and what of the credential's tools it leaves.
    struct Way: Sendable, CustomTestStringConvertible {
        var headers: [String: String] = [:]
        var suffix = ""
        let leaves: @Sendable (String, String, Bool) -> Bool

        var testDescription: String { "\(headers) \(suffix)" }
    }

    private static let ways: [Way] = [
        Way(headers: ["X-MCP-Toolsets": "contacts"]) { _, toolset, _ in toolset == "contacts" },
        Way(headers: ["x-mcp-toolsets": "contacts, companies"]) { _, toolset, _ in
            ["contacts", "companies"].contains(toolset)
        },
        Way(headers: ["X-MCP-Tools": "get_contact,whoami"]) { name, _, _ in ["get_contact", "whoami"].contains(name) },
        Way(headers: ["X-MCP-Exclude-Tools": "get_contact"]) { name, _, _ in name != "get_contact" },
        Way(headers: ["X-MCP-Readonly": "true"]) { _, _, writes in !writes },
        Way(headers: ["X-MCP-Readonly": "false", "X-MCP-Tools": ""]) { _, _, _ in true },
        Way(suffix: "?features=companies") { _, toolset, _ in toolset == "companies" },
        Way(suffix: "?tools=get_contact") { name, _, _ in name == "get_contact" },
        Way(suffix: "?read_only=true") { _, _, writes in !writes },
        Way(suffix: "/x/contacts") { _, toolset, _ in toolset == "contacts" },
        Way(suffix: "/readonly") { _, _, writes in !writes },
        Way(suffix: "/x/contacts/readonly/") { _, toolset, writes in toolset == "contacts" && !writes },
        Way(headers: ["X-MCP-Toolsets": "contacts"], suffix: "/x/companies") { _, _, _ in false },
        Way(headers: ["X-MCP-Tools": "get_contact,delete_contact"], suffix: "/x/contacts?read_only=1") { name, _, _ in
            name == "get_contact"
        },
    ]

    private func names(_ client: Client, _ way: Way) throws -> [String] {
        var (names, params): ([String], JSONValue) = ([], [:])
        while true {
            let page = try client.wire.exchange(request(client, way, "tools/list", params)).json["result"]
            names += page?["tools"]?.elements.compactMap { $0["name"]?.string } ?? []
            guard let next = page?["nextCursor"] else { return names }
            params = ["cursor": next]
        }
    }

    private func request(_ client: Client, _ way: Way, _ method: String, _ params: JSONValue = [:]) -> WireRequest {
        var request = client.request(method, params)
        request.path += way.suffix
        for (name, value) in way.headers { request[name] = value }
        return request
    }

    @Test("sees and calls what is left, and the next request sees everything again", arguments: ways)
    func leaves(way: Way) throws {
        let client = try bench.client(workspace, profile: .all)
        let expected = Catalog.registry.tools.filter { way.leaves($0.name, $0.toolset, $0.effects.writes) }.map(\.name)
        #expect(try names(client, way) == expected)
        #expect(try client.toolNames() == Catalog.registry.names)
        #expect(try names(client, way) == expected)
        for name in ["get_contact", "delete_contact"] {
            let params: JSONValue = [
                "name": .string(name), "arguments": ["id": "con_00000000000000000000000000000000"],
            ]
            let reply = ToolReply(try client.wire.exchange(request(client, way, "tools/call", params)))
            let isLeft = expected.contains(name)
            #expect(
                (reply.code == "not_found") == isLeft && (reply.rpcCode == -32602) == !isLeft, "\(reply.answer.text)")
        }
    }

    @Test("with a session holds for that request alone")
    func session() throws {
        let client = try bench.client(workspace, era: .handshake("2025-11-25"), profile: .all)
        try client.open()
        let way = Way(headers: ["X-MCP-Toolsets": "contacts"]) { _, _, _ in true }
        #expect(try names(client, way).count == Catalog.registry.tools.filter { $0.toolset == "contacts" }.count)
        #expect(try client.toolNames() == Catalog.registry.names)
    }

    @Test("gets nothing that its credential does not see")
    func noMore() throws {
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            $0.readOnly = true
            $0.features = ["contacts"]
        }
        let client = try bench.service.client(workspace, token)
        let all = try client.toolNames()
        for way in Self.ways + [
            Way(headers: ["X-MCP-Toolsets": "companies", "X-MCP-Readonly": "false"]) { _, _, _ in true },
            Way(suffix: "?features=contacts,companies&read_only=false") { _, _, _ in true },
        ] { #expect(Set(try names(client, way)).isSubset(of: all), "\(way)") }
    }

    @Test(
        "is refused with what there is when it names what nobody has",
        arguments: [
            Way(headers: ["X-MCP-Toolsets": "contacs"]) { _, _, _ in true },
            Way(headers: ["X-MCP-Tools": "get_contact,get_contct"]) { _, _, _ in true },
            Way(headers: ["X-MCP-Exclude-Tools": "nothing"]) { _, _, _ in true },
            Way(suffix: "/x/nothing") { _, _, _ in true }, Way(suffix: "?tools=nothing") { _, _, _ in true },
            Way(headers: ["X-MCP-Readonly": "perhaps"]) { _, _, _ in true },
        ])
    func unknown(way: Way) throws {
        let client = try bench.client(workspace, profile: .all)
        for method in ["tools/list", "tools/call"] {
            let params: JSONValue = method == "tools/call" ? ["name": "delete_contact", "arguments": [:]] : [:]
            let answer = try client.wire.exchange(request(client, way, method, params))
            #expect(answer.status == 400 && answer.json["error"]?["code"] == -32602, "\(answer.text)")
            let message = answer.json["error"]?["message"]?.string ?? ""
            #expect(
                message.contains("contacts") || message.contains("get_contact") || message.contains("true or false"))
        }
        client.token = "mcp_live_nonsense"
        #expect(try client.wire.exchange(request(client, way, "tools/list")).status == 401, "Only a caller is told")
    }

    @Test("by a path that is none is not found")
    func paths() throws {
        let client = try bench.client(workspace)
        for suffix in ["/x", "/x/", "/y/contacts", "/readonly/x", "/x/contacts/more", "//readonly", "/x//readonly"] {
            let answer = try client.wire.exchange(
                request(client, Way(suffix: suffix) { _, _, _ in true }, "tools/list"))
            #expect(answer.status == 404, "\(suffix)")
        }
    }

    @Test("with a key of Workestra's kind sees its tools, and what it asks for of its groups")
    func keys() throws {
        let key = try bench.token(for: workspace) { $0.kind = .key }
        #expect(key.hasPrefix("sk_live_"))
        let client = try bench.service.client(workspace, key)
        let known = [
            "get_contact", "create_contact", "update_contact", "delete_contact", "get_company", "bulk_update_contacts",
        ]
        let names = try client.toolNames()
        #expect(Set(known).isSubset(of: names) && !names.contains("workspaceSummary") && !names.contains("whoami"))
        let way = Way(suffix: "?features=workspace") { _, _, _ in true }
        #expect(try self.names(client, way).contains("bulk_update_contacts"))
        #expect(try !self.names(client, way).contains("get_contact"))
        let preview = try bench.registry(of: workspace) { try $0.list() }.map(\.text).joined()
        #expect(preview.contains("sk_live_…" + key.suffix(4)))
        client.token = "sk_live_…" + key.suffix(4)
        #expect(try client.ask("tools/list").json["reason"] == "preview_sent")
    }

    @Test("of a key that is read-only, narrowed or over is refused as of a token")
    func keySettings() throws {
        let key = try bench.token(for: workspace) {
            $0.kind = .key
            $0.name = "w key"
            $0.readOnly = true
            $0.permissions = ["read_contacts", "update_contacts"]
            $0.features = ["contacts", "workspace"]
        }
        let client = try bench.service.client(workspace, key)
        #expect(try client.toolNames().allSatisfy { Catalog.registry[$0]?.permission == .read("contacts") })
        let rotated = try bench.registry(of: workspace) { try $0.rotate("w key", overlap: 0) }.token.text
        #expect(rotated.hasPrefix("sk_live_"))
        #expect(try client.ask("tools/list").status == 401)
        #expect(try bench.service.client(workspace, rotated).toolNames().contains("get_contact"))
    }
}
