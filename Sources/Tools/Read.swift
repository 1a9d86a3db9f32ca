package import Identity
package import JSON
package import Postgres

/// What a read tool asks the database, and how the answer is made of the rows.
///
/// A worker sends the statements of several waiting calls in one flush; this value is all that it needs. Where one
/// flush is not enough, because only rows tell what else to ask, the rows lead to another read: it leaves in a flush of
/// its own, behind another check of the token if it had to wait, so that it sees nothing for a caller who was locked out.
package struct Read: Sendable {
    /// What comes of the rows.
    package enum Outcome: Sendable {
        case answer(ToolAnswer)
        case more(Read)
        /// Another read once something has happened, for which the call waits without a worker.
        ///
        /// The first closure gives what opens then. It is called once it is settled that the call is made, so that it may
        /// begin what is waited for.
        case wait(for: @Sendable () -> Gate, then: @Sendable () -> Read)
    }

    package let statements: [SQL]
    /// From the rows, one result for each statement, to the answer or to what else must be asked.
    package let proceed: @Sendable ([QueryResult], Principal) throws(ToolError) -> Outcome

    package init(
        _ statements: [SQL],
        answer: @escaping @Sendable ([QueryResult], Principal) throws(ToolError) -> ToolAnswer
    ) {
        self.statements = statements
        proceed = { (results, principal) throws(ToolError) in .answer(try answer(results, principal)) }
    }

    package init(
        _ statements: [SQL],
        proceed: @escaping @Sendable ([QueryResult], Principal) throws(ToolError) -> Outcome
    ) {
        self.statements = statements
        self.proceed = proceed
    }

    /// The answer of a read that one flush is enough for.
    ///
    /// - Throws: ``ToolError``, also if the rows lead to another read.
    package func answer(_ results: [QueryResult], _ principal: Principal) throws(ToolError) -> ToolAnswer {
        switch try proceed(results, principal) {
        case .answer(let answer): return answer
        case .more, .wait: throw ToolError(.internalError, "This cannot be read at once.")
        }
    }
}

/// The structured content of a successful call.
package struct ToolAnswer: Sendable {
    /// A JSON object that fits the tool's output schema.
    package let structured: RawJSON
    /// Where in it text of people outside the workspace may stand.
    package let untrusted: [UntrustedPath]
    /// The tool that was called in the end, where another one passed the call on.
    package private(set) var tool: String?
    /// How its rows stand in the text of the result.
    package let format: ResultFormat

    package init(_ structured: RawJSON, untrusted: [UntrustedPath] = [], in format: ResultFormat = .json) {
        self.structured = structured
        self.untrusted = untrusted
        self.format = format
    }

    /// The answer to a call, in the format that it asks for.
    package init(_ structured: RawJSON, untrusted: [UntrustedPath] = [], to call: ToolCall) {
        self.init(structured, untrusted: untrusted, in: call.format)
    }

    /// The same as the answer of a tool to which the call was passed on.
    package func given(by tool: String) -> ToolAnswer {
        var answer = self
        answer.tool = tool
        return answer
    }

    /// The same with more members, in which text of outsiders may stand as well.
    package func adding(_ members: [JSONMember], untrusted more: [UntrustedPath] = []) -> ToolAnswer {
        var answer = ToolAnswer(structured.adding(members), untrusted: untrusted + more, in: format)
        answer.tool = tool
        return answer
    }
}

/// What a write did. All cases are committed, the refusal too: a failed check leaves its trace.
package enum WriteOutcome: Sendable {
    /// - changes: The addresses of resources that have another content now.
    /// - fields: What became of each field, as `{"field": {"from", "to"}}`, for the audit trail.
    case done(
        ToolAnswer, entity: (kind: String, row: RowID)?, changes: [String] = [], fields: RawJSON? = nil)
    case refused(ToolError, isDenial: Bool)
    /// Many rows were written together.
    case bulk(ToolAnswer, [WrittenRow])
    /// Nothing was done; it waits for a confirmation.
    case pending(ToolAnswer)
    /// What another tool did in the end, under whose name it is kept.
    indirect case acting(tool: String, as: AuditEvent.Outcome, WriteOutcome)

    /// What was done, by whatever tool.
    var innermost: WriteOutcome {
        if case .acting(_, _, let outcome) = self { outcome.innermost } else { self }
    }

    /// The answer, and what became of the fields, if something was done.
    var receipt: (answer: ToolAnswer, fields: RawJSON?)? {
        switch innermost {
        case .done(let answer, _, _, let fields): (answer, fields)
        case .bulk(let answer, _): (answer, nil)
        default: nil
        }
    }
}

/// What became of one row of several.
package struct WrittenRow: Sendable {
    package let entity: String
    package let row: RowID
    /// `{"field": {"from", "to"}}`.
    package let fields: RawJSON
}
