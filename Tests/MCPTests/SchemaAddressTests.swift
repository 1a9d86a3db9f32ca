import Testing

@testable import MCP

@Suite("The address of a schema")
struct SchemaAddressTests {
    @Test(
        "is resolved as the standard's examples have it",
        arguments: [
            ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"), (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
            ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"), ("g;x=1/../y", "http://a/b/c/y"), ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/../x", "http://a/b/c/g#s/../x"),
        ]
    )
    func resolution(reference: String, target: String) {
        let base = SchemaAddress("http://a/b/c/d;p?q")
        #expect(base.resolving(SchemaAddress(reference)) == SchemaAddress(target))
    }

    @Test("may be a name without a path, or none at all")
    func names() {
        let name = SchemaAddress("urn:uuid:deadbeef")
        #expect(name.resolving(SchemaAddress("#a")) == SchemaAddress("urn:uuid:deadbeef#a"))
        #expect(SchemaAddress("").resolving(SchemaAddress("tree.json")) == SchemaAddress("tree.json"))
        #expect(SchemaAddress("a/b").resolving(SchemaAddress("c")) == SchemaAddress("a/c"))
        #expect(SchemaAddress("HTTP://a/").resolving(SchemaAddress("b")) == SchemaAddress("http://a/b"))
        #expect(SchemaAddress("a#b").withoutFragment == SchemaAddress("a"))
    }

    @Test("has a fragment that is decoded once", arguments: [("a%25b", "a%b"), ("%C3%A4", "ä"), ("", "")])
    func fragments(fragment: String, text: String) {
        #expect(SchemaAddress.decoded(fragment) == text)
    }

    @Test("has no fragment that is not well formed", arguments: ["%", "%4", "%zz", "%FF"])
    func mistakes(fragment: String) {
        #expect(SchemaAddress.decoded(fragment) == nil)
    }
}
