import HTTP
import Testing

@Suite("A request's target")
struct HTTPRequestTests {
    @Test(
        "has a path and a query",
        arguments: [
            ("/", "/", nil), ("/a/b", "/a/b", nil), ("/a?b=c", "/a", "b=c"), ("/a?", "/a", ""),
            ("/a%2Fb?c?d", "/a%2Fb", "c?d"), ("*", "*", nil), ("http://h", "/", nil), ("http://h/a?b", "/a", "b"),
            ("https://h:8?b=/c", "/", "b=/c"), ("/a:b/c?d:e", "/a:b/c", "d:e"),
        ] as [(String, String, String?)]
    )
    func parts(target: String, path: String, query: String?) {
        let request = HTTPRequest(method: .get, target: target)
        #expect(request.path == path)
        #expect(request.queryText.map(String.init) == query)
    }

    @Test("gives its query as decoded pairs")
    func query() {
        let request = HTTPRequest(method: .get, target: "/?a=1&b=%C3%A9+x&a=2&c&=d&&e=f=g")
        #expect(request.query?.items.map(\.name) == ["a", "b", "a", "c", "", "e"])
        #expect(request.query?.all("a") == ["1", "2"])
        #expect(request.query?.first("b") == "é x")
        #expect(request.query?.first("c") == "")
        #expect(request.query?.first("e") == "f=g")
    }

    @Test("with a malformed query has none", arguments: ["/?a=%", "/?a=%4", "/?a=%zz", "/?a=%FF", "/?%C3=b"])
    func malformedQuery(target: String) {
        #expect(HTTPRequest(method: .get, target: target).query == nil)
    }

    @Test("can carry any text once that is encoded", arguments: ["", "a b", "ü/?#%&=+", "\u{0}\n", "日本"])
    func encoding(text: String) {
        let encoded = PercentEncoding.encode(text)
        #expect(encoded.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "-._~%".utf8.contains($0) })
        #expect(PercentEncoding.decode(encoded.utf8) == text)
    }
}
