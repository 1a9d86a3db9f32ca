import Identity
import JSON
import Testing

@Suite("The document about an endpoint")
struct ProtectedResourceTests {
    @Test("names the endpoint and how a token is sent, and no server that issues tokens where there is none")
    func document() {
        let resource = ProtectedResource(origin: "https://mcp.example.com", path: "/app/api/mcp/server/wsp_1")
        #expect(resource.metadata.hasSuffix("/.well-known/oauth-protected-resource/app/api/mcp/server/wsp_1"))
        #expect(
            resource.document == [
                "resource": "https://mcp.example.com/app/api/mcp/server/wsp_1", "bearer_methods_supported": ["header"],
                "resource_name": "Workport",
            ]
        )
    }

    @Test("names the servers that issue tokens where there are some")
    func authorizationServers() {
        let issuer = "https://mcp.example.com"
        let resource = ProtectedResource(origin: issuer, path: "/a", authorizationServers: [issuer])
        #expect(resource.document["authorization_servers"] == [.string(issuer)])
    }
}
