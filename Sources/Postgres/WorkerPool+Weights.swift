import Synchronization

extension WorkerPool {
    /// Sets how many times the share of the workers' time that others have a tenant has while all of them call.
    ///
    /// To be told with every call, for nobody else remembers a weight; costs a look at a counter where all are 1.
    package func weigh(_ tenant: FairShareKey, _ weight: Int) {
        guard weight != 1 || weighted.load(ordering: .relaxed) > 0 else { return }
        state.withLock { state in
            guard state.queue.weights[tenant] ?? 1 != Int64(weight) else { return }
            state.queue.weigh(tenant, Int64(weight))
            weighted.store(state.queue.weights.count, ordering: .relaxed)
        }
    }
}
