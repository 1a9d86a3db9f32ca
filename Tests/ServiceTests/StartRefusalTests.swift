import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The program")
struct StartRefusalTests {
    /// A database on which the program refuses to start.
    enum Obstacle: CaseIterable {
        case unreachable, noSuchDatabase, superuser, owner, bypassesPolicies, memberOfOwner, empty, older, newer, edited

        /// What the sentence says.
        var words: [String] {
            switch self {
            case .unreachable, .noSuchDatabase: ["The database cannot be reached"]
            case .superuser: ["superuser", "WORKPORT_DATABASE_URL"]
            case .owner, .memberOfOwner: ["owns the table", "workport_app"]
            case .bypassesPolicies: ["BYPASSRLS"]
            case .empty, .older: ["older than this program", "workport migrate"]
            case .newer: ["newer than this program", "0099_future.sql"]
            case .edited: ["was edited after it ran"]
            }
        }
    }

    @Test("does not start on a database that is not as it must be, and says why", arguments: Obstacle.allCases)
    func obstacles(obstacle: Obstacle) throws {
        let database = try TestDatabase.make(migrations: obstacle != .empty)
        let outcome = try serve(database: try url(of: database, behind: obstacle))
        #expect(outcome.status == 1)
        for words in obstacle.words { #expect(outcome.errors.contains(words), "\(outcome.errors)") }
        #expect(outcome.output == "")
    }

    private func url(of database: TestDatabase, behind obstacle: Obstacle) throws -> String {
        let admin = try database.connect(as: .superuser)
        func role(_ attributes: String) throws -> String {
            let role = "\(database.name)_role"
            try admin.execute(
                script: """
                    CREATE ROLE \(role) LOGIN \(attributes);
                    GRANT CONNECT ON DATABASE \(database.name) TO \(role);
                    GRANT USAGE ON SCHEMA public TO \(role);
                    """
            )
            return database.url(.application).replacing("user=\(TestCluster.application)", with: "user=\(role)")
        }
        switch obstacle {
        case .unreachable: return "postgresql:///workport?host=/nowhere&user=workport_app"
        case .noSuchDatabase: return database.url(.application).replacing(database.name, with: "no_such_database")
        case .superuser: return database.url(.superuser)
        case .owner: return database.url(.owner)
        case .bypassesPolicies: return try role("BYPASSRLS")
        case .memberOfOwner: return try role("IN ROLE \(TestCluster.owner)")
        case .empty: break
        case .older:
            try admin.execute(
                script: "DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)")
        case .newer:
            try admin.execute(
                script: "INSERT INTO schema_migrations (number, name, digest) VALUES (99, '0099_future.sql', 'x')")
        case .edited:
            try admin.execute(script: "UPDATE schema_migrations SET digest = 'x' WHERE number = 2")
        }
        return database.url(.application)
    }

    @Test(
        "does not start with settings that cannot be used, and names each",
        arguments: [
            (["WORKPORT_TOKEN_PEPPER": "12"], ["WORKPORT_TOKEN_PEPPER has to be 16 bytes or more"]),
            (["WORKPORT_TOKEN_PEPPER": ""], ["WORKPORT_TOKEN_PEPPER is not set"]),
            (["WORKPORT_SEAL_KEYS": "1:aabb"], ["WORKPORT_SEAL_KEYS has to be"]),
            (["WORKPORT_DATABASE_URL": ""], ["WORKPORT_DATABASE_URL is not set"]),
            (
                ["WORKPORT_PORT": "70000", "WORKPORT_WORKERS": "none", "WORKPORT_PROT": "1"],
                ["WORKPORT_PORT is 70000", "WORKPORT_WORKERS is none", "WORKPORT_PROT is not a setting"]
            ),
            (
                ["WORKPORT_TOKEN_PEPPER": "", "WORKPORT_TOKEN_PEPPER_FILE": "/no/such/file"],
                ["/no/such/file cannot be read"]
            ),
        ]
    )
    func settings(environment: [String: String], words: [String]) throws {
        let outcome = try serve(database: "postgresql:///workport?host=/nowhere", environment)
        #expect(outcome.status == 1)
        for words in words { #expect(outcome.errors.contains(words), "\(outcome.errors)") }
    }

    private func serve(database: String, _ environment: [String: String] = [:]) throws -> ChildProgram.Outcome {
        var settings = TestService.secrets
        settings["WORKPORT_DATABASE_URL"] = database
        settings["WORKPORT_PORT"] = "0"
        settings.merge(environment) { $1 }
        return try ChildProgram.run(ChildProgram.workport, ["serve"], environment: settings)
    }
}
