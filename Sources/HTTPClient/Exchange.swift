package import HTTP

/// Names one HTTP request and its answer; never used twice.
package struct ExchangeID: Hashable, Sendable {
    /// Counts up.
    package let number: Int

    /// Names an exchange.
    package init(number: Int) { self.number = number }
}

/// A request. Address, credential and what every request has are added where it is sent; see ``Destination``.
package struct OutgoingRequest: Equatable, Sendable {
    /// The method.
    package var method: HTTPMethod
    /// Headers beside those of the destination.
    package var headers: HTTPHeaders
    /// What is sent with a POST.
    package var body: [UInt8]
    /// Whether it does no harm to be carried out twice. Others take a connection of their own, for what is sent on one
    /// that the endpoint was just closing may or may not have arrived.
    package var isRepeatable: Bool
    /// How long the whole exchange may take; `nil` for as long as it wants.
    package var timeLimit: Duration?

    /// Makes a request; nothing is sent.
    package init(
        method: HTTPMethod = .post,
        headers: HTTPHeaders,
        body: [UInt8] = [],
        isRepeatable: Bool = false,
        timeLimit: Duration? = nil
    ) {
        self.method = method
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable
        self.timeLimit = timeLimit
    }
}

/// How an answer begins.
package struct AnswerHead: Equatable, Sendable {
    /// The status.
    package let status: HTTPStatus
    /// The headers in the order in which they came.
    package var headers: HTTPHeaders

    /// Makes the beginning of an answer.
    package init(status: HTTPStatus, headers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
    }

    /// Whether a stream of events follows.
    package var isEventStream: Bool { status == .ok && mediaType == "text/event-stream" }

    /// The content's type without parameters.
    package var mediaType: String {
        let text = headers.first(.contentType)?.split(separator: ";").first ?? ""
        return String(text.filter { $0 != " " && $0 != "\t" }).lowercased()
    }

    /// How long the endpoint asks to wait, if it says so in seconds.
    package var retryAfter: Duration? {
        headers.first(.retryAfter).flatMap { Int64($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
    }
}

/// Why an exchange ended before its answer was complete.
package struct TransferFailure: Error, Equatable, Sendable {
    /// Whether nothing of the request can have arrived.
    package let isUnsent: Bool
    /// Whether trying again makes no sense, as with a certificate that is not trusted.
    package let isLasting: Bool
    /// What happened, in the words of the library; names hosts, never what was sent.
    package let reason: String

    /// Describes a failure.
    package init(isUnsent: Bool, isLasting: Bool, reason: String) {
        self.isUnsent = isUnsent
        self.isLasting = isLasting
        self.reason = reason
    }
}

/// What became of an exchange.
package enum TransferEvent: Sendable {
    /// An answer begins.
    case head(ExchangeID, AnswerHead)
    /// Bytes of an answer's body.
    case body(ExchangeID, [UInt8])
    /// An exchange is over.
    case end(ExchangeID, TransferFailure?)
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
