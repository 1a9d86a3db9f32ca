import JSON
import Matching
import Tools

/// A row that a search found, before it is read for the answer: a task, or the row of an entity.
struct FoundRow: Sendable {
    /// How sure the match is, for whoever asked.
    enum Certainty: String, Sendable {
        /// What was typed is there.
        case exact
        /// Something like it.
        case similar
    }

    let id: String
    /// In microseconds since 1970; zero where that has not been read yet.
    var createdAt: Int64
    /// What results are ordered by; of equal ones the newest is first.
    let score: Float
    let field: SearchField
    let certainty: Certainty
    /// What is stored where it differs from what was typed.
    var value: String?
    /// Whether ``value`` is all that is to be told; if not, only the row's texts tell it.
    var isValueKnown = true
    /// How many words of the query the task lacks.
    var missing = 0
    /// The words that an excerpt shows.
    var words: [String] = []
    /// The text that an excerpt is cut from, where it is a long one.
    var text: String?
    /// The task's JSON, where it came along.
    var json: [UInt8]?

    var isDated: Bool { createdAt != 0 }

    /// Whether it was found in a text that is too long to be shown whole.
    var isInLongText: Bool { [.description, .answers, .comments].contains(field) }

    /// Whether the task's texts tell more about the match.
    var isToBeExplained: Bool { !isValueKnown || isInLongText }

    /// Orders the better result first.
    static func isBefore(_ left: FoundRow, _ right: FoundRow) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.createdAt != right.createdAt { return left.createdAt > right.createdAt }
        return left.id > right.id
    }

    /// The place among the results as text, for a cursor.
    var position: [String] { [String(score.bitPattern), String(createdAt), id] }

    /// A place among the results as ``position`` wrote it; `nil` if it is none.
    static func place(_ position: [String]) -> (score: Float, createdAt: Int64, id: String)? {
        guard position.count == 3, let bits = UInt32(position[0]), let created = Int64(position[1]) else { return nil }
        return (Float(bitPattern: bits), created, position[2])
    }

    /// Whether this comes behind a place that ``position`` wrote; `nil` if that is none.
    func isBehind(_ position: [String]) -> Bool? {
        guard let place = Self.place(position) else { return nil }
        let other = FoundRow(
            id: place.id, createdAt: place.createdAt, score: place.score, field: field, certainty: .exact, value: nil)
        return FoundRow.isBefore(other, self)
    }

    /// Where what ``item(_:_:)`` adds holds text of outsiders: in whatever field it was found.
    static let untrusted: [UntrustedPath] = ["matched_value", "excerpt"]

    /// The row's JSON with what matched, and an excerpt where that was a long text.
    func item(_ json: [UInt8], _ subject: any SearchSubject) -> [UInt8] {
        var extra = JSONWriter()
        extra.beginObject()
        extra.write("matched_on", .string(subject.word(for: field)))
        extra.write("match", .string(certainty.rawValue))
        if let value { extra.write("matched_value", .string(value)) }
        if let text { extra.write("excerpt", .string(Excerpt.around(words, in: text))) }
        extra.endObject()
        let hasFields = json.count > 2
        return json.dropLast() + (hasFields ? [UInt8(ascii: ",")] : []) + extra.bytes.dropFirst()
    }
}
