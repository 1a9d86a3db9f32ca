import Postgres
import TestSupport
import Testing

@Suite("Keys of rows")
struct IdentifierTests {
    @Test("are UUIDs of version 7 with the moment to the microsecond, so that rows written in turn lie in turn")
    func moment() throws {
        let database = try TestDatabase.make(migrations: true)
        let connection = try database.connect(as: .owner)
        let rows = try connection.query(
            """
            WITH keys AS MATERIALIZED (
                SELECT extract(epoch FROM clock_timestamp()) AS before, time_ordered_uuid()::text AS key
            ), parts AS (
                SELECT *, extract(epoch FROM clock_timestamp()) AS after, replace(key, '-', '') AS digits FROM keys
            ), moments AS (
                SELECT *, ('x' || substr(digits, 1, 12))::bit(48)::bigint * 1000
                    + ceil(('x' || substr(digits, 14, 3))::bit(12)::integer * 1000 / 4096.0) AS micros
                FROM parts
            )
            SELECT substr(digits, 13, 1), substr(digits, 17, 1) IN ('8', '9', 'a', 'b'),
                micros >= before * 1000000, micros <= after * 1000000
            FROM moments
            """
        )
        #expect((0..<4).map { rows.string(0, $0) } == ["7", "t", "t", "t"])
    }
}
