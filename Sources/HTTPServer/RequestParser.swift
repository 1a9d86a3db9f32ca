import HTTP

/// A request as it was on the wire, before the connection adds who sent it and when.
struct ParsedRequest: Sendable, Equatable {
    var method: HTTPMethod
    var target: String
    var isOldVersion: Bool
    /// Whether the client wants to send another request on the connection.
    var keepsConnection: Bool
    var headers: HTTPHeaders
    var body: [UInt8]
}

/// Bytes → requests: a state machine without I/O for HTTP/1.1 (RFC 9112), strict where two readers could disagree.
///
/// Every byte moves one state to the next, so it does not matter how the network has cut them. The parser consumes up to
/// the end of one request and then begins with the next. After a refusal it must not be used again.
///
/// Refused beyond what the standard demands: a repeated `Content-Length` even with equal values, a `Host` that is empty
/// or has characters outside of names and addresses, `#` and malformed `%` in a target, values that are not UTF-8,
/// more than one empty line before a request, blanks behind a chunk's size. `HTTP/1.0` is accepted, without `Host` if need be.
struct RequestParser {
    /// What came of the bytes so far.
    enum Progress {
        /// All bytes are consumed and the request is not complete.
        case incomplete
        /// A request is complete; bytes behind it are not consumed.
        case request(ParsedRequest)
        case refused(RequestRefusal)
    }

    enum State {
        case start, startLineFeed, afterEmptyLine
        case method, target, version, requestLineFeed
        case fieldStart, fieldName, fieldBlank, fieldValue, fieldLineFeed, headLineFeed
        case body
        case chunkSize, chunkExtensionStart, chunkExtension, chunkSizeLineFeed, chunkData, chunkDataReturn,
            chunkDataLineFeed
    }

    let limits: RequestLimits
    var state = State.start
    var head = RequestHead()
    var body: [UInt8] = []
    /// Bytes of a fixed body, or of the current chunk, that are still to come.
    var remaining = 0
    var chunkDigits = 0
    var chunkExtensionBytes = 0
    /// The header's names and values, put aside while a trailer is read.
    var headerBytes: [UInt8] = []
    /// Whether the fields that are read belong to a trailer.
    var isInTrailer = false
    /// Whether the client waits for `100 Continue` before it sends the body.
    var awaitsContinue = false

    init(limits: RequestLimits) { self.limits = limits }

    /// Whether no byte of a further request was seen.
    var isBetweenRequests: Bool {
        switch state {
        case .start, .startLineFeed, .afterEmptyLine: true
        default: false
        }
    }

    /// Whether no byte was seen since the last request.
    var isAtStart: Bool { state == .start }

    /// Whether the header of the current request is complete.
    var isReadingBody: Bool {
        switch state {
        case .body, .chunkSize, .chunkExtensionStart, .chunkExtension, .chunkSizeLineFeed, .chunkData, .chunkDataReturn,
            .chunkDataLineFeed:
            true
        default: isInTrailer
        }
    }

    /// Consumes bytes from `offset` on, up to the end of a request or of the bytes.
    mutating func receive(_ input: Span<UInt8>, from offset: inout Int) -> Progress {
        do throws(RequestRefusal) {
            while offset < input.count {
                if try step(input, &offset) { return .request(finish()) }
            }
            return .incomplete
        } catch {
            return .refused(error)
        }
    }

    /// Takes one step, which consumes at least one byte.
    ///
    /// - Returns: Whether the request is complete.
    private mutating func step(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) -> Bool {
        switch state {
        case .start, .afterEmptyLine: try receiveStart(input[offset], &offset)
        case .startLineFeed: try expectLineFeed(input[offset], &offset, then: .afterEmptyLine)
        case .method: try receiveMethod(input, &offset)
        case .target: try receiveTarget(input, &offset)
        case .version: try receiveVersion(input, &offset)
        case .requestLineFeed: try expectLineFeed(input[offset], &offset, then: .fieldStart)
        case .fieldStart: try receiveFieldStart(input[offset], &offset)
        case .fieldName: try receiveFieldName(input, &offset)
        case .fieldBlank: try receiveFieldBlank(input, &offset)
        case .fieldValue: try receiveFieldValue(input, &offset)
        case .fieldLineFeed: try expectLineFeed(input[offset], &offset, then: .fieldStart)
        case .headLineFeed:
            try expectLineFeed(input[offset], &offset, then: .start)
            if isInTrailer { return true }
            return try beginBody()
        case .body: return receiveBody(input, &offset)
        case .chunkSize: try receiveChunkSize(input, &offset)
        case .chunkExtensionStart:
            guard ASCII.isToken(input[offset]) else { throw .malformedChunk }
            state = .chunkExtension
        case .chunkExtension: try receiveChunkExtension(input[offset], &offset)
        case .chunkSizeLineFeed: try receiveChunkSizeEnd(input[offset], &offset)
        case .chunkData: receiveChunkData(input, &offset)
        case .chunkDataReturn: try receiveChunkDataReturn(input[offset], &offset)
        case .chunkDataLineFeed:
            guard input[offset] == ASCII.lineFeed else { throw .malformedChunk }
            offset += 1
            state = .chunkSize
        }
        return false
    }

    func expect(_ byte: UInt8, _ wanted: UInt8, or refusal: RequestRefusal) throws(RequestRefusal) {
        guard byte == wanted else { throw refusal }
    }

    mutating func expectLineFeed(_ byte: UInt8, _ offset: inout Int, then next: State) throws(RequestRefusal) {
        guard byte == ASCII.lineFeed else { throw .malformedLineEnd }
        offset += 1
        state = next
    }

    /// Hands the request out and gets ready for the next.
    private mutating func finish() -> ParsedRequest {
        let request = ParsedRequest(
            method: head.method,
            target: head.target,
            isOldVersion: head.isOldVersion,
            keepsConnection: !head.isOldVersion && !head.wantsClose,
            headers: HTTPHeaders(bytes: isInTrailer ? headerBytes : head.bytes, fields: head.fields),
            body: body
        )
        self = RequestParser(limits: limits)
        return request
    }
}
