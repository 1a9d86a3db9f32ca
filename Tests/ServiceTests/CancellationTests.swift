import JSON
import Postgres
import TestSupport
import Testing

@Suite("A call that its client takes back")
struct CancellationTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    /// Holds the tasks, so that a call takes as long as the test wants.
    private let holder: Connection

    init() throws {
        bench = try Bench()
        workspace = try bench.workspace()
        holder = try bench.database.connect(as: .owner)
        try holder.execute(script: "BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
    }

    private let list: JSONValue = ["name": "listWorkspaceTasks", "arguments": [:]]

    @Test("by closing the connection is stopped in the database")
    func disconnect() throws {
        let client = try bench.client(workspace)
        try client.wire.send(client.request("tools/call", list))
        try Lock.wait(for: "tasks", in: bench)
        client.wire.close()
        try Lock.waitUntilNobodyWaits(for: "tasks", in: bench)
        #expect(try bench.outcomesOfCalls() == ["cancelled"])
    }

    @Test("by a notification to another node is stopped, and has no answer", arguments: ["2024-11-05", "2025-11-25"])
    func notification(revision: String) throws {
        let client = try bench.client(workspace, era: .handshake(revision))
        try client.open()
        try client.wire.send(client.request("tools/call", list, id: "slow"))
        try Lock.wait(for: "tasks", in: bench)
        let node = try bench.anotherNode()
        let other = try node.client(workspace, client.token, era: client.era)
        other.resume(client.session)
        #expect(try other.wire.exchange(other.request("notifications/cancelled", ["requestId": "other"])).status == 202)
        #expect(try other.wire.exchange(other.request("notifications/cancelled", ["requestId": "slow"])).status == 202)
        let answer = try client.wire.answer()
        #expect(answer.status == 202 && answer.body.isEmpty)
        try Lock.waitUntilNobodyWaits(for: "tasks", in: bench)
        #expect(try bench.outcomesOfCalls() == ["cancelled"])
        node.stop()
    }

    @Test("goes on when the connection of a session is lost, for that is no cancellation")
    func lostConnection() throws {
        let client = try bench.client(workspace, era: .handshake("2025-11-25"))
        try client.open()
        try client.wire.send(client.request("tools/call", list))
        try Lock.wait(for: "tasks", in: bench)
        client.wire.close()
        let other = try bench.service.client(workspace, client.token, era: client.era)
        other.resume(client.session)
        #expect(try !other.toolNames().isEmpty)
        try holder.execute(script: "COMMIT")
        #expect(try bench.outcomesOfCalls() == ["ok"])
    }
}

extension Bench {
    /// How calls ended, by the log of a service that is stopped for it.
    fileprivate func outcomesOfCalls() throws -> [String] {
        service.stop()
        return try service.lines.text.split(separator: "\n").filter { $0.contains(#""tools/call""#) }.compactMap {
            try JSONDocument(text: String($0)).root["outcome"]?.string
        }
    }
}
