/// One request, read completely.
package struct HTTPRequest: Sendable {
    /// What is asked for.
    package var method: HTTPMethod { didSet { notes = HeadNotes() } }
    /// The target as the client wrote it: a path with query, an absolute address, or `*`.
    package let target: String
    /// The path as the client wrote it, escapes included; begins with `/`, or is `*`.
    package let path: String
    /// The fields, without those of a trailer.
    package var headers: HTTPHeaders { didSet { notes = HeadNotes() } }
    /// The content; the chunks of a chunked body are joined.
    package var body: [UInt8]
    /// The address at the other end of the connection, without its port. Behind a proxy, the proxy's.
    package private(set) var peer: String
    /// When the last byte of the request arrived.
    package private(set) var arrival: ContinuousClock.Instant
    /// What was made of the head; requests that repeat one share its notes.
    package private(set) var notes = HeadNotes()

    private let queryStart: Int?

    /// Takes a request apart by its target.
    package init(
        method: HTTPMethod,
        target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        peer: String = "127.0.0.1",
        arrival: ContinuousClock.Instant = .now
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.arrival = arrival
        (path, queryStart) = Self.split(target)
    }

    /// Another request with the same head.
    package func repeated(body: [UInt8], peer: String, arrival: ContinuousClock.Instant) -> HTTPRequest {
        var request = self
        (request.body, request.peer, request.arrival) = (body, peer, arrival)
        return request
    }

    /// The query without its `?`, as the client wrote it.
    package var queryText: Substring? {
        queryStart.map { target[target.utf8.index(target.startIndex, offsetBy: $0)...] }
    }

    /// The query's pairs, decoded; `nil` if it is malformed, and without items if there is none.
    package var query: FormBody? { FormBody((queryText ?? "").utf8) }

    /// Finds the path, and where the query starts in UTF-8 bytes of the target.
    private static func split(_ target: String) -> (path: String, queryStart: Int?) {
        let utf8 = target.utf8
        if utf8.first == UInt8(ascii: "/"), !utf8.contains(UInt8(ascii: "?")) { return (target, nil) }
        let mark = utf8.firstIndex(of: UInt8(ascii: "?"))
        let queryStart = mark.map { utf8.distance(from: utf8.startIndex, to: $0) + 1 }
        let beforeQuery = utf8[..<(mark ?? utf8.endIndex)]
        guard beforeQuery.first != UInt8(ascii: "/"), let colon = beforeQuery.firstIndex(of: ASCII.colon) else {
            return (String(Substring(beforeQuery)), queryStart)
        }
        // Absolute form: the path begins at the first slash behind "scheme://".
        let authority = beforeQuery[colon...].dropFirst(3)
        guard let slash = authority.firstIndex(of: UInt8(ascii: "/")) else { return ("/", queryStart) }
        return (String(Substring(authority[slash...])), queryStart)
    }
}
