import CLinux
import Foundation
import HTTP
import Testing

@testable import HTTPServer

@Suite("The server's thread")
struct PrecedenceTests {
    /// The nice values of the threads of this process that have a name.
    private func niceValues(of name: String) throws -> [String: Int] {
        var values: [String: Int] = [:]
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
            // Threads may end meanwhile.
            guard let stat = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
                stat.contains("(\(name))"), let end = stat.lastIndex(of: ")")
            else { continue }
            values[thread] = Int(stat[end...].split(separator: " ")[17])
        }
        return values
    }

    @Test("goes before others where the system allows it, and else says that it does not and serves all the same")
    func precedence() throws {
        let before = try niceValues(of: "http-loop")
        let server = try TestServer()
        try server.roundTrip()
        let new = try niceValues(of: "http-loop").filter { before[$0.key] == nil }
        let normal = Int(getpriority(__priority_which_t(0), 0))
        var refusals: [HTTPServerEvent] = []
        while !server.events.isEmpty {
            let event = try server.events.next()
            if case .noPrecedence = event { refusals.append(event) }
        }
        if refusals.isEmpty {
            #expect(new.values.contains(normal - 10), "\(new)")
        } else {
            #expect(refusals == [.noPrecedence(errno: EACCES)] && !new.values.contains { $0 < normal })
        }
    }
}
