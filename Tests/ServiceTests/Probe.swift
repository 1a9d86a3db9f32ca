import JSON

/// The requests that need no fixture: each rule by which a request is refused or let pass.
extension Probe {
    static let revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]

    static func all(for era: WireEra) -> [Probe] {
        let common = bodies + transport + origins + parameters + ids
        if case .stateless = era { return common + marks + mirrors + listening }
        return common + versions + responses + streams
    }

    /// One request, changed.
    private static func one(
        _ title: String,
        _ method: String = "tools/list",
        _ params: JSONValue = [:],
        _ change: @escaping @Sendable (inout WireRequest) -> Void = { _ in }
    ) -> Probe {
        Probe(title) { client in
            try client.open()
            var request = client.request(method, params)
            change(&request)
            return [try client.wire.exchange(request)]
        }
    }

    /// One request for each value, changed by it.
    private static func each(
        _ title: String,
        _ values: [String],
        of method: String = "tools/list",
        _ params: JSONValue = [:],
        _ change: @escaping @Sendable (inout WireRequest, String) -> Void
    ) -> [Probe] {
        values.map { value in one("\(title) “\(value)”", method, params) { change(&$0, value) } }
    }

    private static func body(_ title: String, _ text: String) -> Probe {
        one(title) { $0.body = Array(text.utf8) }
    }

    // MARK: Rules 4 to 6

    private static let bodies: [Probe] = [
        body("an empty body", ""), body("no JSON", "{"), body("two documents", "{} {}"), body("a string", #""ping""#),
        body("null", "null"), body("an empty object", "{}"), body("an empty batch", "[]"),
        body("a batch of a number", "[1]"),
        body("a batch in a batch", #"[[{"jsonrpc":"2.0","id":1,"method":"ping"}]]"#),
        body("a batch", #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"}]"#),
        body("a batch with initialize", #"[{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}]"#),
        body(
            "a batch of calls and responses",
            #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"result":{}}]"#),
        body(
            "a batch of 51",
            "[" + Array(repeating: #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, count: 51).joined(separator: ",") + "]"
        ),
        body(
            "a batch with a mark of the stateless era",
            #"[{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}]"#
        ),
        body("another JSON-RPC", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#),
        body("an id that is null", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#),
        body("an id with a fraction", #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#),
        body("a method that is a number", #"{"jsonrpc":"2.0","id":1,"method":1}"#),
        body("params that are an array", #"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#),
        body("a call with a result", #"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#),
        body("the same name twice", #"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#),
        body("65 arrays in each other", String(repeating: "[", count: 65) + String(repeating: "]", count: 65)),
        one("bytes that are not UTF-8") { $0.body = [0x22, 0xFF, 0x22] },
        one("a body over the limit") { $0.body = [UInt8](repeating: 0x20, count: (4 << 20) + 1) },
    ]

    // MARK: Rules 1, 3 and 4

    private static let types = [
        "application/json; charset=utf-8", "Application/JSON", "application/json;charset=\"UTF-8\"", "text/plain", "",
        "application/jsonp", "application/json, text/plain", "text/event-stream",
    ]

    private static let forms = [
        "*/*", "application/json", "text/event-stream", "application/*", "text/*", "text/html", "",
        "text/event-stream;q=0, application/json", "application/json;q=0", "application/json;q=0, text/event-stream",
        "application/json, text/event-stream;q=0.5", "APPLICATION/JSON, TEXT/EVENT-STREAM",
    ]

    private static let transport: [Probe] =
        each("the type", types) { $0["Content-Type"] = $1 } + each("taking", forms) { $0["Accept"] = $1 }
        + each("the verb", ["PUT", "PATCH", "OPTIONS", "BREW"]) { $0.method = $1 }
        + [
            one("no type") { $0["Content-Type"] = nil },
            one("two types") { $0.headers.append(WireHeader("Content-Type", "application/json")) },
            one("taking anything") { $0["Accept"] = nil },
            one("two headers of what is taken") {
                $0["Accept"] = "application/json"
                $0.headers.append(WireHeader("Accept", "text/event-stream"))
            },
            one("a slash at the end") { $0.path += "/" }, one("a query") { $0.path += "?a=b" },
        ]

    private static let pages = [
        "http://localhost", "http://localhost:3000", "http://127.0.0.1:6274", "http://[::1]:1", "https://localhost",
        "http://evil.example", "null", "http://localhost.evil.example", "http://localhost:99999", "file://", "",
    ]

    private static let hosts = [
        "evil.example", "localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:80", "localhost.evil.example",
    ]

    private static let origins: [Probe] =
        each("the host", hosts) { $0["Host"] = $1 }
        + each("a page of", pages) { $0["Origin"] = $1 }
        + each("a page that asks before, of", pages) { preflight(&$0, $1) }
        + each("an unknown method of a page of", pages, of: "no/such") { $0["Origin"] = $1 }
        + each("a mistake of a page of", pages) {
            $0["Origin"] = $1
            $0["Content-Type"] = "text/plain"
        }
        + [
            one("two origins") {
                $0["Origin"] = "http://localhost"
                $0.headers.append(WireHeader("Origin", "http://localhost"))
            }
        ]

    private static func preflight(_ request: inout WireRequest, _ origin: String) {
        request = WireRequest(method: "OPTIONS", path: request.path, headers: [WireHeader("Host", "localhost")])
        request["Origin"] = origin
        request["Access-Control-Request-Method"] = "POST"
        request["Access-Control-Request-Headers"] = "content-type, mcp-param-region, x-other"
    }

    // MARK: Rules 17 and 20, and the same in a session

    private static let parameters: [Probe] =
        [
            "no/such", "", "initialize/", "Tools/List", "tools/list ", "ping", "server/discover", "roots/list",
            "sampling/createMessage", "elicitation/create", "tasks/list", "tasks/result", "tools/listing",
        ].map { method in one("the method “\(method)”", method) }
        + ["notifications/initialized", "notifications/cancelled", "notifications/no-such", "tools/list"].flatMap {
            method in
            [
                one("the notification \(method)", method) { request in
                    request.body = Array(
                        String(decoding: request.body, as: UTF8.self).replacing(/"id":[0-9]+,/, with: "").utf8
                    )
                },
                one("a cancellation of nothing", "notifications/cancelled", ["requestId": 99]),
            ]
        }
        + [
            one("the list"),
            one("a cursor that is empty", "tools/list", ["cursor": ""]),
            one("a cursor that is forged", "tools/list", ["cursor": "bm90IGEgY3Vyc29y"]),
            one("a cursor that is a number", "tools/list", ["cursor": 7]),
            one("a cursor that is null", "tools/list", ["cursor": nil]),
            one("an unknown tool", "tools/call", ["name": "no_such_tool"]),
            one("an unknown tool with arguments", "tools/call", ["name": "no_such_tool", "arguments": ["a": 1]]),
            one("a long name", "tools/call", ["name": .string(String(repeating: "n", count: 200))]),
            one("a name with letters of the world", "tools/call", ["name": "käse"]) {
                $0["Mcp-Name"] = "=?base64?a8Okc2U=?="
            },
            one("an empty name", "tools/call", ["name": ""]),
            one("no name", "tools/call", ["arguments": [:]]),
            one("a name that is a number", "tools/call", ["name": 5]),
            one("arguments that are an array", "tools/call", ["name": "no_such_tool", "arguments": []]),
            one("arguments that are null", "tools/call", ["name": "no_such_tool", "arguments": nil]),
        ]
        + ["resources/list", "resources/templates/list", "prompts/list"].flatMap { method in
            [one(method, method), one("\(method) with a forged cursor", method, ["cursor": "bm90IGEgY3Vyc29y"])]
        }
        + [
            one("a resource that is not there", "resources/read", ["uri": "probe://nothing"]),
            one("a resource without an address", "resources/read"),
            one("a resource whose address is a number", "resources/read", ["uri": 1]),
            one("a prompt that is not there", "prompts/get", ["name": "no_such_prompt"]),
            one("a prompt without a name", "prompts/get"),
            one("a prompt with a number", "prompts/get", ["name": "no_such_prompt", "arguments": ["a": 1]]),
            one("a prompt with an array", "prompts/get", ["name": "no_such_prompt", "arguments": []]),
        ]
        + completions.map { title, params in one("a completion of \(title)", "completion/complete", params) }

    private static let completions: [(title: String, params: JSONValue)] = [
        ("nothing", [:]),
        ("a prompt that is not there", completion(["type": "ref/prompt", "name": "no_such_prompt"])),
        ("a template that is not there", completion(["type": "ref/resource", "uri": "probe://{id}"])),
        ("another kind", completion(["type": "ref/other", "name": "x"])),
        ("a prompt without a name", completion(["type": "ref/prompt"])),
        ("no argument", ["ref": ["type": "ref/prompt", "name": "no_such_prompt"]]),
        (
            "a number",
            ["ref": ["type": "ref/prompt", "name": "no_such_prompt"], "argument": ["name": "a", "value": 1]]
        ),
    ]

    private static func completion(_ reference: JSONValue) -> JSONValue {
        ["ref": reference, "argument": ["name": "a", "value": "b"]]
    }

    private static let ids: [Probe] = [1, "1", 0, -7, "", 9_007_199_254_740_991, "q\"\\\u{1F600}"].flatMap {
        (id: JSONValue) in
        ["tools/list", "no/such"].map { method in
            Probe("the id \(id.text) of \(method)") { client in
                try client.open()
                return [try client.wire.exchange(client.request(method, id: id))]
            }
        }
    }

    // MARK: Rules 8 to 16 of the stateless era

    private static let marks: [Probe] =
        [
            one("discovery", "server/discover"),
            one("initialize with a mark", "initialize", ["protocolVersion": "2025-11-25"]),
            one("a session id, which is ignored") { $0["Mcp-Session-Id"] = "whatever" },
            meta("no _meta", nil), meta("_meta that is null", .null), meta("_meta that is an array", []),
            meta("an empty _meta", [:]),
            meta("no version", without("protocolVersion")),
            meta("a version that is a number", with("protocolVersion", 1)),
            meta("no capabilities", without("clientCapabilities")),
            meta("capabilities that are null", with("clientCapabilities", nil)),
            meta("capabilities that are an array", with("clientCapabilities", [])),
            meta("no client", without("clientInfo")),
            meta("a client without a version", with("clientInfo", ["name": "c"])),
            meta("a client that is a string", with("clientInfo", "c")),
            meta("a level that nobody knows", with("logLevel", "loud")), meta("a level", with("logLevel", "info")),
            meta("something unknown", with("other", true)),
        ]
        + ["v999.0.0", "2027-01-01", "2025-11-25", "2024-11-05", "1999-01-01", "draft", ""].flatMap { version in
            [
                meta("the version “\(version)” in the body", with("protocolVersion", .string(version))),
                one("the version “\(version)” in the header") { $0["MCP-Protocol-Version"] = version },
                Probe("the version “\(version)” in both") { client in
                    var request = client.request("tools/list")
                    request["MCP-Protocol-Version"] = version
                    replaceMeta(of: &request, with("protocolVersion", .string(version)))
                    return [try client.wire.exchange(request)]
                },
                Probe("the version “\(version)” in the body alone") { client in
                    var request = client.request("tools/list")
                    request["MCP-Protocol-Version"] = nil
                    replaceMeta(of: &request, with("protocolVersion", .string(version)))
                    return [try client.wire.exchange(request)]
                },
            ]
        }

    private static let names = [
        "=?base64?bm9fc3VjaF90b29s?=", "=?base64?bm9fc3VjaF90b29s", "=?base64?bm9fc3VjaF90b29?=", "=?base64?!!!?=",
        "=?BASE64?bm9fc3VjaF90b29s?=", "=?base64?//8=?=",
    ]

    private static let mirrors: [Probe] =
        ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"].flatMap { name in
            [
                one("no \(name)", "tools/call", ["name": "no_such_tool"]) { $0[name] = nil },
                one("another \(name)", "tools/call", ["name": "no_such_tool"]) { $0[name] = "other" },
                one("an empty \(name)", "tools/call", ["name": "no_such_tool"]) { $0[name] = "" },
                one("\(name) in capitals", "tools/call", ["name": "no_such_tool"]) {
                    $0[name] = $0[name]?.uppercased()
                },
                one("\(name) with blanks around", "tools/call", ["name": "no_such_tool"]) {
                    $0[name] = "  \($0[name] ?? "")\t"
                },
                one("\(name) twice", "tools/call", ["name": "no_such_tool"]) {
                    $0.headers.append(WireHeader(name.lowercased(), $0[name] ?? ""))
                },
                one("the name \(name.lowercased())", "tools/call", ["name": "no_such_tool"]) {
                    let value = $0[name]
                    $0[name] = nil
                    $0[name.lowercased()] = value
                },
            ]
        }
        + each("the name", names, of: "tools/call", ["name": "no_such_tool"]) { $0["Mcp-Name"] = $1 }
        + [
            one("an argument of a header that no tool has", "tools/call", ["name": "no_such_tool"]) {
                $0["Mcp-Param-Region"] = "north"
            },
            one("a posted response") { $0.body = Array(#"{"jsonrpc":"2.0","id":"q-1","result":{}}"#.utf8) },
        ]

    private static func meta(_ title: String, _ meta: JSONValue?) -> Probe {
        Probe("\(title)") { client in
            var request = client.request("tools/list")
            replaceMeta(of: &request, meta)
            return [try client.wire.exchange(request)]
        }
    }

    private static func replaceMeta(of request: inout WireRequest, _ meta: JSONValue?) {
        let params = meta.map { JSONValue.object([JSONMember("_meta", $0)]) } ?? [:]
        request.body = RawJSON(["jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params]).bytes
    }

    private static func without(_ key: String) -> JSONValue {
        .object(Client.meta.members.filter { $0.name != "io.modelcontextprotocol/\(key)" })
    }

    private static func with(_ key: String, _ value: JSONValue) -> JSONValue {
        .object(without(key).members + [JSONMember("io.modelcontextprotocol/\(key)", value)])
    }

    // MARK: Rules 7, 10 and 11 of a session

    private static let versions: [Probe] =
        each("the version", revisions + ["2026-07-28", "2027-01-01", "1999-01-01", "draft", ""]) {
            $0["MCP-Protocol-Version"] = $1
        }
        + [
            one("no version") { $0["MCP-Protocol-Version"] = nil },
            one("the version twice") { $0.headers.append(WireHeader("MCP-Protocol-Version", "2025-11-25")) },
            one("no session") { $0["Mcp-Session-Id"] = nil }, one("an empty session") { $0["Mcp-Session-Id"] = "" },
            one("a session that nobody made") { $0["Mcp-Session-Id"] = "made-up" },
            one("a session that is cut") { $0["Mcp-Session-Id"] = $0["Mcp-Session-Id"].map { String($0.dropLast()) } },
            one("the session twice") { $0.headers.append(WireHeader("Mcp-Session-Id", $0["Mcp-Session-Id"] ?? "")) },
            one("a mark of the session's own version", "tools/list", mark("2025-11-25")),
            one("a mark of another version of the era", "tools/list", mark("2025-06-18")),
            one("a mark of the stateless era", "tools/list", mark("2026-07-28")),
        ]

    private static func mark(_ version: String) -> JSONValue {
        ["_meta": ["io.modelcontextprotocol/protocolVersion": .string(version)]]
    }

    private static let responses: [Probe] = [
        body("a response that nobody waits for", #"{"jsonrpc":"2.0","id":"q-1","result":{}}"#),
        body("an error that nobody waits for", #"{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no"}}"#),
        body("a response without an id", #"{"jsonrpc":"2.0","result":{}}"#),
        body("a response that is a string", #"{"jsonrpc":"2.0","id":7,"result":"yes"}"#),
        body("a result and an error", #"{"jsonrpc":"2.0","id":7,"result":{},"error":{}}"#),
        one("a response of the stateless era") {
            $0["MCP-Protocol-Version"] = "2026-07-28"
            $0.body = Array(#"{"jsonrpc":"2.0","id":"q-1","result":{}}"#.utf8)
        },
        one("a response without a session") {
            $0["Mcp-Session-Id"] = nil
            $0.body = Array(#"{"jsonrpc":"2.0","id":"q-1","result":{}}"#.utf8)
        },
    ]

    // MARK: Streams

    /// The head of a stream and its first message, if there is one at once.
    private static func stream(
        _ title: String,
        first: Bool = false,
        _ request: @escaping @Sendable (Client) throws -> WireRequest
    ) -> Probe {
        Probe(title) { client in
            try client.open()
            try client.wire.send(request(client))
            let reader = try EventReader(client.wire)
            var answer = reader.head
            if first { answer.body = Array("data: \(try reader.next()?.text ?? "")".utf8) }
            return [answer]
        }
    }

    private static let streams: [Probe] =
        [
            stream("the stream of a session") { get($0.request("ping")) },
            stream("the stream of a session for a page") { client in
                var request = get(client.request("ping"))
                request["Origin"] = "http://localhost"
                return request
            },
        ]
        + each("the stream, taking", ["application/json", "text/html", "text/event-stream;q=0, application/json"]) {
            $0 = get($0)
            $0["Accept"] = $1
        }
        + each("the rest of", ["nothing.1", "nothing", "1", "a.b.c"]) {
            $0 = get($0)
            $0["Last-Event-ID"] = $1
        }
        + each("the stream of", ["", "made-up"]) {
            $0 = get($0)
            $0["Mcp-Session-Id"] = $1
        }
        + [
            one("the stream of no session") {
                $0 = get($0)
                $0["Mcp-Session-Id"] = nil
            },
            one("a subscription", "resources/subscribe", ["uri": "probe://1"]),
            one("its end", "resources/unsubscribe", ["uri": "probe://1"]),
            one("a subscription to nothing", "resources/subscribe"),
            one("a subscription to a number", "resources/subscribe", ["uri": 1]),
        ]

    /// The GET that has the session of a POST.
    private static func get(_ post: WireRequest) -> WireRequest {
        var request = post
        request.method = "GET"
        request.body = []
        request["Content-Type"] = nil
        request["Accept"] = "text/event-stream"
        return request
    }

    private static let wishes: [(title: String, wish: JSONValue)] = [
        ("nothing", [:]), ("the tools", ["toolsListChanged": true]), ("the tools not", ["toolsListChanged": false]),
        (
            "all lists",
            ["toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true, "other": true]
        ),
        ("resources", ["resourceSubscriptions": ["probe://2", "probe://1", "probe://2"]]),
        ("no resources", ["resourceSubscriptions": []]),
    ]

    private static let listening: [Probe] =
        wishes.flatMap { title, wish in
            [7, "L1"].map { (id: JSONValue) in
                stream("listening to \(title), as \(id.text)", first: true) {
                    $0.request("subscriptions/listen", ["notifications": wish], id: id)
                }
            }
        }
        + [
            stream("listening for a page", first: true) { client in
                var request = client.request("subscriptions/listen", ["notifications": [:]])
                request["Origin"] = "http://localhost"
                return request
            },
            one("listening without a wish", "subscriptions/listen"),
            one("listening to a word", "subscriptions/listen", ["notifications": "all"]),
            one(
                "listening to a resource that is a number", "subscriptions/listen",
                ["notifications": ["resourceSubscriptions": [1]]]),
            one("listening as JSON", "subscriptions/listen", ["notifications": [:]]) {
                $0["Accept"] = "application/json"
            },
        ]

    // MARK: The life of a session

    static func life(of revision: String) -> [Probe] {
        let hello: JSONValue = [
            "protocolVersion": .string(revision), "capabilities": [:], "clientInfo": ["name": "c", "version": "1"],
        ]
        return [
            Probe("opening") { [try $0.wire.exchange($0.request("initialize", hello))] },
            Probe("opening with a version in the header") { client in
                var request = client.request("initialize", hello)
                request["MCP-Protocol-Version"] = revision
                return [try client.wire.exchange(request)]
            },
            Probe("a version that nobody has") { client in
                try ["1999-01-01", "2026-07-28", "draft", ""].map { version in
                    let wish = replacing("protocolVersion", .string(version), in: hello)
                    return try client.wire.exchange(client.request("initialize", wish))
                }
            },
            Probe("a part that is missing or wrong") { client in
                try ["protocolVersion", "capabilities", "clientInfo"].flatMap { name in
                    try [nil, .null, 1, []].map { (value: JSONValue?) in
                        try client.wire.exchange(client.request("initialize", replacing(name, value, in: hello)))
                    }
                }
            },
            Probe("calls before the client is ready, and after") { client in
                let opening = try client.wire.exchange(client.request("initialize", hello))
                client.resume(opening["mcp-session-id"])
                return try ["ping", "tools/list", "notifications/initialized", "ping", "tools/list", "no/such"].map {
                    try client.wire.exchange(client.request($0))
                }
            },
            Probe("opening again") { client in
                try client.open()
                return [try client.wire.exchange(client.request("initialize", hello))]
            },
            Probe("a batch") { client in
                try client.open()
                var request = client.request("ping")
                request.body =
                    RawJSON([
                        ["jsonrpc": "2.0", "id": 1, "method": "ping"],
                        ["jsonrpc": "2.0", "id": 2, "method": "no/such"],
                        ["jsonrpc": "2.0", "method": "notifications/x"],
                    ]).bytes
                var notes = request
                notes.body = Array(#"[{"jsonrpc":"2.0","method":"notifications/x"}]"#.utf8)
                var answers = request
                answers.body = Array(#"[{"jsonrpc":"2.0","id":"q-1","result":{}}]"#.utf8)
                return try [request, notes, answers].map(client.wire.exchange)
            },
            Probe("its end") { client in
                try client.open()
                var end = client.envelope("DELETE")
                let nameless = try client.wire.exchange(end)
                end["Mcp-Session-Id"] = "made-up"
                let unknown = try client.wire.exchange(end)
                end["Mcp-Session-Id"] = client.session
                let first = try client.wire.exchange(end)
                let second = try client.wire.exchange(end)
                let after = try ["ping", "tools/list", "notifications/x"].map {
                    try client.wire.exchange(client.request($0))
                }
                return [nameless, unknown, first, second] + after
            },
        ]
    }

    private static func replacing(_ name: String, _ value: JSONValue?, in object: JSONValue) -> JSONValue {
        .object(
            object.members.filter { $0.name != name } + (value.map { [JSONMember(name, $0)] } ?? [])
        )
    }
}
