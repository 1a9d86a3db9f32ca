import HTTP

/// Answers → bytes, appended to a connection's output.
enum ResponseWriter {
    /// Whether anything comes after an answer, as the client has to know.
    enum Connection {
        case stays, ends
    }

    /// How the body of a stream is framed.
    enum Framing {
        case none, chunked, untilClose
    }

    /// The interim answer to `Expect: 100-continue`.
    static func writeContinue(to output: inout [UInt8]) {
        append("HTTP/1.1 100 Continue\r\n\r\n", to: &output)
    }

    /// An answer of known length.
    static func write(
        _ response: HTTPResponse,
        isHead: Bool,
        connection: Connection,
        date: [UInt8],
        to output: inout [UInt8]
    ) {
        writeHead(response.status, response.headers, connection, date, to: &output)
        if response.status.forbidsBody {
            append("\r\n", to: &output)
        } else {
            append("Content-Length: ", to: &output)
            append(response.body.count, to: &output)
            append("\r\n\r\n", to: &output)
            if !isHead { output.append(contentsOf: response.body) }
        }
    }

    /// The header of a stream.
    static func writeStreamHead(
        _ status: HTTPStatus,
        _ headers: HTTPHeaders,
        framing: Framing,
        connection: Connection,
        date: [UInt8],
        to output: inout [UInt8]
    ) {
        writeHead(status, headers, connection, date, to: &output)
        append(framing == .chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n", to: &output)
    }

    /// One piece of a chunked stream; must not be empty, for that would be the end.
    static func writeChunk(_ bytes: [UInt8], to output: inout [UInt8]) {
        append(bytes.count, radix: 16, to: &output)
        append("\r\n", to: &output)
        output.append(contentsOf: bytes)
        append("\r\n", to: &output)
    }

    /// The end of a chunked stream.
    static func writeLastChunk(to output: inout [UInt8]) { append("0\r\n\r\n", to: &output) }

    private static func writeHead(
        _ status: HTTPStatus,
        _ headers: HTTPHeaders,
        _ connection: Connection,
        _ date: [UInt8],
        to output: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &output)
        append(status.rawValue, to: &output)
        output.append(ASCII.space)
        output.append(contentsOf: status.phrase.utf8)
        append("\r\n", to: &output)
        headers.appendLines(to: &output)
        output.append(contentsOf: date)
        if connection == .ends { append("Connection: close\r\n", to: &output) }
    }

    private static func append(_ text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private static func append(_ number: Int, radix: Int = 10, to output: inout [UInt8]) {
        let start = output.count
        var rest = number
        repeat {
            let digit = UInt8(truncatingIfNeeded: rest % radix)
            output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            rest /= radix
        } while rest > 0
        output[start...].reverse()
    }
}
