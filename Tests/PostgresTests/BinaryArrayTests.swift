import Postgres
import TestSupport
import Testing

@Suite("Arrays in binary form")
struct BinaryArrayTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = try database.connect(as: .application)
    }

    @Test("arrive as they were made, with nulls and characters of all kinds")
    func values() throws {
        let texts: [String?] = ["", "a,b", "{\"\\}", nil, "NULL", "Grüße 🌍", String(repeating: "x", count: 70_000)]
        let rows = try connection.query("SELECT * FROM unnest(\(BinaryArray(texts: texts))::text[])")
        #expect((0..<rows.rowCount).map { rows.string($0, 0) } == texts)
        let numbers: [Int64] = [0, -1, .min, .max, 1_700_000_000_000_000]
        let integers = try connection.query("SELECT unnest(\(BinaryArray(integers: numbers))::bigint[])")
        #expect((0..<integers.rowCount).map { integers.int64($0, 0) } == numbers)
        var bytes = BinaryArray(of: .bytes)
        for element in [[], [0, 255], nil] as [[UInt8]?] { bytes.append(bytes: element) }
        let strings = try connection.query("SELECT unnest(\(bytes)::bytea[])::text")
        #expect((0..<strings.rowCount).map { strings.string($0, 0) } == ["\\x", "\\x00ff", nil])
        let keys = ["0199d3c0a1b27c3d8e4f0123456789ab", nil, "ffffffffffffffffffffffffffffffff"]
        let array = BinaryArray(uuids: keys.map { $0.flatMap { UUIDKey(digits: $0.utf8) } })
        let uuids = try connection.query("SELECT replace(unnest(\(array)::uuid[])::text, '-', '')")
        #expect((0..<uuids.rowCount).map { uuids.string($0, 0) } == keys)
    }

    @Test("have no dimension when they are empty, and begin at one when not")
    func bounds() throws {
        let rows = try connection.query(
            """
            SELECT cardinality(a), array_ndims(a), array_lower(b, 1), array_upper(b, 1)
            FROM (SELECT \(BinaryArray(texts: []))::text[] AS a, \(BinaryArray(integers: [5, 6]))::bigint[] AS b) AS one
            """)
        #expect((0..<4).map { rows.int64(0, $0) } == [0, nil, 1, 2])
    }

    @Test("with a zero byte in a text are refused as text is")
    func zeroByte() {
        let error = #expect(throws: PostgresError.self) {
            try connection.query("SELECT \(BinaryArray(texts: ["a\0b"]))::text[]")
        }
        #expect(error?.sqlState == .characterNotInRepertoire)
    }
}
