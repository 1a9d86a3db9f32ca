import Catalog
import Identity
import Postgres
import TestSupport
import Testing
import Tools

/// What the suite of isolation stands on: a kind of row that a workspace has none of, nobody can find in it.
@Suite("A workspace of the tests")
struct TestWorkspaceTests {
    @Test(
        "has rows of every entity, and knows what their identifiers begin with",
        arguments: Catalog.entityList.map(\.name))
    func rows(name: String) throws {
        let entity = try #require(Catalog.entities[name])
        let bench = try Bench.shared.get()
        let workspace = try bench.workspace("Medlar")
        #expect(
            ForeignValue.prefixes.contains { $0 == (entity.table, entity.prefix) },
            "`prefixes` in ForeignValue.swift lacks (\"\(entity.table)\", \"\(entity.prefix)\").")
        let count = try bench.count(
            "SELECT count(*) FROM \(verbatim: entity.table) WHERE workspace_id = \(workspace.id.uuid)::uuid")
        #expect(
            count > 0, "TestWorkspace.swift is to write some \(entity.plural), whose texts bear the workspace's name.")
    }

    @Test("has no two kinds of rows with the same beginning")
    func prefixes() {
        let prefixes = Catalog.entityList.map(\.prefix)
        #expect(Set(prefixes).count == prefixes.count, "\(prefixes)")
    }
}
