package import Identity
import JSON
package import Postgres

extension Tool {
    /// What a write runs in its transaction.
    package typealias WriteBody = @Sendable (ToolCall, Principal, borrowing Transaction) throws -> WriteOutcome

    /// Whether a call is shown before it is done.
    package func waits(under mode: ConfirmationMode) -> Bool {
        guard effects.writes, effects.isConfirmed else { return false }
        switch mode {
        case .none: return false
        case .risky: return effects.destroys || effects.isBulk || effects.waits
        case .allWrites: return true
        }
    }

    /// Whether this call is, for a caller with these settings; a dry run changes nothing and is done at once.
    ///
    /// Under lockdown whatever reaches beyond the workspace waits as well: nobody knows here what else was read in the
    /// conversation, so it is taken to have held text of outsiders.
    package func waits(_ call: ToolCall, for access: ToolAccess) -> Bool {
        (waits(under: access.confirmation) || needsPerson(under: access)) && call.arguments.boolean("dry_run") != true
    }

    /// Whether a person has to agree by the client's own question: the assistant's token alone is not enough.
    package func needsPerson(under access: ToolAccess) -> Bool {
        access.lockdown && effects.writes && effects.reachesOut && effects.isConfirmed
    }
}

/// The gate of every write: what waits for a confirmation is done as far as its outcome is known, undone, and shown.
///
/// The preview is the write itself, so it cannot say anything else than what will happen, and a call that would be refused
/// is refused at once. The rows that it stood on are kept; when the confirmation comes, the write runs again and counts
/// only if it stands on the same.
package struct WriteGate: Sendable {
    private let tool: Tool
    private let body: Tool.WriteBody

    package init(_ tool: Tool, _ body: @escaping Tool.WriteBody) {
        self.tool = tool
        self.body = body
    }

    /// Does the write, or keeps it as a pending action.
    package func run(
        _ call: ToolCall, _ principal: Principal, _ transaction: borrowing Transaction
    ) throws -> WriteOutcome {
        guard tool.waits(call, for: principal.access) else { return try body(call, principal, transaction) }
        let notes = WriteNotes()
        _ = try transaction.query("SAVEPOINT gate")
        let outcome = try body(call.noting(notes), principal, transaction)
        guard let (answer, fields) = outcome.receipt, !notes.hasNoEffect else { return outcome }
        _ = try transaction.query("ROLLBACK TO SAVEPOINT gate")
        let shown = ShownWrite(tool, notes, answer, fields)
        return .pending(try PendingAction(call, principal).keep(shown, transaction))
    }
}

/// A write as it is put before a person.
struct ShownWrite: Sendable {
    let tool: Tool
    let rows: [WriteNotes.RowVersion]
    let description: WriteNotes.Description
    let isReversible: Bool

    init(_ tool: Tool, _ notes: WriteNotes, _ answer: ToolAnswer, _ fields: RawJSON?) {
        self.tool = tool
        rows = notes.rows
        description =
            notes.description
            ?? WriteNotes.Description(
                "\(tool.title).", RawJSON([fields == nil ? "result" : "changes": .raw(fields ?? answer.structured)]),
                untrusted: fields == nil ? answer.untrusted.under("result") : [UntrustedPath("changes", .name)])
        isReversible = (try? JSONDocument(answer.structured.bytes))?.root["undo_token"] != nil
    }

    /// The rows, for the table and for comparing.
    var basis: RawJSON {
        RawJSON(
            .array(rows.map { [.string($0.entity), .string($0.row.digits), .integer($0.version)] as JSONValue }))
    }

    /// Where the answer that shows it may hold text of outsiders.
    var untrusted: [UntrustedPath] {
        description.untrusted.isEmpty
            ? [] : [UntrustedPath("summary", .name)] + description.untrusted.under("preview")
    }

    var warnings: [String] {
        description.warnings + (isReversible ? [] : ["This cannot be taken back with undo_action."])
    }
}
