import Catalog
import HTTP
import Identity
import Postgres
import TestSupport
import Testing

@Suite("The weight of a workspace")
struct WorkspaceWeightTests {
    @Test("comes with every check of its tokens, and is 1 until an operator says otherwise")
    func weight() throws {
        let database = try TestDatabase.make(migrations: true)
        let owner = try database.connect(as: .owner)
        let application = try database.connect(as: .application)
        let pepper = try #require(TokenPepper([UInt8](repeating: 1, count: 32)))
        let authenticator = Authenticator(pepper: pepper)
        let workspace = try WorkspaceCreation.create(
            name: "Heavy", slug: "heavy", settings: WorkspaceRegistry.Settings(), on: owner)
        var settings = CredentialRegistry.Settings()
        settings.name = "test"
        let (token, _) = try CredentialRegistry(owner, in: workspace, pepper: pepper).create(settings)
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + token.text)
        let request = HTTPRequest(
            method: .post, target: "/", headers: headers, body: [], peer: "127.0.0.1", arrival: .now)
        let credential = try authenticator.credential(in: request, for: workspace.text)

        func seen() throws -> Int {
            let rows = try application.query(authenticator.statement(for: credential, session: nil))
            return try authenticator.principal(for: credential, from: rows).principal.weight
        }
        #expect(try seen() == 1)
        var change = WorkspaceRegistry.Settings()
        change.weight = 7
        try WorkspaceRegistry(owner).update(workspace, change)
        #expect(try seen() == 7)
    }
}
