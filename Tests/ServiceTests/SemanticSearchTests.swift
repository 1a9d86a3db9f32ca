import Catalog
import Dispatch
import Foundation
import HTTP
import Identity
import JSON
import Postgres
import Synchronization
import TestSupport
import Testing

/// Search by meaning, with a source of embeddings that the tests play and the extension vector.
@Suite(
    "Search by meaning", .serialized,
    .enabled(if: VectorBench.binaries != nil, Comment(rawValue: VectorBench.advice)))
struct SemanticSearchTests {
    private let vectors: VectorBench
    private let station: EmbeddingStation

    init() throws {
        vectors = try VectorBench.shared.get()
        station = try EmbeddingStation()
    }

    private func client(_ node: TestService, _ workspace: TestWorkspace) throws -> Client {
        try node.client(workspace, try vectors.bench.token(for: workspace) { $0.profile = .all })
    }

    private func titles(_ reply: ToolReply) -> [String] { reply.items.compactMap { $0["title"]?.string } }

    private static let documents = [
        (title: "Car park", body: "Where to leave an automobile overnight."),
        (title: "Bleeding", body: "Open the valve of the radiator until no air comes."),
        (title: "Returns", body: "How customers get their money."),
    ]

    @Test("finds documents that share no word with the query, and says which side found each")
    func meanings() throws {
        let workspace = try vectors.workspace("Teasel")
        try vectors.write(Self.documents, in: workspace)
        let tally = try vectors.embed(workspace, by: station)
        #expect(tally.documents == 3 && tally.pieces == 3 && tally.refused == 0)
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let client = try client(node, workspace)

        let semantic = try client.call("search_knowledge_base", ["query": "refund", "mode": "semantic"])
        #expect(titles(semantic) == ["Returns"], "\(semantic.answer.text)")
        #expect(semantic.structured["mode"] == "semantic")
        #expect(semantic.structured["mode_reason"] == "Meanings were compared.")
        let hit = semantic.items[0]
        #expect(hit["match"] == "meaning" && hit["found_by"] == ["semantic"])
        #expect(hit["excerpt"] == "How customers get their money.")

        let hybrid = try client.call("search_knowledge_base", ["query": "radiator vehicle"])
        #expect(hybrid.structured["mode"] == "hybrid", "\(hybrid.answer.text)")
        #expect(hybrid.structured["mode_reason"] == "Words and meanings were compared.")
        #expect(titles(hybrid) == ["Bleeding", "Car park"], "What both sides found comes first")
        #expect(hybrid.items.map { $0["found_by"] } == [["text", "semantic"], ["semantic"]])
        #expect(hybrid.items[0]["match"] == "some_words" && hybrid.structured["relaxed"] == true)
        // Both are first on the side of words or second on the other: 1/61 + 1/62, or the like.
        #expect((hybrid.items[0]["score"]).map { "\($0)".contains("0.03") } == true)

        let text = try client.call("search_knowledge_base", ["query": "refund", "mode": "text"])
        #expect(text.items.isEmpty && text.structured["mode"] == "text")
        let nothing = try client.call("search_knowledge_base", ["query": "zebra", "mode": "semantic"])
        #expect(nothing.items.isEmpty && nothing.structured["hint"] != nil)
        #expect(station.arrivals.allSatisfy { $0.model == "words-1" && $0.authorization == nil })
    }

    @Test("never shows a part of a text that was changed, nor what is no longer published, nor other categories")
    func present() throws {
        let workspace = try vectors.workspace("Yarrow")
        try vectors.write(Self.documents, in: workspace)
        try vectors.embed(workspace, by: station)
        station.answer(.queriesOnly)
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let client = try client(node, workspace)
        let search: (String, JSONValue) throws -> ToolReply = { query, category in
            try client.call(
                "search_knowledge_base", ["query": .string(query), "mode": "semantic", "category": category])
        }
        #expect(try titles(search("refund", .null)) == ["Returns"])
        #expect(try titles(search("refund", "Other")) == [])
        try vectors.execute(
            workspace,
            """
            UPDATE documents SET body = 'About warmth.'
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND title = 'Returns'
            """)
        let changed = try search("refund", .null)
        #expect(changed.items.isEmpty, "\(changed.answer.text)")
        #expect(
            changed.structured["mode_reason"]?.string?.contains("1 of 3 documents have no embedding yet") == true,
            "\(changed.answer.text)")
        station.answer(.well)
        try vectors.embed(workspace, by: station)
        #expect(try titles(search("refund", .null)) == [])
        #expect(try Set(titles(search("heating", .null))) == ["Returns", "Bleeding"])
        try vectors.execute(
            workspace,
            """
            UPDATE documents SET status = 'archived'
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND title = 'Returns'
            """)
        #expect(try titles(search("heating", .null)) == ["Bleeding"])
        try vectors.execute(
            workspace,
            "UPDATE documents SET deleted_at = now() WHERE workspace_id = \(workspace.id.uuid)::uuid")
        #expect(
            try search("heating", .null).structured["mode_reason"]?.string?.hasPrefix("There are no documents") == true)
        try vectors.embed(workspace, by: station)
        let kept = try vectors.bench.count(
            "SELECT count(*) FROM document_chunks WHERE workspace_id = \(workspace.id.uuid)::uuid")
        #expect(kept == 0, "What nobody is shown is not kept")
    }

    @Test("shows the part of a long document that is near")
    func parts() throws {
        let workspace = try vectors.workspace("Rowan")
        let filler = (0..<60).map { "Paragraph \($0) speaks of other things, one after the other, at length." }
        let body =
            "# Beginning\n\n" + filler.joined(separator: "\n\n") + "\n\n# Vehicles\n\nAn automobile stands here. é"
        try vectors.write([("Long", body)], in: workspace)
        let tally = try vectors.embed(workspace, by: station)
        #expect(tally.documents == 1 && tally.pieces > 3)
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let reply = try client(node, workspace).call("search_knowledge_base", ["query": "car", "max_chars": 100])
        #expect(reply.items.first?["excerpt"] == "# Vehicles\n\nAn automobile stands here. é", "\(reply.answer.text)")
    }

    @Test("keeps workspaces apart, also what they asked")
    func isolation() throws {
        let (own, other) = (try vectors.workspace("Sedge"), try vectors.workspace("Rush"))
        try vectors.write([("Own", "An automobile.")], in: own)
        try vectors.write([("Foreign", "An automobile, and a car.")], in: other)
        try vectors.embed(own, by: station)
        try vectors.embed(other, by: station)
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let before = station.arrivals.count
        for mode in ["semantic", "hybrid"] {
            for (workspace, title) in [(own, "Own"), (other, "Foreign")] {
                let client = try client(node, workspace)
                let question: JSONValue = ["query": "vehicle", "mode": .string(mode), "limit": 20]
                #expect(try titles(client.call("search_knowledge_base", question)) == [title])
                #expect(try titles(client.call("search_knowledge_base", question)) == [title])
            }
        }
        let asked = station.arrivals.dropFirst(before).filter { $0.texts == ["vehicle"] }
        #expect(asked.count == 4, "One for each credential: nobody gets the answer to what another asked")
    }

    @Test("needs the workspace's permission, and forgets everything when that is taken back")
    func permission() throws {
        let workspace = try vectors.workspace("Bracken")
        try vectors.write(Self.documents, in: workspace)
        try vectors.embed(workspace, by: station)
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let client = try client(node, workspace)
        #expect(try client.call("search_knowledge_base", ["query": "refund"]).structured["mode"] == "hybrid")
        try vectors.bench.update(workspace) { $0.semanticSearch = false }
        let before = station.arrivals.count
        let off = try client.call("search_knowledge_base", ["query": "automobile"])
        #expect(titles(off) == ["Car park"] && off.structured["mode"] == "text")
        #expect(off.structured["mode_reason"]?.string?.contains("not turned on") == true)
        #expect(throws: DocumentEmbedder.Obstacle.off) { try vectors.embed(workspace, by: station) }
        #expect(station.arrivals.dropFirst(before).allSatisfy { !$0.text.contains("automobile") })
        let kept = try vectors.bench.count(
            "SELECT count(*) FROM document_chunks WHERE workspace_id = \(workspace.id.uuid)::uuid")
        #expect(kept == 0)
    }

    @Test("stores nothing that came back after the permission was taken back, however near the two were")
    func race() throws {
        let workspace = try vectors.workspace("Sorrel")
        try vectors.write(Self.documents, in: workspace)
        // Being turned off, with everything forgotten, and not yet committed.
        let operating = try vectors.bench.database.connect(as: .owner)
        try operating.execute(script: "BEGIN")
        var off = WorkspaceRegistry.Settings()
        off.semanticSearch = false
        try WorkspaceRegistry(operating).update(workspace.id, off)
        let outcome = Mutex<Result<DocumentEmbedder.Tally, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        DispatchQueue(label: "embedding").async { [vectors, station] in
            let result = Result { try vectors.embed(workspace, by: station) }
            outcome.withLock { $0 = result }
            done.signal()
        }
        try waitForWriter(until: { outcome.withLock { $0 != nil } })
        try operating.execute(script: "COMMIT")
        done.wait()
        #expect(throws: DocumentEmbedder.Obstacle.off) { try outcome.withLock { $0 }?.get() }
        #expect(station.arrivals.count == 1, "The texts had been sent")
        let kept = try vectors.bench.count(
            "SELECT count(*) FROM document_chunks WHERE workspace_id = \(workspace.id.uuid)::uuid")
        #expect(kept == 0)
        let noted = try vectors.bench.count(
            """
            SELECT count(*) FROM audit_events AS e
            WHERE e.workspace_id = \(workspace.id.uuid)::uuid AND e.action = 'documents.sent_for_embedding'
            """)
        #expect(noted == 1, "What was sent is noted, whatever became of it")
    }

    /// Returns when somebody waits for a row of the workspaces, or is done without; gives up after a minute.
    private func waitForWriter(until isDone: () -> Bool) throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(60), !isDone() {
            let waiting = try vectors.bench.count(
                """
                SELECT count(*) FROM pg_locks AS l WHERE NOT l.granted AND l.locktype = 'transactionid' AND EXISTS (
                    SELECT FROM pg_locks AS t WHERE t.pid = l.pid AND t.relation = 'workspaces'::regclass)
                """)
            if waiting > 0 { return }
        }
        #expect(isDone(), "Nobody waits for the workspace")
    }

    @Test(
        "falls back to words and says why where the source fails",
        arguments: [
            (.status(.internalServerError, [:]), "20", "has a problem"),
            (.status(.unauthorized, [:]), "20", "does not accept this service's key"),
            (.status(.tooManyRequests, ["Retry-After": "120"]), "20", "asked too much"),
            (.status(.badRequest, [:]), "20", "nothing that can be used"),
            (.body("[]"), "20", "nothing that can be used"), (.body(#"{"data":[]}"#), "20", "nothing that can be used"),
            (.silent, "0.3", "did not answer in time"),
        ] as [(EmbeddingStation.Manner, String, String)]
    )
    func failures(manner: EmbeddingStation.Manner, timeout: String, reason: String) throws {
        let workspace = try vectors.workspace("Fern")
        try vectors.write(Self.documents, in: workspace)
        try vectors.embed(workspace, by: station)
        station.answer(manner)
        let node = try vectors.bench.anotherNode(station.settings(timeout: timeout))
        defer { node.stop() }
        let reply = try client(node, workspace).call("search_knowledge_base", ["query": "automobile"])
        #expect(titles(reply) == ["Car park"], "\(reply.answer.text)")
        #expect(reply.structured["mode"] == "text")
        #expect(reply.structured["mode_reason"]?.string?.contains(reason) == true, "\(reply.answer.text)")
        #expect(!node.logged.contains("automobile"), "Neither queries nor texts are logged")
    }

    @Test("asks a source that is gone once, not with every call")
    func breaker() throws {
        let workspace = try vectors.workspace("Heather")
        try vectors.write(Self.documents, in: workspace)
        try vectors.embed(workspace, by: station)
        // So long that the calls after the first come before it is over.
        station.answer(.status(.tooManyRequests, ["Retry-After": "200"]))
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let client = try client(node, workspace)
        let before = station.arrivals.count { $0.texts.count == 1 && $0.texts[0].hasPrefix("automobile") }
        let replies = try (0..<5).map {
            try client.call("search_knowledge_base", ["query": .string("automobile \($0)"), "mode": "semantic"])
        }
        #expect(replies.allSatisfy { $0.structured["mode"] == "text" })
        let reasons = replies.compactMap { $0.structured["mode_reason"]?.string }
        #expect(reasons[0].contains("asked too much") && reasons.dropFirst().allSatisfy { $0.contains("a moment ago") })
        let after = station.arrivals.count { $0.texts.count == 1 && $0.texts[0].hasPrefix("automobile") }
        #expect(after - before == 1)
    }

    @Test("leaves sizes in the audit trail, and no texts; a query is asked once for a credential")
    func audit() throws {
        let workspace = try vectors.workspace("Clover")
        try vectors.write([("Secret title", "Hidden body")], in: workspace)
        try vectors.embed(workspace, by: station)
        let node = try vectors.bench.anotherNode(station.settings())
        let client = try client(node, workspace)
        for _ in 0..<3 { _ = try client.call("search_knowledge_base", ["query": "confidential question"]) }
        node.stop()
        let events = try vectors.bench.value(
            """
            SELECT string_agg(e.actor_kind || ' ' || e.action || ' ' || e.outcome || ' ' || (e.changes ->> 'characters'), ','
                ORDER BY e.id) FROM audit_events AS e
            WHERE e.workspace_id = \(workspace.id.uuid)::uuid AND e.action LIKE '%embedding'
            """)
        #expect(
            events
                == "system documents.sent_for_embedding ok 25,credential query.sent_for_embedding ok 21",
            "\(events ?? "")")
        let told = try vectors.bench.count(
            """
            SELECT count(*) FROM audit_events AS e WHERE e.workspace_id = \(workspace.id.uuid)::uuid
                AND (e.changes::text LIKE '%idden%' OR e.changes::text LIKE '%confidential%')
            """)
        #expect(told == 0)
        let calls = try vectors.bench.count(
            """
            SELECT sum(u.calls) FROM usage_counters AS u
            WHERE u.workspace_id = \(workspace.id.uuid)::uuid AND u.span = 'minute'
            """)
        #expect(calls == 3, "What is sent is no call")
    }

    @Test("embeds in the background what was written")
    func background() throws {
        let workspace = try vectors.workspace("Nettle")
        try vectors.write(Self.documents, in: workspace)
        let node = try vectors.bench.anotherNode(station.settings())
        defer { node.stop() }
        let client = try client(node, workspace)
        let deadline = ContinuousClock.now + .seconds(60)
        var reply = try client.call("search_knowledge_base", ["query": "refund", "mode": "semantic"])
        while reply.structured["mode"] != "semantic", ContinuousClock.now < deadline {
            reply = try client.call("search_knowledge_base", ["query": "refund", "mode": "semantic"])
        }
        #expect(titles(reply) == ["Returns"], "\(reply.answer.text) \(node.logged)")
    }

    @Test("goes on with the others where the source does not take one document")
    func refusedDocuments() throws {
        let workspace = try vectors.workspace("Ivy")
        try vectors.write(Self.documents, in: workspace)
        station.answer(.status(.badRequest, [:]))
        let refused = try vectors.embed(workspace, by: station)
        #expect(refused.refused == 3 && refused.documents == 0 && refused.characters == 0)
        station.answer(.well)
        #expect(try vectors.embed(workspace, by: station).documents == 3)
        #expect(try vectors.embed(workspace, by: station).documents == 0, "Nothing is sent twice")
    }

    @Test("is brought up to date by the command, which tells what it did and what is missing")
    func command() throws {
        let workspace = try vectors.workspace("Thyme")
        try vectors.write(Self.documents, in: workspace)
        let environment = [
            "WORKPORT_ADMIN_DATABASE_URL": vectors.bench.database.url(.owner),
            "WORKPORT_MIGRATIONS": ChildProgram.root.appending(path: "migrations").path,
        ]
        let run: ([String], [String: String]) throws -> ChildProgram.Outcome = { arguments, more in
            try ChildProgram.run(
                ChildProgram.workport, arguments, environment: environment.merging(more) { $1 })
        }
        let unset = try run(["embed", "--workspace", workspace.id.text], [:])
        #expect(unset.status == 1 && unset.errors.contains("WORKPORT_EMBEDDINGS_URL"))
        let key = [
            "WORKPORT_EMBEDDINGS_URL": "http://127.0.0.1:\(station.port)/v1/embeddings",
            "WORKPORT_EMBEDDINGS_MODEL": "words-1", "WORKPORT_EMBEDDINGS_KEY": "sk-test",
        ]
        let done = try run(["embed", "--workspace", workspace.id.text, "--json"], key)
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains(#""documents":3,"parts":3"#), "\(done.output)")
        #expect(station.arrivals.last?.authorization == "Bearer sk-test")
        let off = try run(["workspace", "update", workspace.id.text, "--semantic-search", "off", "--json"], [:])
        #expect(off.output.contains(#""semantic_search":false"#), "\(off.output)")
        let refused = try run(["embed", "--workspace", workspace.id.text], key)
        #expect(refused.status == 1 && refused.errors.contains("--semantic-search on"), "\(refused.errors)")
        #expect(!(done.errors + refused.errors).contains("sk-test"))
    }
}

/// The same without the extension, on the server that all tests share.
@Suite("Search by meaning without the extension")
struct UncomparableTests {
    @Test("compares words, says why, and sends nothing")
    func fallback() throws {
        let bench = try Bench.shared.get()
        let station = try EmbeddingStation()
        let workspace = try bench.workspace("Lupin") { $0.semanticSearch = true }
        let node = try bench.anotherNode(station.settings())
        defer { node.stop() }
        let client = try node.client(workspace, try bench.token(for: workspace) { $0.profile = .all })
        let reply = try client.call("search_knowledge_base", ["query": "Lupin manual"])
        #expect(reply.items.count == 2 && reply.structured["mode"] == "text", "\(reply.answer.text)")
        #expect(reply.structured["mode_reason"]?.string?.contains("extension vector") == true)
        #expect(station.arrivals.isEmpty)
    }
}
