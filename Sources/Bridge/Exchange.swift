import HTTP

/// Names one HTTP request and its answer; never used twice.
struct ExchangeID: Hashable {
    let number: Int
}

/// A request to the endpoint. Address, token and what every request has are added where it is sent.
struct OutgoingRequest: Equatable {
    var method: HTTPMethod = .post
    var headers: HTTPHeaders
    var body: [UInt8] = []
    /// Whether it does no harm to be carried out twice. Others take a connection of their own, for what is sent on one
    /// that the endpoint was just closing may or may not have arrived.
    var isRepeatable = false
    /// How long the whole exchange may take; `nil` for as long as it wants.
    var timeLimit: Duration?
}

/// How an answer begins.
struct AnswerHead: Equatable {
    let status: HTTPStatus
    var headers: HTTPHeaders = [:]

    /// Whether a stream of events follows.
    var isEventStream: Bool { status == .ok && mediaType == "text/event-stream" }

    /// The content's type without parameters.
    var mediaType: String {
        let text = headers.first(.contentType)?.split(separator: ";").first ?? ""
        return String(text.filter { $0 != " " && $0 != "\t" }).lowercased()
    }

    /// How long the endpoint asks to wait, if it says so in seconds.
    var retryAfter: Duration? {
        headers.first(.retryAfter).flatMap { Int64($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
    }
}

/// Why an exchange ended before its answer was complete.
struct TransferFailure: Equatable {
    /// Whether nothing of the request can have arrived.
    let isUnsent: Bool
    /// Whether trying again makes no sense, as with a certificate that is not trusted.
    let isLasting: Bool
    /// What happened, in the words of the library; names hosts, never what was sent.
    let reason: String
}

/// Reads the lines of an answer's head as they arrive.
struct HeadReader {
    private var status: HTTPStatus?
    private var headers = HTTPHeaders()
    private var isDone = false

    /// Takes one line with its end; gives the head when it is complete. Interim answers (1xx) and trailers are skipped.
    mutating func read(_ line: [UInt8]) -> AnswerHead? {
        guard !isDone else { return nil }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            let words = text.split(separator: " ", maxSplits: 2)
            status = words.count > 1 ? Int(words[1].prefix(3)).map { HTTPStatus(rawValue: $0) } : nil
            headers = HTTPHeaders()
        } else if let colon = text.firstIndex(of: ":") {
            var value = text[text.index(after: colon)...]
            while let last = value.last, last.isWhitespace { value.removeLast() }
            value = value.drop { $0 == " " || $0 == "\t" }
            headers.append(HTTPHeaderName(rawValue: String(text[..<colon])), String(value))
        } else if let status, status.rawValue >= 200 {
            isDone = true
            return AnswerHead(status: status, headers: headers)
        }
        return nil
    }
}

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
