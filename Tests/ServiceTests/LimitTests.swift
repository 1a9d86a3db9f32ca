import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("Limits of calls")
struct LimitTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Rowan")
    }

    private func token(
        in workspace: TestWorkspace? = nil, _ change: (inout CallLimitWishes) -> Void
    ) throws -> String {
        try bench.token(for: workspace ?? self.workspace) {
            $0.profile = .all
            change(&$0.limits)
        }
    }

    private func client(_ change: (inout CallLimitWishes) -> Void) throws -> Client {
        try bench.service.client(workspace, try token(change))
    }

    /// Runs a test of a minute's window, not at its end.
    private func inOneMinute(_ body: () throws -> Void) throws {
        while try bench.count("SELECT floor(extract(second FROM clock_timestamp()))::integer") > 45 {}
        try body()
    }

    private func read(_ client: Client) throws -> ToolReply { try client.call("listWorkspaceTasks", ["limit": 1]) }

    /// Calls until a call is refused; gives how many were not.
    private func calls(_ client: Client, atMost most: Int = 1_000) throws -> Int {
        for count in 0..<most {
            let reply = try read(client)
            if reply.code != nil { return count }
        }
        return most
    }

    // MARK: How many

    @Test("let two nodes together admit exactly as many calls as a month has room for", arguments: [30, 240])
    func nodes(limit: Int) throws {
        let token = try token { $0.perMonth = .calls(limit) }
        let other = try bench.anotherNode()
        defer { other.stop() }
        let clients = [try bench.service.client(workspace, token), try other.client(workspace, token)]
        var admitted = 0
        for _ in 0..<(limit / 3) {
            for client in clients where try !read(client).isError { admitted += 1 }
        }
        for client in clients { admitted += try calls(client) }
        #expect(admitted == limit)
        #expect(try clients.map { try read($0).code } == ["quota_exceeded", "quota_exceeded"])
    }

    @Test("hold for callers that come at once", arguments: WireEra.both)
    func crowd(era: WireEra) throws {
        let token = try token { $0.perMonth = .calls(25) }
        let clients = try (0..<4).map { _ in try bench.service.client(workspace, token, era: era) }
        for client in clients { try client.open() }
        for client in clients {
            try client.wire.send(
                (0..<15).map { _ in
                    client.request("tools/call", ["name": "listWorkspaceTasks", "arguments": ["limit": 1]])
                })
        }
        var codes: [String?] = []
        for client in clients { codes += try (0..<15).map { _ in ToolReply(try client.wire.answer()).code } }
        #expect(codes.count { $0 == nil } == 25 && codes.count { $0 == "quota_exceeded" } == 35)
    }

    @Test("count what reads and what writes, what fails and what is only tried, and nothing but calls of tools")
    func kinds() throws {
        let client = try client { $0.perMonth = .calls(6) }
        let contact: JSONValue = ["id": .string(workspace.contacts[0].id), "job_title": "Counted", "dry_run": true]
        #expect(try !read(client).isError)
        #expect(try !client.call("update_contact", contact).isError)
        #expect(try client.call("update_contact", ["id": "con_1"]).code == "validation_failed")
        #expect(
            try client.call("getTaskDetails", ["taskId": .string("tsk_" + String(repeating: "0", count: 32))]).code
                == "not_found")
        #expect(try client.call("no_such_tool").rpcCode == -32602)
        for _ in 0..<10 { #expect(try !client.toolNames().isEmpty) }
        #expect(try !client.call("update_contact", contact).isError)
        #expect(try client.call("update_contact", contact).code == "quota_exceeded")
        #expect(try read(client).code == "quota_exceeded")
        #expect(try !client.toolNames().isEmpty)
    }

    @Test("hold for sensitive writes apart, also for those that are passed on")
    func sensitive() throws {
        try inOneMinute {
            let client = try client { $0.sensitivePerMinute = .calls(3) }
            let bulk: JSONValue = [
                "ids": [.string(workspace.contacts[0].id)], "set": ["job_title": "Many"], "dry_run": true,
            ]
            #expect(try !client.call("bulk_update_contacts", bulk).isError)
            #expect(
                try !client.call("call_write_tool", ["name": "bulk_update_contacts", "arguments": bulk]).isError)
            #expect(try client.call("confirm_action", ["confirmToken": "none"]).code == "confirm_unknown")
            let refused = try client.call("bulk_update_contacts", bulk)
            #expect(refused.code == "rate_limited", "\(refused.answer.text)")
            #expect(refused.structured["error"]?["limit"]?["of"] == "sensitive_writes")
            let passed = try client.call("call_write_tool", ["name": "bulk_update_contacts", "arguments": bulk])
            #expect(passed.code == "rate_limited")
            #expect(try !read(client).isError)
            let update: JSONValue = ["id": .string(workspace.contacts[0].id), "job_title": "One"]
            #expect(try !client.call("update_contact", update).isError)
        }
    }

    @Test("hold for all credentials of a workspace together, and for no other workspace")
    func together() throws {
        let (one, other) = (try bench.workspace("Sorrel"), try bench.workspace("Tansy"))
        try bench.update(one) { $0.limits.perMonth = .calls(12) }
        let clients = try (0..<2).map { _ in try bench.client(one) }
        #expect(try (0..<5).allSatisfy { _ in try !read(clients[0]).isError })
        #expect(try calls(clients[1]) == 7)
        let refused = try read(clients[0])
        #expect(refused.code == "quota_exceeded" && refused.message.contains("workspace"))
        #expect(refused.structured["error"]?["limit"]?["scope"] == "workspace")
        #expect(try !read(bench.client(other)).isError)
        // A credential's own limit holds for it alone.
        let narrow = try client { $0.perMonth = .calls(2) }
        #expect(try calls(narrow) == 2)
        #expect(try !read(bench.client(workspace)).isError)
    }

    // MARK: What is told

    @Test("are told with every answer, and with a refusal when to come back", arguments: WireEra.both)
    func told(era: WireEra) throws {
        try inOneMinute {
            let client = try bench.service.client(
                workspace, try token { $0.perMinute = .calls(3) }, era: era)
            for left in [2, 1, 0] {
                let answer = try read(client).answer
                #expect(answer["ratelimit-limit"] == "3" && answer["ratelimit-remaining"] == "\(left)")
                #expect((1...60).contains(Int(answer["ratelimit-reset"] ?? "") ?? 0))
                #expect(answer["retry-after"] == nil)
            }
            for _ in 0..<3 {
                let refused = try read(client)
                #expect(refused.answer.status == 200 && refused.isError && refused.code == "rate_limited")
                let seconds = Int(refused.answer["retry-after"] ?? "") ?? 0
                #expect((1...60).contains(seconds))
                #expect(refused.answer["ratelimit-remaining"] == "0" && refused.answer["ratelimit-limit"] == "3")
                let error = refused.structured["error"]
                #expect(error?["retry_after_seconds"] == .integer(Int64(seconds)))
                #expect(error?["limit"] == ["scope": "credential", "per": "minute", "of": "calls", "limit": 3])
                #expect(refused.message.contains("3 calls"))
            }
        }
    }

    @Test("are told with the answers to writes, and stand in whoami and get_usage")
    func usage() throws {
        let client = try client {
            $0.perMinute = .calls(5_000)
            $0.perMonth = .calls(40)
            $0.sensitivePerMinute = CallLimit.standard
        }
        let update: JSONValue = ["id": .string(workspace.contacts[0].id), "job_title": "Told", "dry_run": true]
        let answer = try client.call("update_contact", update).answer
        #expect(answer["ratelimit-limit"] == "40" && answer["ratelimit-remaining"] == "39")
        let limits = try client.call("whoami").structured["credential"]?["limits"]?.elements ?? []
        #expect(
            limits == [
                ["scope": "credential", "per": "minute", "of": "calls", "limit": 5_000],
                ["scope": "credential", "per": "month", "of": "calls", "limit": 40],
                ["scope": "credential", "per": "minute", "of": "sensitive_writes", "limit": 100],
            ])
        let usage = try client.call("get_usage").item
        let month = try #require(usage["limits"]?.elements.first { $0["per"] == "month" })
        #expect(month["limit"] == 40 && (37...38).contains(month["remaining"]?.integer ?? -1))
        #expect(usage["spans"]?["month"]?["calls"] != nil)
    }

    @Test("leave refusals in the metrics, one event in the audit trail and the rest in the tally")
    func kept() throws {
        let bench = try Bench()
        let workspace = try bench.workspace("Umber")
        let client = try bench.service.client(
            workspace, try bench.token(for: workspace) { $0.limits.perMonth = .calls(2) })
        #expect(try calls(client) == 2)
        for _ in 0..<50 { #expect(try read(client).code == "quota_exceeded") }
        let count: SQL = """
            SELECT count(*) FROM audit_events WHERE workspace_id = \(workspace.id.uuid)::uuid AND outcome = 'rate_limited'
            """
        let sum: SQL = """
            SELECT coalesce(sum(denied), 0)::bigint FROM usage_counters
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND span = 'minute'
            """
        #expect(try bench.service.count(#"policy_refusals_total{reason="credential_month"}"#) == 51)
        // What waits to be counted is counted when the node stops.
        bench.service.stop()
        #expect(try bench.count(sum) == 51)
        let events = try bench.count(count)
        #expect(events >= 1 && events < 20, "\(events): at most one a second")
    }

    // MARK: When it ends

    @Test("lose nothing to a node that is stopped: the others admit what it did not")
    func stopped() throws {
        let token = try token { $0.perMonth = .calls(500) }
        let other = try bench.anotherNode()
        let client = try other.client(workspace, token)
        for _ in 0..<7 { #expect(try !read(client).isError) }
        let taken: SQL = """
            SELECT coalesce(sum(taken), 0)::integer FROM credential_calls
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND meter = 'credential_month'
            """
        #expect(try bench.count(taken) > 7)
        other.stop()
        #expect(try bench.count(taken) == 7)
        #expect(try calls(bench.service.client(workspace, token)) == 493)
    }

    @Test("are over with their window")
    func window() throws {
        let client = try client { $0.perMonth = .calls(3) }
        #expect(try calls(client) == 3)
        try bench.database.connect(as: .superuser).execute(
            script: """
                UPDATE credential_calls SET starts_at = starts_at - interval '40 days'
                WHERE workspace_id = '\(workspace.id.uuid)'
                """)
        try until("the next window is open") { try !read(client).isError }
        #expect(try calls(client) == 2)
    }

    @Test("are raised and lifted within two seconds, and lowered with the next call")
    func raised() throws {
        let text = try token { $0.perMonth = .calls(2) }
        let client = try bench.service.client(workspace, text)
        #expect(try calls(client) == 2)
        let name = try bench.value(
            "SELECT preview FROM credentials WHERE workspace_id = \(workspace.id.uuid)::uuid ORDER BY id DESC LIMIT 1")
        func set(_ limit: CallLimit) throws {
            var settings = CredentialRegistry.Settings()
            settings.limits.perMonth = limit
            _ = try bench.registry(of: workspace) { try $0.update(name ?? "", settings) }
        }
        try set(.calls(6))
        let changed = ContinuousClock.now
        try until("the higher limit holds") { try !read(client).isError }
        #expect(ContinuousClock.now - changed < .seconds(2))
        #expect(try calls(client) == 3)
        try set(CallLimit.none)
        try until("there is no limit") { try !read(client).isError }
        #expect(try calls(client, atMost: 40) == 40)
        try set(.calls(1))
        #expect(try read(client).code == "quota_exceeded")
    }

    @Test("say nothing any more to a token that was revoked")
    func revoked() throws {
        let client = try client { $0.perMonth = .calls(1) }
        #expect(try calls(client) == 1)
        try bench.database.connect(as: .superuser).execute(
            script: "UPDATE credentials SET revoked_at = now() WHERE workspace_id = '\(workspace.id.uuid)'")
        try until("the token is looked at") { try read(client).answer.status == 401 }
    }
}
