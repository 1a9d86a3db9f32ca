import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("A caller")
struct AuthenticationTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    /// Why callers are refused, and what each sends.
    enum Refusal: String, CaseIterable {
        case missing, malformed, unknown, revoked, expired
        case notBearer = "not_bearer"
        case malformedHeader = "malformed_header"
        case preview = "preview_sent"
        case otherWorkspace = "other_workspace"
        case suspended = "workspace_suspended"
        case serverDisabled = "server_disabled"
    }

    @Test("is told apart why they are refused, whatever they ask", arguments: Refusal.allCases)
    func reasons(refusal: Refusal) throws {
        let client = try bench.service.client(workspace, nil)
        let header = try header(for: refusal)
        for request in [
            client.request("tools/list"), client.envelope("GET"), client.envelope("DELETE"), client.envelope("PUT"),
            with(client.envelope()) { $0.body = Array("no JSON".utf8) },
            with(client.request("initialize")) { $0["MCP-Protocol-Version"] = nil },
        ] {
            var request = request
            request["Authorization"] = header
            let answer = try client.wire.exchange(request)
            #expect(answer.status == (refusal == .malformedHeader ? 400 : 401), "\(request.method)")
            #expect(answer.json["reason"]?.string == refusal.rawValue, "\(answer.text)")
            let code: JSONValue =
                switch refusal {
                case .missing, .notBearer: "unauthorized"
                case .malformedHeader: "invalid_request"
                default: "invalid_token"
                }
            #expect(answer.json["error"] == code)
            #expect(answer.json["error_description"]?.string?.isEmpty == false)
            let challenge = answer["www-authenticate"] ?? ""
            let origin = "http://127.0.0.1"
            #expect(
                challenge.hasPrefix(
                    "Bearer resource_metadata=\"\(origin)/.well-known/oauth-protected-resource\(client.path)\""
                )
            )
            #expect(challenge.contains("error=\"\(code.string ?? "")\"") == (code != "unauthorized"), "\(challenge)")
            #expect(challenge.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(challenge)")
        }
    }

    /// The Authorization header of a refused caller; for a suspended workspace it is suspended.
    private func header(for refusal: Refusal) throws -> String? {
        let token = try bench.token(for: workspace) { $0.name = "refused" }
        switch refusal {
        case .missing: return nil
        case .notBearer: return "Basic " + token
        case .malformedHeader: return "Bearer " + token + " " + token
        case .malformed: return "Bearer " + token.dropLast() + (token.hasSuffix("a") ? "b" : "a")
        case .preview: return "Bearer mcp_live_…" + token.suffix(4)
        case .unknown: return "Bearer " + AccessToken(for: workspace.id).text
        case .revoked:
            _ = try bench.registry(of: workspace) { try $0.revoke("refused") }
        case .expired:
            _ = try bench.value(
                "UPDATE credentials SET expires_at = now() - interval '1 second' WHERE name = 'refused'")
        case .otherWorkspace: return "Bearer " + (try bench.token(for: bench.workspace("Bluebird")))
        case .suspended: try bench.update(workspace) { $0.status = "suspended" }
        case .serverDisabled:
            try bench.servers(of: workspace) { servers in
                var settings = ServerRegistry.Settings()
                settings.status = .disabled
                _ = try servers.create(handle: "off", name: "Off", settings)
            }
            _ = try bench.registry(of: workspace) { registry in
                var settings = CredentialRegistry.Settings()
                settings.server = .server("off")
                return try registry.update("refused", settings)
            }
        }
        return "Bearer " + token
    }

    @Test(
        "sends a token in no other form than Authorization: Bearer",
        arguments: [
            ("Basic TOKEN", "not_bearer"), ("TOKEN", "not_bearer"), ("Bearer", "malformed_header"),
            ("Bearer TOKEN TOKEN", "malformed_header"), ("Bearer \"TOKEN\"", "malformed_header"),
            ("Bearer TOKENx", "malformed"), ("Bearer mcp_live_", "preview_sent"),
            ("Bearer mcp_live_abc***", "preview_sent"),
        ]
    )
    func forms(header: String, reason: String) throws {
        let client = try bench.service.client(workspace, nil)
        var request = client.request("tools/list")
        request["Authorization"] = header.replacing("TOKEN", with: try bench.token(for: workspace))
        #expect(try client.wire.exchange(request).json["reason"]?.string == reason)
    }

    @Test("may write the scheme in any case, and blanks around the token")
    func scheme() throws {
        let client = try bench.service.client(workspace, nil)
        let token = try bench.token(for: workspace)
        for scheme in ["bearer ", "BEARER   ", "Bearer "] {
            var request = client.request("tools/list")
            request["Authorization"] = scheme + token
            #expect(try client.wire.exchange(request).status == 200)
        }
        var request = client.request("tools/list")
        request.headers.append(WireHeader("Authorization", "Bearer " + token))
        request.headers.append(WireHeader("Authorization", "Bearer " + token))
        #expect(try client.wire.exchange(request).json["reason"] == "malformed_header")
        request = client.request("tools/list")
        request.path += "?access_token=" + token
        #expect(try client.wire.exchange(request).json["reason"] == "missing", "A token in the query is none")
    }

    /// What an operator changes, and what calls see of it.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (Bench, TestWorkspace) throws -> Void
        let addsComments: Bool
        let listsTasks: Bool
    }

    private static let changes: [Change] = [
        Change(
            testDescription: "the token becomes read-only",
            apply: { bench, workspace in
                try bench.registry(of: workspace) { _ = try $0.update("changed", settings { $0.readOnly = true }) }
            }, addsComments: false, listsTasks: true
        ),
        Change(
            testDescription: "the token is denied a tool",
            apply: { bench, workspace in
                try bench.registry(of: workspace) {
                    _ = try $0.update("changed", settings { $0.deny = ["listWorkspaceTasks"] })
                }
            }, addsComments: true, listsTasks: false
        ),
        Change(
            testDescription: "the token is allowed one tool",
            apply: { bench, workspace in
                try bench.registry(of: workspace) {
                    _ = try $0.update("changed", settings { $0.allow = ["addCustomerComment"] })
                }
            }, addsComments: true, listsTasks: false
        ),
        Change(
            testDescription: "the token loses customer comments",
            apply: { bench, workspace in
                try bench.registry(of: workspace) {
                    _ = try $0.update("changed", settings { $0.customerComments = false })
                }
            }, addsComments: false, listsTasks: true
        ),
        Change(
            testDescription: "the workspace becomes read-only",
            apply: { bench, workspace in try bench.update(workspace) { $0.readOnly = true } },
            addsComments: false, listsTasks: true
        ),
        Change(
            testDescription: "the workspace denies a tool",
            apply: { bench, workspace in try bench.update(workspace) { $0.deny = ["addCustomerComment"] } },
            addsComments: false, listsTasks: true
        ),
        Change(
            testDescription: "the workspace allows one tool",
            apply: { bench, workspace in try bench.update(workspace) { $0.allow = ["listWorkspaceTasks"] } },
            addsComments: false, listsTasks: true
        ),
        Change(
            testDescription: "the workspace turns customer comments off",
            apply: { bench, workspace in try bench.update(workspace) { $0.customerComments = false } },
            addsComments: false, listsTasks: true
        ),
    ]

    private static func settings(_ change: (inout CredentialRegistry.Settings) -> Void) -> CredentialRegistry.Settings {
        var settings = CredentialRegistry.Settings()
        change(&settings)
        return settings
    }

    @Test("notices a change that its node has heard of, in an open session too", arguments: changes, WireEra.both)
    func nextCall(change: Change, era: WireEra) throws {
        let client = try bench.service.client(
            workspace, try bench.token(for: workspace) { $0.name = "changed" }, era: era
        )
        let comment: JSONValue = ["taskId": .string(workspace.tasks[0].id), "comment": "Hello."]
        #expect(try client.toolNames().count == 6)
        #expect(try !client.call("addCustomerComment", comment).isError)
        try change.apply(bench, workspace)
        let names = try client.toolNames()
        #expect(names.contains("addCustomerComment") == change.addsComments)
        #expect(names.contains("listWorkspaceTasks") == change.listsTasks)
        #expect((try client.call("addCustomerComment", comment).rpcCode == -32602) != change.addsComments)
        #expect((try client.call("listWorkspaceTasks").rpcCode == -32602) != change.listsTasks)
    }

    @Test("with a revoked token is refused on every node that has heard of it, in an open session too")
    func revocationOnEveryNode() throws {
        let other = try bench.anotherNode()
        let token = try bench.token(for: workspace) { $0.name = "revoked" }
        let clients = try [bench.service, other].flatMap { node in
            try WireEra.both.map { try node.client(workspace, token, era: $0) }
        }
        for client in clients { #expect(try client.call("workspaceSummary").answer.status == 200) }
        _ = try bench.registry(of: workspace) { try $0.revoke("revoked") }
        for client in clients {
            for method in ["tools/call", "tools/list", "ping"] {
                let answer = try client.ask(method, method == "tools/call" ? ["name": "workspaceSummary"] : [:])
                #expect(answer.status == 401)
                #expect(answer.json["reason"] == "revoked")
            }
        }
    }

    @Test("whose token is revoked while calls run is refused from the next check on")
    func revocationWhileCallsRun() throws {
        let token = try bench.token(for: workspace) { $0.name = "running" }
        let clients = try (0..<4).map { _ in try bench.service.client(workspace, token) }
        // Holds the table of credentials, so that every check waits until the revocation is committed.
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE credentials IN ACCESS EXCLUSIVE MODE")
        for client in clients { try client.wire.send(client.request("tools/call", ["name": "workspaceSummary"])) }
        try Lock.wait(for: "credentials", in: bench)
        _ = try connection.query(Tenancy.set(workspace.id))
        _ = try connection.query(
            "UPDATE credentials SET revoked_at = clock_timestamp() WHERE workspace_id = \(workspace.id.uuid)::uuid"
        )
        try connection.execute(script: "COMMIT")
        for client in clients { #expect(try client.wire.answer().json["reason"] == "revoked") }
    }

    @Test("finishes a call that had been checked before the revocation, and no further one")
    func callInFlight() throws {
        let client = try bench.service.client(workspace, try bench.token(for: workspace) { $0.name = "flying" })
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE checklist_items IN ACCESS EXCLUSIVE MODE")
        try client.wire.send(
            client.request(
                "tools/call",
                [
                    "name": "getTaskDetails",
                    "arguments": ["taskId": .string(workspace.tasks[0].id), "include": ["checklist"]],
                ]
            )
        )
        try Lock.wait(for: "checklist_items", in: bench)
        _ = try bench.registry(of: workspace) { try $0.revoke("flying") }
        try connection.execute(script: "COMMIT")
        #expect(ToolReply(try client.wire.answer()).item["checklist"]?.elements.count == 1)
        #expect(try client.ask("tools/list").json["reason"] == "revoked")
    }

    @Test("is not brought back by rotating or changing a token that was revoked")
    func revokedStaysRevoked() throws {
        _ = try bench.token(for: workspace) { $0.name = "ended" }
        _ = try bench.registry(of: workspace) { try $0.revoke("ended") }
        #expect(throws: CredentialRegistry.Refusal.self) {
            try bench.registry(of: workspace) { try $0.rotate("ended", overlap: 3600) }
        }
        #expect(throws: CredentialRegistry.Refusal.self) {
            try bench.registry(of: workspace) { try $0.update("ended", CredentialRegistry.Settings()) }
        }
    }

    @Test("with a rotated token is served with both until the overlap ends")
    func rotation() throws {
        let old = try bench.token(for: workspace) { $0.name = "rotated" }
        let made = try bench.registry(of: workspace) { try $0.rotate("rotated", overlap: 3600) }
        for token in [old, made.token.text] {
            #expect(try bench.service.client(workspace, token).ask("tools/list").status == 200)
        }
        _ = try bench.value(
            """
            UPDATE credentials SET expires_at = now() - interval '1 second'
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND id = \(made.old.digits)::uuid
            """
        )
        try bench.catchUp()
        #expect(try bench.service.client(workspace, old).ask("tools/list").json["reason"] == "expired")
        #expect(try bench.service.client(workspace, made.token.text).ask("tools/list").status == 200)
    }

    @Test("who acts for a member that left is refused")
    func deactivatedMember() throws {
        let client = try bench.client(workspace)
        #expect(try client.ask("tools/list").status == 200)
        _ = try bench.value(
            "UPDATE members SET status = 'deactivated' WHERE workspace_id = \(workspace.id.uuid)::uuid"
        )
        try bench.catchUp()
        #expect(try client.ask("tools/list").json["reason"] == "revoked")
    }

    @Test("finds their token in no log line and no answer")
    func secrecy() throws {
        let bench = try Bench()
        let workspace = try bench.workspace("Alder")
        let token = try bench.token(for: workspace) { $0.name = "secret" }
        let stranger = try bench.token(for: bench.workspace("Bluebird"))
        let mistyped = token.dropLast() + "!"
        var answers = ""
        func send(_ header: String, to path: String? = nil) throws {
            let client = try bench.service.client(workspace, nil)
            for request in [client.request("tools/list"), client.request("no/such"), client.envelope("GET")] {
                var request = request
                if let path { request.path = path }
                request["Authorization"] = header
                answers += try client.wire.exchange(request).comparable
            }
        }
        try send("Bearer \(token)")
        try send("Bearer \(mistyped)")
        try send("Basic \(token)")
        try send("Bearer \(token) \(token)")
        try send("Bearer \(stranger)")
        try send("Bearer \(token)", to: "/app/api/mcp/server/" + token)
        try send("Bearer \(token)", to: "/elsewhere?token=" + token)
        _ = try bench.registry(of: workspace) { try $0.revoke("secret") }
        try send("Bearer \(token)")
        bench.service.stop()
        let lines = bench.service.lines.text
        #expect(lines.contains("Request answered"))
        for secret in [token, String(mistyped), stranger] {
            // The random part stands behind the prefix and the six characters of the workspace.
            let random = secret.dropFirst("mcp_live_".count + 6).prefix(20)
            #expect(!lines.contains(random))
            #expect(!answers.contains(random))
        }
        #expect(!lines.contains(workspace.name), "No name of a workspace's contents is logged")
    }

    private func with(_ request: WireRequest, _ change: (inout WireRequest) -> Void) -> WireRequest {
        var request = request
        change(&request)
        return request
    }
}
