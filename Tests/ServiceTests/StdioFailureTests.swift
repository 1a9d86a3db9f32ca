import Foundation
import HTTP
import HTTPServer
import JSON
import Testing

/// `workport stdio` before an endpoint that fails as a test wants.
@Suite("The bridge for stdio, when things fail")
struct StdioFailureTests {
    private let endpoint: ScriptedEndpoint
    private let bridge: BridgeProcess

    init() throws {
        endpoint = try ScriptedEndpoint()
        bridge = try BridgeProcess(endpoint.url)
    }

    @Test("sends the token, the names of the call and what it is, and nothing that was not asked for")
    func request() throws {
        try bridge.ask(1, "tools/call", ["name": "find", "arguments": [:]])
        let arrival = try endpoint.next()
        let headers = arrival.request.headers
        #expect(arrival.request.method == .post && arrival.request.target == "/mcp")
        #expect(headers.all(.authorization) == ["Bearer \(BridgeProcess.token)"])
        #expect(headers.all(.contentType) == ["application/json"])
        #expect(headers.all(.accept) == ["application/json, text/event-stream"])
        #expect(headers.all(.mcpProtocolVersion) == ["2026-07-28"])
        #expect(headers.all(.mcpMethod) == ["tools/call"])
        #expect(headers.all(.mcpName) == ["find"])
        #expect(headers.first(.userAgent)?.hasPrefix("workport-stdio/") == true)
        #expect(headers.count == 9, "\(Array(headers))")
        arrival.result(["content": []])
        #expect(try bridge.answer(to: 1)["result"] == ["content": []])
    }

    @Test("carries a message of four megabytes both ways")
    func large() throws {
        let text = String(repeating: "é", count: (4 << 20) / 2 - 500)
        try bridge.ask(1, "tools/call", ["name": "find", "arguments": ["text": .string(text)]])
        let arrival = try endpoint.next()
        #expect(arrival.json["params"]?["arguments"]?["text"] == .string(text))
        arrival.result(["text": .string(text)])
        #expect(try bridge.answer(to: 1)["result"]?["text"] == .string(text))
    }

    @Test("waits as long as a busy endpoint asks, then tries again")
    func busy() throws {
        try bridge.ask(1, "tools/call", ["name": "write"])
        var refusal = HTTPResponse(status: .tooManyRequests)
        refusal.headers.set(.retryAfter, "1")
        try endpoint.next().responder.send(refusal)
        try endpoint.next().result(["done": true])
        #expect(try bridge.answer(to: 1)["result"]?["done"] == true)
        #expect(bridge.errorText.contains(#""attempt":1,"wait_ms":1000.0,"status":429"#), "\(bridge.errorText)")
    }

    @Test("does not send a call again that may have been carried out, on a connection that was in use before too")
    func outcomeUnknown() throws {
        try bridge.ask(1, "tools/list")
        try endpoint.next().result(["tools": []])
        _ = try bridge.answer(to: 1)
        try bridge.ask(2, "tools/call", ["name": "write"])
        let arrival = try endpoint.next()
        // The endpoint dies with the call, and another is there at once.
        endpoint.stop()
        let another = try ScriptedEndpoint(port: endpoint.port)
        #expect(try bridge.answer(to: 2)["error"]?["data"]?["code"] == "outcome_unknown")
        try bridge.ask(3, "tools/list")
        let next = try another.next()
        #expect(next.json["method"] == "tools/list", "The call has not come again")
        next.result(["tools": []])
        _ = try bridge.answer(to: 3)
        #expect(arrival.json["id"] == 2)
    }

    @Test("sends a call again that does no harm, without the client's knowing")
    func repeated() throws {
        try bridge.ask(1, "resources/read", ["uri": "test://a"])
        let first = try endpoint.next()
        endpoint.stop()
        let another = try ScriptedEndpoint(port: endpoint.port)
        let again = try another.next()
        #expect(again.request.body == first.request.body)
        again.result(["contents": []])
        #expect(try bridge.answer(to: 1)["result"] == ["contents": []])
    }

    @Test("breaks the connection off when the client cancels in the stateless era")
    func disconnect() throws {
        try bridge.ask(1, "tools/call", ["name": "slow"])
        let arrival = try endpoint.next()
        let isGone = DispatchSemaphore(value: 0)
        arrival.responder.onDisconnect { isGone.signal() }
        try bridge.tell("notifications/cancelled", ["requestId": 1])
        #expect(isGone.wait(timeout: .now() + 30) == .success)
        try bridge.ask(2, "tools/list")
        let next = try endpoint.next()
        #expect(next.json["method"] == "tools/list", "Nothing is posted to say it")
    }

    @Test("follows no redirect, so that the token stays where it belongs")
    func redirect() throws {
        let other = try ScriptedEndpoint()
        try bridge.ask(1, "tools/list")
        var response = HTTPResponse(status: 307)
        response.headers.set(.location, other.url)
        try endpoint.next().responder.send(response)
        let error = try bridge.answer(to: 1)["error"]
        #expect(error?["data"]?["code"] == "redirected")
        #expect(error?["message"]?.string?.contains(other.url) == true)
        #expect(other.waiting == 0)
    }

    @Test("opens a lost stream of changes again, and tells what may have changed")
    func listening() throws {
        try bridge.ask(9, "subscriptions/listen", ["notifications": ["toolsListChanged": true]])
        let acknowledged = #"""
            {"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged",\#
            "params":{"notifications":{"toolsListChanged":true}}}
            """#
        let stream = try endpoint.next().responder.stream()
        stream.send(EventStream.event(data: Array(acknowledged.utf8)))
        #expect(try bridge.next()["method"] == "notifications/subscriptions/acknowledged")
        endpoint.stop()
        let another = try ScriptedEndpoint(port: endpoint.port)
        let arrival = try another.next()
        #expect(arrival.json["id"] == 9)
        let second = arrival.responder.stream()
        second.send(EventStream.event(data: Array(acknowledged.utf8)))
        let change = try bridge.next()
        #expect(change["method"] == "notifications/tools/list_changed")
        #expect(change["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == 9)
        second.end()
    }

    @Test("opens a session anew, and what was set in it, when the endpoint has lost it")
    func lostSession() throws {
        let era = WireEra.handshake("2025-06-18")
        try bridge.ask(0, "initialize", ["protocolVersion": "2025-06-18", "capabilities": ["roots": [:]]], era: era)
        let result: JSONValue = ["protocolVersion": "2025-06-18", "capabilities": [:]]
        try endpoint.next().result(result, ["Mcp-Session-Id": "s-1"])
        _ = try bridge.answer(to: 0)
        try bridge.tell("notifications/initialized")
        try endpoint.next().responder.send(HTTPResponse(status: .accepted))
        try endpoint.next().responder.send(HTTPResponse(status: .methodNotAllowed))
        try bridge.ask(1, "logging/setLevel", ["level": "info"], era: era)
        try endpoint.next().result()
        _ = try bridge.answer(to: 1)
        try bridge.ask(2, "tools/call", ["name": "write"], era: era)
        let lost = try endpoint.next()
        #expect(lost.request.headers.first(.mcpSessionID) == "s-1")
        lost.responder.send(HTTPResponse(status: .notFound))
        let again = try endpoint.next()
        #expect(again.json["method"] == "initialize")
        #expect(again.json["params"]?["capabilities"] == ["roots": [:]])
        again.result(result, ["Mcp-Session-Id": "s-2"])
        let ready = try endpoint.next()
        #expect(ready.json["method"] == "notifications/initialized")
        ready.responder.send(HTTPResponse(status: .accepted))
        // The setting, the stream and the call go out together.
        let arrivals = try (0..<3).map { _ in try endpoint.next() }
        for arrival in arrivals {
            #expect(arrival.request.headers.first(.mcpSessionID) == "s-2")
            switch arrival.json["method"] {
            case "logging/setLevel": arrival.result()
            case "tools/call": arrival.result(["done": true])
            default:
                #expect(arrival.request.method == .get)
                arrival.responder.send(HTTPResponse(status: .methodNotAllowed))
            }
        }
        #expect(try bridge.answer(to: 2)["result"]?["done"] == true)
        try bridge.closeInput()
        let farewell = try endpoint.next()
        #expect(farewell.request.method == .delete)
        #expect(farewell.request.headers.first(.mcpSessionID) == "s-2")
        farewell.responder.send(HTTPResponse(status: .noContent))
        let outcome = try bridge.wait()
        #expect(outcome.status == 0 && outcome.output == "")
    }

    @Test("asks for the rest of an answer where it was left when the endpoint dies")
    func resumption() throws {
        let era = WireEra.handshake("2025-11-25")
        try bridge.ask(0, "initialize", ["protocolVersion": "2025-11-25"], era: era)
        try endpoint.next().result(["protocolVersion": "2025-11-25"], ["Mcp-Session-Id": "s-1"])
        _ = try bridge.answer(to: 0)
        try bridge.ask(1, "tools/call", ["name": "write"], era: era)
        let stream = try endpoint.next().responder.stream()
        stream.send(EventStream.event(data: [], id: "c.0", retry: 10))
        let progress = #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}"#
        stream.send(EventStream.event(data: Array(progress.utf8), id: "c.1"))
        _ = try bridge.first("notifications/progress")
        endpoint.stop()
        let another = try ScriptedEndpoint(port: endpoint.port)
        let arrival = try another.next()
        #expect(arrival.request.method == .get)
        #expect(arrival.request.headers.first(.lastEventID) == "c.1")
        #expect(arrival.request.headers.first(.mcpSessionID) == "s-1")
        let rest = arrival.responder.stream()
        rest.send(EventStream.event(data: Array(#"{"jsonrpc":"2.0","id":1,"result":{"done":true}}"#.utf8), id: "c.2"))
        rest.end()
        #expect(try bridge.answer(to: 1)["result"]?["done"] == true)
    }

    @Test("reads nothing more from the endpoint while the client takes nothing, and loses nothing")
    func slowClient() throws {
        let text = String(repeating: "x", count: 1 << 20)
        for id in 1...24 as ClosedRange<Int64> { try bridge.ask(id, "tools/call", ["name": "find"]) }
        let arrivals = try (0..<24).map { _ in try endpoint.next() }
        for arrival in arrivals { arrival.result(["text": .string(text)]) }
        // Twenty-four megabytes are more than pipe and bridge hold; messages still come in meanwhile.
        try bridge.ask(25, "tools/list")
        for id in 1...24 as ClosedRange<Int64> {
            #expect(try bridge.answer(to: id)["result"]?["text"] == .string(text))
        }
        try endpoint.next().result(["tools": []])
        _ = try bridge.answer(to: 25)
    }
}
