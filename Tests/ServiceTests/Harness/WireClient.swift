import Glibc
import JSON
import Testing
import WireCheck

/// A connection that sends exactly what a test wants and reads answers one by one, pipelined ones too.
///
/// It stands for the world: it has its own few lines of HTTP, so that a mistake of the server is not made twice. A read
/// that gets nothing for thirty seconds gives up, so that a test fails instead of hanging. Every message of the protocol
/// that comes is checked with the schema of its revision.
final class WireClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private var descriptor: Int32
    private var buffer: [UInt8] = []
    /// What was sent and not yet answered.
    private var questions: [WireQuestion] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "connect: errno \(errno)") }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    func send(_ request: WireRequest) throws { try send([request]) }

    /// Sends requests one after the other without waiting for an answer.
    func send(_ requests: [WireRequest]) throws {
        for request in requests { note(request) }
        try send(requests.flatMap(\.bytes))
    }

    /// Takes note of a request whose bytes a test sends by itself.
    func note(_ request: WireRequest) {
        let question = WireQuestion(body: request.body) { request[$0] }
        WireCheck.shared.note(question)
        questions.append(question)
    }

    /// Sends what need not be a request; see ``note(_:)``.
    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            offset += count
        }
    }

    /// Sends a request and reads its answer.
    func exchange(_ request: WireRequest) throws -> WireAnswer {
        try send(request)
        return try answer()
    }

    /// Reads one answer with its body.
    func answer() throws -> WireAnswer {
        var answer = try head()
        if answer.status == 204 || answer.status == 304 { return answer }
        guard let length = answer["content-length"].flatMap({ Int($0) }) else {
            throw Failure(description: "no content-length in \(answer.headers)")
        }
        answer.body = try take(length)
        check(answer)
        return answer
    }

    /// Reads the head of an answer, whose body is read next.
    func head() throws -> WireAnswer {
        let line = try line()
        guard line.hasPrefix("HTTP/1.1 "), let status = Int(line.dropFirst(9).prefix(3)) else {
            throw Failure(description: "not a status line: \(line)")
        }
        var headers: [WireHeader] = []
        while true {
            let field = try self.line()
            if field.isEmpty { break }
            let parts = field.split(separator: ":", maxSplits: 1)
            headers.append(WireHeader(parts[0].lowercased(), String(parts.last?.drop { $0 == " " } ?? "")))
        }
        return WireAnswer(status: status, headers: headers, body: [])
    }

    /// Reads the next piece of a chunked body; `nil` at its end.
    func chunk() throws -> [UInt8]? {
        guard let count = Int(try line(), radix: 16) else { throw Failure(description: "not the size of a chunk") }
        let piece = try take(count)
        guard try line().isEmpty else { throw Failure(description: "a chunk that is longer than it says") }
        return count == 0 ? nil : piece
    }

    /// The request that the next answer is to.
    func question() -> WireQuestion {
        questions.isEmpty ? WireQuestion(body: []) { _ in nil } : questions.removeFirst()
    }

    /// Looks at what is a message of the protocol; a refusal that HTTP tells by itself is none.
    private func check(_ answer: WireAnswer) {
        let question = question()
        guard answer.text.contains("\"jsonrpc\"") else { return }
        let found = WireCheck.shared.mistakes(in: answer.body, to: question, opening: answer["mcp-session-id"])
        for mistake in found { Issue.record("Not as the protocol's schema has it: \(mistake)") }
    }

    /// Whether the other side has closed and nothing is left to read.
    func isAtEnd() throws -> Bool { try buffer.isEmpty && !fill() }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                guard end > 0, buffer[end - 1] == UInt8(ascii: "\r") else {
                    throw Failure(description: "a line feed alone")
                }
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<(end - 1)], as: UTF8.self)
            }
            guard try fill() else { throw Failure(description: "the connection ended within a line") }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw Failure(description: "the connection ended within a body") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Reads something; `false` at the end.
    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = piece.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw Failure(description: "recv: errno \(errno)") }
        buffer += piece[..<count]
        return count > 0
    }
}

/// One header field.
struct WireHeader: Equatable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request in its parts, which become bytes without any check.
struct WireRequest {
    var method = "POST"
    var path: String
    var headers: [WireHeader] = []
    var body: [UInt8] = []

    /// Replaces or, with `nil`, removes a header.
    subscript(name: String) -> String? {
        get { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            headers.removeAll { $0.name.lowercased() == name.lowercased() }
            if let newValue { headers.append(WireHeader(name, newValue)) }
        }
    }

    var bytes: [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}

/// An answer as it came.
struct WireAnswer: Equatable {
    let status: Int
    let headers: [WireHeader]
    var body: [UInt8]

    subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; `null` if it is none.
    var json: JSONValue { (try? JSONDocument(body).root.value) ?? .null }

    /// The whole answer but for what differs from one request to the next: the date and the request's id.
    var comparable: String {
        let changing = ["date", "x-request-id", "content-length", "ratelimit-remaining", "ratelimit-reset"]
        let fields = headers.filter { !changing.contains($0.name) }
        let head = fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return "\(status)\n\(head)\n\n" + text.replacing(/"request_id":"[^"]*"/, with: "")
    }
}
