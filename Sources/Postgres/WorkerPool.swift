import Dispatch
import Synchronization

/// Few workers, each with one connection, and the bounded backlog of calls that wait for them.
///
/// A worker takes several waiting calls at once and sends the reads among them in one flush. Tenants take turns, and none
/// can occupy all workers or the whole backlog.
package final class WorkerPool: Sendable {
    let configuration: PoolConfiguration
    let observer: any PoolObserver
    let workers: [Worker]
    let state: Mutex<PoolState>
    /// How many tenants have another weight than 1.
    let weighted = Atomic(0)
    /// Where refusals run, and what happens by the clock.
    let housekeeping = DispatchQueue(label: "workport.database.housekeeping")

    /// Makes a pool that accepts calls; they wait until ``start()``.
    package init(_ configuration: PoolConfiguration, observer: any PoolObserver = NoPoolObserver()) {
        self.configuration = configuration
        self.observer = observer
        workers = (0..<max(1, configuration.workers)).map {
            Worker(index: $0, configuration: configuration, observer: observer)
        }
        state = Mutex(PoolState(configuration))
    }

    /// Begins to connect, and returns at once.
    package func start() {
        for worker in workers { worker.queue.async { self.connect(worker) } }
        scheduleIdleCheck()
    }

    /// Whether the database answers, as far as the workers know.
    package var isHealthy: Bool { state.withLock { $0.phase == .running && $0.connected > 0 } }

    /// How many calls wait.
    package var backlog: Int { state.withLock { $0.queue.count } }

    /// Accepts a call, and returns without waiting for it.
    ///
    /// A call is turned away when the backlog has no room for it, or when it would wait longer than half of
    /// ``PoolConfiguration/queueTime``. What its tenant has waiting counts most in both, so a tenant that floods the pool
    /// fills its own share, and others find room and their turn.
    package func submit(_ job: Job) -> Submission {
        let call = WaitingCall(job, waitingAtMost: configuration.queueTime)
        switch state.withLock({ $0.admit(call) }) {
        case .waits: break
        case .wakes(let worker): wake(worker)
        case .full(let wait):
            observer.backlogFull()
            return .full(retryAfter: wait)
        case .refused(let reason):
            housekeeping.async { self.refuse(call, reason) }
            return .accepted
        }
        scheduleExpiry(by: call.expiry)
        return .accepted
    }

    /// Whether a call of the tenant would be turned away now, and when to come back then.
    ///
    /// For callers who can save themselves the work of making a job.
    package func refusal(of tenant: FairShareKey) -> Duration? {
        let now = ContinuousClock.now
        return state.withLock { $0.refusal(of: tenant, at: now) }
    }

    func wake(_ worker: Int) {
        workers[worker].queue.async { self.serveAll(self.workers[worker]) }
    }

    func refuse(_ call: WaitingCall, _ reason: Refusal) {
        observer.refused(reason)
        call.refuse(reason)
    }

    // MARK: Connecting

    func connect(_ worker: Worker) {
        guard state.withLock({ $0.phase != .stopped }) else { return worker.disconnect() }
        do throws(PostgresError) {
            _ = try worker.connectedPipeline()
        } catch {
            return standAside(worker)
        }
        serveAll(worker)
    }

    /// Takes a worker that cannot connect out of service until the next attempt.
    func standAside(_ worker: Worker) {
        let wasConnected = worker.isCountedConnected
        worker.isCountedConnected = false
        let refused = state.withLock { state in
            if wasConnected { state.connected -= 1 }
            return state.closeIfAway()
        }
        for call in refused { refuse(call, .unavailable) }
        finishIfDrained()
        // What it would have taken next is for others.
        wakeIdle()
        let pause = worker.pause
        worker.queue.asyncAfter(deadline: .now() + .milliseconds(Int(pause.milliseconds))) { [weak self] in
            self?.connect(worker)
        }
    }

    func countConnected(_ worker: Worker) {
        guard !worker.isCountedConnected else { return }
        worker.isCountedConnected = true
        state.withLock {
            $0.connected += 1
            $0.isAway = false
        }
    }
}
