import HTTP
import JSON
import MCP
import Testing

/// The sample's tool `ask` is work that finds out that it needs an answer.
@Suite("Work that must ask first")
struct InquiryTests {
    private let nodes: TwoNodes
    private let form = #"{"elicitation":{"form":{}}}"#

    init() throws { nodes = try TwoNodes() }

    private func stateless(_ params: String = "", capabilities: String? = nil) -> HTTPRequest {
        nodes.stateless("tools/call", #""name":"ask""# + params, name: "ask", capabilities: capabilities ?? form)
    }

    private func answered(_ state: String, name: String = "Ann") -> String {
        let answer = #""inputResponses":{"name":{"action":"accept","content":{"name":"\#(name)"}}}"#
        return "," + answer + #","requestState":"\#(state)""#
    }

    private func state() throws -> String {
        let result = nodes.first.answer(stateless()).message?["result"]
        #expect(result?["resultType"]?.string == "input_required")
        #expect(result?["inputRequests"]?["name"]?["method"]?.string == "elicitation/create")
        return try #require(result?["requestState"]?.string)
    }

    @Test("goes on at another node with the answer that the client brings, and knows that answer again")
    func roundTrip() throws {
        let state = try state()
        for _ in 0..<2 {
            let result = nodes.second.answer(stateless(answered(state))).message?["result"]
            #expect(result?["content"]?[0]?["text"]?.string == "ann asked Ann, once")
        }
    }

    @Test("is refused for a state of another caller, of another call, or of nobody, before anything is done")
    func foreignState() throws {
        let state = try state()
        nodes.second.caller = "eve"
        #expect(nodes.second.answer(stateless(answered(state))).message?["error"]?["code"]?.integer == -32602)
        let other = #","arguments":{"n":1}"# + answered(state)
        #expect(nodes.first.answer(stateless(other)).message?["error"]?["code"]?.integer == -32602)
        #expect(nodes.first.answer(stateless(answered("forged"))).message?["error"]?["code"]?.integer == -32602)
    }

    @Test("asks on the stream of the call in a session, and is answered at another node")
    func session() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("ask"))
        channel.wait { $0.events.contains { $0.method == "elicitation/create" } }
        let id = channel.events.compactMap { $0.message?["id"]?.string }.first ?? ""
        let answer = #"{"jsonrpc":"2.0","id":"\#(id)","result":{"action":"accept","content":{"name":"Ann"}}}"#
        #expect(nodes.second.answer(nodes.message(answer)).status == .accepted)
        _ = channel.wholeAnswer()
        #expect(channel.events.last?.message?["result"]?["content"]?[0]?["text"]?.string == "ann asked Ann")
    }

    @Test("is done without where the client cannot be asked")
    func unaskable() throws {
        for capabilities in ["{}", #"{"elicitation":{"url":{}}}"#] {
            let error = nodes.first.answer(stateless(capabilities: capabilities)).message?["error"]
            #expect(error?["code"]?.integer == -32021)
        }
        for (revision, capabilities) in [
            ("2025-11-25", "{}"), ("2025-11-25", #"{"elicitation":{"url":{}}}"#),
            ("2025-03-26", #"{"elicitation":{}}"#),
        ] {
            try nodes.open(revision, capabilities: capabilities)
            #expect(nodes.first.answer(nodes.call("ask")).message?["result"]?["isError"]?.bool == true)
        }
        try nodes.open("2025-11-25")
        var request = nodes.call("ask")
        request.headers.set(.accept, "application/json")
        #expect(nodes.first.answer(request).message?["result"]?["isError"]?.bool == true, "It takes no stream")
    }
}
