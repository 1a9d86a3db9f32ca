import CLinux
import Glibc
import HTTP

/// A client that sends exactly what a test wants, and reads answers one by one.
///
/// It stands for the world: it has its own few lines of HTTP, so that a mistake of the server is not made twice. A read
/// that gets nothing for ten seconds gives up, so that a test fails instead of hanging.
final class TestClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Answer: Equatable {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private var descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, linux_sock_stream(), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
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

    /// Ends the connection so that the other side gets an error instead of an end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Closes the sending side.
    func finishSending() { _ = linux_shutdown_sending(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { linux_send(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            offset += count
        }
    }

    /// Reads one answer with its body, interim ones too.
    func answer(isHead: Bool = false) throws -> Answer {
        let (status, headers) = try head()
        if isHead || status < 200 || status == 204 || status == 304 {
            return Answer(status: status, headers: headers, body: [])
        }
        if headers["transfer-encoding"] == "chunked" {
            var body: [UInt8] = []
            while let chunk = try chunk() { body += chunk }
            return Answer(status: status, headers: headers, body: body)
        }
        guard let length = headers["content-length"].flatMap({ Int($0) }) else {
            return Answer(status: status, headers: headers, body: try rest())
        }
        return Answer(status: status, headers: headers, body: try take(length))
    }

    /// Reads a status line and fields.
    func head() throws -> (status: Int, headers: [String: String]) {
        let line = try line()
        guard line.hasPrefix("HTTP/1.1 "), let status = Int(line.dropFirst(9).prefix(3)) else {
            throw Failure(description: "not a status line: \(line)")
        }
        var headers: [String: String] = [:]
        while true {
            let field = try self.line()
            if field.isEmpty { return (status, headers) }
            let parts = field.split(separator: ":", maxSplits: 1)
            let name = parts[0].lowercased()
            guard headers[name] == nil else { throw Failure(description: "\(name) comes twice") }
            headers[name] = String(parts.last?.drop { $0 == " " } ?? "")
        }
    }

    /// Reads one chunk; `nil` for the last.
    func chunk() throws -> [UInt8]? {
        let line = try line()
        guard let size = Int(line, radix: 16) else { throw Failure(description: "not a size: \(line)") }
        let bytes = try take(size)
        guard try self.line().isEmpty else { throw Failure(description: "no line end behind a chunk") }
        return size == 0 ? nil : bytes
    }

    /// Reads up to the end of the connection.
    func rest() throws -> [UInt8] {
        while try fill() {}
        defer { buffer = [] }
        return buffer
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: ASCII.lineFeed) {
                guard end > 0, buffer[end - 1] == ASCII.carriageReturn else {
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
