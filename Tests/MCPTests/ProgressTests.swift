import HTTP
import JSON
import MCP
import Testing

@Suite("Progress")
struct ProgressTests {
    private static let handshake = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
    private let nodes: TwoNodes

    init() throws { nodes = try TwoNodes() }

    /// What a call tells, in a session or, without a revision, in the stateless era.
    private func told(_ tool: String, _ revision: String?) throws -> [SentEvent] {
        let request: HTTPRequest
        if let revision {
            try nodes.open(revision)
            request = nodes.call(tool, token: true)
        } else {
            request = nodes.stateless("tools/call", #""name":"\#(tool)""#, name: tool)
        }
        let channel = nodes.first.begin(request)
        _ = channel.wholeAnswer()
        return channel.events.filter { !$0.data.isEmpty }
    }

    private func steps(_ events: [SentEvent]) -> [Double] {
        events.filter { $0.method == "notifications/progress" }.compactMap {
            $0.message?["params"]?["progress"]?.double
        }
    }

    @Test("only grows, under the token of its request, and ends with the result", arguments: handshake + [nil])
    func order(revision: String?) throws {
        let events = try told("stumble", revision)
        #expect(steps(events) == [2, 2.5, 3])
        #expect(events.dropLast().allSatisfy { $0.message?["params"]?["progressToken"]?.string == "t" })
        #expect(events.last?.message?["result"] != nil)
    }

    @Test("is told five times at once, and at the end", arguments: ["2025-06-18", nil])
    func rate(revision: String?) throws {
        let steps = steps(try told("hurry", revision))
        #expect(steps.prefix(5) == [1, 2, 3, 4, 5])
        #expect(steps.last == 100)
        #expect(steps.count < 100)
    }

    @Test("is not told to who has not asked for it")
    func withoutToken() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("stumble"))
        _ = channel.wholeAnswer()
        #expect(!channel.isStream)
    }
}
