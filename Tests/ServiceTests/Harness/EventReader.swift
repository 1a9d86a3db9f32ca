import JSON

/// The events of an answer that is a stream, one by one as they come.
final class EventReader {
    private let wire: WireClient
    private var buffer = ""
    let head: WireAnswer

    /// Reads the head of an answer.
    init(_ wire: WireClient) throws {
        self.wire = wire
        head = try wire.head()
        guard head["content-type"] == "text/event-stream" else {
            throw WireClient.Failure(description: "no stream: \(head.status) \(head.headers)")
        }
    }

    /// The next message; `nil` when the stream has ended. Comments and events without data are passed over.
    func next() throws -> JSONValue? {
        while true {
            while let end = buffer.firstRange(of: "\n\n") {
                let event = buffer[..<end.lowerBound]
                buffer = String(buffer[end.upperBound...])
                let lines = event.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
                let text = lines.joined(separator: "\n")
                if text.isEmpty { continue }
                return try JSONDocument(text: text).root.value
            }
            guard let piece = try wire.chunk() else { return nil }
            buffer += String(decoding: piece, as: UTF8.self)
        }
    }
}
