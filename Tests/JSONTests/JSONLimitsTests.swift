import JSON
import Testing

@Suite("Limits of a document")
struct JSONLimitsTests {
    @Test("let 64 levels pass and stop the 65th", arguments: ["[", "{\"a\":"])
    func depth(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
        }
        #expect(try JSONDocument(text: nested(64)).root.count == 1)
        #expect(throws: JSONError(kind: .tooDeep, offset: 64 * opening.utf8.count)) {
            try JSONDocument(text: nested(65))
        }
        #expect(throws: JSONError(kind: .tooDeep, offset: 64)) {
            try JSONDocument(text: String(repeating: "[", count: 1_000_000))
        }
    }

    @Test("count depth, not brackets")
    func siblings() throws {
        let text = "[" + Array(repeating: "[]", count: 1_000).joined(separator: ",") + "]"
        #expect(try JSONDocument(text: text, limits: JSONLimits(maxDepth: 2)).root.count == 1_000)
    }

    @Test("stop too many bytes before reading them")
    func bytes() throws {
        let limits = JSONLimits(maxBytes: 8)
        #expect(try JSONDocument(text: "\"123456\"", limits: limits).root.string == "123456")
        #expect(throws: JSONError(kind: .tooLarge, offset: 8)) { try JSONDocument(text: "\"1234567\"", limits: limits) }
    }

    @Test("stop too many values")
    func nodes() throws {
        let limits = JSONLimits(maxNodes: 4)
        #expect(try JSONDocument(text: "[1,2,3]", limits: limits).root.count == 3)
        #expect(throws: JSONError(kind: .tooLarge, offset: 7)) { try JSONDocument(text: "[1,2,3,4]", limits: limits) }
    }

    @Test("let a document of the largest size pass")
    func huge() throws {
        let filler = String(repeating: "x", count: (4 << 20) - 2)
        #expect(try JSONDocument(text: "\"\(filler)\"").root.string?.utf8.count == filler.utf8.count)
    }

    @Test("let an object have many names")
    func manyNames() throws {
        let members = (0..<50_000).map { "\"name\($0)\":\($0)" }
        let root = try JSONDocument(text: "{" + members.joined(separator: ",") + "}").root
        #expect(root.count == 50_000)
        #expect(root["name49999"]?.integer == 49_999)
    }
}
