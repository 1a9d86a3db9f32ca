/// A five-character condition code of the server.
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The code as the server sent it, such as `23505`.
    package let rawValue: String

    /// Takes over a code without looking it up.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The code itself.
    package var description: String { rawValue }

    /// The two characters that name the family, such as `23` for broken constraints.
    package var family: Substring { rawValue.prefix(2) }

    /// A row with these unique columns is already there.
    package static let uniqueViolation = SQLState(rawValue: "23505")
    /// A referenced row is missing, or a row is still referenced.
    package static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// A `CHECK` constraint said no.
    package static let checkViolation = SQLState(rawValue: "23514")
    /// A column that must have a value got none.
    package static let notNullViolation = SQLState(rawValue: "23502")
    /// An exclusion constraint said no.
    package static let exclusionViolation = SQLState(rawValue: "23P01")
    /// A number that its type cannot hold.
    package static let numericValueOutOfRange = SQLState(rawValue: "22003")
    /// Concurrent transactions could not be put in an order; trying again helps.
    package static let serializationFailure = SQLState(rawValue: "40001")
    /// Two transactions waited for each other; trying again helps.
    package static let deadlockDetected = SQLState(rawValue: "40P01")
    /// A `NOWAIT` or `lock_timeout` ran out.
    package static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// A statement was stopped, by a cancel request or by `statement_timeout`.
    package static let queryCanceled = SQLState(rawValue: "57014")
    /// The role may not do that, or row-level security refused a row.
    package static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// A table that does not exist.
    package static let undefinedTable = SQLState(rawValue: "42P01")
    /// A text that the column's type cannot read.
    package static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    /// Bytes that are no text in UTF-8, among them a zero byte.
    package static let characterNotInRepertoire = SQLState(rawValue: "22021")
    /// A prepared statement that the connection does not know.
    package static let invalidStatementName = SQLState(rawValue: "26000")
    /// A database that exists already.
    package static let duplicateDatabase = SQLState(rawValue: "42P04")
    /// A role, or another object, that exists already.
    package static let duplicateObject = SQLState(rawValue: "42710")
    /// The server understands the request and does not offer it.
    package static let featureNotSupported = SQLState(rawValue: "0A000")
}
