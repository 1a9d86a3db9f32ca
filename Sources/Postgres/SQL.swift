/// A statement whose values are binds.
///
///     let statement: SQL = "SELECT title FROM tasks WHERE workspace_id = \(workspace) AND number = \(number)"
///     statement.text    // "SELECT title FROM tasks WHERE workspace_id = $1 AND number = $2"
///
/// Statements of equal text share one prepared statement on a connection, so what varies from call to call belongs into
/// binds.
package struct SQL: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The texts around the binds: one more than there are binds.
    private var fragments: [String]
    /// The values, in the order of their placeholders.
    package private(set) var binds: [Bind]
    /// Whether rows come in the server's binary form, which takes less of both sides for numbers, keys and arrays.
    ///
    /// ``QueryResult`` reads numbers, keys, bytes and text of either form.
    package private(set) var hasBinaryRows = false
    /// What calls of one flush that begin with this statement may share, if anything.
    package private(set) var opening: Opening?

    /// What calls may share that begin with the same statement.
    package enum Opening: Sendable {
        /// Its result, and a transaction, if its values are the same.
        case common
        /// A transaction even if the values differ: it sets all anew that it sets.
        case renewing
    }

    /// A statement without binds.
    package init(stringLiteral value: String) {
        fragments = [value]
        binds = []
    }

    /// A statement from text that the program itself made; never from a caller's words.
    package init(verbatim text: String) {
        fragments = [text]
        binds = []
    }

    /// A statement from a literal with interpolated values.
    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.statement
    }

    private init() {
        fragments = [""]
        binds = []
    }

    /// The statement with placeholders; takes a pass over it.
    package var text: String {
        guard !binds.isEmpty else { return fragments[0] }
        var text = ""
        text.reserveCapacity(fragments.reduce(binds.count * 3) { $0 + $1.utf8.count })
        text += fragments[0]
        for index in binds.indices {
            text += "$"
            text += String(index + 1)
            text += fragments[index + 1]
        }
        return text
    }

    /// The same statement with rows in the server's binary form.
    package var withBinaryRows: SQL {
        var statement = self
        statement.hasBinaryRows = true
        return statement
    }

    /// The same statement, whose result holds for every call that begins with it in the same transaction.
    package var asCommonOpening: SQL {
        var statement = self
        statement.opening = .common
        return statement
    }

    /// The same statement, after which nothing is left of what it set before in the same transaction, whatever its values.
    package var asRenewingOpening: SQL {
        var statement = self
        statement.opening = .renewing
        return statement
    }

    /// Appends another statement, its binds counted on from this one's.
    package static func += (left: inout SQL, right: SQL) {
        left.append(text: right.fragments[0])
        left.binds += right.binds
        left.fragments += right.fragments.dropFirst()
    }

    /// Both statements, one after the other.
    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum += right
        return sum
    }

    private mutating func append(text: String) {
        fragments[fragments.count - 1] += text
    }

    private mutating func append(bind: Bind) {
        binds.append(bind)
        fragments.append("")
    }

    /// Collects the parts of a literal.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var statement = SQL()

        /// Makes room for the values.
        package init(literalCapacity: Int, interpolationCount: Int) {
            statement.binds.reserveCapacity(interpolationCount)
            statement.fragments.reserveCapacity(interpolationCount + 1)
        }

        /// Takes over a part of the literal.
        package mutating func appendLiteral(_ literal: String) { statement.append(text: literal) }

        /// Puts a placeholder for a value.
        package mutating func appendInterpolation(_ value: some Bindable) { statement.append(bind: value.bind) }

        /// Puts a placeholder for a value, or for `NULL`.
        package mutating func appendInterpolation<Value: Bindable>(_ value: Value?) {
            statement.append(bind: value?.bind ?? .null)
        }

        /// Puts a placeholder for a value given as a bind, such as `\(.json(text))`.
        package mutating func appendInterpolation(_ bind: Bind) { statement.append(bind: bind) }

        /// Splices a statement in, with its binds.
        package mutating func appendInterpolation(_ part: SQL) { statement += part }

        /// Splices text that the program itself made; never a caller's words.
        package mutating func appendInterpolation(verbatim text: String) { statement.append(text: text) }
    }
}
