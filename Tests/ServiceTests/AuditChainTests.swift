import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("The chain of audit events")
struct AuditChainTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    /// A workspace with events in three links.
    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Maple")
        let client = try bench.client(workspace, profile: .all)
        for city in ["Ely", "Rye", "Deal"] {
            _ = try client.call("update_contact", ["id": .string(workspace.contacts[0].id), "city": .string(city)])
            try link()
        }
    }

    private func superuser() throws -> Connection { try bench.database.connect(as: .superuser) }

    /// Links what is there, which a running service does two minutes later.
    private func link() throws {
        _ = try superuser().query(
            "SELECT link_audit_events(\(workspace.id.uuid)::uuid, interval '-1 second')")
    }

    private func check() throws -> AuditChain.Report {
        try AuditChain(bench.database.connect(as: .owner), in: workspace.id).check()
    }

    @Test("is intact as it was made, and goes on")
    func intact() throws {
        let report = try check()
        #expect(report.firstBroken == nil && report.links >= 3 && report.events >= 3)
        #expect(report.head?.count == 64)
        _ = try bench.client(workspace, profile: .all)
            .call("update_contact", ["id": .string(workspace.contacts[0].id), "city": "Hull"])
        #expect(try check().unlinked >= 1, "A young event stays out")
        try link()
        let later = try check()
        #expect(later.firstBroken == nil && later.links > report.links && later.head != report.head)
    }

    @Test(
        "shows that an event was changed, removed or slipped in, and where",
        arguments: [
            "UPDATE audit_events SET outcome = 'denied' WHERE workspace_id = $ AND id = #",
            "UPDATE audit_events SET changes = jsonb_set(changes, '{city,to}', '\"Bath\"') WHERE workspace_id = $ AND id = #",
            "UPDATE audit_events SET at = at + interval '1 second' WHERE workspace_id = $ AND id = #",
            "DELETE FROM audit_events WHERE workspace_id = $ AND id = #",
            """
            INSERT INTO audit_events (workspace_id, id, actor_kind, action, outcome)
            VALUES ($, overlay(#::text PLACING 'ffff' FROM 20 FOR 4)::uuid, 'system', 'forged', 'ok')
            """,
            "DELETE FROM audit_links WHERE workspace_id = $ AND position = 1",
        ])
    func broken(statement: String) throws {
        let connection = try superuser()
        let through = try connection.query(
            "SELECT through::text FROM audit_links WHERE workspace_id = \(workspace.id.uuid)::uuid AND position = 1")
        // The first event that has changes, in the first link.
        let event = try connection.query(
            """
            SELECT id::text FROM audit_events WHERE workspace_id = \(workspace.id.uuid)::uuid
                AND id <= \(through.string(0, 0))::uuid AND changes IS NOT NULL ORDER BY id LIMIT 1
            """)
        let target = try #require(event.string(0, 0))
        try connection.execute(
            script: statement.replacing("$", with: "'\(workspace.id.uuid)'").replacing("#", with: "'\(target)'::uuid"))
        let report = try check()
        #expect(report.firstBroken != nil && (report.firstBroken ?? 9) <= 2, "\(report)")
    }

    @Test("cannot be changed by the service's own role")
    func role() throws {
        let application = try bench.database.connect(as: .application)
        for statement: SQL in [
            "UPDATE audit_links SET events = 1", "DELETE FROM audit_links", "UPDATE audit_events SET outcome = 'ok'",
            "DELETE FROM audit_events",
        ] {
            #expect(throws: PostgresError.self) {
                try application.transaction { connection in
                    _ = try connection.query(Tenancy.set(workspace.id))
                    _ = try connection.query(statement)
                }
            }
        }
    }
}
