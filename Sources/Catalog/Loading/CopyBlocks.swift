import Postgres

/// Sends rows to the server in messages of a size that it takes.
enum CopyBlocks {
    private static let blockBytes = 1 << 20

    static func copy(_ rows: [UInt8]?, _ statement: String, on connection: Connection) throws {
        guard let rows else { return }
        var start = 0
        _ = try connection.copyIn(statement) {
            guard start < rows.count else { return nil }
            let end = min(rows.count, start + blockBytes)
            defer { start = end }
            return Array(rows[start..<end])
        }
    }
}
