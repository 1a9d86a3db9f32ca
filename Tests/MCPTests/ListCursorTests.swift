import Crypto
import HTTP
import JSON
import MCP
import Testing

@Suite("A cursor of a list")
struct ListCursorTests {
    private var nodes: [SampleService]

    init() throws {
        let seal = try Seal(keys: [.random(id: 1)])
        nodes = try (0..<2).map { _ in try SampleService(seal: seal, isWide: true) }
    }

    private func page(_ cursor: String, of list: String = "tools") throws -> HTTPRequest {
        try TwoNodes().stateless("\(list)/list", #""cursor":"\#(cursor)""#)
    }

    private func first(of list: String) throws -> String {
        var node = nodes[0]
        let answer = node.answer(try TwoNodes().stateless("\(list)/list"))
        return try #require(answer.message?["result"]?["nextCursor"]?.string)
    }

    private func isRefused(_ response: HTTPResponse) -> Bool {
        response.status == .ok && response.message?["error"]?["code"]?.integer == -32602
    }

    @Test("leads on at any node", arguments: ["tools", "resources"])
    func otherNode(list: String) throws {
        var node = nodes[1]
        let result = node.answer(try page(first(of: list), of: list)).message?["result"]
        #expect(result?[list]?.count == 1)
        #expect(result?["nextCursor"] == nil)
    }

    @Test("is of no use when it is changed, cut or made up")
    func tampering() throws {
        let cursor = try first(of: "tools")
        var node = nodes[0]
        for position in cursor.indices {
            var changed = cursor
            changed.replaceSubrange(position...position, with: cursor[position] == "A" ? "B" : "A")
            #expect(isRefused(node.answer(try page(changed))), "\(position)")
        }
        for forged in ["", "echo", String(cursor.dropLast()), cursor + "A"] {
            #expect(isRefused(node.answer(try page(forged))))
        }
    }

    @Test("is of no use for another list, to another caller, or when its key is gone")
    func foreign() throws {
        let cursor = try first(of: "tools")
        var node = nodes[1]
        for list in ["resources", "prompts", "resources/templates"] {
            #expect(isRefused(node.answer(try page(cursor, of: list))), "\(list)")
        }
        node.caller = "bob"
        #expect(isRefused(node.answer(try page(cursor))))
        var other = try SampleService(isWide: true)
        #expect(isRefused(other.answer(try page(cursor))))
    }
}
