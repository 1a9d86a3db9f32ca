import JSON
import Testing
import WireCheck

@Suite("The check of messages")
struct WireCheckTests {
    private static func answer(_ result: String) -> String { #"{"jsonrpc":"2.0","id":1,"result":\#(result)}"# }

    /// What a server might send to answer a method, right and wrong.
    struct Case: Sendable, CustomTestStringConvertible {
        let revision: String
        let method: String?
        let right: String
        let wrong: [String]

        var testDescription: String { "\(revision) \(method ?? right)" }

        /// An answer to a method.
        init(_ revision: String, _ method: String, _ right: String, _ wrong: String...) {
            self.revision = revision
            self.method = method
            self.right = WireCheckTests.answer(right)
            self.wrong = wrong.map { WireCheckTests.answer($0) }
        }

        /// A message that answers nothing, or an error.
        init(_ revision: String, message right: String, _ wrong: String...) {
            self.revision = revision
            method = nil
            self.right = right
            self.wrong = wrong
        }
    }

    private static let cases = [
        Case("2024-11-05", "ping", "{}", #"{"resultType":"complete"}"#, "[]", "null"),
        Case(
            "2024-11-05", "tools/list", #"{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}"#,
            #"{"tools":[{"name":"a","inputSchema":{"type":"object"},"title":"A"}]}"#, #"{"tools":[{"name":"a"}]}"#,
            "{}", #"{"tools":[],"ttlMs":0}"#
        ),
        Case(
            "2025-03-26", "tools/call", #"{"content":[]}"#, #"{"content":[],"structuredContent":{}}"#, "{}",
            #"{"content":[{"type":"resource_link","name":"a","uri":"a:b"}]}"#, #"{"content":"text"}"#
        ),
        Case(
            "2025-06-18", "initialize",
            #"{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"a","version":"1"}}"#,
            #"{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"a"}}"#,
            #"{"protocolVersion":"2025-06-18","capabilities":{"tasks":{}},"serverInfo":{"name":"a","version":"1"}}"#
        ),
        Case(
            "2025-11-25", "tools/call", #"{"content":[],"structuredContent":{}}"#,
            #"{"content":[],"structuredContent":[]}"#, #"{"resultType":"input_required","requestState":"a"}"#,
            #"{"task":{"taskId":"a"}}"#
        ),
        Case(
            "2026-07-28", "tools/call", #"{"resultType":"complete","content":[],"structuredContent":[]}"#,
            #"{"content":[]}"#, #"{"resultType":"complete","requestState":"a","content":[]}"#,
            #"{"resultType":"input_required"}"#, #"{"resultType":"input_required","inputRequests":{}}"#,
            #"{"resultType":"input_required","inputRequests":{"a":{"method":"ping"}}}"#
        ),
        Case(
            "2026-07-28", "tools/list", #"{"resultType":"complete","tools":[],"ttlMs":0,"cacheScope":"private"}"#,
            #"{"resultType":"complete","tools":[],"cacheScope":"private"}"#,
            #"{"resultType":"complete","tools":[],"ttlMs":-1,"cacheScope":"private"}"#,
            #"{"resultType":"complete","tools":[],"ttlMs":0,"cacheScope":"shared"}"#
        ),
        Case(
            "2026-07-28", "tasks/get",
            #"{"resultType":"complete","taskId":"a","status":"working","createdAt":"2026-01-01T00:00:00Z","lastUpdatedAt":"2026-01-01T00:00:00Z","ttlMs":null}"#,
            #"{"resultType":"complete","taskId":"a","status":"completed","createdAt":"2026-01-01T00:00:00Z","lastUpdatedAt":"2026-01-01T00:00:00Z","ttlMs":null}"#,
            #"{"resultType":"complete","taskId":"a","status":"idle","createdAt":"2026-01-01T00:00:00Z","lastUpdatedAt":"2026-01-01T00:00:00Z","ttlMs":null}"#
        ),
        Case(
            "2024-11-05",
            message: #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"message":""}}"#,
            #"{"method":"notifications/progress","params":{"progressToken":1,"progress":1}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/unheard"}"#
        ),
        Case(
            "2025-06-18",
            message:
                #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"a","requestedSchema":{"type":"object","properties":{"a":{"type":"string"}}}}}"#,
            #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"mode":"form","message":"a","requestedSchema":{"type":"object","properties":{}}}}"#,
            #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"a","requestedSchema":{"type":"object","properties":{"a":{"type":"object"}}}}}"#,
            #"{"jsonrpc":"2.0","id":null,"method":"elicitation/create","params":{"message":"a","requestedSchema":{"type":"object","properties":{}}}}"#
        ),
        Case(
            "2025-03-26", message: #"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"a"}}"#,
            #"{"jsonrpc":"2.0","error":{"code":-32002,"message":"a"}}"#,
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32002,"message":"a"}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"a"}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":"-32002","message":"a"}}"#, #"{"jsonrpc":"2.0","id":1}"#
        ),
        Case(
            "2026-07-28",
            message:
                #"{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"a","data":{"supported":[],"requested":"b"}}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"a"}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"a","data":{"supported":"b","requested":"b"}}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"a"}}"#,
            #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"a","requestedSchema":{"type":"object","properties":{}}}}"#
        ),
    ]

    @Test("lets pass what the revision has, and finds what it has not", arguments: cases)
    func messages(_ item: Case) throws {
        let schema = try #require(ProtocolSchema.of(item.revision))
        #expect(try schema.mistakes(in: JSONDocument(text: item.right).root, answering: item.method) == [])
        for wrong in item.wrong {
            #expect(
                try !schema.mistakes(in: JSONDocument(text: wrong).root, answering: item.method).isEmpty, "\(wrong)")
        }
    }

    // MARK: Which revision, and which method

    private let check = WireCheck()

    private func question(_ body: String, _ headers: [String: String] = [:]) -> WireQuestion {
        let question = WireQuestion(body: Array(body.utf8)) { headers[$0] }
        check.note(question)
        return question
    }

    private func mistakes(_ body: String, to question: WireQuestion, opening session: String? = nil) -> [String] {
        check.mistakes(in: Array(body.utf8), to: question, opening: session)
    }

    @Test("goes by the revision that a session was opened with", arguments: ["2024-11-05", "2025-11-25"])
    func sessions(revision: String) {
        let opening = question(#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#)
        let result =
            #"{"protocolVersion":"\#(revision)","capabilities":{},"serverInfo":{"name":"a","version":"1"}}"#
        #expect(mistakes(Self.answer(result), to: opening, opening: "s") == [])
        let listing = question(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, ["mcp-session-id": "s"])
        let tools = Self.answer(#"{"tools":[{"name":"a","title":"A","inputSchema":{"type":"object"}}]}"#)
        #expect(mistakes(tools, to: listing).isEmpty == (revision == "2025-11-25"))
        // The answer comes on another stream of the session.
        let stream = question("", ["mcp-session-id": "s"])
        #expect(mistakes("id: 1\ndata: \(tools)\n\n", to: stream).isEmpty == (revision == "2025-11-25"))
        #expect(!mistakes(Self.answer("{}"), to: stream).isEmpty)
    }

    @Test("knows a request of the stateless era by its marks")
    func eras() {
        let meta = { (version: String) in
            #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"\#(version)"}}}"#
        }
        #expect(question(meta("2026-07-28")).isStateless)
        #expect(question(meta("v9")).isStateless)
        #expect(!question(meta("2025-11-25")).isStateless)
        #expect(!question(meta("2025-11-25"), ["mcp-protocol-version": " 2025-11-25\t"]).isStateless)
        #expect(question(meta("2025-11-25"), ["mcp-protocol-version": "2025-06-18"]).isStateless)
        let plain = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        #expect(question(plain, ["mcp-protocol-version": "2026-07-28"]).isStateless)
        #expect(!question(plain, ["mcp-protocol-version": "2025-06-18"]).isStateless)
        #expect(!question("[\(plain)]", ["mcp-protocol-version": "2026-07-28"]).isStateless)
    }

    @Test("finds what is no message at all, and batches where there are none")
    func shapes() {
        let listing = question(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
        #expect(!mistakes("hello", to: listing).isEmpty)
        #expect(!mistakes("[\(Self.answer("{}"))]", to: listing).isEmpty)
        #expect(!mistakes("{\n" + Self.answer("{}").dropFirst(), to: listing).isEmpty)
        #expect(!mistakes(#"{"jsonrpc":"2.0","id":2,"result":{}}"#, to: listing).isEmpty)
        #expect(mistakes(Self.answer("{}"), to: listing) == [])
        // The same once more, as what was right once is not looked at again; but not with another id.
        #expect(mistakes(Self.answer("{}"), to: listing) == [])
        #expect(!mistakes(#"{"jsonrpc":"2.0","id":null,"result":{}}"#, to: listing).isEmpty)
    }
}
