package import Crypto
import HTTP
package import Telemetry

/// The protocol, for one program: turns requests into plans and what comes of them into answers.
///
/// It has no connections and no threads, and changes nothing but caches. It serves every revision at one endpoint; which
/// one a request speaks is found out by the ladder (``Classification``), one request at a time.
package final class MCPServer<P: Provider>: Sendable {
    let provider: P
    let limits: MCPLimits
    let sessions: SessionID
    let cursors: ListCursor
    let listings: ListingCache
    private let handshake: Era<P>
    private let stateless: Era<P>
    let vocabulary: Vocabulary

    /// Sets up the protocol for a program.
    ///
    /// - Parameters:
    ///   - provider: What is served.
    ///   - seal: Keys for session ids and cursors, shared by all processes of the service.
    ///   - limits: How much clients may ask for.
    ///   - clock: The time by which sessions end.
    package init(provider: P, seal: Seal, limits: MCPLimits = MCPLimits(), clock: WallClock = .system) {
        self.provider = provider
        self.limits = limits
        sessions = SessionID(seal: seal, limits: limits, clock: clock)
        cursors = ListCursor(seal: seal)
        listings = ListingCache(capacity: limits.keptListings)
        handshake = .handshake
        stateless = .stateless(introducing: provider.serverInfo)
        vocabulary = Vocabulary(
            statelessMethods: Set(stateless.methods.keys),
            mirroredArguments: { provider.mirroredArguments(of: $0) }
        )
    }

    func era(_ name: EraName) -> Era<P> {
        switch name {
        case .handshake: handshake
        case .stateless: stateless
        }
    }
}
