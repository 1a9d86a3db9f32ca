package import Identity
package import JSON
package import Postgres

/// What a read tool asks the database, and how the answer is made of the rows.
///
/// A worker sends the statements of several waiting calls in one flush; this value is all that it needs.
package struct Read: Sendable {
    package let statements: [SQL]
    /// From the rows, one result for each statement, to the answer.
    package let answer: @Sendable ([QueryResult], Principal) throws(ToolError) -> ToolAnswer

    package init(
        _ statements: [SQL],
        answer: @escaping @Sendable ([QueryResult], Principal) throws(ToolError) -> ToolAnswer
    ) {
        self.statements = statements
        self.answer = answer
    }
}

/// The structured content of a successful call.
package struct ToolAnswer: Sendable {
    /// A JSON object that fits the tool's output schema.
    package let structured: RawJSON

    package init(_ structured: RawJSON) { self.structured = structured }
}

/// What a write did. Both cases are committed, the refusal too: a failed check leaves its trace.
package enum WriteOutcome: Sendable {
    /// - changes: The addresses of resources that have another content now.
    case done(ToolAnswer, entity: (kind: String, row: RowID)?, changes: [String] = [])
    case refused(ToolError, isDenial: Bool)
}
