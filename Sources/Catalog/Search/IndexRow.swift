import Matching
import Postgres

/// A row of the index as a search reads it: the task, and its words by their keys.
struct IndexRow: Sendable {
    /// What ``init(_:_:)`` reads, over `tasks AS t` and rows of the index, `k`.
    static let columns: SQL = "t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint, k.keys, k.layout"

    let id: String
    let createdAt: Int64
    let words: DocumentWords

    init(_ rows: QueryResult, _ row: Int) {
        id = rows.string(row, 0) ?? ""
        createdAt = rows.int64(row, 1) ?? 0
        words = DocumentWords(keys: Self.integers(rows.bytes(row, 2) ?? []), layout: rows.bytea(row, 3) ?? [])
    }

    /// Reads a `bigint[]` without `NULL`.
    private static func integers(_ text: [UInt8]) -> [Int64] {
        var values: [Int64] = []
        values.reserveCapacity(text.count / 16)
        var value: Int64 = 0
        var isNegative = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // Down from zero, so that the least number fits.
                value = value &* 10 &- Int64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: ","), UInt8(ascii: "}"):
                values.append(isNegative ? value : 0 &- value)
                (value, isNegative) = (0, false)
            default: break
            }
        }
        return text.count > 2 ? values : []
    }
}
