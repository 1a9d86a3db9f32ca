package import Identity
package import JSON
package import Postgres

/// One effect for one intention, however often a call arrives, at whatever nodes.
///
/// There are three promises. A client's own idempotency key: one effect for a credential, a tool and the key, within 24
/// hours. The nonce of the answers that a client of the stateless era brings back: the same answers have one effect. And
/// for whoever gives neither: what would add a row a second time within a minute is refused, for most likely it is the
/// same call sent again.
package struct IdempotencyRecord: Sendable {
    /// A promise as the table keeps it.
    private struct Mark {
        let tool: String
        let key: String
        let lifetime: String
        /// Whether a second call is told of the first instead of getting its answer.
        var isRefused = false
    }

    private let call: ToolCall
    private let principal: Principal
    private let marks: [Mark]
    private let argument: String

    /// - Parameters:
    ///   - argument: The argument that holds the client's own key, if it gives one.
    ///   - isAddition: Whether the call adds a row, and is not to do so twice within a minute by oversight.
    package init(_ call: ToolCall, key argument: String, _ principal: Principal, adding isAddition: Bool = false) {
        self.argument = argument
        let key = call.arguments.text(argument)
        self.call = call
        self.principal = principal
        let own = key.map { Mark(tool: call.tool, key: $0, lifetime: "24 hours") }
        // No tool has a blank in its name, so a client's key is never taken for a nonce.
        let answers = call.nonce.map { Mark(tool: call.tool + " answers", key: $0, lifetime: "1 hour") }
        var marks = [own, answers].compactMap(\.self)
        if isAddition, marks.isEmpty, call.arguments.boolean(Self.allowDuplicate.name) != true {
            let digest = call.argumentsDigest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            marks = [Mark(tool: call.tool + " again", key: digest, lifetime: "60 seconds", isRefused: true)]
        }
        self.marks = marks
    }

    /// What says that a row is meant to be added though one like it was added a moment ago.
    package static let allowDuplicate = Parameter("allow_duplicate", .boolean, "")

    /// Whether nothing tells this call from the same one sent again by oversight: it has no key and no answers of a person,
    /// and does not say that another row is meant.
    ///
    /// A tool whose rows tell by themselves what was added a moment ago looks there, and needs no promise to be kept.
    package var isUnmarked: Bool { marks.isEmpty && call.arguments.boolean(Self.allowDuplicate.name) != true }

    /// Takes what this call must be the first with, or finds the answer that an earlier one got.
    ///
    /// A second call waits here until the first one has committed or failed.
    ///
    /// - Returns: The earlier answer, marked `replayed`, or `nil` if the caller is to do the work.
    /// - Parameter isThere: Whether the row of an earlier answer is still there.
    /// - Throws: ``ToolError`` `idempotency_conflict` if the key was used with other arguments, `possible_duplicate` if the
    ///   same was added within the last minute.
    package func claim(
        _ transaction: borrowing Transaction, isThere: (RawJSON) throws -> Bool = { _ in true }
    ) throws -> ToolAnswer? {
        for mark in marks {
            guard let earlier = try claim(mark, transaction) else { continue }
            guard mark.isRefused else {
                call.notes?.noteNoEffect()
                return ToolAnswer(kept: earlier).adding([JSONMember("replayed", true)])
            }
            // What was taken back or deleted may be added again; the record is kept anew.
            if try isThere(earlier) { throw try duplicate(of: earlier) }
        }
        return nil
    }

    private func duplicate(of earlier: RawJSON) throws -> ToolError {
        Self.duplicate(of: try JSONDocument(earlier.bytes).root["item"]?["id"]?.string)
    }

    /// What a caller is told whose call would add the same a second time.
    ///
    /// - Parameter id: The identifier of the row that is there.
    package static func duplicate(of id: String?) -> ToolError {
        var error = ToolError(
            .possibleDuplicate, "The same was saved less than a minute ago. Nothing was saved again.",
            hint: "Go on with that one. If another one is meant, send the call again with "
                + "\(Self.allowDuplicate.name): true."
        )
        if let id { error.details = [JSONMember("possible_duplicate_of", .string(id))] }
        return error
    }

    /// - Returns: The earlier answer, if there is one.
    private func claim(_ mark: Mark, _ transaction: borrowing Transaction) throws -> RawJSON? {
        let taken = try transaction.queries([
            "DELETE FROM idempotency_records WHERE \(condition(mark)) AND expires_at <= now()", clearing(mark),
            """
            INSERT INTO idempotency_records (workspace_id, credential_id, tool, key, args_digest, expires_at)
            VALUES (\(call.workspace), \(principal.credential)::uuid, \(mark.tool), \(mark.key),
                \(call.argumentsDigest)::bytea, now() + \(mark.lifetime)::interval)
            ON CONFLICT DO NOTHING
            RETURNING 1
            """,
        ])
        if taken[2].rowCount == 1 { return nil }
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
        return RawJSON(result)
    }

    /// Keeps the answer for the next call.
    package func keep(_ answer: ToolAnswer, _ transaction: borrowing Transaction) throws {
        guard !marks.isEmpty else { return }
        _ = try transaction.queries(
            marks.map { mark in
                "UPDATE idempotency_records SET result = \(answer.kept.text) WHERE \(condition(mark))"
            }
        )
    }

    private func condition(_ mark: Mark) -> SQL {
        """
        workspace_id = \(call.workspace) AND credential_id = \(principal.credential)::uuid
            AND tool = \(mark.tool) AND key = \(mark.key)
        """
    }

    /// Removes a few records that have expired, and that no other call is removing.
    private func clearing(_ mark: Mark) -> SQL {
        """
        DELETE FROM idempotency_records WHERE ctid = ANY (ARRAY(
            SELECT r.ctid FROM idempotency_records AS r
            WHERE r.workspace_id = \(call.workspace) AND r.credential_id = \(principal.credential)::uuid
                AND r.tool = \(mark.tool) AND r.expires_at <= now()
            LIMIT 20
            FOR UPDATE SKIP LOCKED
        ))
        """
    }
}
