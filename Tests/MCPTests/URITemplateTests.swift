import MCP
import Testing

@Suite("A pattern of addresses")
struct URITemplateTests {
    @Test(
        "is read backwards",
        arguments: [
            ("notes://{id}", "notes://12", ["id": "12"]),
            ("a://{x}/b/{y}.json", "a://1/b/2.json", ["x": "1", "y": "2"]),
            ("a://{x}", "a://%2F", ["x": "%2F"]), ("a://b", "a://b", [:]),
            ("{x}-{y}-z", "a-b-z", ["x": "a", "y": "b"]), ("a://{x}-{y}", "a://--b", ["x": "-", "y": "b"]),
            ("a://{x}/{x}", "a://1/1", ["x": "1"]),
        ] as [(String, String, [String: String])]
    )
    func match(pattern: String, uri: String, values: [String: String]) throws {
        let template = try #require(URITemplate(pattern))
        #expect(template.match(uri) == values)
        #expect(Set(template.variables) == Set(values.keys))
    }

    @Test(
        "does not fit other addresses",
        arguments: [
            ("notes://{id}", "notes://"), ("notes://{id}", "notes://a/b"), ("notes://{id}", "Notes://a"),
            ("a://{x}/b", "a://1/c"), ("a://{x}", "a://1?q"), ("a://b", "a://bc"), ("a://{x}/b", "a://b"),
            ("a://{x}/{x}", "a://1/2"),
        ]
    )
    func mismatch(pattern: String, uri: String) throws {
        #expect(try #require(URITemplate(pattern)).match(uri) == nil)
    }

    @Test("is refused when it is more than names", arguments: ["a{", "a}", "{}", "{+x}", "{x*}", "{a,b}", "{a}}"])
    func refusals(pattern: String) {
        #expect(URITemplate(pattern) == nil)
    }
}
