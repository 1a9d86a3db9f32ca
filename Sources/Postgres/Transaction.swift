/// An open transaction on a worker's connection.
///
/// Valid until the body of ``Database/transaction(_:retries:_:)`` returns.
package struct Transaction: ~Copyable {
    /// What changes while the transaction is lent to its body.
    private final class Progress {
        var hasBegun = false
        var failure: PostgresError?
    }

    private let pipeline: Pipeline
    private let mode: TransactionMode
    private let progress = Progress()
    /// When the call's answer is no longer waited for.
    package let deadline: ContinuousClock.Instant

    /// The time that a commit gets beyond the deadline, for its outcome is worth waiting for.
    private static let commitGrace = Duration.seconds(2)

    init(pipeline: Pipeline, mode: TransactionMode, deadline: ContinuousClock.Instant) {
        self.pipeline = pipeline
        self.mode = mode
        self.deadline = deadline
    }

    /// The first problem that a statement met.
    var failure: PostgresError? { progress.failure }

    /// Runs a statement and waits for its rows.
    package borrowing func query(_ statement: SQL) throws(PostgresError) -> QueryResult {
        let results = try queries([statement])
        return results[0]
    }

    /// Runs statements that leave in one flush, and waits for the rows of all; the first error keeps the rest from running.
    package borrowing func queries(_ statements: [SQL]) throws(PostgresError) -> [QueryResult] {
        if let failure { throw failure }
        let opening = progress.hasBegun ? [] : [SQL(verbatim: mode.opening)]
        do throws(PostgresError) {
            guard deadline > .now else { throw PostgresError(.timeout, "The deadline passed between statements.") }
            pipeline.begin()
            let results = try pipeline.answer(to: Pipeline.Call(statements: opening + statements, deadline: deadline))
            progress.hasBegun = true
            return Array(results.dropFirst(opening.count))
        } catch {
            progress.failure = error
            throw error
        }
    }

    borrowing func commit() throws(PostgresError) {
        if let failure { throw failure }
        guard progress.hasBegun else { return }
        guard deadline > .now else { throw PostgresError(.timeout, "The deadline passed before the commit.") }
        pipeline.begin()
        let answer: [QueryResult]
        do throws(PostgresError) {
            answer = try pipeline.answer(
                to: Pipeline.Call(statements: ["COMMIT"], deadline: deadline + Self.commitGrace)
            )
        } catch {
            let isUnknown = error.kind == .timeout || error.kind == .connectionLost
            let failure = isUnknown ? error.whileCommitting() : error
            progress.failure = failure
            throw failure
        }
        guard answer[0].tag == "COMMIT" else {
            throw PostgresError(.unexpectedResult, "The transaction had failed and was rolled back.")
        }
    }

    /// Undoes everything; when that fails, ends the connection, which has the same effect.
    borrowing func rollBack() {
        guard pipeline.isUsable, !pipeline.isOutsideTransaction else { return }
        pipeline.begin()
        let call = Pipeline.Call(statements: ["ROLLBACK"], deadline: .now + Self.commitGrace)
        if (try? pipeline.answer(to: call)) == nil { pipeline.close() }
    }
}

extension Pipeline {
    /// Sends one call and waits for its outcome; ``begin()`` comes before.
    func answer(to call: Call) throws(PostgresError) -> [QueryResult] {
        _ = enqueue([try PackedCall(call)])
        var answer: Result<[QueryResult], PostgresError>?
        receive(displacing: false) { _, outcome in
            switch outcome {
            case .answered(let results): answer = .success(results)
            case .failed(let error), .interrupted(let error): answer = .failure(error)
            case .displaced: break
            }
        }
        guard let answer else { throw PostgresError(.connectionLost, "The connection ended without an answer.") }
        return try answer.get()
    }
}
