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

@Suite("Identifiers")
struct RowIDTests {
    @Test("that are made are of version 7 and in the order of their time, to the microsecond")
    func timeOrdered() {
        let random: UInt64 = 0xFF02_0304_0506_0708
        let start: Int64 = 1_700_000_000_123_456
        // 1_700_000_000_123 milliseconds, and 456 microseconds in units of 1/4096 millisecond.
        #expect(RowID(at: start, random: random).digits == "018bcfe5687b774b" + "bf02030405060708")
        let keys = (0..<3_000).map { RowID(at: start + $0, random: random).digits }
        #expect(keys == keys.sorted() && Set(keys).count == keys.count)
        #expect(RowID(at: 0, random: 0).digits == "00000000000070008000000000000000")
    }

    @Test(
        "are 32 lower-case hexadecimal digits behind their prefix",
        arguments: [
            ("tsk_0199d3c0a1b27c3d8e4f0123456789ab", true), ("tsk_0199D3C0A1B27C3D8E4F0123456789AB", false),
            ("tsk_0199d3c0a1b27c3d8e4f0123456789a", false), ("tsk_0199d3c0a1b27c3d8e4f0123456789abc", false),
            ("con_0199d3c0a1b27c3d8e4f0123456789ab", false), ("0199d3c0a1b27c3d8e4f0123456789ab", false),
            ("tsk_0199d3c0-a1b2-7c3d-8e4f-0123456789", false), ("tsk_0199d3c0a1b27c3d8e4f0123456789ag", false),
            ("", false), ("tsk_", false), ("tsk_ä199d3c0a1b27c3d8e4f0123456789a", false),
        ]
    )
    func form(text: String, isAccepted: Bool) {
        #expect((RowID(text, prefix: "tsk") != nil) == isAccepted)
    }

    @Test("come from the database with hyphens and go out without")
    func uuid() {
        let row = RowID(uuid: "0199D3C0-a1b2-7c3d-8e4f-0123456789ab")
        #expect(row?.text(prefix: "tsk") == "tsk_0199d3c0a1b27c3d8e4f0123456789ab")
        #expect(RowID(uuid: "0199d3c0-a1b2") == nil)
    }
}
