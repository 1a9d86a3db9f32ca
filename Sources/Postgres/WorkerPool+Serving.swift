import Dispatch
import Synchronization

extension WorkerPool {
    /// Serves calls until none is left for this worker; runs on its queue.
    func serveAll(_ worker: Worker) {
        while true {
            guard (try? worker.connectedPipeline()) != nil else { return standAside(worker) }
            countConnected(worker)
            let taken = state.withLock { state in
                let taken = state.take()
                if taken.calls.isEmpty { state.idle.append(worker.index) }
                return taken
            }
            guard !taken.calls.isEmpty else { return finishIfDrained() }
            observeStart(taken.calls)
            let batch = Batch(pool: self, worker: worker, holding: taken.holding)
            batch.serve(taken.calls)
            worker.leaveCleanly()
            release(batch)
        }
    }

    /// Gives calls back to the backlog, where they are next of their tenants.
    ///
    /// - Parameter wakes: Whether another worker is to take them: not if the caller looks for calls itself.
    func putBack(_ calls: [WaitingCall], waking wakes: Bool = true) {
        guard !calls.isEmpty else { return }
        state.withLock { $0.queue.putBack(calls.map { ($0.job.tenant, $0) }) }
        if wakes { wakeIdle() }
    }

    /// Keeps a call until a gate opens, which puts it back to the backlog.
    func keep(_ call: WaitingCall, until gate: Gate) {
        let number = state.withLock { $0.keep(call) }
        scheduleExpiry(by: call.job.deadline)
        gate.whenOpen {
            guard let call = self.state.withLock({ $0.kept.removeValue(forKey: number) }) else { return }
            self.putBack([call])
        }
    }

    /// Gives up a worker's claim on tenants, which may let another worker take their calls.
    func release(_ holding: [FairQueue<WaitingCall>.Hold]) {
        state.withLock { $0.queue.release(holding) }
        wakeIdle()
    }

    /// Ends a worker's turn: its claims, and what its calls have cost their tenants.
    private func release(_ batch: Batch) {
        let (serving, paused) = state.withLock { state in
            for (tenant, cost) in batch.costs { state.queue.settle(tenant, cost: cost.nanoseconds) }
            let paused = state.queue.pause(batch.holding)
            state.queue.release(batch.holding)
            state.serving -= 1
            return (state.serving, paused)
        }
        observer.inUse(serving)
        guard !paused.isEmpty else { return }
        let pause = batch.start.duration(to: .now)
        housekeeping.asyncAfter(deadline: .now() + .nanoseconds(Int(pause.nanoseconds))) {
            self.state.withLock { $0.queue.resume(paused) }
            self.wakeIdle()
        }
    }

    /// Wakes an idle worker if there is something to take.
    func wakeIdle() {
        let woken = state.withLock { state in state.queue.mayGive ? state.idle.popLast() : nil }
        if let woken { wake(woken) }
    }

    private func observeStart(_ calls: [WaitingCall]) {
        let now = ContinuousClock.now
        for call in calls { observer.waited(call.since.duration(to: now)) }
        let (serving, waiting) = state.withLock { ($0.serving, $0.queue.count) }
        observer.inUse(serving)
        observer.backlog(waiting)
        // One worker was woken for each call that came alone; a burst needs the others as well.
        if waiting > 0 { wakeIdle() }
    }
}
