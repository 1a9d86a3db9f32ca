import Crypto
import Identity
import Testing

@Suite("Access tokens")
struct AccessTokenTests {
    private let workspace = WorkspaceID(RowID(uuid: "0199d3c0-a1b2-7c3d-8e4f-0123456789ab")!)

    @Test("are read back as they were made, and know their workspace")
    func roundTrip() throws {
        let token = AccessToken(for: workspace)
        let read = try #require(AccessToken(token.text))
        #expect(read.text == token.text)
        #expect(read.isMade(for: workspace.text))
        #expect(!read.isMade(for: "wsp_0199d3c0a1b27c3d8e4f0123456789ac"))
        #expect(!read.isMade(for: "nonsense"))
    }

    @Test("differ each time")
    func differ() {
        #expect(Set((0..<100).map { _ in AccessToken(for: workspace).text }).count == 100)
    }

    @Test("with any one character changed are malformed")
    func checksum() {
        let text = Array(AccessToken(for: workspace).text)
        for position in text.indices {
            var changed = text
            changed[position] = text[position] == "a" ? "b" : "a"
            #expect(AccessToken(String(changed)) == nil, "position \(position)")
        }
    }

    @Test("too short, too long or with another prefix are malformed")
    func form() {
        let text = AccessToken(for: workspace).text
        #expect(AccessToken(String(text.dropLast())) == nil)
        #expect(AccessToken(text + "a") == nil)
        #expect(AccessToken("sk_live_" + text.dropFirst(9)) == nil)
        #expect(AccessToken("") == nil)
    }

    @Test(
        "are told from their previews",
        arguments: ["mcp_live_…a1b2", "mcp_live_...a1b2", "mcp_live_****a1b2", "mcp_live_a1b2", "mcp_live_"]
    )
    func preview(text: String) {
        #expect(AccessToken.isPreview(text))
        #expect(!AccessToken.isPreview(AccessToken(for: workspace).text))
    }

    @Test("show their last four characters and nothing else in the preview")
    func previewText() {
        let token = AccessToken(for: workspace)
        #expect(token.preview == "mcp_live_…" + token.text.suffix(4))
    }

    @Test("have another digest under another pepper")
    func pepper() throws {
        let token = AccessToken(for: workspace)
        let first = try #require(TokenPepper([UInt8](repeating: 1, count: 32)))
        let second = try #require(TokenPepper([UInt8](repeating: 2, count: 32)))
        #expect(TokenDigest(of: token, pepper: first) == TokenDigest(of: token, pepper: first))
        #expect(TokenDigest(of: token, pepper: first) != TokenDigest(of: token, pepper: second))
        #expect(TokenPepper([UInt8](repeating: 1, count: 15)) == nil)
    }
}
