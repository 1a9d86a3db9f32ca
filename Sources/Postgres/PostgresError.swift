/// A problem between this program and the database.
package struct PostgresError: Error, Sendable, Equatable {
    /// What the caller can do about it.
    package enum Kind: Sendable {
        /// The server refused a statement; ``PostgresError/sqlState`` says why.
        case server
        /// The deadline passed before the answer was there.
        case timeout
        /// Nobody waited for the answer any more; see ``Job/isAbandoned``.
        case abandoned
        /// No connection could be opened.
        case connectionFailed
        /// The connection ended before the answer was complete.
        case connectionLost
        /// The server is older than this program can use.
        case unsupportedServer
        /// A value that no statement can carry, such as text with a zero byte.
        case invalidValue
        /// The rows are not what the code that asked expects.
        case unexpectedResult
        /// The migrations and the database do not fit together.
        case migration
    }

    /// What the caller can do about it.
    package let kind: Kind
    /// The server's code, when the server spoke.
    package let sqlState: SQLState?
    /// The server's primary text, or a sentence of this program; for logs only, never for a caller.
    package let message: String
    /// The constraint that was broken, for errors that are told in the caller's terms.
    package let constraint: String?
    /// The table that the server names.
    package let table: String?
    /// The column that the server names.
    package let column: String?
    /// Whether the connection was lost while committing, so that nobody knows whether the rows were written.
    package let outcomeIsUnknown: Bool
    /// Whether a prepared statement was unknown or no longer fits, so that preparing again helps.
    let isStaleStatement: Bool
    /// Whether a cancel request that was meant for another call hit this one.
    let isStrayCancel: Bool
    /// Whether an error of another call of the same transaction kept the statement from being run.
    let wasNotRun: Bool
    /// Whether the server ended the connection with this error.
    let endsConnection: Bool

    /// Makes an error that the server did not send.
    package init(_ kind: Kind, _ message: String, sqlState: SQLState? = nil, outcomeIsUnknown: Bool = false) {
        self.init(
            kind: kind, sqlState: sqlState, message: message, fields: ServerFields(), outcomeIsUnknown: outcomeIsUnknown
        )
    }

    /// What a read ends with for whose answer nobody waits.
    static let abandoned = PostgresError(.abandoned, "Nobody waits for the answer any more.")

    init(
        kind: Kind,
        sqlState: SQLState?,
        message: String,
        fields: ServerFields,
        outcomeIsUnknown: Bool = false
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        constraint = fields.constraint
        table = fields.table
        column = fields.column
        isStaleStatement = fields.isStaleStatement
        isStrayCancel = fields.isStrayCancel
        wasNotRun = fields.wasNotRun
        endsConnection = fields.endsConnection
        self.outcomeIsUnknown = outcomeIsUnknown
    }

    /// What the server says beside code and text.
    struct ServerFields {
        var constraint: String?
        var table: String?
        var column: String?
        var isStaleStatement = false
        var isStrayCancel = false
        var wasNotRun = false
        var endsConnection = false
    }

    /// Whether running the whole transaction again can succeed.
    package var isWorthRepeating: Bool {
        guard !outcomeIsUnknown else { return false }
        return sqlState == .serializationFailure || sqlState == .deadlockDetected || liesInConnection
    }

    /// Whether the cause is the state of the connection and not the call.
    var liesInConnection: Bool { isStaleStatement || isStrayCancel || wasNotRun }

    /// What a statement ends with that stands behind one which failed.
    static let notRun: PostgresError = {
        var fields = ServerFields()
        fields.wasNotRun = true
        return PostgresError(
            kind: .server, sqlState: nil, message: "not run, because an earlier statement failed", fields: fields)
    }()

    /// The same problem, known to be meant for another call.
    func asStrayCancel() -> PostgresError {
        var fields = ServerFields()
        fields.isStrayCancel = true
        return PostgresError(kind: kind, sqlState: sqlState, message: message, fields: fields)
    }

    /// The same problem, met while committing.
    func whileCommitting() -> PostgresError {
        PostgresError(
            kind: kind,
            sqlState: sqlState,
            message: message,
            fields: ServerFields(constraint: constraint, table: table, column: column),
            outcomeIsUnknown: true
        )
    }
}
