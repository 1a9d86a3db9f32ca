import Postgres
import TestSupport
import Testing

@Suite("Calls that come back to the pool")
struct WorkerPoolResumeTests {
    /// Held for as long as the pool works on it.
    private let database: TestDatabase
    private let pool: WorkerPool

    init() throws {
        database = try TestDatabase.make()
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 1
        configuration.backlog = 1
        pool = WorkerPool(configuration, observer: PoolEvents())
    }

    private func resume(_ statement: SQL, within limit: Duration = .seconds(1200)) -> PendingCall {
        let pending = PendingCall()
        let step = Step.readOn([statement]) { outcome in
            switch outcome {
            case .success(let results): pending.end(.answered(results.map(\.firstRow)))
            case .failure(let error): pending.end(.failed(error))
            }
            return .done
        }
        let job = Job(tenant: FairShareKey("one"), deadline: .now + limit, plan: { step }, refuse: { _ in })
        pool.resume(job, with: step)
        return pending
    }

    @Test("are taken though the backlog is full, and answered by their step")
    func full() async {
        let waiting = pool.begin(["SELECT 'waits'"])
        let refused = pool.begin(["SELECT 'is one too many'"])
        let resumed = (0..<3).map { resume("SELECT \($0)::bigint") }
        pool.start()
        #expect(await refused.ending == .full)
        #expect(await waiting.ending.rows == [["waits"]])
        for (number, call) in resumed.enumerated() { #expect(await call.ending.rows == [["\(number)"]]) }
        pool.drain(deadline: .seconds(1200))
    }

    @Test("are told when no worker can take them any more")
    func tooLate() async {
        let late = resume("SELECT 1", within: .zero)
        #expect(await late.ending.error?.kind == .timeout)
        pool.start()
        pool.drain(deadline: .seconds(1200))
        #expect(await resume("SELECT 1").ending.error?.kind == .connectionFailed)
    }
}
