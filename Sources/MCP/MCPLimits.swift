package import JSON

/// How much a client may ask for, and for how long.
package struct MCPLimits: Sendable {
    /// The largest body, in bytes.
    package var bodyBytes = 4 << 20
    /// The limits of the document in a body.
    package var json = JSONLimits()
    /// The most messages in a batch.
    package var batchCount = 50
    /// How many tools a page of a list has.
    package var pageSize = 100
    /// How long a session lives.
    package var sessionLifetime = Duration.seconds(24 * 60 * 60)
    /// How long a session may rest between two requests; `nil` for as long as it lives.
    package var sessionIdleTime: Duration? = .seconds(30 * 60)
    /// How long a client may keep a list, or the answer to `server/discover`.
    package var listTTL = Duration.seconds(60)
    /// How many rendered lists of tools are kept in memory.
    package var keptListings = 256

    /// Takes the defaults.
    package init() {}
}

extension Duration {
    /// The whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }

    /// The whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
