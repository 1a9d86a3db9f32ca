import CPostgres

/// The rows that one statement returned.
///
/// A result owns the memory that libpq allocated and frees it once, with the last reference. Cells are read as the server
/// sent them, in text form unless the statement asked for the binary one; asking beyond the last row or column is the
/// same as asking for `NULL`.
package final class QueryResult {
    private let handle: OpaquePointer

    init(adopting handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    /// How many rows came back.
    package var rowCount: Int { Int(PQntuples(handle)) }

    /// How many columns each row has.
    package var columnCount: Int { Int(PQnfields(handle)) }

    /// How many rows the statement wrote, changed or returned.
    package var affectedRows: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// What the server calls the statement that ran, such as `COMMIT` or `INSERT 0 1`.
    var tag: String { String(cString: PQcmdStatus(handle)) }

    /// Whether this is no answer to a statement but the end of a call.
    var isSynchronisation: Bool { status == PGRES_PIPELINE_SYNC }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// The position of a column, or nil if there is none of that name.
    package func column(named name: String) -> Int? {
        let number = PQfnumber(handle, "\"\(name)\"")
        return number < 0 ? nil : Int(number)
    }

    /// The name of a column.
    package func name(ofColumn column: Int) -> String? {
        PQfname(handle, CInt(column)).map { String(cString: $0) }
    }

    /// Whether a column is in the server's binary form.
    func isBinary(_ column: Int) -> Bool {
        column >= 0 && column < columnCount && PQfformat(handle, CInt(column)) == 1
    }

    /// Whether a cell is SQL `NULL`.
    package func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(handle, CInt(row), CInt(column)) != 0
    }

    /// Calls `body` with the bytes of a cell, or with nil for SQL `NULL`; they are valid until it returns.
    ///
    /// Internal to this target: others read values, not memory.
    func withCell<Value, Failure: Error>(
        row: Int,
        column: Int,
        _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard row >= 0, column >= 0, row < rowCount, column < columnCount, !isNull(row, column) else {
            return try body(nil)
        }
        let count = Int(PQgetlength(handle, CInt(row), CInt(column)))
        return try body(UnsafeRawBufferPointer(start: PQgetvalue(handle, CInt(row), CInt(column)), count: count))
    }

    /// The problem that the result stands for, or nil if the statement succeeded.
    var error: PostgresError? {
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_PIPELINE_SYNC, PGRES_COPY_IN: return nil
        case PGRES_EMPTY_QUERY: return PostgresError(.unexpectedResult, "an empty statement")
        case PGRES_PIPELINE_ABORTED: return .notRun
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: return serverError
        default:
            return PostgresError(.unexpectedResult, "an answer of a kind that is not used here: \(status.rawValue)")
        }
    }

    private var serverError: PostgresError {
        let state = field(CInt(UInt8(ascii: "C"))).map(SQLState.init(rawValue:))
        let severity = field(CInt(UInt8(ascii: "V")))
        let source = field(CInt(UInt8(ascii: "R")))
        var fields = PostgresError.ServerFields()
        fields.constraint = field(CInt(UInt8(ascii: "n")))
        fields.table = field(CInt(UInt8(ascii: "t")))
        fields.column = field(CInt(UInt8(ascii: "c")))
        fields.endsConnection = state == nil || severity == "FATAL" || severity == "PANIC"
        // "cached plan must not change result type": its text is translated, the place in the server's source is not.
        fields.isStaleStatement =
            state == .invalidStatementName || (state == .featureNotSupported && source == "RevalidateCachedQuery")
        let text = field(CInt(UInt8(ascii: "M"))) ?? String(cString: PQresultErrorMessage(handle)).trimmed
        return PostgresError(
            kind: fields.endsConnection ? .connectionLost : .server, sqlState: state, message: text, fields: fields
        )
    }

    private func field(_ code: CInt) -> String? {
        PQresultErrorField(handle, code).map { String(cString: $0) }
    }
}

extension String {
    /// The text without the line breaks and blanks that libpq ends its messages with.
    var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
