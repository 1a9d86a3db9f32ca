import Postgres
import Synchronization

/// Letters on their way to the database: one flush at a time, and whatever comes meanwhile leaves with the next.
final class Outbox: Sendable {
    private struct State {
        var waiting: [String] = []
        var isSending = false
    }

    /// Letters beyond these are dropped: the database is away then, and everybody will be told of a gap.
    private static let capacity = 10_000
    /// How many letters leave in one statement.
    private static let most = 500
    private static let tenant = FairShareKey("mail")

    private let pool: WorkerPool
    private let state = Mutex(State())

    init(_ pool: WorkerPool) { self.pool = pool }

    /// Takes letters, which leave together; returns at once. What is said twice before it leaves is said once.
    func post(_ postmarks: [Postmark]) {
        let payloads = postmarks.compactMap(\.payload)
        guard !payloads.isEmpty else { return }
        let isFirst = state.withLock { state in
            guard state.waiting.count < Self.capacity else { return false }
            state.waiting += payloads
            defer { state.isSending = true }
            return !state.isSending
        }
        if isFirst { send() }
    }

    private func send() {
        let letters = state.withLock { state -> [String] in
            let letters = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(letters.count)
            if letters.isEmpty { state.isSending = false }
            return letters
        }
        guard !letters.isEmpty else { return }
        let statement: SQL = """
            SELECT count(pg_notify(\(Postmark.channel), l.payload))
            FROM unnest(\(letters)::text[]) WITH ORDINALITY AS l(payload, position)
            """
        let job = Job(
            tenant: Self.tenant,
            deadline: .now + .seconds(10),
            isPatient: true,
            plan: { .read([statement]) { _ in self.send() } },
            refuse: { _ in self.send() }
        )
        // A pool that takes nothing more drops these letters, like a database that is away.
        if pool.submit(job) != .accepted { state.withLock { $0.isSending = false } }
    }
}
