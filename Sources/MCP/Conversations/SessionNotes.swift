import Crypto
import JSON

/// What is kept of a session beside its id: how much it wants to hear, and which resources it watches.
struct SessionNotes: Sendable {
    let mailroom: any Mailroom
    /// The session's digest, as text.
    let name: String
    let lifetime: Duration

    init(_ session: Session, in mailroom: any Mailroom, for lifetime: Duration) {
        self.mailroom = mailroom
        name = Hex.encode(session.digest)
        self.lifetime = lifetime
    }

    var level: MessageLevel? {
        mailroom.note(at: Address("level", name)).flatMap {
            MessageLevel(rawValue: String(decoding: $0, as: UTF8.self))
        }
    }

    func setLevel(_ level: MessageLevel) {
        mailroom.amend(Address("level", name), for: lifetime) { $0 = Array(level.rawValue.utf8) }
    }

    var subscriptions: Set<String> { Self.uris(mailroom.note(at: Address("watched", name))) }

    func amendSubscriptions<Result>(_ body: (inout Set<String>) -> Result) -> Result {
        mailroom.amend(Address("watched", name), for: lifetime) { note in
            var uris = Self.uris(note)
            let result = body(&uris)
            note = uris.isEmpty ? nil : RawJSON(.array(uris.sorted().map { .string($0) })).bytes
            return result
        }
    }

    private static func uris(_ note: [UInt8]?) -> Set<String> {
        guard let note, let document = try? JSONDocument(note) else { return [] }
        return Set((document.root.elements ?? []).compactMap(\.string))
    }

    // MARK: Addresses

    /// Where the answer to a question of this session arrives.
    func answerAddress(_ question: String) -> Address { Address("answer", name, question) }

    /// Where the cancellation of a request of this session arrives.
    func cancellationAddress(_ request: MessageID) -> Address {
        Address("cancel", name, Hex.encode(Digest.sha256(RawJSON(request.json).bytes)))
    }

    /// Where the events of a stream of this session are kept.
    func streamAddress(_ stream: String) -> Address { Address("stream", name, stream) }

    /// Where streams of this session hear that another one takes their place.
    func takeoverAddress(_ stream: String) -> Address { Address("takeover", name, stream) }
}
