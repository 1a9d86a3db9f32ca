import Crypto
import JSON

/// What is kept of a session beside its id: how much it wants to hear, and which resources it watches.
struct SessionNotes: Sendable {
    let mailroom: any Mailroom
    /// Whose session it is.
    let tenant: String
    /// The session's digest, as text.
    let name: String
    let lifetime: Duration

    init(_ session: Session, of tenant: String, in mailroom: any Mailroom, for lifetime: Duration) {
        self.mailroom = mailroom
        self.tenant = tenant
        name = Hex.encode(session.digest)
        self.lifetime = lifetime
    }

    func level() throws(MailroomError) -> MessageLevel? {
        try mailroom.note(at: Address(of: tenant, "level", name)).flatMap {
            MessageLevel(rawValue: String(decoding: $0, as: UTF8.self))
        }
    }

    func setLevel(_ level: MessageLevel) throws(MailroomError) {
        try mailroom.amend(Address(of: tenant, "level", name), for: lifetime) { $0 = Array(level.rawValue.utf8) }
    }

    func subscriptions() throws(MailroomError) -> Set<String> { Self.uris(try mailroom.note(at: watchedAddress)) }

    /// Changes whether the session watches a resource, and tells its stream.
    ///
    /// - Returns: `false` if it would watch more than `limit` resources.
    func watch(_ uri: String, _ isWatched: Bool, limit: Int) throws(MailroomError) -> Bool {
        let isDone = try mailroom.amend(watchedAddress, for: lifetime) { note in
            var uris = Self.uris(note)
            if isWatched { uris.insert(uri) } else { uris.remove(uri) }
            guard uris.count <= limit else { return false }
            note = uris.isEmpty ? nil : RawJSON(.array(uris.sorted().map { .string($0) })).bytes
            return true
        }
        if isDone { mailroom.post(WatchedResources.letter(uri, isWatched: isWatched), to: watchedAddress) }
        return isDone
    }

    private static func uris(_ note: [UInt8]?) -> Set<String> {
        guard let note, let document = try? JSONDocument(note) else { return [] }
        return Set((document.root.elements ?? []).compactMap(\.string))
    }

    // MARK: Addresses

    /// Where it is kept, and told, which resources the session watches.
    var watchedAddress: Address { Address(of: tenant, "watched", name) }

    /// Where the answer to a question of this session arrives.
    func answerAddress(_ question: String) -> Address { Address(of: tenant, "answer", name, question) }

    /// Where the cancellation of a request of this session arrives.
    func cancellationAddress(_ request: MessageID) -> Address {
        Address(of: tenant, "cancel", name, Hex.encode(Digest.sha256(RawJSON(request.json).bytes)))
    }

    /// Where the events of a stream of this session are kept.
    func streamAddress(_ stream: String) -> Address { Address(of: tenant, "stream", name, stream) }

    /// Where streams of this session hear that another one takes their place, and where their turns are counted.
    func takeoverAddress(_ stream: String) -> Address { Self.takeoverAddress(stream, of: name, tenant: tenant) }

    /// What the session's own stream is called, beside the streams of its calls.
    static let ownStream = "session"

    static func takeoverAddress(_ stream: String, of session: String, tenant: String = "") -> Address {
        Address(of: tenant, "takeover", session, stream)
    }
}
