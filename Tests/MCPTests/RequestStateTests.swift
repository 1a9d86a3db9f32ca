import Crypto
import HTTP
import JSON
import MCP
import Telemetry
import Testing

@Suite("What a client brings back with its answers")
struct RequestStateTests {
    private static let able = #"{"elicitation":{}}"#
    private static let yes = #""inputResponses":{"sure":{"action":"accept","content":{"sure":"yes"}}}"#
    private let nodes: TwoNodes

    init() throws { nodes = try TwoNodes() }

    private func request(_ rest: String = "", tool: String = "pay", arguments: String = #"{"n":1}"#) -> HTTPRequest {
        nodes.stateless(
            "tools/call", #""name":"\#(tool)","arguments":\#(arguments)\#(rest.isEmpty ? "" : "," + rest)"#, name: tool,
            capabilities: Self.able
        )
    }

    /// A state, as the first call gets it.
    private func ask() throws -> String {
        let result = try #require(nodes.first.answer(request()).message?["result"])
        #expect(result["resultType"]?.string == "input_required")
        return try #require(result["requestState"]?.string)
    }

    private func answer(_ state: String) -> String { #"\#(Self.yes),"requestState":"\#(state)""# }

    private func text(_ response: HTTPResponse) -> String? {
        response.message?["result"]?["content"]?[0]?["text"]?.string
    }

    private func isRefused(_ response: HTTPResponse) -> Bool {
        let error = response.message?["error"]
        return response.status == .ok && error?["code"]?.integer == -32602
            && error?["message"]?.string == "This requestState is not valid here and now; start again without it"
    }

    @Test("is taken at another node")
    func otherNode() throws {
        #expect(text(nodes.second.answer(request(answer(try ask())))) == "paid")
    }

    @Test("is of no use with one character changed, left out or added")
    func tampering() throws {
        let state = try ask()
        for position in state.indices {
            var changed = state
            changed.replaceSubrange(position...position, with: state[position] == "A" ? "B" : "A")
            #expect(isRefused(nodes.first.answer(request(answer(changed)))), "\(position)")
        }
        for forged in ["", "A", String(state.dropLast()), state + "A", state + "=", state + state] {
            #expect(isRefused(nodes.first.answer(request(answer(forged)))))
        }
        #expect(text(nodes.first.answer(request(answer(state)))) == "paid")
    }

    @Test("is of no use to another caller, for another tool, with other arguments, or too late")
    func elsewhere() throws {
        let state = try ask()
        #expect(isRefused(nodes.first.answer(request(answer(state), tool: "greet"))))
        #expect(isRefused(nodes.first.answer(request(answer(state), arguments: #"{"n":2}"#))))
        #expect(isRefused(nodes.first.answer(request(answer(state), arguments: "{}"))))
        nodes.first.caller = "bob"
        #expect(isRefused(nodes.first.answer(request(answer(state)))))
        nodes.first.caller = "ann"
        nodes.first.clock.advance(by: .seconds(599))
        #expect(text(nodes.first.answer(request(answer(state)))) == "paid")
        nodes.first.clock.advance(by: .seconds(1))
        #expect(isRefused(nodes.first.answer(request(answer(state)))))
    }

    @Test("is taken while its key rotates, and not when the key is gone")
    func rotation() throws {
        let (old, new) = (SealKey.random(id: 1), SealKey.random(id: 2))
        let service = { (keys: [SealKey]) in try SampleService(seal: Seal(keys: keys), isWide: true) }
        var before = try service([old])
        let state = try #require(before.answer(request()).message?["result"]?["requestState"]?.string)
        var during = try service([new, old])
        #expect(text(during.answer(request(answer(state)))) == "paid")
        var after = try service([new])
        #expect(isRefused(after.answer(request(answer(state)))))
        var other = try service([.random(id: 1)])
        #expect(isRefused(other.answer(request(answer(state)))))
    }

    @Test("brings an effect about once, however often it comes")
    func replay() throws {
        let state = try ask()
        #expect(text(nodes.first.answer(request(answer(state)))) == "paid")
        #expect(text(nodes.first.answer(request(answer(state)))) == "was paid")
        #expect(text(nodes.second.answer(request(answer(state)))) == "was paid")
        #expect(text(nodes.second.answer(request(answer(try ask())))) == "paid")
    }
}
