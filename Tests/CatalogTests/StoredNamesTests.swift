import Catalog
import Identity
import Matching
import Postgres
import TestSupport
import Testing

@Suite("Stored names")
struct StoredNamesTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make(migrations: true)
        connection = try database.connect(as: .owner)
    }

    @Test("of contacts that are older than their table are completed, in every workspace, once")
    func completion() throws {
        let workspaces =
            [try DemoWorkspace.create(on: connection)]
            + [try WorkspaceCreation.create(name: "Empty", slug: "empty", on: connection)]
        let stored = try digests(of: workspaces)
        try StoredNames.complete(on: connection)
        #expect(try digests(of: workspaces) == stored)
        for workspace in workspaces { _ = try connection.value("DELETE FROM contact_names RETURNING 1", in: workspace) }
        #expect(try digests(of: workspaces) != stored)
        try StoredNames.complete(on: connection)
        #expect(try digests(of: workspaces) == stored)
    }

    private func digests(of workspaces: [WorkspaceID]) throws -> [String] {
        try workspaces.map { try TableDigest.of("contact_names", connection, in: $0) }
    }
}
