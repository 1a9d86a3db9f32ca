import HTTP
import HTTPClient
import JSON
import Testing

@testable import Bridge

@Suite("A narrowed bridge")
struct NarrowedCallTests {
    private let page = #"""
        {"tools":[{"name":"read","annotations":{"readOnlyHint":true}},{"name":"write","annotations":{"readOnlyHint":false}}]}
        """#

    private func readOnly() throws -> Narrowing { try Narrowing(isReadOnly: true, names: nil) }

    @Test("shows fewer tools in both eras, and cursors go on as they came")
    func list() throws {
        var bridge = Rehearsal(try readOnly())
        try bridge.open()
        bridge.call(1, "tools/list", #"{"cursor":"c-1"}"#)
        let (id, request) = try bridge.sent()
        #expect(request.json["params"] == ["cursor": "c-1"])
        bridge.result(id, of: 1, #"{"nextCursor":"c-2","tools":[{"name":"write"}]}"#)
        #expect(bridge.written() == [#"{"jsonrpc":"2.0","id":1,"result":{"nextCursor":"c-2","tools":[]}}"#])
        bridge.callStateless(2, "tools/list")
        bridge.result(try bridge.sent().id, of: 2, page)
        let tools = try bridge.message()["result"]?["tools"]
        #expect(tools?[0]?["name"] == "read" && tools?[1] == nil)
    }

    @Test("refuses tools that were not named as if they did not exist, without asking anybody")
    func names() throws {
        var bridge = Rehearsal(try Narrowing(isReadOnly: false, names: ["read"]))
        for name in ["write", "Read", "read "] {
            bridge.callStateless(1, "tools/call", #""name":"\#(name)""#)
            let message = try bridge.message()
            #expect(message["error"]?["code"] == -32602)
            #expect(message["error"]?["message"] == .string("There is no tool named \(name) here"))
            #expect(bridge.allSent().isEmpty)
        }
        bridge.callStateless(2, "tools/call", #""name":"re\u0061d""#)
        #expect(try bridge.sent().request.headers.first(.mcpName) == "read")
    }

    @Test("knows from the list that the client asked for what may be called")
    func known() throws {
        var bridge = Rehearsal(try readOnly())
        bridge.callStateless(1, "tools/list")
        bridge.result(try bridge.sent().id, of: 1, page)
        _ = bridge.written()
        for name in ["write", "missing"] {
            bridge.callStateless(2, "tools/call", #""name":"\#(name)""#)
            #expect(try bridge.message()["error"]?["code"] == -32602)
        }
        bridge.callStateless(2, "tools/call", #""name":"read""#)
        #expect(try bridge.sent().request.json["method"] == "tools/call")
    }

    @Test("reads the whole list itself for a tool that it has not seen")
    func unknown() throws {
        var bridge = Rehearsal(try readOnly())
        for (id, name) in [(1, "read"), (2, "write"), (3, "missing"), (4, "late")] {
            bridge.callStateless(id, "tools/call", #""name":"\#(name)""#)
        }
        let (first, request) = try bridge.sent()
        #expect(request.headers.first(.mcpMethod) == "tools/list")
        #expect(
            request.json["params"]?["_meta"] == [
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": [:],
            ],
            "The client's progress is not the list's"
        )
        bridge.answerList(first, request, #"{"nextCursor":"c-2",\#(page.dropFirst())"#)
        let (second, next) = try bridge.sent()
        #expect(next.json["params"]?["cursor"] == "c-2")
        bridge.answerList(second, next, #"{"tools":[{"name":"late","annotations":{"readOnlyHint":true}}]}"#)
        #expect(bridge.allSent().map { $0.request.headers.first(.mcpName) } == ["read", "late"])
        let refused = try bridge.written().map { try JSONDocument(text: $0).root.value }
        #expect(refused.map { $0["id"] } == [2, 3])
        #expect(refused.allSatisfy { $0["error"]?["code"] == -32602 })
    }

    @Test("reads the list in the session where the client has one")
    func handshake() throws {
        var bridge = Rehearsal(try readOnly())
        try bridge.open()
        bridge.call(1, "tools/call", #"{"name":"read"}"#)
        let (id, request) = try bridge.sent()
        #expect(request.headers.first(.mcpSessionID) == "s-1")
        #expect(request.json["params"] == [:])
        bridge.answerList(id, request, page)
        #expect(try bridge.sent().request.json["params"]?["name"] == "read")
    }

    @Test("lets nothing through when the list cannot be had")
    func noList() throws {
        var bridge = Rehearsal(try readOnly())
        bridge.callStateless(1, "tools/call", #""name":"read""#)
        bridge.answer(try bridge.sent().id, .unauthorized)
        #expect(try bridge.refusal() == "unauthorized")
        bridge.callStateless(2, "tools/call", #""name":"read""#)
        #expect(try bridge.sent().request.json["method"] == "tools/list", "It is asked for again")
    }

    @Test("forgets what it knew when the list changes, and after a while")
    func age() throws {
        var bridge = Rehearsal(try readOnly())
        let stream = try #require(try bridge.open(hasStream: true))
        bridge.call(1, "tools/list")
        bridge.result(try bridge.sent().id, of: 1, page)
        bridge.pass(.seconds(299))
        bridge.call(2, "tools/call", #"{"name":"read"}"#)
        #expect(try bridge.sent().request.json["method"] == "tools/call")
        bridge.pass(.seconds(2))
        bridge.call(3, "tools/call", #"{"name":"read"}"#)
        let (id, request) = try bridge.sent()
        bridge.answerList(id, request, page)
        #expect(try bridge.sent().request.json["id"] == 3)
        bridge.events(stream, #"data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"# + "\n\n")
        bridge.call(4, "tools/call", #"{"name":"read"}"#)
        let (again, changed) = try bridge.sent()
        bridge.answerList(again, changed, #"{"tools":[{"name":"read","annotations":{"readOnlyHint":false}}]}"#)
        #expect(bridge.allSent().isEmpty)
        #expect(bridge.written().last?.contains("-32602") == true)
    }

    @Test("does not send a call that was cancelled while the list was read")
    func cancelled() throws {
        var bridge = Rehearsal(try readOnly())
        bridge.callStateless(1, "tools/call", #""name":"read""#)
        let (id, request) = try bridge.sent()
        bridge.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        bridge.answerList(id, request, page)
        #expect(bridge.allSent().isEmpty && bridge.written().isEmpty)
    }
}

@Suite("Arguments that headers repeat")
struct MirroredCallTests {
    private let page = #"""
        {"tools":[{"name":"find","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}},\#
        {"name":"bad","inputSchema":{"type":"object","properties":{"a":{"type":"number","x-mcp-header":"A"}}}}]}
        """#
    private let call = #""name":"find","arguments":{"region":"eu"}"#

    @Test("are learned from the lists that pass")
    func learned() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/list")
        bridge.result(try bridge.sent().id, of: 1, page)
        let tools = try bridge.message()["result"]?["tools"]
        #expect(tools?[0]?["name"] == "find" && tools?[1] == nil, "A tool whose header makes no sense cannot be called")
        bridge.callStateless(2, "tools/call", call)
        #expect(try bridge.sent().request.headers.first("Mcp-Param-Region") == "eu")
    }

    @Test("are learned when the endpoint misses one, and the call sent again once")
    func mismatch() throws {
        var bridge = Rehearsal()
        bridge.callStateless(1, "tools/call", call)
        let (first, request) = try bridge.sent()
        #expect(request.headers.first("Mcp-Param-Region") == nil)
        let mismatch = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"A header is missing"}}"#
        bridge.answer(first, .badRequest, [:], mismatch)
        let (list, listRequest) = try bridge.sent()
        bridge.answerList(list, listRequest, page)
        let (second, repeated) = try bridge.sent()
        #expect(repeated.headers.first("Mcp-Param-Region") == "eu")
        bridge.answer(second, .badRequest, [:], mismatch)
        #expect(try bridge.message()["error"]?["code"] == -32020)
        #expect(bridge.allSent().isEmpty)
    }

    @Test("are nobody's business in the handshake era")
    func handshake() throws {
        var bridge = Rehearsal()
        try bridge.open()
        bridge.call(1, "tools/list")
        let answer = #"{"jsonrpc":"2.0","id":1,"result":\#(page)}"#
        bridge.answer(try bridge.sent().id, .ok, [:], answer)
        #expect(bridge.written() == [answer])
        bridge.call(2, "tools/call", "{\(call)}")
        let (_, request) = try bridge.sent()
        #expect(request.headers.first("Mcp-Param-Region") == nil && request.headers.first(.mcpName) == nil)
    }
}

extension Rehearsal {
    /// The endpoint answers a list that the bridge itself asked for.
    fileprivate mutating func answerList(_ id: ExchangeID, _ request: OutgoingRequest, _ result: String) {
        let call = request.json["id"].map { RawJSON($0).text } ?? "null"
        answer(id, .ok, [:], #"{"jsonrpc":"2.0","id":\#(call),"result":\#(result)}"#)
    }
}
