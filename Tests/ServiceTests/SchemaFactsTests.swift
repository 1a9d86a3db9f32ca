import Identity
import Postgres
import TestSupport
import Testing

/// What the isolation of workspaces stands on, read from PostgreSQL's own catalog after all migrations.
@Suite("The schema")
struct SchemaFactsTests {
    /// Tables without a workspace of their own: tenants themselves, and what the migrator keeps.
    private static let referenceTables = ["schema_migrations", "workspaces"]

    private let connection: Connection

    init() throws { connection = try Bench.shared.get().database.connect(as: .superuser) }

    @Test("has the workspace first in every table's primary key, unique indexes and foreign keys")
    func keys() throws {
        let tables = try column(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
        #expect(tables.count > Self.referenceTables.count + 10)
        let unkeyed = try column(
            """
            SELECT c.relname FROM pg_class AS c
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
            """
        )
        #expect(unkeyed == [], "Tables without a primary key")
        let indexes = try column(
            """
            SELECT c.relname || '.' || i.indexrelid::regclass
            FROM pg_index AS i
            JOIN pg_class AS c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
            LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE i.indisunique AND a.attname IS DISTINCT FROM 'workspace_id' AND c.relname <> ALL (\(Self.referenceTables)::text[])
            """
        )
        #expect(indexes == [], "Unique indexes that do not begin with workspace_id")
        let references = try column(
            """
            SELECT k.conname
            FROM pg_constraint AS k
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            JOIN pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
            WHERE k.contype = 'f' AND (
                a.attname <> 'workspace_id'
                OR f.attname <> CASE WHEN k.confrelid = 'workspaces'::regclass THEN 'id' ELSE 'workspace_id' END
            )
            """
        )
        #expect(references == [], "Foreign keys that could point into another workspace")
        let nullable = try column(
            """
            SELECT a.attrelid::regclass FROM pg_attribute AS a
            JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
                AND c.relnamespace = 'public'::regnamespace
            WHERE a.attname = 'workspace_id' AND NOT a.attnotnull
            """
        )
        #expect(nullable == [], "Tables in which a row may belong to nobody")
    }

    @Test("has row-level security on every table, for its owner too, with a policy that compares the workspace")
    func policies() throws {
        let open = try column(
            """
            SELECT relname FROM pg_class
            WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'
                AND NOT (relrowsecurity AND relforcerowsecurity)
            """
        )
        #expect(open == [], "Tables without row-level security")
        // A policy that holds for the application: for everybody (0), or for its role by name.
        let policies = try rows(
            """
            SELECT c.relname, pg_get_expr(p.polqual, p.polrelid), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''),
                p.polcmd::text, p.polpermissive
            FROM pg_class AS c
            LEFT JOIN pg_policy AS p ON p.polrelid = c.oid
                AND (p.polroles @> '{0}' OR p.polroles @> ARRAY['workport_app'::regrole::oid])
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                AND c.relname <> 'schema_migrations'
            """
        )
        for policy in policies {
            let key = policy[0] == "workspaces" ? "id" : "workspace_id"
            #expect(policy[1] == "(\(key) = current_workspace_id())", "\(policy)")
            #expect(policy[2] == "" && policy[3] == "*" && policy[4] == "t", "\(policy)")
        }
        let bypasses = try column(
            """
            SELECT DISTINCT c.relname FROM pg_class AS c
            WHERE c.relkind IN ('v', 'm', 'f') AND c.relnamespace = 'public'::regnamespace
            """
        )
        #expect(bypasses == [], "Views read with their owner's eyes")
    }

    @Test("gives the application's role no attribute, no membership and nothing of its own")
    func role() throws {
        let role = try rows(
            """
            SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
                EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid),
                EXISTS (SELECT FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o')
            FROM pg_roles AS r WHERE rolname = 'workport_app'
            """
        )
        #expect(role == [["f", "f", "f", "f", "f", "f", "f"]])
    }

    @Test("grants the application what it needs and nothing else")
    func privileges() throws {
        let granted = try rows(
            """
            SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)
            FROM information_schema.role_table_grants
            WHERE grantee IN ('workport_app', 'PUBLIC') AND table_schema = 'public'
            GROUP BY table_name
            """
        )
        let exceptions = [
            "workspaces": "SELECT", "schema_migrations": "SELECT", "audit_events": "INSERT SELECT",
            "deal_stage_changes": "INSERT SELECT", "payments": "INSERT SELECT", "quotation_versions": "INSERT SELECT",
            "audit_links": "INSERT SELECT",
        ]
        for grant in granted {
            #expect(grant[1] == exceptions[grant[0]] ?? "DELETE INSERT SELECT UPDATE", "\(grant)")
        }
        let others = try rows(
            """
            SELECT has_schema_privilege('workport_app', 'public', 'CREATE'),
                has_database_privilege('workport_app', current_database(), 'CREATE'),
                has_database_privilege('workport_app', current_database(), 'TEMPORARY'),
                EXISTS (
                    SELECT FROM pg_class AS c, aclexplode(c.relacl) AS x
                    WHERE x.grantee = 'workport_app'::regrole AND x.is_grantable
                ),
                EXISTS (
                    SELECT FROM pg_attribute AS a, aclexplode(a.attacl) AS x WHERE x.grantee = 'workport_app'::regrole
                )
            """
        )
        #expect(others == [["f", "f", "f", "f", "f"]])
    }

    @Test("has few functions that run as the owner, each with its search path and for the application only")
    func definerFunctions() throws {
        let functions = try rows(
            """
            SELECT proname, array_to_string(proconfig, ';'), has_function_privilege('public', oid, 'EXECUTE')
            FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
            """
        )
        for function in functions {
            #expect(
                [
                    "search_tasks", "search_records_of", "sweep_mail", "semantic_workspaces", "hold_semantic_search",
                    "write_audit_trail",
                ].contains(function[0]),
                "\(function[0]) is new: does it keep workspaces apart?")
            #expect(function[1].hasPrefix("search_path=pg_catalog, public, pg_temp"), "\(function)")
            #expect(function[2] == "f", "\(function[0]) is open to everybody")
        }
    }

    @Test("tells every node when something is changed that the check of a token reads")
    func announcements() throws {
        let read = try column(
            """
            WITH alias(name, relation) AS (
                VALUES ('c', 'credentials'), ('w', 'workspaces'), ('m', 'members'), ('s', 'mcp_servers')
            ),
            read AS (
                SELECT DISTINCT a.relation, f[2] AS name
                FROM pg_proc AS p, regexp_matches(p.prosrc, '\\m([cwms])\\.(\\w+)', 'g') AS f
                JOIN alias AS a ON a.name = f[1]
                WHERE p.proname = 'authenticate' AND p.pronamespace = 'public'::regnamespace
            )
            SELECT r.relation || '.' || r.name FROM read AS r
            -- Keys are not changed.
            WHERE r.name NOT IN ('id', 'workspace_id') AND NOT EXISTS (
                SELECT FROM pg_trigger AS t JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)
                WHERE t.tgname = r.relation || '_altered' AND t.tgrelid = r.relation::regclass AND a.attname = r.name
            )
            """)
        #expect(read == [], "Columns whose change only the longest standing ends")
        let triggers = try column("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%\\_altered' ORDER BY 1")
        #expect(triggers == ["credentials_altered", "mcp_servers_altered", "members_altered", "workspaces_altered"])
    }

    @Test("refuses the application a row of another workspace even if a statement asks for it")
    func application() throws {
        let bench = try Bench.shared.get()
        let (a, b) = (try bench.workspace("Alder"), try bench.workspace("Bluebird"))
        let application = try bench.database.connect(as: .application)
        let seen = try application.query("SELECT count(*) FROM tasks")
        #expect(seen.int64(0, 0) == 0, "Without a workspace nothing is seen")
        _ = try application.query("BEGIN")
        _ = try application.query("SELECT set_config('workport.workspace_id', \(a.id.uuid), true)")
        let foreign = try application.query(
            "SELECT count(*) FROM tasks WHERE workspace_id = \(b.id.uuid)::uuid"
        )
        #expect(foreign.int64(0, 0) == 0)
        #expect(throws: PostgresError.self) {
            _ = try application.query(
                """
                INSERT INTO companies (workspace_id, name) VALUES (\(b.id.uuid)::uuid, 'intruder')
                """
            )
        }
        _ = try application.query("ROLLBACK")
    }

    private func rows(_ statement: SQL) throws -> [[String]] {
        let result = try connection.query(statement)
        return (0..<result.rowCount).map { row in (0..<result.columnCount).map { result.string(row, $0) ?? "" } }
    }

    private func column(_ statement: SQL) throws -> [String] { try rows(statement).map { $0[0] } }
}
