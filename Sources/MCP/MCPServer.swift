package import Crypto
import Dispatch
import HTTP
import JSON
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
    let clock: WallClock
    let seal: Seal
    let mailroom: any Mailroom
    let threads: HandlerThreads
    let openStreams = OpenStreams()
    /// Where what a letter calls for is looked up, one thing after the other.
    let errands = DispatchQueue(label: "workport.mcp.errands")
    private let handshake: Era<P>
    private let stateless: Era<P>
    let vocabulary: Vocabulary
    /// What the server tells clients of the stateless era about itself, which is the same for all.
    let statelessVersions: RawJSON
    let statelessCapabilities: RawJSON

    /// Sets up the protocol for a program.
    ///
    /// - Parameters:
    ///   - provider: What is served.
    ///   - seal: Keys for session ids and cursors, shared by all processes of the service.
    ///   - limits: How much clients may ask for.
    ///   - mailroom: What crosses processes.
    ///   - clock: The time by which sessions end.
    package init(
        provider: P,
        seal: Seal,
        limits: MCPLimits = MCPLimits(),
        mailroom: (any Mailroom)? = nil,
        clock: WallClock = .system
    ) {
        self.provider = provider
        self.limits = limits
        let mailroom = mailroom ?? LocalMailroom(clock: clock)
        sessions = SessionID(seal: seal, limits: limits, clock: clock, mailroom: mailroom)
        cursors = ListCursor(seal: seal)
        listings = ListingCache(capacity: limits.keptListings)
        self.clock = clock
        self.seal = seal
        self.mailroom = mailroom
        threads = HandlerThreads(limit: limits.conversationCount, share: limits.conversationsPerCaller)
        handshake = .handshake(offering: provider.offer)
        stateless = .stateless(offering: provider.offer, introducing: provider.serverInfo)
        statelessVersions = RawJSON(.array(Revision.served(in: .stateless).map { .string($0.rawValue) }))
        statelessCapabilities = RawJSON(provider.offer.json(for: .july2026))
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
