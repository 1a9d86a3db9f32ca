import Catalog
import Identity
import JSON
import Matching
import Postgres
import TestSupport
import Testing

@Suite("The search index")
struct SearchIndexTests {
    private let bench: Bench

    init() throws { bench = try Bench.shared.get() }

    private func numbers(_ client: Client, _ query: String) throws -> [Int64] {
        try client.call("searchWorkspaceTasks", ["query": .string(query)]).items.compactMap { $0["number"]?.integer }
    }

    private func comment(_ text: String, on task: TestWorkspace.Task, _ client: Client) throws {
        let reply = try client.call("addCustomerComment", ["taskId": .string(task.id), "comment": .string(text)])
        #expect(!reply.isError, "\(reply.answer.text)")
    }

    @Test("finds a word that is new on one node at once on another, exact and nearly so")
    func twoNodes() throws {
        let workspace = try bench.workspace("Hazel")
        let token = try bench.token(for: workspace)
        let other = try bench.anotherNode()
        defer { other.stop() }
        let (here, there) = (
            try bench.service.client(workspace, token), try other.client(workspace, token)
        )
        // Both have read the dictionary before the word is born.
        #expect(try numbers(here, "thingamabob") == [])
        #expect(try numbers(there, "thingamabob") == [])
        try comment("The thingamabob rattles.", on: workspace.tasks[0], here)
        #expect(try numbers(there, "thingamabob") == [workspace.tasks[0].number])
        #expect(try numbers(there, "thingamobob") == [workspace.tasks[0].number])
        #expect(try numbers(here, "thingamobob rattles") == [workspace.tasks[0].number])
    }

    @Test("never finds what was rolled back, and does not miss what was committed late")
    func transactions() throws {
        let workspace = try bench.workspace("Larch")
        let client = try bench.client(workspace)
        let owner = try bench.database.connect(as: .owner)
        let task: SQL = "(SELECT id FROM tasks WHERE number = \(workspace.tasks[0].number)::bigint)"
        let keys = SearchKeyMaker(workspace: workspace.id.uuid)
        func bringIn(_ word: String) throws {
            _ = try owner.query(Tenancy.set(workspace.id))
            _ = try owner.query("UPDATE tasks SET description = \(word) WHERE id = \(task)")
            let stored = StoredWord(.text, Array(word.utf8))
            _ = try owner.query(
                """
                UPDATE search_documents
                SET keys = keys || \(keys.key(of: stored))::bigint, layout = layout || '\\x08000101'::bytea
                WHERE task_id = \(task)
                """
            )
            _ = try owner.query(
                "INSERT INTO search_words (workspace_id, word) VALUES (\(workspace.id.uuid)::uuid, \(stored.text))"
            )
        }
        try owner.execute(script: "BEGIN")
        try bringIn("gyroscopic")
        #expect(try numbers(client, "gyroscopik") == [])
        try owner.execute(script: "ROLLBACK")
        #expect(try numbers(client, "gyroscopik") == [])

        try owner.execute(script: "BEGIN")
        try bringIn("tachometric")
        // Others go on meanwhile, and this process reads their words.
        try comment("Something else altogether.", on: workspace.tasks[1], client)
        #expect(try numbers(client, "altogethr") == [workspace.tasks[1].number])
        #expect(try numbers(client, "tachometrik") == [])
        try owner.execute(script: "COMMIT")
        #expect(try numbers(client, "tachometrik") == [workspace.tasks[0].number])
    }

    @Test("keeps workspaces apart, also where hashes are equal")
    func equalHashes() throws {
        let (one, other) = (try bench.workspace("Rowan"), try bench.workspace("Rowan"))
        let (first, second) = (try bench.client(one), try bench.client(other))
        let before = (try numbers(first, "rowan furnace"), try numbers(second, "rowan furnace"))
        #expect(before.0 == [one.tasks[0].number])
        // The rows of one get the keys of the other as well.
        let superuser = try bench.database.connect(as: .superuser)
        _ = try superuser.query(
            """
            UPDATE search_documents AS s SET keys = s.keys || o.keys,
                layout = s.layout || decode('08' || lpad(to_hex(cardinality(o.keys)), 4, '0') || '01', 'hex')
            FROM (
                SELECT array_agg(DISTINCT k) AS keys FROM search_documents AS d CROSS JOIN unnest(d.keys) AS k
                WHERE d.workspace_id = \(one.id.uuid)::uuid
            ) AS o
            WHERE s.workspace_id = \(other.id.uuid)::uuid
            """
        )
        #expect(try numbers(first, "rowan furnace") == before.0)
        #expect(try numbers(second, "rowan furnace") == before.1)
        for query in [one.contacts[0].phone, one.contacts[0].email, one.contacts[0].name, "#\(one.tasks[0].number)"] {
            let found = try first.call("searchWorkspaceTasks", ["query": .string(query), "limit": 100]).items
            let ids = Set(one.tasks.map(\.id))
            #expect(found.allSatisfy { $0["id"]?.string.map(ids.contains) ?? false }, "\(query)")
            #expect(!found.isEmpty, "\(query)")
        }
    }

    @Test("is the same after it was built anew")
    func rebuild() throws {
        let workspace = try bench.workspace("Spruce")
        let client = try bench.client(workspace)
        try comment("A whatchamacallit is loose.", on: workspace.tasks[2], client)
        let owner = try bench.database.connect(as: .owner)
        func rows() throws -> String? {
            try bench.value(
                """
                SELECT md5(string_agg(task_id || ' ' || part || ' ' || keys::text, ';' ORDER BY task_id, part))
                FROM search_documents WHERE workspace_id = \(workspace.id.uuid)::uuid
                """
            )
        }
        let before = try rows()
        _ = try bench.database.connect(as: .superuser).query(
            "DELETE FROM search_documents WHERE workspace_id = \(workspace.id.uuid)::uuid"
        )
        #expect(try numbers(client, "whatchamacallit") == [])
        try SearchIndex(owner).rebuild(workspace.id)
        #expect(try rows() == before)
        #expect(try numbers(client, "whatchamacalit") == [workspace.tasks[2].number])
    }

    @Test("is read by its own index, whatever the values are")
    func plans() throws {
        let superuser = try bench.database.connect(as: .superuser)
        let seeder = WorkspaceSeeder(.init(workspaces: 1, tasks: 3_000, seed: 77)) {
            try bench.database.connect(as: .owner)
        }
        let made = try seeder.run(connections: 1) { _, _ in }
        try superuser.execute(
            script: """
                SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
                PREPARE offered(bigint[], bigint[], uuid) AS
                    SELECT s.task_id FROM search_documents AS s
                    WHERE s.keys && $1 AND s.keys && $2 AND s.workspace_id IS NOT DISTINCT FROM $3 LIMIT 100
                """
        )
        let offered = try plan("EXECUTE offered('{1}', '{2}', NULL)", superuser)
        #expect(offered.contains("Bitmap Index Scan on search_documents_keys"))
        #expect(!offered.contains("search_documents_pkey"))

        let application = try bench.database.connect(as: .application)
        try application.execute(script: "SET workport.workspace_id = '\(made[0].workspace.uuid)'")
        try application.execute(
            script: """
                SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
                PREPARE called(uuid, text, text) AS
                    SELECT s.contact_id FROM search_phones AS s
                    WHERE s.workspace_id = $1 AND s.reversed >= $2 AND s.reversed < $3 LIMIT 100;
                PREPARE newest(uuid) AS
                    SELECT s.born FROM search_words AS s WHERE s.workspace_id = $1 ORDER BY s.born DESC LIMIT 1
                """
        )
        let id = made[0].workspace.uuid
        let called = try plan("EXECUTE called('\(id)', '4', '5')", application)
        #expect(called.contains("search_phones_pkey") && called.contains("reversed >="))
        #expect(try plan("EXECUTE newest('\(id)')", application).contains("search_words_born"))
    }

    /// The plan as text, of which conditions of an index stand behind `Index Cond`.
    private func plan(_ statement: String, _ connection: Connection) throws -> String {
        let rows = try connection.query(SQL(verbatim: "EXPLAIN (COSTS OFF) " + statement))
        return (0..<rows.rowCount).compactMap { rows.string($0, 0) }.filter { !$0.contains("Filter:") }.joined(
            separator: "\n")
    }

    @Test("answers hostile queries in the usual time")
    func hostile() throws {
        let client = try bench.client(try bench.workspace("Willow"))
        for text in [
            "", "a", "!!!", "12", String(repeating: "x", count: 1_000), String(repeating: "1", count: 1_000), "%_%\\",
            "(a+)+$", String(repeating: "(", count: 400) + String(repeating: "a+)", count: 190) + "$", "' qqzz ''='",
            "$1 qqzz",
            "qqzz%' --", "qq_zz", "\u{323}\u{301}e\u{301}\u{323}", "x\u{301}\u{323}\u{30A}q\u{323}\u{301}",
            String(repeating: "qz", count: 5_000), String(repeating: "\u{301}", count: 900), "\u{200F}\u{202B}קקצצ",
            "\u{202E}qqzzxx", "👩‍👩‍👧👩‍👩‍👧", "e\u{301}\u{323}\u{301}", "щ a ש ア", String(repeating: "ab ", count: 330),
        ] {
            let reply = try client.call("searchWorkspaceTasks", ["query": .string(text)])
            #expect(reply.code == nil || reply.code == "validation_failed", "\(text): \(reply.answer.text)")
            #expect(reply.items.isEmpty, "\(text)")
        }
    }
}
