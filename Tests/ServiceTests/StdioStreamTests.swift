import Foundation
import JSON
import Testing

/// `workport stdio` before a server that uses everything the protocol has.
@Suite("The bridge for stdio, with streams")
struct StdioStreamTests {
    private let fixtures: FixtureServer
    private static let handshake = WireEra.handshake("2025-11-25")

    init() throws { fixtures = try FixtureServer() }

    private func bridge(_ era: WireEra, capabilities: JSONValue = [:]) throws -> BridgeProcess {
        let bridge = try BridgeProcess(fixtures.url)
        try bridge.open(era, capabilities: capabilities)
        return bridge
    }

    private func text(_ answer: JSONValue) -> String? { answer["result"]?["content"]?[0]?["text"]?.string }

    @Test("passes progress on in order, before the answer", arguments: WireEra.both)
    func progress(era: WireEra) throws {
        let bridge = try bridge(era)
        var meta: JSONValue = ["progressToken": "p-1"]
        if case .stateless = era { meta = Client.meta.adding("progressToken", "p-1") }
        try bridge.ask(1, "tools/call", ["name": "test_tool_with_progress", "_meta": meta], era: era)
        for progress in [0, 50, 100] as [Double] {
            let message = try bridge.next()
            #expect(message["method"] == "notifications/progress")
            #expect(message["params"]?["progressToken"] == "p-1")
            #expect(message["params"]?["progress"] == .double(progress))
        }
        #expect(text(try bridge.next()) == "Done.")
    }

    @Test("brings the endpoint's question to the client and the answer back")
    func elicitation() throws {
        let bridge = try bridge(Self.handshake, capabilities: ["elicitation": [:]])
        let arguments: JSONValue = ["name": "test_elicitation", "arguments": ["message": "Who?"]]
        try bridge.ask(1, "tools/call", arguments, era: Self.handshake)
        let question = try bridge.first("elicitation/create")
        #expect(question["params"]?["message"] == "Who?")
        // Meanwhile others are served.
        #expect(text(try bridge.call(2, "test_simple_text", era: Self.handshake)) != nil)
        let answer: JSONValue = [
            "jsonrpc": "2.0", "id": question["id"] ?? .null,
            "result": ["action": "accept", "content": ["username": "ana", "email": "ana@example.com"]],
        ]
        try bridge.send(answer.text)
        #expect(text(try bridge.answer(to: 1))?.contains("ana@example.com") == true)
    }

    @Test("passes on in the stateless era what the endpoint needs to know, and the client's next try")
    func inputRequired() throws {
        let bridge = try bridge(.stateless)
        let meta = Client.meta.adding("io.modelcontextprotocol/clientCapabilities", ["elicitation": [:]])
        let params: JSONValue = ["name": "test_streaming_elicitation", "arguments": [:], "_meta": meta]
        try bridge.ask(1, "tools/call", params)
        let first = try bridge.answer(to: 1)
        #expect(first["result"]?["resultType"] == "input_required")
        let state = try #require(first["result"]?["requestState"])
        try bridge.ask(
            2, "tools/call",
            params.adding("requestState", state).adding(
                "inputResponses", ["confirm": ["action": "accept", "content": ["ok": true]]])
        )
        #expect(text(try bridge.answer(to: 2))?.contains("action=accept") == true)
    }

    @Test("takes up an answer whose connection the endpoint has closed")
    func resumption() throws {
        let bridge = try bridge(Self.handshake)
        #expect(text(try bridge.call(1, "test_reconnection", era: Self.handshake)) == "Reconnected.")
        try bridge.waitForLog("Taking up an answer again")
    }

    @Test("tells of changes on the session's own stream")
    func sessionStream() throws {
        let bridge = try bridge(Self.handshake)
        try bridge.waitForLog("Stream opened")
        _ = try bridge.call(1, "test_trigger_tool_change", era: Self.handshake)
        _ = try bridge.first("notifications/tools/list_changed")
        try bridge.ask(2, "resources/subscribe", ["uri": "test://watched-resource"], era: Self.handshake)
        #expect(try bridge.answer(to: 2)["result"] == [:])
        _ = try bridge.call(3, "test_trigger_resource_change", era: Self.handshake)
        let update = try bridge.first("notifications/resources/updated")
        #expect(update["params"]?["uri"] == "test://watched-resource")
    }

    @Test("keeps a stream of changes open in the stateless era until the client ends it")
    func listening() throws {
        let bridge = try bridge(.stateless)
        try bridge.ask(9, "subscriptions/listen", ["notifications": ["toolsListChanged": true]])
        let acknowledged = try bridge.next()
        #expect(acknowledged["method"] == "notifications/subscriptions/acknowledged")
        _ = try bridge.call(1, "test_trigger_tool_change")
        let change = try bridge.first("notifications/tools/list_changed")
        #expect(change["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == 9)
        try bridge.tell("notifications/cancelled", ["requestId": 9])
        _ = try bridge.call(2, "test_trigger_tool_change")
        #expect(text(try bridge.call(3, "test_simple_text")) != nil)
        try bridge.closeInput()
        let outcome = try bridge.wait()
        #expect(outcome.status == 0)
        #expect(outcome.output == "", "Nothing comes after the end: \(outcome.output)")
    }

    @Test("cancels a call at the endpoint", arguments: WireEra.both)
    func cancellation(era: WireEra) throws {
        let bridge = try bridge(era)
        var meta: JSONValue = ["progressToken": 1]
        if case .stateless = era { meta = Client.meta.adding("progressToken", 1) }
        // The server runs 200 such calls at a time, so the last of these are only served if the others were ended.
        for id in 1...220 as ClosedRange<Int64> {
            try bridge.ask(id, "tools/call", ["name": "test_cancellable", "_meta": meta], era: era)
            _ = try bridge.first("notifications/progress")
            try bridge.tell("notifications/cancelled", ["requestId": .integer(id)])
        }
        try bridge.closeInput()
        let outcome = try bridge.wait()
        #expect(outcome.status == 0)
        #expect(outcome.output == "", "A cancelled call has no answer")
    }

    @Test("repeats arguments in headers where the tool wants it", arguments: ["eu", "Zürich ", "=?base64?eA==?=", ""])
    func mirroredArguments(region: String) throws {
        let bridge = try bridge(.stateless)
        let answer = try bridge.call(1, "test_x_mcp_header", ["region": .string(region)])
        #expect(text(answer) == "Region: \(region)", "\(answer.text)")
        #expect(text(try bridge.call(3, "test_x_mcp_header")) == "Region: none")
    }

    @Test("reads resources whose address no header can carry as it is")
    func names() throws {
        let bridge = try bridge(.stateless)
        try bridge.ask(1, "resources/read", ["uri": "test://template/für alle/data"])
        let text = try bridge.answer(to: 1)["result"]?["contents"]?[0]?["text"]?.string
        #expect(text?.contains("für alle") == true)
        try bridge.ask(2, "resources/read", ["uri": "test://no-such"])
        #expect(try bridge.answer(to: 2)["error"]?["code"] == -32602)
        try bridge.ask(3, "unknown/method")
        #expect(try bridge.answer(to: 3)["error"]?["code"] == -32601)
    }
}
