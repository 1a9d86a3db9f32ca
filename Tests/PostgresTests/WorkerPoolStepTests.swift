import Postgres
import TestSupport
import Testing

@Suite("Reads that lead to others")
struct WorkerPoolStepTests {
    /// Held for as long as the pool works on it.
    private let database: TestDatabase
    private let pool: WorkerPool

    init() throws {
        database = try TestDatabase.make()
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 2
        pool = WorkerPool(configuration, observer: PoolEvents())
    }

    /// A step that counts down, each time in a transaction of its own.
    private static func count(from number: Int, _ seen: [String?], _ pending: PendingCall) -> Step {
        .readOn([
            "SELECT \(number)::bigint, coalesce(current_setting('workport.tenant', true), '')",
            "SELECT set_config('workport.tenant', 'left behind', true)",
        ]) { outcome in
            switch outcome {
            case .failure(let error):
                pending.end(.failed(error))
                return .done
            case .success(let results):
                let seen = seen + results[0].firstRow
                if number > 0 { return count(from: number - 1, seen, pending) }
                pending.end(.answered([seen]))
                return .done
            }
        }
    }

    private func begin(from number: Int, within limit: Duration = .seconds(1200)) -> PendingCall {
        let pending = PendingCall()
        let job = Job(
            tenant: FairShareKey("one"), deadline: .now + limit, plan: { Self.count(from: number, [], pending) },
            refuse: { pending.end(.refused($0)) }
        )
        if pool.submit(job) != .accepted { pending.end(.full) }
        return pending
    }

    @Test("are answered once, after the last of them, and each sees no setting of the one before")
    func chain() async {
        pool.start()
        let pending = (0..<50).map { _ in begin(from: 3) }
        for call in pending {
            #expect(await call.ending.rows == [["3", "", "2", "", "1", "", "0", ""]])
        }
        pool.drain(deadline: .seconds(1200))
    }

    @Test("end when the deadline passes between them")
    func deadline() async {
        pool.start()
        let ending = await begin(from: 1_000_000, within: .milliseconds(200)).ending
        #expect(ending.error?.kind == .timeout || ending == .refused(.timeout))
        pool.drain(deadline: .seconds(1200))
    }
}
