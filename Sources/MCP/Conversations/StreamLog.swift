import HTTP

/// The events of one stream of a session, kept so that a client that lost the stream can take it up again.
struct StreamLog: Sendable {
    let notes: SessionNotes
    let stream: String
    let lifetime: Duration

    /// What an event is to its stream; the first byte of what is kept.
    enum Mark: UInt8, Sendable {
        /// Others follow.
        case message
        /// The answer; none follows.
        case answer
        /// No message, but that there will be no answer: the call was cancelled.
        case end
    }

    /// Adds a message and gives the id of its event; `nil` if it cannot be kept now, so that it cannot be resumed from.
    func append(_ message: [UInt8], _ mark: Mark) -> String? {
        let event = [mark.rawValue] + message
        guard let position = try? notes.mailroom.append(event, to: notes.streamAddress(stream), for: lifetime) else {
            return nil
        }
        return id(position)
    }

    /// What an event that was kept is to its stream.
    static func mark(of event: [UInt8]) -> Mark { event.first.flatMap(Mark.init) ?? .message }

    func id(_ position: Int) -> String { "\(stream).\(position)" }

    /// The stream and position that an event id names.
    static func parse(_ id: String) -> (stream: String, position: Int)? {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int(parts[1]), position >= 0, parts[0].utf8.count <= 64 else {
            return nil
        }
        return (String(parts[0]), position)
    }
}
