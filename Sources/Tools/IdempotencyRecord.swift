package import Identity
import JSON
package import Postgres

/// One effect for one intention, however often a call arrives, at whatever nodes.
///
/// There are two promises. A client's own idempotency key: one effect for a credential, a tool and the key, within 24
/// hours. And the nonce of the answers that a client of the stateless era brings back: the same answers have one effect.
package struct IdempotencyRecord: Sendable {
    /// A promise as the table keeps it.
    private struct Mark {
        let tool: String
        let key: String
        let lifetime: String
        /// Whether nobody but this call can come back to the record once it has expired.
        let isSingular: Bool
    }

    private let call: ToolCall
    private let principal: Principal
    private let marks: [Mark]
    private let argument: String

    /// - Parameter argument: The argument that holds the client's own key, if it gives one.
    package init(_ call: ToolCall, key argument: String, _ principal: Principal) {
        self.argument = argument
        let key = call.arguments.text(argument)
        self.call = call
        self.principal = principal
        let own = key.map { Mark(tool: call.tool, key: $0, lifetime: "24 hours", isSingular: false) }
        // No tool has a blank in its name, so a client's key is never taken for a nonce.
        let answers = call.nonce.map {
            Mark(tool: call.tool + " answers", key: $0, lifetime: "1 hour", isSingular: true)
        }
        marks = [own, answers].compactMap(\.self)
    }

    /// Takes what this call must be the first with, or finds the answer that an earlier one got.
    ///
    /// A second call waits here until the first one has committed or failed.
    ///
    /// - Returns: The earlier answer, marked `replayed`, or `nil` if the caller is to do the work.
    /// - Throws: ``ToolError`` `idempotency_conflict` if the key was used with other arguments.
    package func claim(_ transaction: borrowing Transaction) throws -> ToolAnswer? {
        for mark in marks {
            if let earlier = try claim(mark, transaction) { return earlier }
        }
        return nil
    }

    private func claim(_ mark: Mark, _ transaction: borrowing Transaction) throws -> ToolAnswer? {
        let taken = try transaction.queries([
            mark.isSingular
                ? clearing(mark) : "DELETE FROM idempotency_records WHERE \(condition(mark)) AND expires_at <= now()",
            """
            INSERT INTO idempotency_records (workspace_id, credential_id, tool, key, args_digest, expires_at)
            VALUES (\(call.workspace), \(principal.credential.digits)::uuid, \(mark.tool), \(mark.key),
                \(call.argumentsDigest)::bytea, now() + \(mark.lifetime)::interval)
            ON CONFLICT DO NOTHING
            RETURNING 1
            """,
        ])
        if taken[1].rowCount == 1 { return nil }
        let earlier = try transaction.query(
            """
            SELECT args_digest = \(call.argumentsDigest)::bytea, result FROM idempotency_records
            WHERE \(condition(mark))
            """
        )
        guard earlier.rowCount == 1, earlier.bool(0, 0) == true, let result = earlier.bytes(0, 1) else {
            throw ToolError(
                .idempotencyConflict, "`\(argument)` was used before with other arguments. Nothing was saved.",
                hint: "Use a new key for a new call, or send exactly the first call again."
            )
        }
        call.notes?.noteNoEffect()
        return ToolAnswer(RawJSON(result.dropLast() + Array(#","replayed":true}"#.utf8)))
    }

    /// Keeps the answer for the next call.
    package func keep(_ answer: ToolAnswer, _ transaction: borrowing Transaction) throws {
        guard !marks.isEmpty else { return }
        _ = try transaction.queries(
            marks.map { mark in
                "UPDATE idempotency_records SET result = \(answer.structured.text) WHERE \(condition(mark))"
            }
        )
    }

    private func condition(_ mark: Mark) -> SQL {
        """
        workspace_id = \(call.workspace) AND credential_id = \(principal.credential.digits)::uuid
            AND tool = \(mark.tool) AND key = \(mark.key)
        """
    }

    /// Removes a few records that nobody comes back to, and that no other call is removing.
    private func clearing(_ mark: Mark) -> SQL {
        """
        DELETE FROM idempotency_records WHERE ctid = ANY (ARRAY(
            SELECT r.ctid FROM idempotency_records AS r
            WHERE r.workspace_id = \(call.workspace) AND r.credential_id = \(principal.credential.digits)::uuid
                AND r.tool = \(mark.tool) AND r.expires_at <= now()
            LIMIT 20
            FOR UPDATE SKIP LOCKED
        ))
        """
    }
}
