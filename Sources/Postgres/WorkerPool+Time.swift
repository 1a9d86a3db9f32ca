import Dispatch
import Synchronization

extension WorkerPool {
    /// Makes sure that a call whose time to wait is over is refused then.
    func scheduleExpiry(by deadline: ContinuousClock.Instant) {
        let isNeeded = state.withLock { state in
            if let next = state.nextExpiry, next <= deadline { return false }
            state.nextExpiry = deadline
            return true
        }
        guard isNeeded else { return }
        // Rounded up: a timer that comes too early finds nothing to refuse.
        let pause = max(0, ContinuousClock.now.duration(to: deadline).milliseconds) + 1
        housekeeping.asyncAfter(deadline: .now() + .milliseconds(Int(pause))) { self.refuseExpired(by: deadline) }
    }

    /// - Parameter deadline: What the timer was set for. Another one was set if something is due before that.
    private func refuseExpired(by deadline: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let (expired, next) = state.withLock { state in
            guard state.nextExpiry == deadline else { return ([WaitingCall](), nil as ContinuousClock.Instant?) }
            state.nextExpiry = nil
            let expired = state.remove { $0.expiry <= now }
            let expiries = [state.queue.minimum { $0.expiry }, state.kept.values.map(\.expiry).min()]
            return (expired, expiries.compactMap { $0 }.min())
        }
        for call in expired { refuse(call, call.lateness) }
        if let next { scheduleExpiry(by: next) }
        finishIfDrained()
    }

    /// Looks at idle connections from time to time, so that a lost database is noticed before a call is.
    func scheduleIdleCheck() {
        let pause = Int(configuration.idleCheck.milliseconds)
        housekeeping.asyncAfter(deadline: .now() + .milliseconds(pause)) { [weak self] in
            guard let self, self.state.withLock({ $0.phase == .running }) else { return }
            let idle = self.state.withLock { state in
                defer { state.idle = [] }
                return state.idle
            }
            for index in idle {
                let worker = self.workers[index]
                worker.queue.async {
                    worker.usablePipeline?.checkIdle()
                    self.serveAll(worker)
                }
            }
            self.scheduleIdleCheck()
        }
    }

    /// Stops accepting calls, waits for those that were accepted, and ends the connections.
    ///
    /// When `deadline` passes first, waiting calls are refused and running statements are cancelled. Blocks the calling
    /// thread, which must be none of the pool's own.
    ///
    /// - Returns: Whether every accepted call was served in time.
    @discardableResult
    package func drain(deadline: Duration) -> Bool {
        let drained = DispatchSemaphore(value: 0)
        state.withLock { state in
            if state.phase == .running { state.phase = .draining }
            state.whenDrained = { drained.signal() }
        }
        finishIfDrained()
        let isInTime = drained.wait(timeout: .now() + .milliseconds(Int(deadline.milliseconds))) == .success
        if !isInTime {
            for call in state.withLock({ $0.remove { _ in true } }) { refuse(call, .stopping) }
            for worker in workers { DispatchQueue.global().async { worker.interrupt() } }
            finishIfDrained()
            _ = drained.wait(timeout: .now() + .milliseconds(Int(configuration.cancelGrace.milliseconds) * 2))
        }
        state.withLock { $0.phase = .stopped }
        for worker in workers { worker.queue.async { worker.disconnect() } }
        return isInTime
    }

    func finishIfDrained() {
        state.withLock { $0.takeDrained() }?()
    }
}
