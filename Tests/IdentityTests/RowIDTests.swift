import Identity
import Postgres
import TestSupport
import Testing

@Suite("Identifiers")
struct RowIDTests {
    @Test("that are made are of version 7 and in the order of their time, to the microsecond")
    func timeOrdered() {
        let random: UInt64 = 0xFF02_0304_0506_0708
        let start: Int64 = 1_700_000_000_123_456
        // 1_700_000_000_123 milliseconds, and 456 microseconds in units of 1/4096 millisecond.
        #expect(RowID(at: start, random: random).digits == "018bcfe5687b774b" + "bf02030405060708")
        let keys = (0..<3_000).map { RowID(at: start + $0, random: random).digits }
        #expect(keys == keys.sorted() && Set(keys).count == keys.count)
        #expect(RowID(at: start, random: .max) < RowID(at: start + 1, random: 0))
        #expect(RowID(at: 0, random: 0).digits == "00000000000070008000000000000000")
    }

    @Test(
        "are 32 lower-case hexadecimal digits behind their prefix",
        arguments: [
            ("tsk_0199d3c0a1b27c3d8e4f0123456789ab", true), ("tsk_0199D3C0A1B27C3D8E4F0123456789AB", false),
            ("tsk_0199d3c0a1b27c3d8e4f0123456789a", false), ("tsk_0199d3c0a1b27c3d8e4f0123456789abc", false),
            ("con_0199d3c0a1b27c3d8e4f0123456789ab", false), ("0199d3c0a1b27c3d8e4f0123456789ab", false),
            ("tsk_0199d3c0-a1b2-7c3d-8e4f-0123456789", false), ("tsk_0199d3c0a1b27c3d8e4f0123456789ag", false),
            ("", false), ("tsk_", false), ("tsk_ä199d3c0a1b27c3d8e4f0123456789a", false),
        ]
    )
    func form(text: String, isAccepted: Bool) {
        #expect((RowID(text, prefix: "tsk") != nil) == isAccepted)
    }

    @Test("come from the database with hyphens and go out without")
    func uuid() {
        let row = RowID(uuid: "0199D3C0-a1b2-7c3d-8e4f-0123456789ab")
        #expect(row?.text(prefix: "tsk") == "tsk_0199d3c0a1b27c3d8e4f0123456789ab")
        #expect(RowID(uuid: "0199d3c0-a1b2") == nil)
    }

    @Test("travel as keys, alone and in arrays")
    func travelling() throws {
        let database = try TestDatabase.make()
        let connection = try database.connect(as: .application)
        let row = try #require(RowID(uuid: "0199d3c0a1b27c3d8e4f0123456789ab"))
        let none: RowID? = nil
        let rows = try connection.query(
            """
            SELECT \(row)::uuid::text, \(none)::uuid IS NULL, array_to_string(\([row, row])::uuid[], ' '),
                \(WorkspaceID(row))::uuid
            """)
        let text = "0199d3c0-a1b2-7c3d-8e4f-0123456789ab"
        #expect(rows.string(0, 0) == text && rows.bool(0, 1) == true && rows.string(0, 3) == text)
        #expect(rows.string(0, 2) == text + " " + text)
    }
}
