import Postgres

/// How a job ended.
enum Ending: Sendable, Equatable {
    case answered([[String?]])
    case failed(PostgresError)
    case refused(Refusal)
    case full

    var error: PostgresError? { if case .failed(let error) = self { error } else { nil } }
    var rows: [[String?]]? { if case .answered(let rows) = self { rows } else { nil } }
}

/// A call that was submitted.
final class PendingCall: Sendable {
    private let stream: AsyncStream<Ending>
    private let continuation: AsyncStream<Ending>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func end(_ ending: Ending) { continuation.yield(ending) }

    /// How the call ended; to be asked once.
    var ending: Ending {
        get async {
            for await ending in stream { return ending }
            return .full
        }
    }
}

extension WorkerPool {
    /// Submits a read before it returns; each result becomes the texts of its first row.
    func begin(
        _ statements: [SQL],
        tenant: String = "one",
        within limit: Duration = .seconds(1200),
        isAbandoned: @escaping @Sendable () -> Bool = { false }
    ) -> PendingCall {
        let pending = PendingCall()
        let job = Job(
            tenant: FairShareKey(tenant),
            deadline: .now + limit,
            isAbandoned: isAbandoned,
            plan: {
                .read(statements) { result in
                    switch result {
                    case .success(let results): pending.end(.answered(results.map(\.firstRow)))
                    case .failure(let error): pending.end(.failed(error))
                    }
                }
            },
            refuse: { pending.end(.refused($0)) }
        )
        if submit(job) != .accepted { pending.end(.full) }
        return pending
    }

    /// Submits a read that may be one transaction with others that are like it.
    func beginAlike(
        _ statements: [SQL],
        tenant: String = "one",
        within limit: Duration = .seconds(1200),
        isAbandoned: @escaping @Sendable () -> Bool = { false }
    ) -> PendingCall {
        let pending = PendingCall()
        let job = Job(
            tenant: FairShareKey(tenant),
            deadline: .now + limit,
            isAbandoned: isAbandoned,
            plan: {
                .readOn(statements) { result in
                    switch result {
                    case .success(let results): pending.end(.answered(results.map(\.firstRow)))
                    case .failure(let error): pending.end(.failed(error))
                    }
                    return .done
                }
            },
            refuse: { pending.end(.refused($0)) }
        )
        if submit(job) != .accepted { pending.end(.full) }
        return pending
    }

    /// Submits a read that is followed by another one; the ending is that of the second, or the first error.
    func begin(_ first: [SQL], then second: [SQL]) -> PendingCall {
        let pending = PendingCall()
        let end: @Sendable (Result<[QueryResult], PostgresError>) -> Step = { result in
            switch result {
            case .success(let results): pending.end(.answered(results.map(\.firstRow)))
            case .failure(let error): pending.end(.failed(error))
            }
            return .done
        }
        let plan: @Sendable () -> Step = {
            .readOn(first) { result in
                if case .failure = result { return end(result) }
                return .readOn(second, next: end)
            }
        }
        let job = Job(
            tenant: FairShareKey("one"), deadline: .now + .seconds(1200), plan: plan,
            refuse: { pending.end(.refused($0)) }
        )
        if submit(job) != .accepted { pending.end(.full) }
        return pending
    }

    /// Runs a read and waits for its end.
    func read(
        _ statements: [SQL],
        tenant: String = "one",
        within limit: Duration = .seconds(1200)
    ) async -> Ending {
        await begin(statements, tenant: tenant, within: limit).ending
    }

    /// Runs a write and waits for what its body returns or throws.
    func write<Value: Sendable>(
        tenant: String = "one",
        within limit: Duration = .seconds(1200),
        _ body: @escaping @Sendable (borrowing Database) throws -> Value
    ) async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            let job = Job(
                tenant: FairShareKey(tenant),
                deadline: .now + limit,
                plan: {
                    .write { database in
                        do {
                            continuation.resume(returning: .success(try body(database)))
                        } catch {
                            continuation.resume(returning: .failure(error))
                        }
                    }
                },
                refuse: { continuation.resume(returning: .failure(PoolRefusal(reason: $0))) }
            )
            if submit(job) != .accepted { continuation.resume(returning: .failure(PoolRefusal(reason: .unavailable))) }
        }
    }
}

/// A refusal as an error.
struct PoolRefusal: Error, Equatable {
    let reason: Refusal
}

extension QueryResult {
    var firstRow: [String?] { (0..<columnCount).map { string(0, $0) } }
}
