import Dispatch
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("The migrator", .timeLimit(.minutes(20)))
struct MigratorTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = try database.connect(as: .owner)
    }

    private static func migrator(_ scripts: [String]) throws -> Migrator {
        try Migrator(
            scripts.enumerated().map { index, script in
                try Migration(name: "000\(index + 1)_step.sql", script: script)
            }
        )
    }

    private static let two = ["CREATE TABLE one (id int);", "CREATE TABLE two (id int); INSERT INTO one VALUES (1);"]

    @Test("runs what is missing, in order and once")
    func order() throws {
        let migrator = try Self.migrator(Self.two)
        #expect(try migrator.status(connection) == .older(missing: ["0001_step.sql", "0002_step.sql"]))
        var told: [String] = []
        let ran = try migrator.migrate(connection) { told.append($0.name) }
        #expect(ran == ["0001_step.sql", "0002_step.sql"] && told == ran)
        #expect(try migrator.status(connection) == .current)
        #expect(try migrator.migrate(connection) == [])
        let longer = try Self.migrator(Self.two + ["INSERT INTO one VALUES (2);"])
        #expect(try longer.status(connection) == .older(missing: ["0003_step.sql"]))
        #expect(try longer.migrate(connection) == ["0003_step.sql"])
        #expect(try connection.query("SELECT count(*) FROM one").int64(0, 0) == 2)
    }

    @Test("orders by number, whatever order it is given")
    func sorted() throws {
        let migrations = try ["0002_b.sql", "0001_a.sql"].map { try Migration(name: $0, script: "SELECT 1") }
        #expect(try Migrator(migrations).migrations.map(\.number) == [1, 2])
    }

    @Test(
        "refuses gaps and repeated numbers",
        arguments: [
            ["0002_a.sql"], ["0001_a.sql", "0003_b.sql"], ["0001_a.sql", "0001_b.sql"],
        ])
    func gaps(_ names: [String]) throws {
        let migrations = try names.map { try Migration(name: $0, script: "SELECT 1") }
        let error = try #require(throws: PostgresError.self) { _ = try Migrator(migrations) }
        #expect(error.kind == .migration)
    }

    @Test(
        "refuses names of another form",
        arguments: [
            "1_a.sql", "00001_a.sql", "0001-a.sql", "0001_.sql", "0001_A.sql", "0001_a.txt", "0001_a b.sql",
            "a001_a.sql", "0001",
        ])
    func names(_ name: String) throws {
        let error = try #require(throws: PostgresError.self) { _ = try Migration(name: name, script: "") }
        #expect(error.kind == .migration)
    }

    @Test("sees that a file was edited")
    func edited() throws {
        try Self.migrator(Self.two).migrate(connection)
        let changed = try Self.migrator([Self.two[0] + " -- better", Self.two[1]])
        #expect(try changed.status(connection) == .edited(["0001_step.sql"]))
        let error = try #require(throws: PostgresError.self) { try changed.migrate(connection) }
        #expect(error.kind == .migration && error.message.contains("0001_step.sql"))
    }

    @Test("sees that the database is newer")
    func newer() throws {
        try Self.migrator(Self.two).migrate(connection)
        let older = try Self.migrator([Self.two[0]])
        #expect(try older.status(connection) == .newer(unknown: ["0002_step.sql"]))
        #expect(throws: PostgresError.self) { try older.migrate(connection) }
    }

    @Test("keeps what ran before a failure, and nothing of the step that failed")
    func failure() throws {
        let migrator = try Self.migrator([Self.two[0], "CREATE TABLE two (id int); SELECT 1 / 0;"])
        let error = try #require(throws: PostgresError.self) { try migrator.migrate(connection) }
        #expect(error.kind == .migration && error.message.hasPrefix("0002_step.sql: "))
        #expect(error.sqlState?.rawValue == "22012")
        #expect(try migrator.status(connection) == .older(missing: ["0002_step.sql"]))
        #expect(try connection.query("SELECT to_regclass('two') IS NULL").bool(0, 0) == true)
        #expect(try Self.migrator(Self.two).migrate(connection) == ["0002_step.sql"])
    }

    @Test("refuses a step that ends its own transaction")
    func ownCommit() throws {
        let migrator = try Self.migrator(["CREATE TABLE one (id int); COMMIT;"])
        let error = try #require(throws: PostgresError.self) { try migrator.migrate(connection) }
        #expect(error.kind == .migration)
    }

    @Test("waits for another that is at work")
    func twoAtOnce() async throws {
        let slow = try Self.migrator(["CREATE TABLE one (id int); SELECT pg_advisory_xact_lock(1);"])
        _ = try connection.query("SELECT pg_advisory_lock(1)")
        let watch = try LockWatch(database)
        let database = database
        async let both = withTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        DispatchQueue.global().async {
                            let ran = try? slow.migrate(database.connect(as: .owner))
                            continuation.resume(returning: ran?.count ?? -1)
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted()
        }
        // One holds the migrators' lock and waits in its script; the other waits for the migrators' lock.
        await watch.untilBlocked(2)
        _ = try connection.query("SELECT pg_advisory_unlock(1)")
        #expect(await both == [0, 1])
    }

    @Test("lets the application's role read the status")
    func application() throws {
        let migrator = try Self.migrator(Self.two)
        try migrator.migrate(connection)
        #expect(try migrator.status(database.connect(as: .application)) == .current)
    }

    @Test("reads a folder's migrations in order")
    func folder() throws {
        let folder = try TestFolder()
        for (name, text) in [("0002_b.sql", "SELECT 'ü'"), ("0001_a.sql", "SELECT 1"), ("README.md", "words")] {
            try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
        }
        let migrations = try Migration.all(inFolder: folder.path)
        #expect(migrations.map(\.name) == ["0001_a.sql", "0002_b.sql"])
        #expect(migrations[1].script == "SELECT 'ü'")
        let error = try #require(throws: PostgresError.self) { try Migration.all(inFolder: "\(folder.path)/none") }
        #expect(error.kind == .migration)
    }
}
