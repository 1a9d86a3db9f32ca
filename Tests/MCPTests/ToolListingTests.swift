import JSON
import Testing

@testable import MCP

@Suite("A listing")
struct ToolListingTests {
    private func listing(_ names: [String], key: String? = nil) -> ToolListing {
        ToolListing(
            names.map { name in
                ToolDescription(
                    name: name,
                    description: "Does something.",
                    inputSchema: #"{"type":"object"}"#,
                    annotations: ToolAnnotations(
                        isReadOnly: true,
                        isDestructive: false,
                        isIdempotent: true,
                        isOpenWorld: false
                    )
                )
            },
            key: key
        )
    }

    @Test("is cut into pages by name, so that a page does not move when tools before it go away")
    func pages() {
        #expect(listing(["a", "b", "c"]).page(after: nil, size: 2) == 0..<2)
        #expect(listing(["a", "b", "c"]).page(after: "b", size: 2) == 2..<3)
        #expect(listing(["b", "c"]).page(after: "b", size: 2) == 1..<2)
        #expect(listing(["a", "c"]).page(after: "b", size: 2) == nil)
        #expect(listing(["a"]).page(after: "a", size: 2) == 1..<1)
        #expect(listing([]).page(after: nil, size: 2) == 0..<0)
    }

    @Test("is rendered once for each key, revision and page")
    func cache() throws {
        let cache = ListingCache(capacity: 2)
        let first = listing(["a", "b"], key: "one")
        let bytes = cache.bytes(of: first, page: 0..<2, for: .july2026)
        // Another listing under the same key shows that the kept bytes are used.
        #expect(cache.bytes(of: listing(["x", "y"], key: "one"), page: 0..<2, for: .july2026) == bytes)
        #expect(cache.bytes(of: listing(["x", "y"], key: "two"), page: 0..<2, for: .july2026) != bytes)
        #expect(cache.bytes(of: first, page: 0..<2, for: .november2024) != bytes)
        #expect(cache.bytes(of: listing(["x", "y"]), page: 0..<2, for: .july2026) != bytes)
        // The third page made room by dropping the others.
        #expect(cache.bytes(of: listing(["x", "y"], key: "one"), page: 0..<2, for: .july2026) != bytes)
    }
}
