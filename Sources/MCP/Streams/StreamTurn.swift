/// One of several who would send the same stream; the one that came last does.
///
/// Whoever takes a stream over says so to the others, and hears it too, perhaps late: so turns are numbered, by a note that
/// all processes count up, and nobody yields to a turn before its own. Whoever hears of a turn before its own answers with
/// its own, for the other may have begun to listen after it was told.
struct StreamTurn: Sendable {
    private let number: UInt64

    /// The one who opened the stream, before anybody took it over.
    static let first = StreamTurn(number: 0)
    /// Behind all others: nobody sends the stream any more.
    static let last = StreamTurn(number: .max)

    private init(number: UInt64) { self.number = number }

    /// Takes the next turn. Waits for I/O.
    init(at address: Address, in mailroom: any Mailroom, for lifetime: Duration) throws(MailroomError) {
        number = try mailroom.amend(address, for: lifetime) { note in
            let next = (note.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0) + 1
            note = Array(String(next).utf8)
            return next
        }
    }

    /// What the others are told.
    var word: String { String(number) }

    /// Whether a delivery says that somebody came earlier, who has perhaps not heard of this turn.
    func isUnknown(after delivery: Delivery) -> Bool {
        guard case .letter(let word) = delivery, let other = UInt64(word) else { return false }
        return other < number
    }

    /// Whether a delivery says that somebody came later.
    func isOver(after delivery: Delivery) -> Bool {
        guard case .letter(let word) = delivery, let other = UInt64(word) else { return false }
        return other > number
    }
}
