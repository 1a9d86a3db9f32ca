import Postgres
import TestSupport
import Testing

@Suite("A result")
struct QueryResultTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = try database.connect(as: .application)
    }

    @Test(
        "gives text back as it was sent", arguments: ["", "Zoë 🦊 \u{1F1E9}\u{1F1EA}", "a\\b\"c'd$1", "line\nline\ttab"])
    func text(_ text: String) throws {
        let result = try connection.query("SELECT \(text)::text, \(Array(text.utf8))::bytea")
        #expect(result.string(0, 0) == text)
        #expect(result.bytes(0, 0) == Array(text.utf8))
        #expect(result.bytea(0, 1) == Array(text.utf8))
    }

    @Test("gives all bytes back")
    func bytea() throws {
        let bytes = [UInt8](0...255)
        let result = try connection.query("SELECT \(bytes)::bytea, \([UInt8]())::bytea, length(\(bytes)::bytea)")
        #expect(result.bytea(0, 0) == bytes)
        #expect(result.bytea(0, 1) == [])
        #expect(result.int64(0, 2) == 256)
    }

    @Test("tells NULL from the empty text")
    func null() throws {
        let result = try connection.query(
            "SELECT \(nil as String?)::text, '', \(nil as Int?)::bigint, \(nil as Bool?)::bool")
        #expect(result.isNull(0, 0) && !result.isNull(0, 1))
        #expect(result.string(0, 0) == nil && result.string(0, 1) == "")
        #expect(result.int64(0, 2) == nil && result.bool(0, 3) == nil && result.bytea(0, 0) == nil)
    }

    @Test("reads whole numbers exactly", arguments: [Int64.min, -1, 0, 1, Int64.max])
    func integers(_ number: Int64) throws {
        #expect(try connection.query("SELECT \(number)::bigint").int64(0, 0) == number)
    }

    @Test(
        "reads numbers, arrays, keys, bytes and text of the binary form", arguments: [Int64.min, -1, 0, 1, Int64.max])
    func binary(_ number: Int64) throws {
        let statement: SQL = """
            SELECT \(number)::bigint, (\(number)::bigint % 32768)::integer, (\(number)::bigint % 32768)::smallint,
                ARRAY[\(number)::bigint, 7], '{}'::bigint[], '0123abcd-4567-89ef-0123-456789abcdef'::uuid,
                '\\x00ff'::bytea, 'Zoë'::text, NULL::bigint, NULL::bigint[], NULL::uuid
            """
        for result in [try connection.query(statement), try connection.query(statement.withBinaryRows)] {
            #expect(result.int64(0, 0) == number)
            #expect(result.int64(0, 1) == number % 32768 && result.int64(0, 2) == number % 32768)
            #expect(result.integers(0, 3) == [number, 7] && result.integers(0, 4) == [])
            #expect(result.uuid(0, 5) == "0123abcd-4567-89ef-0123-456789abcdef")
            #expect(result.bytea(0, 6) == [0, 255] && result.string(0, 7) == "Zoë")
            #expect(result.int64(0, 8) == nil && result.integers(0, 9) == nil && result.uuid(0, 10) == nil)
            #expect(result.int64(0, 11) == nil && result.uuid(0, -1) == nil)
        }
    }

    @Test(
        "gives nil for what is no whole number of 64 bits", arguments: ["1.5", "9223372036854775808", "x", "-", "+1"])
    func noIntegers(_ text: String) throws {
        #expect(try connection.query("SELECT \(text)::text").int64(0, 0) == nil)
    }

    @Test("reads numbers and truth values")
    func numbers() throws {
        let result = try connection.query(
            "SELECT \(0.1)::float8, \(-Double.infinity)::float8, \(true)::bool, \(false)::bool")
        #expect(result.double(0, 0) == 0.1)
        #expect(result.double(0, 1) == -Double.infinity)
        #expect(result.bool(0, 2) == true && result.bool(0, 3) == false)
        #expect(try connection.query("SELECT \(Double.nan)::float8").double(0, 0)?.isNaN == true)
    }

    @Test("keeps the elements of arrays apart")
    func arrays() throws {
        let texts = ["plain", "", "NULL", "a,b", "{c}", "quote\"", "back\\slash", " blank ", "ü"]
        let result = try connection.query("SELECT unnest(\(texts)::text[])")
        #expect((0..<result.rowCount).map { result.string($0, 0) } == texts)
        let numbers = try connection.query("SELECT unnest(\([Int64.min, 0, 7])::bigint[])")
        #expect((0..<numbers.rowCount).map { numbers.int64($0, 0) } == [.min, 0, 7])
        #expect(try connection.query("SELECT cardinality(\([String]())::text[])").int64(0, 0) == 0)
    }

    @Test("reads beyond its edges as NULL")
    func edges() throws {
        let result = try connection.query("SELECT 1 AS one")
        #expect(result.rowCount == 1 && result.columnCount == 1)
        #expect(result.string(1, 0) == nil && result.string(0, 1) == nil && result.int64(-1, 0) == nil)
        #expect(result.column(named: "one") == 0 && result.column(named: "ONE") == nil)
        #expect(result.name(ofColumn: 0) == "one" && result.name(ofColumn: 3) == nil)
    }

    @Test("says how many rows were touched")
    func affected() throws {
        try connection.execute(script: "")
        let result = try connection.query("SELECT * FROM generate_series(1, 3)")
        #expect(result.affectedRows == 3)
    }

    @Test("is refused for text with a zero byte, which would be cut off")
    func zeroByte() {
        #expect(throws: PostgresError(.invalidValue, "text with a zero byte", sqlState: .characterNotInRepertoire)) {
            try connection.query("SELECT \("a\0b")::text")
        }
    }
}
