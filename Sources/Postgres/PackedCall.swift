/// A statement in the form in which libpq sends it.
struct PackedStatement {
    let text: String
    let parameters: Parameters
    let hasBinaryRows: Bool

    init(_ statement: SQL) throws(PostgresError) {
        text = statement.text
        parameters = try Parameters(statement.binds)
        hasBinaryRows = statement.hasBinaryRows
    }
}

/// A call in the form in which libpq sends it.
struct PackedCall {
    let statements: [PackedStatement]
    let deadline: ContinuousClock.Instant
    let isAbandoned: @Sendable () -> Bool
    let sharesPreparations: Bool
    /// What calls may share that begin like this one, and the values of the first statement.
    private let opening: (kind: SQL.Opening, values: [Bind])?

    /// - Throws: ``PostgresError`` of kind `invalidValue`.
    init(_ call: Pipeline.Call) throws(PostgresError) {
        var packed: [PackedStatement] = []
        packed.reserveCapacity(call.statements.count)
        for statement in call.statements { packed.append(try PackedStatement(statement)) }
        statements = packed
        deadline = call.deadline
        isAbandoned = call.isAbandoned
        sharesPreparations = call.sharesPreparations
        opening = call.statements.first.flatMap { first in first.opening.map { ($0, first.binds) } }
    }

    /// Whether both can stand in one transaction: they consist of the same statements, so that what one sets for the
    /// transaction the other sets too, and begin with one opening, or each with one that sets all anew.
    func isLike(_ other: PackedCall) -> Bool {
        guard let opening, let theirs = other.opening, opening.kind == theirs.kind,
            statements.count == other.statements.count,
            opening.kind == .renewing || opening.values == theirs.values
        else { return false }
        return zip(statements, other.statements).allSatisfy { $0.text == $1.text }
    }

    /// Whether the opening of one holds for the other, given that they are alike.
    func beginsLike(_ other: PackedCall) -> Bool { opening?.values == other.opening?.values }
}
