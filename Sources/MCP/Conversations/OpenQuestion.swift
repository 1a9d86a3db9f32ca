import Crypto
import JSON
import Synchronization

/// A question of a session that waits for its answer: a note that is empty until a POST to some process fills it.
final class OpenQuestion: Sendable {
    /// What tells the question from others of the same handler.
    let key: String
    private let address: Address
    private let mailroom: any Mailroom
    private let hint: Hint
    private let found = Mutex<JSONNode?>(nil)
    private let reception: Reception

    /// Opens the question, before it is sent.
    ///
    /// - Parameter wake: Called when there may be an answer.
    init(
        _ key: String,
        at address: Address,
        _ notes: SessionNotes,
        for lifetime: Duration,
        wake: @escaping @Sendable () -> Void
    ) throws(MailroomError) {
        self.key = key
        self.address = address
        mailroom = notes.mailroom
        let hint = Hint()
        reception = notes.mailroom.receive(at: address) { _ in
            hint.isGiven.withLock { $0 = true }
            wake()
        }
        self.hint = hint
        try mailroom.amend(address, for: lifetime) { $0 = [] }
    }

    /// That the note is worth a look, told from another thread.
    private final class Hint: Sendable {
        let isGiven = Mutex(false)
    }

    /// The answer, once ``isAnswered()`` has told that there is one.
    var answer: JSONNode? { found.withLock { $0 } }

    /// Looks for the answer, if something has arrived since the last look. Waits for I/O.
    func isAnswered() throws(MailroomError) -> Bool {
        if answer != nil { return true }
        let isHinted = hint.isGiven.withLock { isGiven in
            defer { isGiven = false }
            return isGiven
        }
        guard isHinted, let note = try mailroom.note(at: address), !note.isEmpty,
            let answer = (try? JSONDocument(note))?.root
        else { return false }
        found.withLock { $0 = answer }
        return true
    }

    // MARK: The other side

    private static let prefix = "q-"

    /// An id that no other question has.
    static func makeID() -> String { prefix + Base64URL.encode(SecureRandom.bytes(12)) }

    /// Whether an id can be one that this library has made.
    static func isID(_ id: String) -> Bool { id.hasPrefix(prefix) && id.utf8.count <= 32 }

    /// Keeps an answer and tells whoever waits; only the first answer to an open question counts.
    static func answer(_ id: String, with body: [UInt8], _ notes: SessionNotes, for lifetime: Duration)
        throws(MailroomError)
    {
        let address = notes.answerAddress(id)
        let isFirst = try notes.mailroom.amend(address, for: lifetime) { note in
            guard note?.isEmpty == true else { return false }
            note = body
            return true
        }
        if isFirst { notes.mailroom.post("", to: address) }
    }
}
