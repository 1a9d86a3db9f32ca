import Postgres
import Testing

@Suite("A statement")
struct SQLTests {
    @Test("turns interpolated values into numbered binds")
    func binds() {
        let statement: SQL = "SELECT a FROM t WHERE b = \(7) AND c = \("x'; DROP TABLE t") AND d = \(true)"
        #expect(statement.text == "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $3")
        #expect(statement.binds == [.integer(7), .text("x'; DROP TABLE t"), .boolean(true)])
    }

    @Test("has the same text whatever its values are")
    func sameText() {
        func statement(_ name: String?) -> SQL { "SELECT \(name)::text" }
        #expect(statement("a").text == statement(nil).text)
        #expect(statement(nil).binds == [.null])
    }

    @Test("counts the binds of a spliced statement on")
    func splice() {
        let condition: SQL = "b = \(2) OR b = \(3)"
        let statement: SQL = "SELECT \(1) WHERE (\(condition)) AND c = \(4)"
        #expect(statement.text == "SELECT $1 WHERE (b = $2 OR b = $3) AND c = $4")
        #expect(statement.binds == [.integer(1), .integer(2), .integer(3), .integer(4)])
    }

    @Test("leaves placeholders in verbatim text alone")
    func verbatim() {
        let literal: SQL = "\(verbatim: "'costs $1'") || \("a")"
        let statement: SQL = "SELECT \(9)::text || \(literal)"
        #expect(statement.text == "SELECT $1::text || 'costs $1' || $2")
    }

    @Test("joins with another")
    func join() {
        var statement: SQL = "SELECT \(1)"
        statement += " LIMIT \(5)"
        #expect((statement + SQL(verbatim: " OFFSET 0")).text == "SELECT $1 LIMIT $2 OFFSET 0")
    }

    @Test("takes values of every kind")
    func kinds() {
        let statement: SQL = """
            \(Int64.min) \(2.5) \([UInt8](arrayLiteral: 0, 255)) \(["a", "b"]) \([1, 2]) \([Int64(3)]) \
            \(.json("{}")) \("text"[...]) \(Bind.null)
            """
        #expect(
            statement.binds == [
                .integer(.min), .double(2.5), .bytes([0, 255]), .texts(["a", "b"]), .integers([1, 2]), .integers([3]),
                .text("{}"), .text("text"), .null,
            ]
        )
    }
}
