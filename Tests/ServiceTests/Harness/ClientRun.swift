import Foundation
import JSON
import Testing

/// A client that others wrote, as it is run beside the tests.
enum RealClient: String, Sendable, CaseIterable, CustomTestStringConvertible {
    /// The official Python SDK.
    case sdk
    /// FastMCP.
    case fastmcp

    var testDescription: String {
        switch self {
        case .sdk: "the official Python SDK"
        case .fastmcp: "FastMCP"
        }
    }
}

/// How a client finds out which era a server speaks.
enum ClientMode: String, Sendable, CaseIterable {
    /// It opens a session.
    case handshake = "legacy"
    /// It probes, and opens a session if it has to.
    case probing = "auto"
    /// It knows.
    case stateless = "2026-07-28"
}

/// The scenarios of `python/scenarios.py`, run by a client against a server.
struct ClientRun {
    let client: RealClient
    var modes = ClientMode.allCases
    let url: String
    var token: String?
    /// Whether the client speaks over lines with `workport stdio`, and that with the server.
    var isBridged = false

    /// Runs the scenarios that a subject knows, each in each mode; what went wrong becomes an issue of the test.
    ///
    /// - Parameter subject: What the server has, by scenario.
    func check(_ subject: JSONValue) throws {
        var job: [JSONMember] = [
            JSONMember("client", .string(client.rawValue)), JSONMember("url", .string(url)),
            JSONMember("modes", .array(modes.map { .string($0.rawValue) })), JSONMember("subject", subject),
        ]
        if let token { job.append(JSONMember("token", .string(token))) }
        if isBridged { job.append(JSONMember("bridge", .string(try ChildProgram.workport.path))) }
        let script = ChildProgram.root.appending(path: "Tests/ServiceTests/python/scenarios.py")
        let outcome = try ChildProgram.run(
            ChildProgram.python, [script.path], environment: ["PYTHONDONTWRITEBYTECODE": "1"],
            input: Data(RawJSON(.object(job)).bytes)
        )
        try #require(outcome.status == 0, "\(outcome.errors.suffix(3000))")
        let report = try JSONDocument(text: outcome.output).root.value.elements
        for entry in report {
            let title = "\(entry["mode"]?.string ?? "") \(entry["scenario"]?.string ?? "")"
            if let problem = entry["problem"]?.string { Issue.record("\(title): \(problem.suffix(3000))") }
        }
        let expected = modes.flatMap { mode in subject.members.map { [mode.rawValue, $0.name] } }
        #expect(report.map { [$0["mode"]?.string ?? "", $0["scenario"]?.string ?? ""] } == expected)
    }
}
