import Postgres

/// A temporary table with some columns of another one, which rows pass through on their way there.
///
/// `COPY` cannot write into a table behind row-level security, so rows are copied here and inserted from here, where
/// the policy checks each of them.
struct StagedTable: Sendable {
    /// Where the rows go.
    let target: String
    /// The columns that the rows have, in their order.
    let columns: [String]

    init(_ target: String, _ columns: String) {
        self.target = target
        self.columns = columns.split(separator: " ").map(String.init)
    }

    /// The temporary table.
    var name: String { "staged_" + target }

    /// Copies rows into the temporary table and inserts them from there; at most once in a transaction.
    ///
    /// - Parameter clause: What happens with rows that are there already.
    func load(_ rows: [UInt8]?, on connection: Connection, otherwise clause: String = "") throws {
        guard let rows else { return }
        try create(on: connection)
        try copy(rows, on: connection)
        try insert(on: connection, otherwise: clause)
    }

    /// Makes the temporary table where it is missing. It stays, empty, for the connection's next transaction.
    func create(on connection: Connection) throws {
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE IF NOT EXISTS \(name) ON COMMIT DELETE ROWS
                AS SELECT \(list) FROM \(target) WITH NO DATA
                """
        )
    }

    /// Copies rows into the temporary table; any number of times.
    func copy(_ rows: [UInt8]?, on connection: Connection) throws {
        try CopyBlocks.copy(rows, "COPY \(name) (\(list)) FROM STDIN", on: connection)
    }

    /// Forgets what was copied.
    func clear(on connection: Connection) throws {
        try connection.execute(script: "DELETE FROM \(name)")
    }

    /// Inserts all that was copied; at most once in a transaction, unless it is cleared between.
    ///
    /// - Parameter clause: What happens with rows that are there already.
    func insert(on connection: Connection, otherwise clause: String = "") throws {
        try connection.execute(script: "INSERT INTO \(target) (\(list)) SELECT \(list) FROM \(name) \(clause)")
    }

    private var list: String { columns.joined(separator: ", ") }
}
