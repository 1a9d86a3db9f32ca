import HTTPClient

/// Reads one answer: a document that is kept until it is complete, or events as they come.
struct AnswerReader {
    private enum Form {
        case document([UInt8])
        case stream(EventStreamReader)
    }

    /// How the answer began, once it has.
    private(set) var head: AnswerHead?
    private var form = Form.document([])
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func begin(_ head: AnswerHead) {
        self.head = head
        if head.isEventStream { form = .stream(EventStreamReader(limit: limit)) }
    }

    /// Takes bytes of the body; gives the events that are complete with them.
    mutating func read(_ bytes: [UInt8]) throws(EventStreamReader.TooLarge) -> [EventStreamReader.Event] {
        switch form {
        case .document(var body):
            form = .document([])  // Or appending would copy.
            guard body.count + bytes.count <= limit else { throw EventStreamReader.TooLarge() }
            body += bytes
            form = .document(body)
            return []
        case .stream(var reader):
            defer { form = .stream(reader) }
            return try reader.read(bytes)
        }
    }

    /// The whole body, where it is a document.
    var document: [UInt8] {
        if case .document(let body) = form { body } else { [] }
    }
}
