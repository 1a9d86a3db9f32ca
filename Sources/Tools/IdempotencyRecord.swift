package import Identity
import JSON
package import Postgres

/// The promise behind an idempotency key: one effect for a credential, a tool and a key, within 24 hours.
package enum IdempotencyRecord {
    /// Takes the key for this call, or finds the answer that an earlier call with it got.
    ///
    /// A second call with the same key waits here until the first one has committed or failed.
    ///
    /// - Returns: The earlier answer, marked `replayed`, or `nil` if the caller is to do the work.
    /// - Throws: ``ToolError`` `idempotency_conflict` if the key was used with other arguments.
    package static func claim(
        _ key: String?,
        _ call: ToolCall,
        _ principal: Principal,
        _ transaction: borrowing Transaction
    ) throws -> ToolAnswer? {
        guard let key else { return nil }
        let condition: SQL = """
            workspace_id = \(call.workspace) AND credential_id = \(principal.credential.digits)::uuid
                AND tool = \(call.tool) AND key = \(key)
            """
        let taken = try transaction.queries([
            "DELETE FROM idempotency_records WHERE \(condition) AND expires_at <= now()",
            """
            INSERT INTO idempotency_records (workspace_id, credential_id, tool, key, args_digest, expires_at)
            VALUES (\(call.workspace), \(principal.credential.digits)::uuid, \(call.tool), \(key),
                \(call.argumentsDigest)::bytea, now() + interval '24 hours')
            ON CONFLICT DO NOTHING
            RETURNING 1
            """,
        ])
        if taken[1].rowCount == 1 { return nil }
        let earlier = try transaction.query(
            "SELECT args_digest = \(call.argumentsDigest)::bytea, result FROM idempotency_records WHERE \(condition)"
        )
        guard earlier.rowCount == 1, earlier.bool(0, 0) == true, let result = earlier.bytes(0, 1) else {
            throw ToolError(
                .idempotencyConflict, "`idempotencyKey` was used before with other arguments. Nothing was saved.",
                hint: "Use a new key for a new call, or send exactly the first call again."
            )
        }
        return ToolAnswer(RawJSON(result.dropLast() + Array(#","replayed":true}"#.utf8)))
    }

    /// Keeps the answer for the next call with the key.
    package static func keep(
        _ answer: ToolAnswer,
        _ key: String?,
        _ call: ToolCall,
        _ principal: Principal,
        _ transaction: borrowing Transaction
    ) throws {
        guard let key else { return }
        _ = try transaction.query(
            """
            UPDATE idempotency_records SET result = \(answer.structured.text)
            WHERE workspace_id = \(call.workspace) AND credential_id = \(principal.credential.digits)::uuid
                AND tool = \(call.tool) AND key = \(key)
            """
        )
    }
}
