import Matching
import Postgres

/// A row of the index as a search reads it: the task, and its words by their keys.
struct IndexRow: Sendable {
    /// What ``init(_:_:)`` reads, over the rows `t` and those of the index, `k`.
    static let columns: SQL = "t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint AS created, k.keys, k.layout"

    let id: String
    /// Zero where the row itself was not read.
    let createdAt: Int64
    let words: DocumentWords
    /// The task's JSON, where it came along.
    let json: [UInt8]?

    init(_ rows: QueryResult, _ row: Int) {
        id = rows.uuid(row, 0) ?? ""
        createdAt = rows.int64(row, 1) ?? 0
        words = DocumentWords(keys: rows.integers(row, 2) ?? [], layout: rows.bytea(row, 3) ?? [])
        json = rows.bytes(row, 4)
    }
}
