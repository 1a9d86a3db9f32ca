import Crypto
package import Identity
import JSON
package import Postgres

/// A write that has been shown and waits for a confirmation: kept, found again, done once or dropped.
///
/// The token is 128 random bits, of which the table has a digest. It opens nothing by itself: it belongs to one credential
/// and to the very call that was shown, and who confirms must be allowed to make that call then.
package struct PendingAction: Sendable {
    /// What a caller names one by.
    package enum Name: Sendable {
        /// The token that came with the preview.
        case token(String)
        /// The row's key, which everybody with the credential may list.
        case row(RowID)
        /// The row's key, if it is of a call of this tool with these arguments.
        case same(RowID, tool: String, arguments: [UInt8])

        /// The pending action of this very call.
        static func row(_ row: RowID, of call: ToolCall) -> Name {
            .same(row, tool: call.tool, arguments: call.heldDigest)
        }
    }

    /// How a confirmation came.
    package enum Confirmer: String, Sendable {
        case token
        /// The client said that a person agreed, which is no proof of one.
        case client
    }

    private static let prefix = "cnf_"

    private let call: ToolCall
    private let principal: Principal

    /// - Parameter call: The call that waits, or the one that confirms or drops it.
    package init(_ call: ToolCall, _ principal: Principal) {
        self.call = call
        self.principal = principal
    }

    // MARK: Keeping

    /// Keeps a write and makes the answer that shows it.
    func keep(_ shown: ShownWrite, _ transaction: borrowing Transaction) throws -> ToolAnswer {
        let members = [JSONMember("status", "pending_confirmation")] + (try stored(shown, transaction))
        return ToolAnswer(RawJSON(.object(members)), untrusted: shown.untrusted)
    }

    /// - Returns: What the answer tells beside its status.
    private func stored(_ shown: ShownWrite, _ transaction: borrowing Transaction) throws -> [JSONMember] {
        let token = Self.prefix + Hex.encode(SecureRandom.bytes(16))
        let digest = Self.digest(of: token)
        let rows = try transaction.queries([
            """
            DELETE FROM pending_actions WHERE (workspace_id, id) IN (
                SELECT p.workspace_id, p.id FROM pending_actions AS p
                WHERE p.workspace_id = \(call.workspace) AND p.credential_id = \(principal.credential)::uuid
                    AND p.expires_at < now() - interval '1 day'
                LIMIT 20
                FOR UPDATE SKIP LOCKED
            )
            """,
            """
            INSERT INTO pending_actions (workspace_id, credential_id, token_digest, tool, args_digest, arguments,
                base_versions, summary, preview, warnings, is_reversible)
            VALUES (\(call.workspace), \(principal.credential)::uuid, \(digest)::bytea, \(shown.tool.name),
                \(call.heldDigest)::bytea, \(call.seal.seal(call.heldArguments, context: context(digest))),
                \(shown.basis.text)::json, \(shown.description.summary), \(shown.description.preview.text)::json,
                \(shown.warnings)::text[], \(shown.isReversible))
            RETURNING public_id('pnd', id), rfc3339(expires_at)
            """,
        ])
        guard let id = rows[1].string(0, 0), let end = rows[1].string(0, 1) else {
            throw PostgresError(.unexpectedResult, "A pending action was not stored.")
        }
        return [
            JSONMember("confirmToken", .string(token)), JSONMember("pending_id", .string(id)),
            JSONMember("tool", .string(shown.tool.name)), JSONMember("expires_at", .string(end)),
            JSONMember("summary", .string(shown.description.summary)),
            JSONMember("preview", .raw(shown.description.preview)), JSONMember("reversible", .bool(shown.isReversible)),
            JSONMember("warnings", .array(shown.warnings.map { .string($0) })),
            JSONMember(
                "next",
                "Nothing was changed. Show this to the person; if they agree, call confirm_action with confirmToken, else cancel_action."
            ),
        ]
    }

    // MARK: Confirming

    /// Does the write, if everything is still as it was shown.
    ///
    /// - Throws: ``ToolError``, which tells unknown, expired, used and cancelled apart. A stale one is refused with a
    ///   preview of what the same call would do now.
    package func confirm(
        _ name: Name, by confirmer: Confirmer, _ transaction: borrowing Transaction
    ) throws -> WriteOutcome {
        let row = try open(name, transaction)
        guard let tool = call.registry[row.tool], tool.isCallable(by: principal.access),
            case .write(let body) = tool.body
        else {
            throw ToolError(
                .permissionDenied, "This credential may not call \(row.tool) any more. Nothing was changed.",
                hint: "whoami tells what the credential may do.")
        }
        if tool.needsPerson(under: principal.access), confirmer == .token {
            throw ToolError(
                .permissionDenied,
                "Under lockdown \(row.tool) needs a person's answer to the client's own question. Nothing was changed.",
                hint: "Make the call again with a client that can put questions to a person.")
        }
        guard let bytes = call.seal.open(row.arguments, context: context(row.digest)) else { throw Self.unknown }
        let inner = try ToolCall(
            tool, arguments: try JSONDocument(bytes).root, from: call.credential, seal: call.seal,
            registry: call.registry, web: call.web)
        return try execute(row, tool, inner, body, by: confirmer, transaction)
    }

    private func execute(
        _ row: StoredAction, _ tool: Tool, _ inner: ToolCall, _ body: Tool.WriteBody, by confirmer: Confirmer,
        _ transaction: borrowing Transaction
    ) throws -> WriteOutcome {
        let notes = WriteNotes()
        _ = try transaction.query("SAVEPOINT confirmation")
        let outcome: WriteOutcome
        do {
            outcome = try body(inner.noting(notes), principal, transaction)
        } catch let error as ToolError where error.code == .notFound || error.code == .versionConflict {
            _ = try transaction.query("ROLLBACK TO SAVEPOINT confirmation")
            try end(row, as: "stale", transaction)
            return .refused(Self.stale(error.message), isDenial: false)
        }
        if let (answer, fields) = outcome.receipt {
            let shown = ShownWrite(tool, notes, answer, fields)
            if shown.basis.text != row.basis {
                _ = try transaction.query("ROLLBACK TO SAVEPOINT confirmation")
                try end(row, as: "stale", transaction)
                var error = Self.stale("What the preview showed was changed since.")
                error.details = try PendingAction(inner, principal).stored(shown, transaction)
                error.untrusted = shown.untrusted
                return .refused(error, isDenial: false)
            }
        }
        try end(row, as: "executed", by: confirmer, transaction)
        return .acting(tool: tool.name, as: .confirmed, outcome)
    }

    /// Drops the write.
    package func cancel(_ name: Name, _ transaction: borrowing Transaction) throws -> WriteOutcome {
        let row = try open(name, transaction)
        try end(row, as: "cancelled", transaction)
        let answer: JSONValue = [
            "status": "cancelled", "pending_id": .string(row.key.text(prefix: "pnd")), "tool": .string(row.tool),
        ]
        return .done(ToolAnswer(RawJSON(answer)), entity: ("pending_action", row.key))
    }

    // MARK: Rows

    /// The row that a name stands for, locked: who comes second waits until the first one is done.
    ///
    /// - Throws: ``ToolError`` if it is not waiting any more.
    private func open(_ name: Name, _ transaction: borrowing Transaction) throws -> StoredAction {
        let rows = try transaction.query(
            """
            SELECT p.id::text, p.tool, p.arguments, p.token_digest, p.base_versions::text, p.status,
                p.expires_at <= clock_timestamp()
            FROM pending_actions AS p
            WHERE p.workspace_id = \(call.workspace) AND p.credential_id = \(principal.credential)::uuid
                AND \(Self.condition(name))
            FOR UPDATE
            """)
        guard let row = StoredAction(rows) else { throw Self.unknown }
        switch rows.string(0, 5) {
        case "executed":
            throw ToolError(
                .confirmUsed, "This was confirmed before and has been done. Nothing more was changed.",
                hint: "Read the row to see it as it is now.")
        case "cancelled":
            throw ToolError(
                .confirmCancelled, "This was cancelled. Nothing was changed.",
                hint: "Make the call again for a new preview.")
        case "stale": throw Self.stale("What the preview showed was changed since.")
        default: break
        }
        if rows.bool(0, 6) != false {
            throw ToolError(
                .confirmExpired,
                "The confirmation came too late: a preview is good for ten minutes. Nothing was changed.",
                hint: "Make the call again for a new preview.")
        }
        return row
    }

    /// Which row of the credential a name stands for, over `p`.
    package static func condition(_ name: Name) -> SQL {
        switch name {
        case .token(let text): "p.token_digest = \(digest(of: text))::bytea"
        case .row(let row): "p.id = \(row)::uuid"
        case .same(let row, let tool, let arguments):
            "p.id = \(row)::uuid AND p.tool = \(tool) AND p.args_digest = \(arguments)::bytea"
        }
    }

    private func end(
        _ row: StoredAction, as status: String, by confirmer: Confirmer? = nil, _ transaction: borrowing Transaction
    ) throws {
        _ = try transaction.query(
            """
            UPDATE pending_actions SET status = \(status), answered_by = \(confirmer?.rawValue),
                ended_at = clock_timestamp()
            WHERE workspace_id = \(call.workspace) AND id = \(row.key)::uuid
            """)
    }

    private static func digest(of token: String) -> [UInt8] { Digest.sha256(Array(token.utf8)) }

    /// What the sealed arguments are bound to.
    private func context(_ digest: [UInt8]) -> [UInt8] {
        Array("pending action".utf8) + call.credential.binding + digest
    }

    private static var unknown: ToolError {
        ToolError(
            .confirmUnknown, "Nothing waits for a confirmation under this name. Nothing was changed.",
            hint: "list_pending_actions shows what waits for this credential.")
    }

    private static func stale(_ reason: String) -> ToolError {
        ToolError(
            .confirmStale, "\(reason) Nothing was changed.",
            hint: "Show the new preview to the person and confirm it with its own token, or make the call again.")
    }
}

/// A pending action as the table has it.
private struct StoredAction {
    let key: RowID
    let tool: String
    let arguments: String
    let digest: [UInt8]
    let basis: String

    init?(_ rows: QueryResult) {
        guard rows.rowCount == 1, let key = rows.string(0, 0).flatMap(RowID.init(uuid:)), let tool = rows.string(0, 1),
            let arguments = rows.string(0, 2), let digest = rows.bytea(0, 3), let basis = rows.string(0, 4)
        else { return nil }
        self.key = key
        self.tool = tool
        self.arguments = arguments
        self.digest = digest
        self.basis = basis
    }
}
