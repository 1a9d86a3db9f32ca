import Catalog
import Identity
import JSON
import Testing

@Suite("Bad input")
struct BadInputTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    // MARK: Bodies

    struct Body: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: Int64

        init(_ title: String, _ text: String, _ code: Int64) { self.init(title, Array(text.utf8), code) }

        init(_ title: String, _ bytes: [UInt8], _ code: Int64) {
            testDescription = title
            self.bytes = bytes
            self.code = code
        }
    }

    private static func message(_ params: String) -> String {
        #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":\#(params)}"#
    }

    private static let bodies = [
        Body("nothing", "", -32700),
        Body("a word", "hello", -32700),
        Body("half a message", #"{"jsonrpc":"2.0","id":1,"method":"#, -32700),
        Body("a message and more", #"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, -32700),
        Body("a comment", "// hello\n{}", -32700),
        Body("a single quote", "{'jsonrpc':'2.0'}", -32700),
        Body("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8), -32700),
        Body(
            "bytes that are not UTF-8",
            Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8), -32700),
        Body("an overlong encoding", Array(#"{"a":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8), -32700),
        Body("a surrogate in UTF-8", Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8), -32700),
        Body("a lone high surrogate", message(#"{"name":"\ud800"}"#), -32700),
        Body("a lone low surrogate", message(#"{"name":"\udc00x"}"#), -32700),
        Body("a raw zero byte", message(#"{"name":"a\#0b"}"#), -32700),
        Body("a raw line feed in a string", message("{\"name\":\"a\nb\"}"), -32700),
        Body("a number", "12", -32600),
        Body("null", "null", -32600),
        Body("an empty object", "{}", -32600),
        Body("another version of JSON-RPC", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        Body("no version of JSON-RPC", #"{"id":1,"method":"ping"}"#, -32600),
        Body("an id that is null", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        Body("an id with a fraction", #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        Body("an id that is an object", #"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
        Body("a method that is a number", #"{"jsonrpc":"2.0","id":1,"method":3}"#, -32600),
        Body("params that are an array", #"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32600),
        Body("a result and an error", #"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, -32600),
        Body("an empty batch", "[]", -32600),
        Body("a batch of a number", "[1]", -32600),
        Body("the same name twice", #"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}"#, -32600),
        Body(
            "the same name twice, escaped once", #"{"jsonrpc":"2.0","id":1,"method":"ping","\u006dethod":"x"}"#, -32600),
        Body("the same name twice, deep inside", message(#"{"name":"x","arguments":{"a":1,"a":2}}"#), -32600),
        Body("65 arrays in each other", String(repeating: "[", count: 65) + String(repeating: "]", count: 65), -32600),
        Body("two million values", "[" + String(repeating: "0,", count: 1_999_999) + "0]", -32600),
        Body("100,000 arrays in each other", String(repeating: "[", count: 100_000), -32600),
    ]

    @Test("is refused by its kind, and the connection goes on", arguments: bodies)
    func body(body: Body) throws {
        let client = try bench.client(workspace)
        var request = client.envelope()
        request.body = body.bytes
        let answer = try client.wire.exchange(request)
        #expect(answer.status == 400)
        #expect(answer["content-type"] == "application/json")
        #expect(answer.json["error"]?["code"] == .integer(body.code), "\(answer.text)")
        #expect(answer.json["id"] == nil, "There is no id to answer to, and null is none")
        #expect(try client.ask("tools/list").status == 200)
    }

    @Test("is answered with the status of HTTP that says what is wrong")
    func statuses() throws {
        let cases: [(title: String, status: Int, change: (inout WireRequest) -> Void)] = [
            ("plain text", 415, { $0["Content-Type"] = "text/plain" }),
            ("no type", 415, { $0["Content-Type"] = nil }),
            ("a type that only begins like JSON", 415, { $0["Content-Type"] = "application/jsonp" }),
            ("JSON with a character set", 200, { $0["Content-Type"] = "application/json; charset=utf-8" }),
            ("an answer that is neither JSON nor a stream", 406, { $0["Accept"] = "text/html" }),
            ("any answer", 200, { $0["Accept"] = "*/*" }),
            ("no wish", 200, { $0["Accept"] = nil }),
            ("another path", 404, { $0.path = "/app/api/mcp/server" }),
            ("a longer path", 404, { $0.path += "/more" }),
            ("the root", 404, { $0.path = "/" }),
            ("a trailing slash", 200, { $0.path += "/" }),
            ("PUT", 405, { $0.method = "PUT" }),
        ]
        let client = try bench.client(workspace)
        for (title, status, change) in cases {
            var request = client.request("tools/list")
            change(&request)
            let answer = try client.wire.exchange(request)
            #expect(answer.status == status, "\(title): \(answer.text)")
            #expect(answer["location"] == nil, "Clients drop their token when they follow one")
        }
    }

    @Test("that is too large is refused before it is read, and the connection ends")
    func tooLarge() throws {
        let client = try bench.client(workspace)
        var request = client.envelope()
        request["Content-Length"] = String((4 << 20) + 1)
        try client.wire.send(
            Array(String(decoding: request.bytes, as: UTF8.self).replacing("Content-Length: 0\r\n", with: "").utf8))
        let answer = try client.wire.answer()
        #expect(answer.status == 413)
        #expect(answer["connection"] == "close")
        #expect(try client.wire.isAtEnd())
    }

    @Test("of the largest size is read, and told what is wrong with it")
    func largest() throws {
        let client = try bench.client(workspace)
        var request = client.request("tools/call", ["name": "searchWorkspaceTasks"])
        let filling = (4 << 20) - request.body.count - 30
        request = client.request(
            "tools/call",
            [
                "name": "searchWorkspaceTasks",
                "arguments": ["query": .string(String(repeating: "a", count: filling - 20))],
            ]
        )
        #expect(ToolReply(try client.wire.exchange(request)).code == "validation_failed")
        request["X-Large"] = String(repeating: "x", count: 40_000)
        #expect(try client.wire.exchange(request).status == 431)
    }

    // MARK: Tools

    @Test("names a tool that is hidden, and is answered as if there were none of that name", arguments: WireEra.both)
    func hiddenTool(era: WireEra) throws {
        let hidings: [(String, (inout CredentialRegistry.Settings) -> Void)] = [
            ("denied", { $0.deny = ["addCustomerComment"] }),
            ("not allowed", { $0.allow = ["listWorkspaceTasks"] }),
            ("read-only", { $0.readOnly = true }),
            ("customer comments off", { $0.customerComments = false }),
        ]
        let arguments: [JSONValue] = [
            [:], ["taskNumber": .integer(workspace.tasks[0].number), "comment": "Hello."], ["unknown": 1],
            ["verification": 3],
        ]
        for (title, hide) in hidings {
            let client = try bench.service.client(workspace, try bench.token(for: workspace, hide), era: era)
            for arguments in arguments {
                let hidden = try client.call("addCustomerComment", arguments)
                let unknown = try client.call("addCustomerCommenx", arguments)
                #expect(hidden.rpcCode == -32602)
                #expect(
                    normal(hidden.answer, "addCustomerComment") == normal(unknown.answer, "addCustomerCommenx"),
                    "\(title) \(arguments.text)"
                )
            }
        }
    }

    private func normal(_ answer: WireAnswer, _ tool: String) -> String {
        answer.comparable.replacing(tool, with: "•").replacing(/"id":\d+/, with: "")
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let tool: String
        let arguments: JSONValue
        /// The argument to blame, and words of the message.
        let problems: [(String, String)]

        init(_ tool: String, _ arguments: JSONValue, _ problems: (String, String)...) {
            self.tool = tool
            self.arguments = arguments
            self.problems = problems
        }

        var testDescription: String { "\(tool) \(arguments.text)" }
    }

    private static let mistakes = [
        Mistake("workspaceSummary", ["sinse": "2026-01-01"], ("sinse", "Did you mean `since`?")),
        Mistake("workspaceSummary", ["since": "yesterday"], ("since", "`yesterday`; it can be a date")),
        Mistake("workspaceSummary", ["since": "2026-02-30"], ("since", "2026-02-30")),
        Mistake("workspaceSummary", ["sample": 21], ("sample", "is 21; it can be 0 to 20")),
        Mistake("workspaceSummary", ["sample": 1.5], ("sample", "whole number from 0 to 20")),
        Mistake("workspaceSummary", ["sample": "5"], ("sample", "is a string")),
        Mistake("workspaceSummary", ["sample": true], ("sample", "is a boolean")),
        Mistake(
            "listWorkspaceTasks",
            [
                "limit": 0, "status": "opne", "priority": 3, "fields": ["titel", "id"], "updatedSince": "soon",
                "asignee": "me", "cursor": [:],
            ],
            ("limit", "is 0; it can be 1 to 100"), ("status", "Did you mean `open`?"), ("priority", "is a number"),
            ("fields[0]", "Did you mean `title`?"), ("updatedSince", "`soon`"), ("asignee", "Did you mean `assignee`?"),
            ("cursor", "is an object")
        ),
        Mistake("listWorkspaceTasks", ["limit": 101], ("limit", "is 101; it can be 1 to 100")),
        Mistake("listWorkspaceTasks", ["limit": 1e300], ("limit", "whole number")),
        Mistake("listWorkspaceTasks", ["fields": "title"], ("fields", "is a string; it can be an array")),
        Mistake("listWorkspaceTasks", ["status": ""], ("status", "it can be `open`")),
        Mistake("listWorkspaceTasks", ["assignee": "nobody here"], ("assignee", "names no member")),
        Mistake("listWorkspaceTasks", ["board": "no board"], ("board", "names no board")),
        Mistake(
            "listWorkspaceTasks", ["assignee": "nobody", "board": "none"], ("assignee", "names no member"),
            ("board", "names no board")
        ),
        Mistake("searchWorkspaceTasks", [:], ("query", "Give at least one of")),
        Mistake("searchWorkspaceTasks", ["query": " \n "], ("query", "is empty")),
        Mistake("searchWorkspaceTasks", ["query": "a"], ("query", "too little")),
        Mistake("searchWorkspaceTasks", ["query": "a\u{0}b"], ("query", "U+0000")),
        Mistake("searchWorkspaceTasks", ["phone": "123"], ("phone", "at least 4 digits")),
        Mistake("searchWorkspaceTasks", ["email": "@"], ("email", "can be an address")),
        Mistake("searchWorkspaceTasks", ["taskNumber": 0], ("taskNumber", "from 1 on")),
        Mistake("searchWorkspaceTasks", ["taskNumber": "T-1"], ("taskNumber", "task number such as")),
        Mistake("getTaskDetails", [:], ("taskNumber", "one of them is needed")),
        Mistake(
            "getTaskDetails", ["taskNumber": 1, "taskId": "tsk_00000000000000000000000000000000"],
            ("taskNumber", "not both")
        ),
        Mistake("getTaskDetails", ["taskId": "tsk_12"], ("taskId", "tsk_ and 32 hexadecimal digits")),
        Mistake("getTaskDetails", ["taskId": "tsk_0000000000000000000000000000000G"], ("taskId", "hexadecimal")),
        Mistake("getTaskDetails", ["taskId": "'; DROP TABLE tasks; --"], ("taskId", "hexadecimal")),
        Mistake(
            "getTaskDetails", ["taskNumber": 1, "include": ["coments"]], ("include[0]", "Did you mean `comments`?")),
        Mistake("listTaskComments", ["taskNumber": 1, "order": "up"], ("order", "`asc` or `desc`")),
        Mistake("listTaskComments", ["taskNumber": 9_007_199_254_740_992], ("taskNumber", "9007199254740992")),
        Mistake("addCustomerComment", ["taskNumber": 1], ("comment", "is missing")),
        Mistake("addCustomerComment", ["taskNumber": 1, "comment": nil], ("comment", "is missing")),
        Mistake(
            "addCustomerComment", ["taskNumber": 1, "comment": .string(String(repeating: "é", count: 5_001))],
            ("comment", "5001 characters; at most 5000")
        ),
        Mistake(
            "addCustomerComment", ["taskNumber": 1, "comment": "\u{202E}\u{200B}"],
            ("comment", "nothing that can be read")),
        Mistake(
            "addCustomerComment", ["taskNumber": 1, "comment": "x", "verification": ["phne": "1", "taskNumber": -1]],
            ("verification.phne", "Did you mean `phone`?"), ("verification.taskNumber", "from 1 on")
        ),
        Mistake(
            "addCustomerComment", ["taskNumber": 1, "comment": "x", "verification": "1042"],
            ("verification", "an object with")),
        Mistake(
            "addCustomerComment",
            ["taskNumber": 1, "comment": "x", "idempotencyKey": .string(String(repeating: "k", count: 129))],
            ("idempotencyKey", "at most 128")
        ),
    ]

    @Test("is told all its mistakes at once, each with what would be accepted", arguments: mistakes)
    func mistake(mistake: Mistake) throws {
        for era in WireEra.both {
            let reply = try bench.client(workspace, era: era).call(mistake.tool, mistake.arguments)
            #expect(reply.isError && reply.code == "validation_failed", "\(reply.answer.text)")
            let error = reply.structured["error"] ?? .null
            let problems = error["problems"]?.elements ?? [error]
            #expect(Set(problems.compactMap { $0["field"]?.string }) == Set(mistake.problems.map(\.0)))
            for (field, words) in mistake.problems {
                let message = problems.first { $0["field"]?.string == field }?["message"]?.string ?? ""
                #expect(message.contains(words), "\(field): \(message)")
            }
            #expect(error["request_id"]?.string == reply.answer["x-request-id"])
        }
    }

    @Test("in the parameters of a call is a protocol error", arguments: WireEra.both)
    func parameters(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        try client.open()
        for params: JSONValue in [
            [:], ["name": 1], ["name": "workspaceSummary", "arguments": []],
            ["name": "workspaceSummary", "arguments": "x"],
        ] {
            let answer = try client.wire.exchange(client.request("tools/call", params))
            #expect(answer.status == 200)
            #expect(answer.json["error"]?["code"] == -32602, "\(params.text): \(answer.text)")
        }
        #expect(
            try client.wire.exchange(client.request("tools/list", ["cursor": "forged"])).json["error"]?["code"]
                == -32602)
        #expect(try !client.call("workspaceSummary", nil).isError, "Arguments that are left out are none")
    }

    // MARK: Workspaces

    @Test("names a workspace that is malformed, unknown or another tenant's, and cannot be told apart")
    func workspaces() throws {
        let stranger = try bench.workspace("Bluebird")
        let token = try bench.token(for: workspace)
        let paths = [
            stranger.id.text, "wsp_01990000000070008000000000000000", "wsp_1", "nonsense",
            stranger.id.text.uppercased(), "wsp_" + String(repeating: "g", count: 32), "%00", "..", "wsp_%2e",
            String(repeating: "w", count: 2000), workspace.id.text + "x", workspace.id.uuid,
        ]
        for sent in [token, nil, AccessToken(for: stranger.id).text + "x"] {
            var answers: [String: Set<String>] = [:]
            for path in paths {
                for (name, request) in try requests(to: path, token: sent) {
                    let client = try bench.service.client(workspace, nil)
                    // A well-formed one has a document about it, whether or not it exists; see the next test.
                    let answer = try client.wire.exchange(request).comparable
                    answers[name, default: []].insert(
                        answer.replacing(/resource_metadata="[^"]*"/, with: "realm=\"workport\""))
                }
            }
            for (name, different) in answers { #expect(different.count == 1, "\(name): \(different)") }
        }
    }

    private func requests(to path: String, token: String?) throws -> [(String, WireRequest)] {
        let client = try bench.service.client(workspace, token)
        return [
            ("list", client.request("tools/list", id: 1)), ("get", client.envelope("GET")),
            ("delete", client.envelope("DELETE")),
        ].map { name, request in
            var request = request
            request.path = "/app/api/mcp/server/" + path
            return (name, request)
        }
    }

    @Test("comes with a token that nobody made, and cannot tell whether the workspace exists")
    func inventedTokens() throws {
        let nowhere = WorkspaceID("wsp_01990000000070008000000000000001")!
        let answers = try [workspace.id, nowhere].map { id in
            let client = try Client(port: bench.service.port, workspace: id.text, token: AccessToken(for: id).text)
            return try client.ask("tools/list").comparable.replacing(id.text, with: "•")
        }
        #expect(answers[0] == answers[1])
    }

    // MARK: Cursors

    @Test("with a cursor of another list is refused without a word about that list")
    func cursors() throws {
        let client = try bench.client(workspace)
        func cursor(_ tool: String, _ arguments: JSONValue, by client: Client) throws -> String {
            try #require(try client.call(tool, arguments.adding("limit", 1)).structured["next_cursor"]?.string)
        }
        let own = try cursor("listWorkspaceTasks", [:], by: client)
        let word: JSONValue = ["query": "Alder"]
        let stranger = try bench.client(bench.workspace("Alder"))
        let changed = String(own.dropLast()) + (own.hasSuffix("A") ? "B" : "A")
        let comments: JSONValue = ["taskId": .string(workspace.tasks[0].id)]
        let refused: [(String, String, JSONValue, String)] = [
            ("changed", "listWorkspaceTasks", [:], changed),
            ("cut", "listWorkspaceTasks", [:], String(own.dropLast(5))),
            ("made up", "listWorkspaceTasks", [:], "cursor"),
            ("not Base64", "listWorkspaceTasks", [:], "ö"),
            ("of another query", "listWorkspaceTasks", ["status": "open"], own),
            ("with other fields", "listWorkspaceTasks", ["fields": ["id"]], own),
            ("of another tool", "searchWorkspaceTasks", word, own),
            ("of a search", "listWorkspaceTasks", [:], try cursor("searchWorkspaceTasks", word, by: client)),
            (
                "of another order", "listTaskComments", comments.adding("order", "asc"),
                try cursor("listTaskComments", comments, by: client)
            ),
            (
                "of another credential", "listWorkspaceTasks", [:],
                try cursor("listWorkspaceTasks", [:], by: bench.client(workspace))
            ),
            ("of another workspace", "listWorkspaceTasks", [:], try cursor("listWorkspaceTasks", [:], by: stranger)),
        ]
        var messages: Set<String> = []
        for (title, tool, arguments, cursor) in refused {
            let reply = try client.call(tool, arguments.adding("cursor", .string(cursor)))
            #expect(reply.code == "validation_failed", "\(title): \(reply.answer.text)")
            #expect(reply.structured["error"]?["field"] == "cursor", "\(title)")
            messages.insert(reply.message)
        }
        #expect(messages.count == 1)
        #expect(try client.call("listWorkspaceTasks", ["cursor": .string(own), "limit": 2]).items.count == 2)
    }
}
