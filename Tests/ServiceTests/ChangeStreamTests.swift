import Identity
import JSON
import Testing

/// Streams of changes on one node, changes made at another or by an administrator.
@Suite("An open stream", .timeLimit(.minutes(20)))
struct ChangeStreamTests {
    private let bench: Bench
    private let other: TestService
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        other = try bench.anotherNode()
        workspace = try bench.workspace("Alder")
    }

    /// A stream of a client, and what ends it cleanly.
    private struct Stream {
        let client: Client
        let events: EventReader
    }

    /// Opens the stream of changes of the client's era at the other node.
    private func open(
        _ token: String, era: WireEra, watching uri: String? = nil, of workspace: TestWorkspace? = nil
    ) throws -> Stream {
        let client = try other.client(workspace ?? self.workspace, token, era: era)
        switch era {
        case .stateless:
            var wish: JSONValue = ["toolsListChanged": true, "promptsListChanged": true]
            if let uri { wish = wish.adding("resourceSubscriptions", [.string(uri)]) }
            try client.wire.send(client.request("subscriptions/listen", ["notifications": wish]))
            let events = try EventReader(client.wire)
            #expect(try events.next()?["method"] == "notifications/subscriptions/acknowledged")
            return Stream(client: client, events: events)
        case .handshake:
            try client.open()
            if let uri { #expect(try client.ask("resources/subscribe", ["uri": .string(uri)]).status == 200) }
            let second = try other.client(workspace ?? self.workspace, token, era: era)
            second.resume(client.session)
            var request = second.envelope("GET")
            request["Mcp-Session-Id"] = client.session
            try second.wire.send(request)
            return Stream(client: second, events: try EventReader(second.wire))
        }
    }

    /// The methods of the next messages.
    private func methods(_ count: Int, of stream: Stream) throws -> Set<String> {
        var methods: Set<String> = []
        for _ in 0..<count { methods.insert(try stream.events.next()?["method"]?.string ?? "end") }
        return methods
    }

    private static let lists: Set = ["notifications/tools/list_changed", "notifications/prompts/list_changed"]

    @Test("tells of changed settings of its credential and of its workspace", arguments: WireEra.both)
    func settings(era: WireEra) throws {
        let stream = try open(try bench.token(for: workspace) { $0.name = "watched" }, era: era)
        let all = era.isStateless ? Self.lists : Self.lists.union(["notifications/resources/list_changed"])
        try bench.registry(of: workspace) { registry in
            var settings = CredentialRegistry.Settings()
            settings.deny = ["getTaskDetails"]
            _ = try registry.update("watched", settings)
        }
        #expect(try methods(all.count, of: stream) == all)
        try bench.update(workspace) { $0.readOnly = true }
        #expect(try methods(all.count, of: stream) == all)
    }

    @Test("tells of its server's tools, and ends with that or when its token is moved", arguments: WireEra.both)
    func servers(era: WireEra) throws {
        func change(_ handle: String, _ body: (inout ServerRegistry.Settings) -> Void) throws {
            var settings = ServerRegistry.Settings()
            body(&settings)
            _ = try bench.servers(of: workspace) { try $0.update(handle, settings) }
        }
        for handle in ["desk", "shop"] {
            _ = try bench.servers(of: workspace) { try $0.create(handle: handle, name: handle, .init()) }
        }
        let tokens = try ["watched", "moved"].map { name in
            try bench.token(for: workspace) {
                $0.name = name
                $0.server = .server("desk")
            }
        }
        let streams = try tokens.map { try open($0, era: era) }
        let all = era.isStateless ? Self.lists : Self.lists.union(["notifications/resources/list_changed"])
        try change("shop") { $0.tools = .these([]) }
        try change("desk") { $0.tools = .these(["getTaskDetails"]) }
        for stream in streams { #expect(try methods(all.count, of: stream) == all) }
        try bench.registry(of: workspace) { registry in
            var settings = CredentialRegistry.Settings()
            settings.server = .server("shop")
            _ = try registry.update("moved", settings)
        }
        try expectEnd(of: streams[1], era)
        try change("desk") { $0.limits.perMonth = .calls(100_000) }
        try change("desk") { $0.status = .disabled }
        try expectEnd(of: streams[0], era)
    }

    @Test("hears nothing of other workspaces and other credentials", arguments: WireEra.both)
    func strangers(era: WireEra) throws {
        let stranger = try bench.workspace("Bluebird")
        let stream = try open(
            try bench.token(for: workspace) { $0.name = "mine" }, era: era, watching: "workspace://summary"
        )
        _ = try bench.token(for: workspace) { $0.name = "not mine" }
        try bench.update(stranger) { $0.readOnly = true }
        _ = try bench.registry(of: workspace) { try $0.revoke("not mine") }
        let comment: JSONValue = ["taskNumber": .integer(stranger.tasks[0].number), "comment": "hello"]
        #expect(try bench.client(stranger).call("addCustomerComment", comment).isError == false)
        // What comes first is what happened last.
        _ = try bench.registry(of: workspace) { try $0.revoke("mine") }
        #expect(try stream.events.next()?["method"] == nil)
    }

    @Test("tells of a resource that a call at another node has changed", arguments: WireEra.both)
    func resources(era: WireEra) throws {
        let task = workspace.tasks[0]
        let stream = try open(try bench.token(for: workspace), era: era, watching: "task://\(task.number)")
        let client = try bench.client(workspace)
        let comment = { (number: Int64) -> JSONValue in ["taskNumber": .integer(number), "comment": "hello"] }
        #expect(try client.call("addCustomerComment", comment(workspace.tasks[1].number)).isError == false)
        #expect(try client.call("addCustomerComment", comment(task.number)).isError == false)
        let message = try stream.events.next()
        #expect(message?["method"] == "notifications/resources/updated")
        #expect(message?["params"]?["uri"]?.string == "task://\(task.number)")
    }

    @Test("ends when its token is revoked or its workspace is suspended", arguments: WireEra.both)
    func revocation(era: WireEra) throws {
        let revoked = try open(try bench.token(for: workspace) { $0.name = "doomed" }, era: era)
        let suspended = try open(try bench.token(for: workspace), era: era)
        _ = try bench.registry(of: workspace) { try $0.revoke("doomed") }
        try expectEnd(of: revoked, era)
        try bench.update(workspace) { $0.status = "suspended" }
        try expectEnd(of: suspended, era)
    }

    @Test("ends when its token does", arguments: WireEra.both)
    func expiry(era: WireEra) throws {
        // Long enough to open the stream on a machine that does much else.
        let stream = try open(try bench.token(for: workspace) { $0.lifetime = 15 }, era: era)
        try expectEnd(of: stream, era)
    }

    @Test("ends with its node, and tells its client so", arguments: WireEra.both)
    func shutdown(era: WireEra) throws {
        let stream = try open(try bench.token(for: workspace), era: era)
        other.stop()
        try expectEnd(of: stream, era)
    }

    @Test("of a session ends when that is deleted at another node")
    func deletion() throws {
        let stream = try open(try bench.token(for: workspace), era: .handshake("2025-11-25"))
        let client = try bench.service.client(workspace, stream.client.token, era: .handshake("2025-11-25"))
        var request = client.envelope("DELETE")
        request["Mcp-Session-Id"] = stream.client.session
        #expect(try client.wire.exchange(request).status == 204)
        #expect(try stream.events.next() == nil)
    }

    /// A stream of the stateless era ends with its result, one of a session without a word.
    private func expectEnd(of stream: Stream, _ era: WireEra) throws {
        let last = try stream.events.next()
        guard era.isStateless else { return #expect(last == nil) }
        #expect(last?["result"]?["resultType"] == "complete")
        #expect(try stream.events.next() == nil)
    }
}

extension WireEra {
    fileprivate var isStateless: Bool { if case .stateless = self { true } else { false } }
}
