/// The calls that a worker took together: reads leave in one flush, then a write has the worker to itself.
///
/// Confined to the worker's queue.
final class Batch {
    private struct Read {
        let call: WaitingCall
        let statements: [SQL]
        let step: Step
        let next: @Sendable (Result<[QueryResult], PostgresError>) -> Step
    }

    /// Reads that are alike, which leave as one transaction.
    private struct Group {
        var reads: [Read]
        var calls: [PackedCall]
        /// How many more it may take.
        var room: Int

        /// Puts a read beside those that begin with the same values, so that their opening runs once.
        mutating func add(_ read: Read, _ call: PackedCall) {
            let place = calls.lastIndex(where: call.beginsLike).map { $0 + 1 } ?? calls.count
            reads.insert(read, at: place)
            calls.insert(call, at: place)
            room -= 1
        }
    }

    private let pool: WorkerPool
    private let worker: Worker
    /// The tenants that this worker is counted for.
    private(set) var holding: [FairQueue<WaitingCall>.Hold]
    private var groups: [Group] = []
    /// The reads in the order in which they left.
    private var reads: [Read] = []
    /// The pipeline's number of the first read.
    private var firstNumber = 0
    private var interrupted: [(read: Read, error: PostgresError)] = []
    /// Calls whose rows led to another step.
    private var continued: [WaitingCall] = []
    /// What the calls have cost, by their tenants.
    private(set) var costs: [(tenant: FairShareKey, cost: Duration)] = []
    /// When each read ended; nil if it went elsewhere.
    private var ends: [ContinuousClock.Instant?] = []
    /// When the worker took the calls.
    let start = ContinuousClock.now

    init(pool: WorkerPool, worker: Worker, holding: [FairQueue<WaitingCall>.Hold]) {
        self.pool = pool
        self.worker = worker
        self.holding = holding
    }

    /// Answers the calls, or gives them back to the pool.
    func serve(_ calls: [WaitingCall]) {
        guard let pipeline = worker.usablePipeline else { return pool.putBack(calls) }
        pipeline.begin()
        let write = plan(calls)
        send(on: pipeline)
        if !reads.isEmpty { pool.observer.flushed(batch: reads.count) }
        pipeline.receive(displacing: true) { number, outcome in take(outcome, of: number - firstNumber) }
        for (read, error) in interrupted { repeatAlone(read, after: error) }
        // This worker takes next what goes on alone: where it runs already, nobody has to be woken.
        pool.putBack(continued, waking: continued.count > 1 || write != nil)
        chargeReads()
        if let write {
            pool.observer.flushed(batch: 1)
            release(allBut: [write.job.tenant])
            let start = ContinuousClock.now
            write.body(Database(worker: worker, deadline: write.job.deadline))
            costs.append((write.job.tenant, start.duration(to: .now)))
        }
    }

    /// Plans the calls, until one turns out to write.
    private func plan(_ calls: [WaitingCall]) -> (body: @Sendable (borrowing Database) -> Void, job: Job)? {
        for (index, call) in calls.enumerated() {
            guard call.job.deadline > .now else {
                pool.refuse(call, .timeout)
                continue
            }
            guard !call.job.isAbandoned() else {
                pool.refuse(call, .abandoned)
                continue
            }
            var step = call.step ?? call.job.plan()
            while case .wait(let gate, let next) = step, gate.isOpen { step = next() }
            switch step {
            case .done: break
            case .wait(let gate, _): wait(call, step, for: gate)
            case .read(let statements, let finish):
                let next: @Sendable (Result<[QueryResult], PostgresError>) -> Step = { outcome in
                    finish(outcome)
                    return .done
                }
                pack(Read(call: call, statements: statements, step: step, next: next), mayShare: false)
            case .readOn(let statements, let next):
                pack(Read(call: call, statements: statements, step: step, next: next), mayShare: true)
            case .write(let body):
                // Whoever stands behind a write would wait for all of it, so they go to the worker that is free first.
                release(allBut: calls[...index].map(\.job.tenant))
                pool.putBack(Array(calls[(index + 1)...]))
                return (body, call.job)
            }
        }
        return nil
    }

    /// Gives up the claim on tenants of whom this worker has no call any more: else they would count as served while
    /// their calls wait, and other workers would pass them over.
    private func release(allBut kept: [FairShareKey]) {
        let left = holding.filter { !kept.contains($0.key) }
        guard !left.isEmpty else { return }
        holding.removeAll { !kept.contains($0.key) }
        pool.release(left)
    }

    /// Puts a read into the first group that it is like and that has room, or into one of its own.
    private func pack(_ read: Read, mayShare: Bool) {
        let packed: PackedCall
        do throws(PostgresError) {
            packed = try PackedCall(
                Pipeline.Call(
                    statements: read.statements, deadline: read.call.job.deadline,
                    isAbandoned: read.call.job.isAbandoned
                )
            )
        } catch {
            return finish(read, .failure(error))
        }
        let group = mayShare ? groups.firstIndex { $0.room > 0 && packed.isLike($0.calls[0]) } : nil
        guard let group else {
            let room = mayShare ? worker.pace.groupSize(of: packed) - 1 : 0
            return groups.append(Group(reads: [read], calls: [packed], room: room))
        }
        groups[group].add(read, packed)
    }

    /// Sends the groups, each as one transaction.
    private func send(on pipeline: Pipeline) {
        for group in groups {
            let number = pipeline.enqueue(group.calls)
            if reads.isEmpty { firstNumber = number }
            reads += group.reads
        }
        ends = Array(repeating: nil, count: reads.count)
    }

    /// Charges the time from the end of one group to the end of the next to the tenants whose calls were in it: the server
    /// answers one group after the other, and what it has finished of one may come when all of it is.
    private func chargeReads() {
        var start = start
        var rest = ends[...]
        for group in groups {
            let own = rest.prefix(group.reads.count)
            rest = rest.dropFirst(group.reads.count)
            guard let end = own.compactMap({ $0 }).max() else { continue }
            let ended = own.count { $0 != nil }
            let cost = max(.zero, start.duration(to: end)) / ended
            for (read, time) in zip(group.reads, own) where time != nil { costs.append((read.call.job.tenant, cost)) }
            if ended == own.count { worker.pace.note(cost, of: group.calls[0]) }
            start = max(start, end)
        }
    }

    private func take(_ outcome: Pipeline.Outcome, of index: Int) {
        let read = reads[index]
        if case .displaced = outcome {} else { ends[index] = .now }
        switch outcome {
        case .answered(let results): finish(read, .success(results))
        case .failed(let error): finish(read, .failure(error))
        case .interrupted(let error): interrupted.append((read, error))
        case .displaced(let head): giveBack(read, behind: head - firstNumber)
        }
    }

    private func finish(_ read: Read, _ outcome: Result<[QueryResult], PostgresError>) {
        let step = read.next(outcome)
        switch step {
        case .done: return
        case .wait(let gate, _): wait(read.call, step, for: gate)
        case .read, .readOn, .write: continued.append(read.call.taking(step))
        }
    }

    private func wait(_ call: WaitingCall, _ step: Step, for gate: Gate) {
        pool.keep(call.taking(step), until: gate)
    }

    /// Lets another worker serve a read that stands behind one which takes long.
    private func giveBack(_ read: Read, behind head: Int) {
        let tenant = read.call.job.tenant
        if !reads.indices.contains(head) || reads[head].call.job.tenant != tenant,
            let position = holding.firstIndex(where: { $0.key == tenant })
        {
            pool.release([holding.remove(at: position)])
        }
        pool.putBack([read.call.taking(read.step)])
    }

    /// Sends a read a second time, by itself, so that one which breaks connections takes no other with it.
    private func repeatAlone(_ read: Read, after error: PostgresError) {
        pool.observer.repeated(because: error)
        do throws(PostgresError) {
            guard read.call.job.deadline > .now else {
                throw PostgresError(.timeout, "The deadline passed before the read could be repeated.")
            }
            let pipeline = try worker.connectedPipeline()
            pipeline.begin()
            let results = try pipeline.answer(
                to: Pipeline.Call(
                    statements: read.statements, deadline: read.call.job.deadline,
                    isAbandoned: read.call.job.isAbandoned, sharesPreparations: false
                )
            )
            finish(read, .success(results))
        } catch  where error.kind == .connectionFailed {
            // The first error says more: the connection was there and is gone.
            finish(read, .failure(PostgresError(.connectionLost, error.message)))
        } catch {
            finish(read, .failure(error))
        }
    }
}
