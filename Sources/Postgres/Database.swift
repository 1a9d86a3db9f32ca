/// A worker's connection, as a call sees it that has the worker to itself.
///
/// It is valid until the body of ``Step/write(_:)`` returns and cannot escape it.
package struct Database: ~Copyable {
    private let worker: Worker
    /// When the call's answer is no longer waited for; no statement runs longer.
    package let deadline: ContinuousClock.Instant

    init(worker: Worker, deadline: ContinuousClock.Instant) {
        self.worker = worker
        self.deadline = deadline
    }

    /// Opens a transaction: committed when `body` returns, rolled back when it throws.
    ///
    /// `BEGIN` leaves in one flush with the first statements, so a body that runs none costs nothing. The body runs again
    /// when concurrent transactions get into each other's way, or when the connection is lost before the commit: it must
    /// not do anything outside of the database.
    ///
    ///     let version = try database.transaction { transaction in
    ///         try transaction.query("UPDATE tasks SET … RETURNING version").int64(0, 0)
    ///     }
    ///
    /// - Parameters:
    ///   - mode: Isolation, and whether `body` may write.
    ///   - retries: How often the body may run again.
    ///   - body: The statements. The transaction is valid until `body` returns.
    /// - Returns: What `body` returns, once the server has confirmed the commit.
    /// - Throws: ``PostgresError`` if the server refuses a statement or the commit, or what `body` throws. Nothing was
    ///   written then, unless ``PostgresError/outcomeIsUnknown``: the connection was lost while committing.
    package borrowing func transaction<Value>(
        _ mode: TransactionMode = .readWrite,
        retries: Int = 3,
        _ body: (borrowing Transaction) throws -> Value
    ) throws -> Value {
        var repetitions = 0
        while true {
            let transaction = Transaction(
                pipeline: try worker.connectedPipeline(), mode: mode, deadline: deadline
            )
            do {
                let value = try body(transaction)
                try transaction.commit()
                return value
            } catch {
                transaction.rollBack()
                // A body may translate the server's error; what the transaction met is what counts.
                guard let cause = transaction.failure ?? error as? PostgresError, cause.allowsAnotherTransaction,
                    repetitions < retries, ContinuousClock.now < deadline
                else { throw error }
                repetitions += 1
                worker.noteRepetition(cause)
                RetryPause.wait(before: repetitions)
            }
        }
    }

    /// Runs one statement as a transaction of its own.
    package borrowing func query(_ statement: SQL) throws -> QueryResult {
        try transaction(retries: 1) { transaction in try transaction.query(statement) }
    }
}

/// How a transaction is opened.
package struct TransactionMode: Sendable {
    let opening: String

    /// Each statement sees what was committed before it; may write.
    package static let readWrite = TransactionMode(opening: "BEGIN")
    /// All statements see the same state, and none may write.
    package static let readOnly = TransactionMode(opening: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    /// As if transactions ran one after the other; may write, and is repeated when that fails.
    package static let serializable = TransactionMode(opening: "BEGIN ISOLATION LEVEL SERIALIZABLE")
}

extension PostgresError {
    /// Whether the transaction had no effect and can succeed when run again.
    fileprivate var allowsAnotherTransaction: Bool {
        isWorthRepeating || (kind == .connectionLost && !outcomeIsUnknown)
    }
}
