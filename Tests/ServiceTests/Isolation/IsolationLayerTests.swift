import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// Two things keep workspaces apart: the condition that each statement carries, whose workspace comes from the path,
/// and the policies, whose workspace the database sets when it has checked the token. Each is tried alone here, and
/// the suite's own detector is tried with neither.
///
/// The product's statements are the same in all rows; a test database decides which layer is left. The function
/// `authenticate` is wrapped there, so that it sets another workspace than it was asked for: then the statements ask for
/// one workspace while the policies allow another.
///
/// | | the statements ask for | the policies allow | policies | what could leak B's rows |
/// | --- | --- | --- | --- | --- |
/// | condition alone | A | everything | off | a statement without the condition |
/// | condition against the policies | A | B | on | a statement without the condition |
/// | policies alone | B | A | on | a table without its policy |
/// | neither | B | everything | off | everything: the detector has to see it |
///
/// To make statements ask for B, the calls go to B's endpoint with B's token: a caller of A whose workspace was mixed up.
@Suite("Isolation")
struct IsolationLayerTests {
    enum Asked { case own, foreign }

    struct Arrangement: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let asked: Asked
        let allowed: Asked?
        let hasPolicies: Bool
    }

    @Test(
        "holds with one layer",
        arguments: [
            Arrangement(testDescription: "the condition alone", asked: .own, allowed: nil, hasPolicies: false),
            Arrangement(
                testDescription: "the condition against the policies", asked: .own, allowed: .foreign, hasPolicies: true
            ),
            Arrangement(testDescription: "the policies alone", asked: .foreign, allowed: .own, hasPolicies: true),
        ]
    )
    func oneLayer(arrangement: Arrangement) throws {
        let leaks = try leaks(under: arrangement)
        #expect(leaks == [])
    }

    @Test("is seen to fail with none: every tool and every resource leaks")
    func noLayer() throws {
        let none = Arrangement(testDescription: "neither", asked: .foreign, allowed: .own, hasPolicies: false)
        let leaks = try leaks(under: none)
        for tool in Catalog.registry.tools
        where !Self.boundToCredential.contains(tool.name) && !Self.withoutRows.contains(tool.name) {
            #expect(leaks.contains { $0.hasPrefix(tool.name) }, "The detector is blind for \(tool.name)")
        }
        for fetch in Intruder.fetches where fetch.readsRows {
            #expect(leaks.contains { $0.hasPrefix(fetch.name + " =") }, "The detector is blind for \(fetch.name)")
        }
    }

    /// Tools that show and do only what belongs to the credential that calls, of whatever workspace.
    private static let boundToCredential: Set = [
        "undo_action", "confirm_action", "cancel_action", "list_pending_actions", "get_pending_action", "get_usage",
    ]

    /// Tools that tell of tools and of calls, not of rows; what they pass on is tried by itself.
    private static let withoutRows: Set = [
        "search_tools", "describe_tool", "call_read_tool", "call_write_tool", "describe_entity", "request_access",
        "get_audit_log",
    ]

    private func leaks(under arrangement: Arrangement) throws -> [String] {
        let bench = try Bench()
        let a = try bench.workspace("Alder")
        let b = try bench.workspace("Bluebird")
        let openings = try Intruder.openings.get().found
        let intruder = try Intruder(bench, a: a, b: b, callingAs: arrangement.asked == .own ? a : b)
        // Called as B, the tools would take B's cursors for the caller's own, which they are.
        if arrangement.asked == .own { try intruder.takeCursors(openings) }
        let connection = try bench.database.connect(as: .superuser)
        if !arrangement.hasPolicies { try connection.execute(script: Self.policiesOff) }
        if let allowed = arrangement.allowed {
            try connection.execute(script: Self.setting((allowed == .own ? a : b).id))
        }
        return try intruder.leaks(through: openings)
    }

    private static let policiesOff = """
        DO $$
        DECLARE
            isolated regclass;
        BEGIN
            FOR isolated IN SELECT oid FROM pg_class WHERE relrowsecurity LOOP
                EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', isolated);
            END LOOP;
        END
        $$;
        """

    /// Lets the policies allow this workspace, whichever one the token opens.
    private static func setting(_ workspace: WorkspaceID) -> String {
        """
        ALTER FUNCTION authenticate RENAME TO genuine_authenticate;
        DO $$
        BEGIN
            EXECUTE (
                SELECT format(
                    'CREATE FUNCTION authenticate(%s) RETURNS %s LANGUAGE plpgsql AS $body$
                    #variable_conflict use_column
                    BEGIN
                        RETURN QUERY SELECT * FROM genuine_authenticate($1, $2, $3);
                        PERFORM set_config(''workport.workspace_id'', ''\(workspace.uuid)'', true);
                    END
                    $body$',
                    pg_get_function_arguments(oid), pg_get_function_result(oid)
                )
                FROM pg_proc WHERE proname = 'genuine_authenticate'
            );
        END
        $$;
        """
    }
}
