import Gateway
import Glibc

/// `workport health`: asks a running node whether it would serve a call; for the health check of a container.
enum HealthCommand {
    static let command = Subcommand(
        words: ["health"], summary: "Ask the node on this machine whether it is ready; exit code 0 if so",
        settings: [.port], run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        let port = try flags.settings().integer(.port) ?? 8080
        let answer = try ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", port: UInt16(port))
        guard answer.hasPrefix("HTTP/1.1 200") else {
            throw Failure("The node on port \(port) is not ready: \(answer.split(separator: "\r\n").last ?? "").")
        }
        Terminal.print("ready")
    }

    private static func ask(_ request: String, port: UInt16) throws(Failure) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("No socket can be opened: \(Failure.systemReason()).") }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            throw Failure("There is no node on port \(port): \(Failure.systemReason()).")
        }
        _ = Array(request.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0, answer.count < 65_536 {
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
