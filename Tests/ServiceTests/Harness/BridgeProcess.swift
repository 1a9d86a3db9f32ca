import Foundation
import Glibc
import JSON

/// The program as a client of stdio has it: `workport stdio` with pipes at both ends.
///
/// A read that gets nothing for thirty seconds gives up, so that a test fails instead of hanging.
final class BridgeProcess {
    static let token = "mcp_test_token"

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = FileManager.default.temporaryDirectory.appending(path: "workport-test-\(UUID().uuidString)")
    private var buffer: [UInt8] = []
    private var unread: [JSONValue] = []

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - arguments: What follows the address.
    ///   - environment: Variables beside the token.
    init(
        _ url: String,
        token: String? = BridgeProcess.token,
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        process.executableURL = try ChildProgram.workport
        process.arguments = ["stdio", url] + arguments
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "WORKPORT_LOG_LEVEL": "debug"]
        variables["WORKPORT_TOKEN"] = token
        process.environment = variables.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: errors)
    }

    // MARK: The client's side

    func send(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) }

    /// Sends a request of an era.
    func ask(_ id: Int64, _ method: String, _ params: JSONValue = [:], era: WireEra = .stateless) throws {
        var params = params
        if case .stateless = era, params["_meta"] == nil { params = params.adding("_meta", Client.meta) }
        let message: JSONValue = ["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params]
        try send(message.text)
    }

    /// Sends a notification.
    func tell(_ method: String, _ params: JSONValue = [:]) throws {
        let message: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": params]
        try send(message.text)
    }

    /// Calls a tool and returns the whole answer.
    func call(_ id: Int64, _ tool: String, _ arguments: JSONValue = [:], era: WireEra = .stateless) throws -> JSONValue
    {
        try ask(id, "tools/call", ["name": .string(tool), "arguments": arguments], era: era)
        return try answer(to: id)
    }

    /// Opens a session where the era has them.
    @discardableResult
    func open(_ era: WireEra, capabilities: JSONValue = [:]) throws -> JSONValue {
        guard case .handshake(let revision) = era else { return .null }
        try ask(
            0, "initialize",
            [
                "protocolVersion": .string(revision), "capabilities": capabilities,
                "clientInfo": ["name": "service-tests", "version": "1"],
            ], era: era
        )
        let answer = try answer(to: 0)
        guard answer["result"] != nil else { throw WireClient.Failure(description: "no session: \(answer.text)") }
        try tell("notifications/initialized")
        return answer
    }

    /// The names of the tools that are listed.
    func toolNames(_ id: Int64, era: WireEra = .stateless) throws -> [String] {
        try ask(id, "tools/list", era: era)
        return try answer(to: id)["result"]?["tools"]?.elements.compactMap { $0["name"]?.string } ?? []
    }

    func closeInput() throws { try input.fileHandleForWriting.close() }

    // MARK: What comes back

    /// The next message.
    func next() throws -> JSONValue { unread.isEmpty ? try read() : unread.removeFirst() }

    /// The answer to a request; messages before it are kept for ``next()``.
    func answer(to id: Int64) throws -> JSONValue {
        try first { $0["id"] == .integer(id) && $0["method"] == nil }
    }

    /// The first message of a method.
    func first(_ method: String) throws -> JSONValue { try first { $0["method"] == .string(method) } }

    private func first(where isWanted: (JSONValue) -> Bool) throws -> JSONValue {
        if let index = unread.firstIndex(where: isWanted) { return unread.remove(at: index) }
        while true {
            let message = try read()
            if isWanted(message) { return message }
            unread.append(message)
        }
    }

    private func read() throws -> JSONValue {
        guard let line = try line() else { throw WireClient.Failure(description: "the output ended: \(errorText)") }
        return try JSONDocument(line).root.value
    }

    private func line() throws -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            var wish = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wish, 1, 30_000) > 0 else {
                throw WireClient.Failure(description: "nothing came: \(errorText)")
            }
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            let count = Glibc.read(wish.fd, &piece, piece.count)
            guard count > 0 else { return nil }
            buffer += piece[..<count]
        }
    }

    // MARK: The process

    var isRunning: Bool { process.isRunning }

    /// What it has written to standard error so far.
    var errorText: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Returns once the log has a line with this message this many times; gives up after a minute.
    func waitForLog(_ message: String, count: Int = 1) throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(60) {
            let lines = errorText.split(separator: "\n").filter { $0.contains("\"message\":\"\(message)\"") }
            if lines.count >= count { return }
        }
        throw WireClient.Failure(description: "No line \(message) in \(errorText)")
    }

    /// Asks it to end (SIGTERM).
    func terminate() { process.terminate() }

    /// Reads what is left of the output, and waits for the end.
    func wait() throws -> ChildProgram.Outcome {
        while let line = try line() { unread.append(try JSONDocument(line).root.value) }
        process.waitUntilExit()
        return ChildProgram.Outcome(
            status: process.terminationStatus, output: unread.map(\.text).joined(separator: "\n"), errors: errorText
        )
    }
}
