/// The calls that a worker took together: reads leave in one flush, then a write has the worker to itself.
///
/// Confined to the worker's queue.
final class Batch {
    private struct Read {
        let call: WaitingCall
        let statements: [SQL]
        let finish: @Sendable (Result<[QueryResult], PostgresError>) -> Void
    }

    private let pool: WorkerPool
    private let worker: Worker
    /// The tenants that this worker is counted for.
    private(set) var holding: [FairShareKey]
    private var reads: [Read] = []
    /// The pipeline's number of the first read.
    private var firstNumber = 0
    private var interrupted: [(read: Read, error: PostgresError)] = []

    init(pool: WorkerPool, worker: Worker, holding: [FairShareKey]) {
        self.pool = pool
        self.worker = worker
        self.holding = holding
    }

    /// Answers the calls, or gives them back to the pool.
    func serve(_ calls: [WaitingCall]) {
        guard let pipeline = worker.usablePipeline else { return pool.putBack(calls) }
        pipeline.begin()
        let write = send(calls, on: pipeline)
        if !reads.isEmpty { pool.observer.flushed(batch: reads.count) }
        pipeline.receive(displacing: true) { number, outcome in take(outcome, of: number - firstNumber) }
        for (read, error) in interrupted { repeatAlone(read, after: error) }
        if let write {
            pool.observer.flushed(batch: 1)
            release(allBut: [write.job.tenant])
            write.body(Database(worker: worker, deadline: write.job.deadline))
        }
    }

    /// Plans the calls and sends the reads, until one turns out to write.
    private func send(
        _ calls: [WaitingCall],
        on pipeline: Pipeline
    ) -> (body: @Sendable (borrowing Database) -> Void, job: Job)? {
        for (index, call) in calls.enumerated() {
            guard call.job.deadline > .now else {
                pool.refuse(call, .timeout)
                continue
            }
            guard !call.job.isAbandoned() else {
                pool.refuse(call, .abandoned)
                continue
            }
            switch call.step ?? call.job.plan() {
            case .done: break
            case .read(let statements, let finish):
                send(Read(call: call, statements: statements, finish: finish), on: pipeline)
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
        let left = holding.filter { !kept.contains($0) }
        guard !left.isEmpty else { return }
        holding.removeAll(where: left.contains)
        pool.release(left, isDone: false)
    }

    private func send(_ read: Read, on pipeline: Pipeline) {
        do throws(PostgresError) {
            let job = read.call.job
            let call = Pipeline.Call(
                statements: read.statements, deadline: job.deadline, isAbandoned: job.isAbandoned
            )
            let number = try pipeline.enqueue(call)
            if reads.isEmpty { firstNumber = number }
            reads.append(read)
        } catch {
            read.finish(.failure(error))
        }
    }

    private func take(_ outcome: Pipeline.Outcome, of index: Int) {
        let read = reads[index]
        switch outcome {
        case .answered(let results): read.finish(.success(results))
        case .failed(let error): read.finish(.failure(error))
        case .interrupted(let error): interrupted.append((read, error))
        case .displaced(let head): giveBack(read, behind: head - firstNumber)
        }
    }

    /// Lets another worker serve a read that stands behind one which takes long.
    private func giveBack(_ read: Read, behind head: Int) {
        var call = read.call
        call.step = .read(read.statements, finish: read.finish)
        let tenant = call.job.tenant
        if !reads.indices.contains(head) || reads[head].call.job.tenant != tenant,
            let position = holding.firstIndex(of: tenant)
        {
            holding.remove(at: position)
            pool.release([tenant], isDone: false)
        }
        pool.putBack([call])
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
            read.finish(.success(results))
        } catch  where error.kind == .connectionFailed {
            // The first error says more: the connection was there and is gone.
            read.finish(.failure(PostgresError(.connectionLost, error.message)))
        } catch {
            read.finish(.failure(error))
        }
    }
}
