import Dispatch
import Synchronization

extension WorkerPool {
    /// Takes a call on again that was accepted before and went elsewhere meanwhile; bounds do not apply.
    ///
    /// It is the next of its tenant. What ends it is `step`, also if no worker can take it.
    package func resume(_ job: Job, with step: Step) {
        let call = WaitingCall(job, waitingAtMost: nil).taking(step)
        let refusal: Refusal? = state.withLock { state in
            if state.phase == .stopped { return .stopping }
            if state.isAway { return .unavailable }
            state.queue.putBack([(job.tenant, call)])
            return nil
        }
        if let refusal {
            housekeeping.async { self.refuse(call, refusal) }
        } else {
            wakeIdle()
            scheduleExpiry(by: job.deadline)
        }
    }
}
