import Catalog
import HTTP
import Identity
import Postgres
import TestSupport
import Testing

@Suite("A call that goes on in another flush")
struct ContinuationTests {
    @Test("finds its workspace and its member set as the check of its token had set them, and no longer than it lasts")
    func settings() throws {
        let database = try TestDatabase.make(migrations: true)
        let owner = try database.connect(as: .owner)
        let application = try database.connect(as: .application)
        let pepper = try #require(TokenPepper([UInt8](repeating: 1, count: 32)))
        let authenticator = Authenticator(pepper: pepper)
        let workspace = try WorkspaceCreation.create(
            name: "Acme", slug: "acme", settings: WorkspaceRegistry.Settings(), on: owner)
        try owner.transaction { connection in
            _ = try connection.query("SELECT set_config('workport.workspace_id', \(workspace.uuid), true)")
            _ = try connection.query(
                """
                INSERT INTO members (workspace_id, name, email)
                VALUES (\(workspace.uuid)::uuid, 'Dana Reyes', 'dana@example.com')
                """)
        }
        for member in ["dana@example.com", nil] {
            var settings = CredentialRegistry.Settings()
            settings.actsAs = member
            let (token, _) = try CredentialRegistry(owner, in: workspace, pepper: pepper).create(settings)
            let credential = try credential(token, for: workspace, authenticator)
            let (checked, principal) = try application.transaction { connection in
                let rows = try connection.query(authenticator.statement(for: credential, session: nil))
                let principal = try authenticator.principal(for: credential, from: rows).principal
                return (try Self.identity(on: connection), principal)
            }
            let continued = try application.transaction { connection in
                _ = try connection.query(authenticator.continuation(for: principal))
                return try Self.identity(on: connection)
            }
            #expect(continued == checked)
            #expect(checked[0].flatMap(RowID.init(uuid:)) == workspace.row && (checked[1] == nil) == (member == nil))
            #expect(try Self.identity(on: application) == [nil, nil])
        }
    }

    private func credential(
        _ token: AccessToken, for workspace: WorkspaceID, _ authenticator: Authenticator
    ) throws -> PresentedCredential {
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + token.text)
        let request = HTTPRequest(
            method: .post, target: "/", headers: headers, body: [], peer: "127.0.0.1", arrival: .now)
        return try authenticator.credential(in: request, for: workspace.text)
    }

    /// The workspace and the member that the policies see.
    private static func identity(on connection: Connection) throws -> [String?] {
        let rows = try connection.query("SELECT current_workspace_id()::text, current_member_id()::text")
        return [rows.string(0, 0), rows.string(0, 1)]
    }
}
