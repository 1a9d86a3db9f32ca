import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("A workspace")
struct IsolationTests {
    private let bench: Bench
    private let a: TestWorkspace
    private let b: TestWorkspace

    init() throws {
        bench = try Bench()
        a = try bench.workspace("Alder")
        b = try bench.workspace("Bluebird")
        // A key that B has used, so that A can try it.
        let stored = try bench.client(b).call(
            "addCustomerComment",
            ["taskNumber": .integer(b.tasks[0].number), "comment": "Bluebird words", "idempotencyKey": "Bluebird"]
        )
        #expect(!stored.isError)
        // A write that B could take back.
        let kept = try bench.client(b, profile: .all).call("create_company", ["name": "Bluebird Trading"])
        #expect(kept.structured["undo_token"] != nil)
        // And one that waits, in both.
        for workspace in [a, b] {
            let token = try bench.token(for: workspace) {
                $0.profile = .all
                $0.confirmation = .allWrites
            }
            let waiting = try bench.service.client(workspace, token)
                .call("create_company", ["name": .string("\(workspace.name) Shipping")])
            #expect(waiting.structured["confirmToken"] != nil)
        }
    }

    @Test("learns nothing of another through any argument of any tool, resource or prompt")
    func nothingLeaks() throws {
        let intruder = try Intruder(bench, a: a, b: b)
        let (openings, unreached) = try Intruder.openings.get()
        #expect(unreached.isEmpty, "No call gets past validation with these arguments")
        try intruder.takeCursors(openings)
        let leaks = try intruder.leaks(through: openings)
        #expect(leaks == [])
    }

    @Test("is not touched by a stranger who tries everything while nobody else calls")
    func nothingChanges() throws {
        let openings = try Intruder.openings.get().found
        bench.service.stop()
        let before = try digests()
        let node = try Bench(on: bench.database)
        _ = try Intruder(node, a: a, b: b).leaks(through: openings)
        node.service.stop()
        #expect(try digests() == before)
    }

    /// A digest of B's rows in every table that has any, past all policies.
    private func digests() throws -> [String: String] {
        let connection = try bench.database.connect(as: .superuser)
        let tables = try connection.query(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id' AND table_schema = 'public'"
        )
        var digests: [String: String] = [:]
        for row in 0..<tables.rowCount {
            let table = tables.string(row, 0) ?? ""
            let digest = try connection.query(
                """
                SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \(verbatim: table) AS t
                WHERE workspace_id = \(b.id.uuid)::uuid
                """
            )
            digests[table] = digest.string(0, 0)
        }
        return digests
    }
}
