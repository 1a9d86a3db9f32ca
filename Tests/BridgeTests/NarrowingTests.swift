import JSON
import Testing

@testable import Bridge

@Suite("Narrowing")
struct NarrowingTests {
    private static let page = """
        {"jsonrpc": "2.0", "id": 7, "result": {"resultType": "complete", "tools": [
          {"name": "read", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": true}, "x": 1.0},
          {"name": "write", "annotations": {"readOnlyHint": false}},
          {"name": "unsaid"},
          {"name": "odd", "annotations": {"readOnlyHint": "true"}}
        ], "nextCursor": "c-1", "ttlMs": 5}}
        """

    private func names(_ narrowing: Narrowing) throws -> [String] {
        let page = try #require(ToolPage(JSONDocument(text: Self.page).root))
        let kept = try JSONDocument(page.keeping(narrowing.shows)).root
        return kept["result"]?["tools"]?.elements?.compactMap { $0["name"]?.string } ?? []
    }

    @Test("leaves what was named and what says that it reads, and only both where both are asked for")
    func shows() throws {
        #expect(try names(.none) == ["read", "write", "unsaid", "odd"])
        #expect(try names(Narrowing(isReadOnly: true, names: nil)) == ["read"])
        #expect(try names(Narrowing(isReadOnly: false, names: ["write", "read", "missing"])) == ["read", "write"])
        #expect(try names(Narrowing(isReadOnly: true, names: ["write"])) == [])
    }

    @Test("changes nothing else of a page")
    func page() throws {
        let page = try #require(ToolPage(JSONDocument(text: Self.page).root))
        #expect(page.nextCursor == "\"c-1\"")
        let kept = String(decoding: page.keeping(try Narrowing(isReadOnly: true, names: nil).shows), as: UTF8.self)
        #expect(
            kept == """
                {"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","tools":[{"name": "read", "inputSchema": \
                {"type": "object"}, "annotations": {"readOnlyHint": true}, "x": 1.0}],"nextCursor":"c-1","ttlMs":5}}
                """
        )
    }

    @Test("compares names as bytes")
    func bytes() throws {
        let narrowing = try Narrowing(isReadOnly: false, names: ["K"])
        #expect(narrowing.admits("K"))
        #expect(!narrowing.admits("k"))
        #expect(!narrowing.admits("\u{212A}"), "The Kelvin sign, which is equal to K as a text")
    }

    @Test(
        "is refused where it names nothing, for that must not leave everything",
        arguments: [[], [""], ["a b"], ["a\""]])
    func mistakes(names: [String]) {
        #expect(throws: BridgeError.self) { try Narrowing(isReadOnly: false, names: names) }
    }
}
