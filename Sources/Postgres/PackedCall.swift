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
    /// The values of the first statement, if calls that begin with it may share its result.
    private let opening: [Bind]?

    /// - Throws: ``PostgresError`` of kind `invalidValue`.
    init(_ call: Pipeline.Call) throws(PostgresError) {
        var packed: [PackedStatement] = []
        packed.reserveCapacity(call.statements.count)
        for statement in call.statements { packed.append(try PackedStatement(statement)) }
        statements = packed
        deadline = call.deadline
        isAbandoned = call.isAbandoned
        sharesPreparations = call.sharesPreparations
        opening = call.statements.first.flatMap { $0.isCommonOpening ? $0.binds : nil }
    }

    /// Whether both begin with one opening and go on with the same statements, whatever their values: then they can be one
    /// transaction, and what one sets for the transaction the other sets too.
    func isLike(_ other: PackedCall) -> Bool {
        guard let opening, opening == other.opening, statements.count == other.statements.count else { return false }
        return zip(statements, other.statements).allSatisfy { $0.text == $1.text }
    }
}
