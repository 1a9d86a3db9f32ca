import JSON
import Synchronization

/// The tools that somebody sees.
package struct ToolListing: Sendable {
    /// The tools in listing order.
    package let tools: [ToolDescription]
    /// What tells this set of tools from all others; with it, pages are rendered once and kept.
    ///
    /// Equal keys promise equal tools in equal order. `nil` for a listing that is not worth keeping.
    package let key: String?

    /// Takes tools in listing order.
    package init(_ tools: [ToolDescription], key: String? = nil) {
        self.tools = tools
        self.key = key
    }

    /// How many bytes of JSON a client of a revision gets for all tools, and for each.
    package func bytes(for revision: Revision) -> (all: Int, each: [(name: String, bytes: Int)]) {
        let each = tools.indices.map { (tools[$0].name, render($0..<$0 + 1, for: revision).count - 2) }
        return (render(0..<tools.count, for: revision).count, each)
    }

    /// The positions of the page after a tool; `nil` if there is no such tool any more.
    func page(after name: String?, size: Int) -> Range<Int>? {
        var start = 0
        if let name {
            guard let last = tools.firstIndex(where: { isSameText($0.name, name) }) else { return nil }
            start = last + 1
        }
        return start..<min(start + size, tools.count)
    }

    /// The JSON array of a page.
    func render(_ page: Range<Int>, for revision: Revision) -> [UInt8] {
        var writer = JSONWriter(capacity: page.count * 1024)
        writer.beginArray()
        for tool in tools[page] { tool.write(for: revision, to: &writer) }
        writer.endArray()
        return writer.bytes
    }
}

/// Rendered pages of listings that have a key.
final class ListingCache: Sendable {
    private struct Key: Hashable {
        let listing: String
        let revision: Revision
        let start: Int
    }

    private let capacity: Int
    private let pages = Mutex<[Key: [UInt8]]>([:])

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// A page of a listing, rendered now unless it was before.
    func bytes(of listing: ToolListing, page: Range<Int>, for revision: Revision) -> [UInt8] {
        guard let name = listing.key else { return listing.render(page, for: revision) }
        let key = Key(listing: name, revision: revision, start: page.lowerBound)
        if let bytes = pages.withLock({ $0[key] }) { return bytes }
        let bytes = listing.render(page, for: revision)
        pages.withLock { pages in
            // Sets of tools are few; when they are not, starting over is as good as choosing.
            if pages.count >= capacity { pages.removeAll() }
            pages[key] = bytes
        }
        return bytes
    }
}
