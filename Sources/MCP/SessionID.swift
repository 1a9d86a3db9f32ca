import Crypto
import JSON
import Telemetry

/// Makes session ids and reads them back.
///
/// An id is a sealed value, bound to a workspace and a credential: any process that has the keys serves any session,
/// and one that is presented with another credential cannot be told from one that never was.
final class SessionID: Sendable {
    private let seal: Seal
    private let limits: MCPLimits
    private let clock: WallClock
    /// Which sessions rest, and since when.
    let activity: SessionActivity

    init(seal: Seal, limits: MCPLimits, clock: WallClock, mailroom: any Mailroom = LocalMailroom()) {
        self.seal = seal
        self.limits = limits
        self.clock = clock
        activity = SessionActivity(idleTime: limits.sessionIdleTime, mailroom: mailroom, clock: clock)
    }

    /// Opens a session and gives the id that stands for it.
    func make(revision: Revision, client: Client, binding: [UInt8]) -> String {
        var members = [
            JSONMember("v", .string(revision.rawValue)),
            JSONMember("c", .integer(Int64(client.capabilities.flags.rawValue))),
            JSONMember("t", .integer(clock.now)),
            JSONMember("r", .string(Base64URL.encode(SecureRandom.bytes(16)))),
        ]
        if let info = client.info {
            // Cut, so that the id stays a header of reasonable length whatever the client is called.
            members.append(JSONMember("n", .string(shortened(info.name, to: 64))))
            members.append(JSONMember("p", .string(shortened(info.version, to: 32))))
        }
        return seal.seal(RawJSON(.object(members)).bytes, context: Self.context(binding))
    }

    /// The session behind an id, or `nil` if it is forged or somebody else's. It may be over.
    func read(_ id: String, binding: [UInt8]) -> Session? {
        guard let plain = seal.open(id, context: Self.context(binding)), let document = try? JSONDocument(plain) else {
            return nil
        }
        return session(document.root, digest: Digest.sha256(id))
    }

    /// Whether a session is not over; it is used now.
    func isOpen(_ session: Session) -> Bool {
        let now = clock.now
        return now < session.expiresAt && activity.touch(session.digest, at: now)
    }

    private func session(_ node: JSONNode, digest: [UInt8]) -> Session? {
        guard let revision = node["v"]?.string.flatMap(Revision.init), let openedAt = node["t"]?.integer,
            let flags = node["c"]?.integer
        else { return nil }
        var info: Implementation?
        if let name = node["n"]?.string, let version = node["p"]?.string {
            info = Implementation(name: name, version: version)
        }
        let capabilities = ClientCapabilities(flags: .init(rawValue: UInt16(truncatingIfNeeded: flags)))
        return Session(
            digest: digest,
            revision: revision,
            client: Client(info: info, capabilities: capabilities),
            openedAt: openedAt,
            expiresAt: openedAt + limits.sessionLifetime.microseconds
        )
    }

    private static func context(_ binding: [UInt8]) -> [UInt8] {
        Array("mcp session\u{0}".utf8) + binding
    }
}
