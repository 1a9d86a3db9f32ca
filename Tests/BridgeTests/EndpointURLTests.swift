import Testing

@testable import Bridge

@Suite("The endpoint's address")
struct EndpointURLTests {
    @Test(
        "may be https anywhere and http on this machine",
        arguments: [
            ("https://mcp.example.com/app/api/mcp/server/wsp_1", "https://mcp.example.com", true),
            ("HTTPS://MCP.example.com:8443/x?y=z", "https://mcp.example.com:8443", true),
            ("http://localhost:8080/mcp", "http://localhost:8080", false),
            ("http://127.0.0.1/x", "http://127.0.0.1", false),
            ("http://127.8.9.1:1/x", "http://127.8.9.1:1", false),
            ("http://[::1]:8080/x", "http://[::1]:8080", false),
        ]
    )
    func accepted(text: String, origin: String, isEncrypted: Bool) throws {
        let url = try EndpointURL(text)
        #expect(url.text == text)
        #expect(url.origin == origin)
        #expect(url.isEncrypted == isEncrypted)
    }

    @Test(
        "may not carry the token in clear text to others, unless that is permitted",
        arguments: [
            "http://example.com/x", "http://127.0.0.1.example.com/x", "http://localhost.example.com/x",
            "http://192.168.1.7/x", "http://0.0.0.0/x", "http://[::2]/x", "http://127.0.0.1.:80@example.com/x",
        ]
    )
    func plainText(text: String) throws {
        let code = #expect(throws: BridgeError.self) { try EndpointURL(text) }?.code
        #expect(code == .plainText || code == .url)
        guard code == .plainText else { return }
        #expect(try EndpointURL(text, allowsPlainText: true).isEncrypted == false)
    }

    @Test(
        "is an address and nothing more",
        arguments: [
            "", "example.com", "mcp.example.com/app", "ftp://example.com/x", "file:///etc/passwd", "https://",
            "https://user@example.com/", "https://user:word@example.com/", "https://example.com/x#y",
            "https://example.com/a b", "https://example.com/\n", "https://exämple.com/", "javascript:alert(1)",
            "http://127.0.0.1@example.com/x", "wsp_01a1fad98caa7316bec0af85e71cc907",
        ]
    )
    func refused(text: String) {
        #expect(throws: BridgeError.self) { try EndpointURL(text, allowsPlainText: true) }
    }

    @Test("says what it could be, and that the token would be readable")
    func sentences() {
        #expect(
            throws: BridgeError(
                .url,
                "The URL is no address of an endpoint; it can be https://HOST/app/api/mcp/server/WORKSPACE, as your workspace shows it."
            )
        ) {
            try EndpointURL("example.com")
        }
        let error = #expect(throws: BridgeError.self) { try EndpointURL("http://example.com/x") }
        #expect(error?.message.contains("example.com in clear text") == true)
    }

    @Test("goes with a token that is one word of visible ASCII, and no message shows it")
    func tokens() throws {
        for text in ["", "a b", "a\n", "Bearer x", "ü", "\u{7F}"] {
            let error = #expect(throws: BridgeError.self) { try BearerToken(text) }
            #expect(error?.message.contains("Bearer x") == false)
        }
        let token = try BearerToken("mcp_live_secret")
        #expect(token.headerValue == "Bearer mcp_live_secret")
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(dumped)".contains("secret"))
    }
}
