import Testing

/// The table of what the revisions have and have not, row by row; each is shown by a conversation in every revision, also
/// where it is that the server lacks it. Authorization is no part of the protocol library; see `ServiceTests`.
@Suite("The behaviour of each revision")
struct BehaviourTests {
    private static let revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]

    private static let rows = [
        "handshake", "server/discover", "_meta of each request", "POST", "GET and DELETE", "HTTP+SSE", "batches",
        "MCP-Protocol-Version", "Mcp-Method, Mcp-Name, Mcp-Param-*", "Mcp-Session-Id", "Origin", "event ids",
        "disconnect", "notifications/cancelled", "server requests", "resultType", "ttlMs and cacheScope", "serverInfo",
        "unknown method", "resource not found", "bad arguments", "ping", "logging", "resources/subscribe",
        "subscriptions/listen", "message of progress", "completion", "tool annotations", "audio",
        "title, resource_link, _meta", "structuredContent and outputSchema", "icons, description, websiteUrl",
        "dialect of schemas", "elicitation", "fields of forms", "tools in sampling", "tasks", "extensions",
    ]

    private static let shown = Transcript.all.reduce(into: Set<Transcript.Example>()) { $0.formUnion($1.examples) }

    @Test("is shown by a conversation", arguments: rows, revisions)
    func coverage(row: String, revision: String) {
        #expect(Self.shown.contains(Transcript.Example(behaviour: row, revision: revision)))
    }

    @Test("is in the table if a conversation shows it")
    func unknownRows() {
        for example in Self.shown {
            #expect(Self.rows.contains(example.behaviour) && Self.revisions.contains(example.revision), "\(example)")
        }
    }
}
