import JSON
import Testing
import WireCheck

/// The messages of an answer that is a stream, one by one as they come, each checked with the schema of its revision.
final class EventReader {
    private let wire: WireClient
    private let question: WireQuestion
    private var buffer = ""
    let head: WireAnswer

    /// Reads the head of an answer.
    init(_ wire: WireClient) throws {
        self.wire = wire
        question = wire.question()
        head = try wire.head()
        guard head["content-type"] == "text/event-stream" else {
            throw WireClient.Failure(description: "no stream: \(head.status) \(head.headers)")
        }
    }

    /// The next message; `nil` when the stream has ended. Comments and events without data are passed over.
    ///
    /// Gives up after two minutes without a message, so that a test fails instead of hanging.
    func next() throws -> JSONValue? {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            while let end = buffer.firstRange(of: "\n\n") {
                let event = buffer[..<end.lowerBound]
                buffer = String(buffer[end.upperBound...])
                let lines = event.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
                let text = lines.joined(separator: "\n")
                if !text.isEmpty { return try message(text) }
            }
            guard ContinuousClock.now < deadline else { throw WireClient.Failure(description: "no message came") }
            guard let piece = try wire.chunk() else { return nil }
            buffer += String(decoding: piece, as: UTF8.self)
        }
    }

    private func message(_ text: String) throws -> JSONValue {
        let root = try JSONDocument(text: text).root
        for mistake in WireCheck.shared.mistakes(in: root, to: question) {
            Issue.record("Not as the protocol's schema has it: \(mistake)")
        }
        return root.value
    }
}
