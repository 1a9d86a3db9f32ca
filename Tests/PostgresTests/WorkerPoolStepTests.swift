import Postgres
import Synchronization
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

    /// How many calls have gone on behind a gate.
    private final class Passed: Sendable {
        let count = Mutex(0)
    }

    /// A call that counts once a gate is open.
    private func begin(behind gate: Gate, _ passed: Passed = Passed(), within limit: Duration = .seconds(1200))
        -> PendingCall
    {
        let pending = PendingCall()
        let job = Job(
            tenant: FairShareKey("one"), deadline: .now + limit,
            plan: {
                .readOn(["SELECT 1"]) { _ in
                    .wait(for: gate) {
                        passed.count.withLock { $0 += 1 }
                        return Self.count(from: 0, [], pending)
                    }
                }
            },
            refuse: { pending.end(.refused($0)) }
        )
        if case .full = pool.submit(job) { pending.end(.full) }
        return pending
    }

    @Test("hold no worker while they wait for something, and go on when it happens")
    func gate() async {
        pool.start()
        let gate = Gate()
        let passed = Passed()
        let waiting = (0..<20).map { _ in begin(behind: gate, passed) }
        // More than there are workers wait, and others are served.
        for call in (0..<20).map({ _ in begin(from: 1) }) { #expect(await call.ending.rows == [["1", "", "0", ""]]) }
        #expect(passed.count.withLock { $0 } == 0)
        gate.open()
        for call in waiting { #expect(await call.ending.rows == [["0", ""]]) }
        #expect(await begin(behind: gate).ending.rows == [["0", ""]])
        pool.drain(deadline: .seconds(1200))
    }

    @Test("end when their deadline passes while they wait, and when the pool does")
    func waitingEnds() async {
        pool.start()
        let gate = Gate()
        #expect(await begin(behind: gate, within: .milliseconds(100)).ending == .refused(.timeout))
        let waiting = begin(behind: gate)
        #expect(await begin(from: 0).ending.rows == [["0", ""]])
        #expect(!pool.drain(deadline: .milliseconds(50)))
        #expect(await waiting.ending == .refused(.stopping))
    }
}
