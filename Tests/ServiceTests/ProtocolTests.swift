import Gateway
import Identity
import JSON
import Testing

@Suite("The protocol over HTTP")
struct ProtocolTests {
    private static let handshakeRevisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]

    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    // MARK: Handshake

    @Test("negotiates every revision and gives it what it knows", arguments: handshakeRevisions)
    func revisions(revision: String) throws {
        let client = try bench.client(workspace, era: .handshake(revision))
        let opening = try client.ask(
            "initialize",
            ["protocolVersion": .string(revision), "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]]
        )
        #expect(opening.json["result"]?["protocolVersion"]?.string == revision)
        #expect(opening.json["result"]?["serverInfo"]?["name"] == "workport")
        #expect(opening.json["result"]?["serverInfo"]?["version"]?.string == Product.version)
        #expect(opening.json["result"]?["instructions"]?.string?.contains("searchWorkspaceTasks") == true)
        #expect(opening.json["result"]?["resultType"] == nil, "A word of the later era")
        let tool = try client.ask("tools/list").json["result"]?["tools"]?[0] ?? .null
        #expect((tool["annotations"] != nil) == (revision >= "2025-03-26"))
        #expect((tool["title"] != nil) == (revision >= "2025-06-18"))
        #expect((tool["outputSchema"] != nil) == (revision >= "2025-06-18"))
        let reply = try client.call("workspaceSummary")
        #expect((reply.result["structuredContent"] != nil) == (revision >= "2025-06-18"))
        #expect(reply.text.contains("\"open\""))
        #expect(try client.ask("ping").json["result"] == [:])
    }

    @Test("answers a revision that it does not know with its newest", arguments: ["2026-07-28", "1999-01-01", "draft"])
    func counterOffer(version: String) throws {
        let client = try bench.client(workspace, era: .handshake("2025-11-25"))
        let answer = try client.ask(
            "initialize",
            ["protocolVersion": .string(version), "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]]
        )
        #expect(answer.json["result"]?["protocolVersion"] == "2025-11-25")
    }

    @Test("gives a short session id to a client with a long name")
    func longName() throws {
        let client = try bench.client(workspace, era: .handshake("2025-11-25"))
        let name = "long" + String(repeating: "e\u{301}\u{302}\u{303}", count: 20_000)
        let answer = try client.ask(
            "initialize",
            [
                "protocolVersion": "2025-11-25", "capabilities": [:],
                "clientInfo": ["name": .string(name), "version": "1"],
            ]
        )
        let session = try #require(answer["mcp-session-id"])
        #expect(session.utf8.count < 1_024)
        client.resume(session)
        #expect(try !client.call("workspaceSummary").isError)
    }

    @Test("serves a session on another node, until it is ended on any")
    func sessions() throws {
        let other = try bench.anotherNode()
        let token = try bench.token(for: workspace)
        let here = try bench.service.client(workspace, token, era: .handshake("2025-06-18"))
        try here.open()
        let there = try other.client(workspace, token, era: .handshake("2025-06-18"))
        there.resume(here.session)
        #expect(try !there.call("workspaceSummary").isError)
        var end = there.envelope("DELETE")
        end["Mcp-Session-Id"] = here.session
        #expect(try there.wire.exchange(end).status == 204)
        try bench.catchUp()
        for client in [here, there] {
            let answer = try client.ask("tools/list")
            #expect(answer.status == 404)
            #expect(answer.json["error"]?["code"] == -32600)
            #expect(answer.json["id"] != nil)
            #expect(try client.call("workspaceSummary").answer.status == 404)
            #expect(try client.wire.exchange(end).status == 404)
        }
        here.resume(nil)
        #expect(try here.call("workspaceSummary").answer.status == 200, "A new session is not affected")
    }

    @Test("takes sessions and cursors that were sealed with an older key, and none of a key that is gone")
    func rotatedKeys() throws {
        let (old, new) = ("1:" + String(repeating: "c3", count: 32), "2:" + String(repeating: "d4", count: 32))
        let token = try bench.token(for: workspace)
        let before = try bench.service.client(workspace, token, era: .handshake("2025-11-25"))
        let cursor = try #require(try before.call("listWorkspaceTasks", ["limit": 1]).structured["next_cursor"])
        for (keys, isServed) in [(new + "," + old, true), (new, false)] {
            let node = try bench.anotherNode(secrets: ["WORKPORT_SEAL_KEYS": keys])
            let after = try node.client(workspace, token, era: .handshake("2025-11-25"))
            after.resume(before.session)
            #expect(try after.ask("tools/list").status == (isServed ? 200 : 404))
            let stateless = try node.client(workspace, token)
            let page = try stateless.call("listWorkspaceTasks", ["limit": 1, "cursor": cursor])
            #expect(page.code == (isServed ? nil : "validation_failed"))
        }
    }

    @Test("refuses a session that is missing, forged, of another token or of another workspace")
    func foreignSessions() throws {
        let stranger = try bench.workspace("Bluebird")
        let own = try bench.client(workspace, era: .handshake("2025-11-25"))
        try own.open()
        let sibling = try bench.client(workspace, era: .handshake("2025-11-25"))
        try sibling.open()
        let foreign = try bench.client(stranger, era: .handshake("2025-11-25"))
        try foreign.open()
        let request = own.request("tools/list")
        for (session, status) in [
            (nil, 400), ("", 404), ("made-up", 404), (String(own.session!.dropLast()), 404), (sibling.session, 404),
            (foreign.session, 404), (own.session, 200),
        ] {
            var request = request
            request["Mcp-Session-Id"] = session
            #expect(try own.wire.exchange(request).status == status, "\(session ?? "none")")
        }
        var repeated = request
        repeated.headers.append(WireHeader("Mcp-Session-Id", own.session!))
        #expect(try own.wire.exchange(repeated).status == 400)
        var again = own.request(
            "initialize",
            ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]])
        again["Mcp-Session-Id"] = own.session
        #expect(try own.wire.exchange(again).status == 400, "A session is opened once")
        #expect(try own.wire.exchange(own.envelope("DELETE")).status == 400, "Which session?")
    }

    @Test("answers the methods of the era and no others")
    func methods() throws {
        for era in WireEra.both {
            let client = try bench.client(workspace, era: era)
            try client.open()
            for method in ["logging/setLevel", "no/such", "tasks/list", "tasks/get"] {
                let answer = try client.ask(method)
                #expect(answer.json["error"]?["code"] == -32601, "\(method)")
                if case .stateless = era { #expect(answer.status == 404) } else { #expect(answer.status == 200) }
            }
            let notification = try client.wire.exchange(client.request("notifications/cancelled", ["requestId": 1]))
            #expect(notification.status == 202)
            #expect(notification.body.isEmpty)
        }
        let stateless = try bench.client(workspace)
        for method in ["initialize", "ping"] {
            #expect(try stateless.ask(method).status == 404, "\(method) is gone in the stateless era")
        }
    }

    @Test("repeats an id with its type and value")
    func ids() throws {
        for era in WireEra.both {
            let client = try bench.client(workspace, era: era)
            try client.open()
            for id: JSONValue in [1, "1", 0, -7, "", 9_007_199_254_740_991, "q\"\\\u{1F600}"] {
                for method in ["tools/list", "no/such"] {
                    #expect(try client.wire.exchange(client.request(method, id: id)).json["id"] == id)
                }
            }
        }
    }

    @Test("answers a batch in the one revision that has batches")
    func batches() throws {
        let message: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
        let call: JSONValue = [
            "jsonrpc": "2.0", "id": "two", "method": "tools/call", "params": ["name": "workspaceSummary"],
        ]
        let unknown: JSONValue = ["jsonrpc": "2.0", "id": 3, "method": "no/such"]
        for revision in Self.handshakeRevisions {
            let client = try bench.client(workspace, era: .handshake(revision))
            try client.open()
            var request = client.request("ping")
            request.body = RawJSON([message, call, unknown, ["jsonrpc": "2.0", "method": "notifications/x"]]).bytes
            let answer = try client.wire.exchange(request)
            guard revision == "2025-03-26" else {
                #expect(answer.status == 400)
                #expect(answer.json["error"]?["code"] == -32600)
                continue
            }
            #expect(answer.json.elements.count == 3)
            #expect(Set(answer.json.elements.compactMap { $0["id"]?.text }) == ["1", "\"two\"", "3"])
            let summary = answer.json.elements.first { $0["id"] == "two" }
            #expect(summary?["result"]?["content"]?[0]?["text"]?.string?.contains("Alder Works") == true)
            request.body = RawJSON([["jsonrpc": "2.0", "method": "notifications/initialized"]]).bytes
            #expect(try client.wire.exchange(request).status == 202)
        }
    }

    // MARK: Stateless

    @Test("tells a client that probes what it speaks")
    func discovery() throws {
        let answer = try bench.client(workspace).ask("server/discover")
        let result = answer.json["result"] ?? .null
        #expect(result["supportedVersions"] == ["2026-07-28"])
        #expect(result["resultType"] == "complete")
        #expect(
            result["capabilities"] == [
                "tools": ["listChanged": true], "resources": ["subscribe": true, "listChanged": true],
                "prompts": ["listChanged": true], "completions": [:],
            ]
        )
        #expect(result["cacheScope"] == "private")
        #expect(result["ttlMs"]?.integer ?? 0 > 0)
        #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "workport")
        #expect(answer["mcp-session-id"] == nil)
    }

    @Test("compares what the headers of a stateless request say with its body")
    func headers() throws {
        let client = try bench.client(workspace)
        let cases: [(String, Int, Int64?, (inout WireRequest) -> Void)] = [
            ("as it should be", 200, nil, { _ in }),
            ("a name in Base64", 200, nil, { $0["Mcp-Name"] = "=?base64?d29ya3NwYWNlU3VtbWFyeQ==?=" }),
            ("a session, which is ignored", 200, nil, { $0["Mcp-Session-Id"] = "whatever" }),
            ("no version", 400, -32020, { $0["MCP-Protocol-Version"] = nil }),
            ("another version", 400, -32020, { $0["MCP-Protocol-Version"] = "2025-11-25" }),
            ("no method", 400, -32020, { $0["Mcp-Method"] = nil }),
            ("another method", 400, -32020, { $0["Mcp-Method"] = "tools/list" }),
            ("another method's case", 400, -32020, { $0["Mcp-Method"] = "Tools/Call" }),
            ("no name", 400, -32020, { $0["Mcp-Name"] = nil }),
            ("another name", 400, -32020, { $0["Mcp-Name"] = "listWorkspaceTasks" }),
            ("broken Base64", 400, -32020, { $0["Mcp-Name"] = "=?base64?d29?=" }),
            ("the version twice", 400, -32020, { $0.headers.append(WireHeader("Mcp-Protocol-Version", "2026-07-28")) }),
            ("the name twice", 400, -32020, { $0.headers.append(WireHeader("mcp-name", "workspaceSummary")) }),
            (
                "a version that nobody has", 400, -32022,
                {
                    $0["MCP-Protocol-Version"] = "v999.0.0"
                    $0.body = Array(
                        String(decoding: $0.body, as: UTF8.self).replacing("2026-07-28", with: "v999.0.0").utf8)
                }
            ),
            (
                "no capabilities", 400, -32602,
                {
                    $0.body = Array(
                        String(decoding: $0.body, as: UTF8.self).replacing("clientCapabilities", with: "capabilities")
                            .utf8
                    )
                }
            ),
        ]
        for (title, status, code, change) in cases {
            var request = client.request("tools/call", ["name": "workspaceSummary"])
            change(&request)
            let answer = try client.wire.exchange(request)
            #expect(answer.status == status, "\(title): \(answer.text)")
            #expect(answer.json["error"]?["code"]?.integer == code, "\(title): \(answer.text)")
            #expect(answer.json["id"] != nil, "\(title)")
        }
    }

    // MARK: HTTP

    @Test("answers requests of one connection in order, and keeps it open")
    func pipelining() throws {
        for era in WireEra.both {
            let client = try bench.client(workspace, era: era)
            try client.open()
            let requests = (0..<12).map { number in
                number % 3 == 0
                    ? client.request("tools/list", id: .integer(Int64(number)))
                    : client.request("tools/call", ["name": "workspaceSummary"], id: .integer(Int64(number)))
            }
            try client.wire.send(requests)
            for number in 0..<12 { #expect(try client.wire.answer().json["id"] == .integer(Int64(number))) }
        }
    }

    @Test("takes a request in pieces, chunks and with blanks around its values")
    func pieces() throws {
        let client = try bench.client(workspace)
        let request = client.request("tools/list")
        client.wire.note(request)
        for byte in request.bytes.prefix(200) { try client.wire.send([byte]) }
        try client.wire.send(Array(request.bytes.dropFirst(200)))
        #expect(try client.wire.answer().status == 200)
        var head = request
        head.body = []
        head["Transfer-Encoding"] = "chunked"
        head["MCP-Protocol-Version"] = "  2026-07-28\t"
        var bytes = Array(String(decoding: head.bytes, as: UTF8.self).replacing("Content-Length: 0\r\n", with: "").utf8)
        for piece in [request.body.prefix(10), request.body.dropFirst(10)] {
            bytes += Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + Array("\r\n".utf8)
        }
        client.wire.note(request)
        try client.wire.send(bytes + Array("0\r\n\r\n".utf8))
        #expect(try client.wire.answer().status == 200)
    }

    @Test("refuses verbs that it does not have, and tells which it has", arguments: ["PUT", "PATCH", "HEAD"])
    func verbs(method: String) throws {
        let client = try bench.client(workspace)
        try client.wire.send(client.envelope(method))
        guard method != "HEAD" else { return }
        let answer = try client.wire.answer()
        #expect(answer.status == 405)
        #expect(answer["allow"] == "POST, GET, DELETE")
    }

    @Test("answers only for its own hosts and pages")
    func hostsAndOrigins() throws {
        let bench = try Bench(["allowed-hosts": "mcp.example.com", "allowed-origins": "https://inspector.example.com"])
        let workspace = try bench.workspace()
        let client = try bench.client(workspace)
        let cases: [(host: String, origin: String?, status: Int)] = [
            ("mcp.example.com", nil, 200), ("MCP.Example.com", nil, 200), ("127.0.0.1", nil, 200),
            ("localhost:\(bench.service.port)", "http://localhost:\(bench.service.port)", 200),
            ("mcp.example.com", "https://inspector.example.com", 200),
            ("evil.example", nil, 421), ("evil.example", "http://evil.example", 421),
            ("mcp.example.com.evil.example", nil, 421), ("mcp.example.com", "http://evil.example", 403),
            ("mcp.example.com", "null", 403), ("mcp.example.com", "https://inspector.example.com.evil", 403),
            ("mcp.example.com", "http://inspector.example.com", 403),
        ]
        for (host, origin, status) in cases {
            for authorized in [true, false] {
                var request = client.request("tools/list")
                request["Host"] = host
                request["Origin"] = origin
                if !authorized { request["Authorization"] = nil }
                let answer = try client.wire.exchange(request)
                #expect(answer.status == (status == 200 && !authorized ? 401 : status), "\(host) \(origin ?? "")")
                if status == 200, authorized { #expect(answer["access-control-allow-origin"] == origin) }
            }
        }
        var preflight = client.envelope("OPTIONS")
        preflight["Authorization"] = nil
        preflight["Origin"] = "https://inspector.example.com"
        preflight["Access-Control-Request-Method"] = "POST"
        let answer = try client.wire.exchange(preflight)
        #expect(answer.status == 204)
        #expect(answer["access-control-allow-headers"]?.contains("mcp-session-id") == true)
    }

    @Test("tells how it is, without a token")
    func health() throws {
        let wire = try WireClient(port: bench.service.port)
        for (path, status, word) in [
            ("/healthz", 200, "ok"), ("/readyz", 200, "ready"), ("/metrics", 200, "# TYPE"),
            ("/nothing", 404, "not_found"),
            ("/app/api/mcp/server//", 404, "not_found"),
        ] {
            var request = WireRequest(method: "GET", path: path)
            request["Host"] = "127.0.0.1"
            let answer = try wire.exchange(request)
            #expect(answer.status == status, "\(path)")
            #expect(answer.text.contains(word), "\(path)")
        }
    }

    @Test("counts what it did without naming anybody")
    func metrics() throws {
        let bench = try Bench()
        let workspace = try bench.workspace()
        let client = try bench.client(workspace)
        _ = try client.call("workspaceSummary")
        _ = try client.call("getTaskDetails", ["taskNumber": 1])
        _ = try client.call("made up by the client")
        _ = try bench.service.client(workspace, nil).ask("tools/list")
        var request = WireRequest(method: "GET", path: "/metrics")
        request["Host"] = "127.0.0.1"
        let text = try client.wire.exchange(request).text
        let lines = text.split(separator: "\n")
        for words in [
            ["tool=\"workspaceSummary\"", "outcome=\"ok\""], ["tool=\"getTaskDetails\"", "outcome=\"error\""],
            ["reason=\"missing\""],
        ] {
            #expect(lines.contains { line in words.allSatisfy(line.contains) && line.hasSuffix(" 1") }, "\(words)")
        }
        for secret in [workspace.id.text, workspace.name, "made up by the client"] { #expect(!text.contains(secret)) }
    }

    @Test("gives every answer an id that the log has too")
    func requestIDs() throws {
        let bench = try Bench()
        let client = try bench.client(bench.workspace())
        var request = client.request("tools/list")
        let made = try #require(try client.wire.exchange(request)["x-request-id"])
        request["X-Request-Id"] = "chosen-by-the-client"
        #expect(try client.wire.exchange(request)["x-request-id"] == "chosen-by-the-client")
        request["X-Request-Id"] = "bad id\u{7f}"
        request["X-Request-Id"] = "no spaces please"
        #expect(try client.wire.exchange(request)["x-request-id"] != "no spaces please")
        bench.service.stop()
        #expect(bench.service.lines.text.contains(made))
        #expect(bench.service.lines.text.contains("chosen-by-the-client"))
    }
}
