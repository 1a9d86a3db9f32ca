import Dispatch
import Postgres
import TestSupport
import Testing

@Suite("A connection")
struct ConnectionTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = try database.connect(as: .owner)
        try connection.execute(
            script: "CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL CHECK (body <> ''))")
    }

    private func count() throws -> Int64? { try connection.query("SELECT count(*) FROM notes").int64(0, 0) }

    @Test("has the settings of its options and of nobody's environment")
    func settings() throws {
        var options = ConnectionOptions()
        options.statementTimeout = .milliseconds(1234)
        options.idleInTransactionTimeout = .seconds(7)
        options.searchPath = ["pg_temp", "public"]
        let connection = try Connection(url: database.url(.application), applicationName: "a name", options: options)
        func value(_ setting: String) throws -> String? {
            try connection.query("SELECT current_setting(\(setting))").string(0, 0)
        }
        #expect(try value("TimeZone") == "UTC")
        #expect(try value("client_encoding") == "UTF8")
        #expect(try value("statement_timeout") == "1234ms")
        #expect(try value("idle_in_transaction_session_timeout") == "7s")
        #expect(try value("search_path") == "pg_temp,public")
        #expect(try value("application_name") == "a name")
    }

    @Test("commits what a transaction returned from and undoes what it threw from")
    func transactions() throws {
        struct Stop: Error {}
        try connection.transaction { _ = try $0.query("INSERT INTO notes VALUES (\(1), \("kept"))") }
        #expect(throws: Stop.self) {
            try connection.transaction { connection in
                _ = try connection.query("INSERT INTO notes VALUES (\(2), \("lost"))")
                throw Stop()
            }
        }
        #expect(try count() == 1)
        #expect(!connection.isInTransaction)
    }

    @Test("does not call a transaction committed that the server rolled back")
    func swallowedError() throws {
        let error = try #require(throws: PostgresError.self) {
            try connection.transaction { connection in
                _ = try connection.query("INSERT INTO notes VALUES (\(1), \("lost"))")
                _ = try? connection.query("INSERT INTO notes VALUES (\(2), \(""))")
            }
        }
        #expect(error.kind == .unexpectedResult)
        #expect(try count() == 0)
    }

    @Test("tells which constraint was broken")
    func constraint() throws {
        let error = try #require(throws: PostgresError.self) {
            try connection.query("INSERT INTO notes VALUES (\(1), \(""))")
        }
        #expect(error.kind == .server && error.sqlState == .checkViolation)
        #expect(error.constraint == "notes_body_check" && error.table == "notes")
    }

    @Test("refuses writes in a read-only transaction")
    func readOnly() throws {
        let error = try #require(throws: PostgresError.self) {
            try connection.transaction(readOnly: true) { _ = try $0.query("INSERT INTO notes VALUES (1, 'x')") }
        }
        #expect(error.sqlState?.rawValue == "25006")
    }

    @Test("copies rows in, in blocks of any size")
    func copy() throws {
        let text = (1...1000).map { "\($0)\tnote \($0)\n" }.joined()
        var rest = Array(text.utf8)[...]
        let copied = try connection.copyIn("COPY notes FROM STDIN") {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(777) }
            return Array(rest.prefix(777))
        }
        #expect(copied == 1000)
        #expect(try count() == 1000)
    }

    @Test("copies nothing when a row is bad or the source fails")
    func failedCopy() throws {
        struct Stop: Error {}
        var blocks = ["1\tgood\n", "two\tbad\n"].map { Array($0.utf8) }
        let error = try #require(throws: PostgresError.self) {
            try connection.copyIn("COPY notes FROM STDIN") { blocks.isEmpty ? nil : blocks.removeFirst() }
        }
        #expect(error.sqlState == .invalidTextRepresentation)
        var isFirst = true
        #expect(throws: Stop.self) {
            try connection.copyIn("COPY notes FROM STDIN") {
                guard isFirst else { throw Stop() }
                isFirst = false
                return Array("3\tgood\n".utf8)
            }
        }
        #expect(try count() == 0)
    }

    @Test("can be stopped from another thread")
    func cancel() throws {
        let holder = try database.connect(as: .owner)
        _ = try holder.query("SELECT pg_advisory_lock(1)")
        let canceller = try #require(connection.canceller)
        let watcher = try LockWatch(database)
        DispatchQueue.global().async {
            watcher.waitUntilBlocked(1)
            canceller.cancel()
        }
        let error = try #require(throws: PostgresError.self) { try connection.query("SELECT pg_advisory_lock(1)") }
        #expect(error.sqlState == .queryCanceled)
        #expect(try connection.query("SELECT 1").int64(0, 0) == 1)
    }

    @Test("says that nobody answers")
    func nobody() throws {
        let folder = try TestFolder()
        let error = try #require(throws: PostgresError.self) {
            _ = try Connection(url: "postgresql:///x?host=\(folder.path)", applicationName: "tests")
        }
        #expect(error.kind == .connectionFailed)
    }

    @Test("is of no use once closed")
    func closed() throws {
        connection.close()
        connection.close()
        let error = try #require(throws: PostgresError.self) { try connection.query("SELECT 1") }
        #expect(error.kind == .connectionLost && !connection.isOpen)
    }
}
