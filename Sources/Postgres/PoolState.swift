/// What a pool's workers share, behind its lock.
struct PoolState {
    enum Phase {
        case running
        case draining
        case stopped
    }

    enum Admission {
        case waits
        case wakes(worker: Int)
        case full(retryAfter: Duration)
        case refused(Refusal)
    }

    var queue: FairQueue<WaitingCall>
    var phase = Phase.running
    /// Calls that wait for something else than a worker.
    var kept: [Int: WaitingCall] = [:]
    private var lastKept = 0
    /// Connected workers without calls.
    var idle: [Int] = []
    /// Workers with calls.
    var serving = 0
    var connected = 0
    /// Whether the last connection is gone and an attempt to replace it has failed.
    var isAway = false
    /// When the next look for expired calls is due.
    var nextExpiry: ContinuousClock.Instant?
    /// What waits for the last call to be answered.
    var whenDrained: (@Sendable () -> Void)?
    private let batch: Int
    private let backlog: (all: Int, ofTenant: Int)
    /// How long a call may have to wait, in nanoseconds, to be accepted.
    private let longestWait: Int64?

    init(_ configuration: PoolConfiguration) {
        batch = configuration.batch
        backlog = (configuration.backlog, configuration.backlogPerTenant)
        longestWait = configuration.queueTime.map { $0.nanoseconds / 2 }
        queue = FairQueue(
            bound: configuration.backlog,
            boundPerTenant: configuration.backlogPerTenant,
            workersPerTenant: configuration.tenantWorkers,
            workersBesideOthers: configuration.tenantWorkersBesideOthers,
            batch: configuration.batch
        )
    }

    mutating func admit(_ call: WaitingCall) -> Admission {
        guard phase == .running else { return .refused(.stopping) }
        guard !isAway else { return .refused(.unavailable) }
        if !call.job.isPatient {
            queue.note(call.job.tenant, at: call.since)
            if let wait = refusal(of: call.job.tenant, at: call.since) { return .full(retryAfter: wait) }
        }
        guard hasRoom(for: call), queue.append(call, for: call.job.tenant) else {
            return .full(retryAfter: wait(for: call.job.tenant))
        }
        guard queue.isEligible(call.job.tenant), let worker = idle.popLast() else { return .waits }
        return .wakes(worker: worker)
    }

    /// How long the tenant's next call would wait, if that is too long or there is no room for it.
    mutating func refusal(of tenant: FairShareKey, at now: ContinuousClock.Instant) -> Duration? {
        guard phase == .running, !isAway else { return nil }
        if queue.hasRoom(for: tenant), queue.wait(for: tenant) <= longestWait ?? .max { return nil }
        queue.noteTurnedAway(tenant, at: now)
        return wait(for: tenant)
    }

    private func wait(for tenant: FairShareKey) -> Duration { .nanoseconds(queue.wait(for: tenant)) }

    /// Whether calls that are kept leave room for another one.
    private func hasRoom(for call: WaitingCall) -> Bool {
        guard !kept.isEmpty else { return true }
        return kept.count < backlog.all
            && kept.values.count { $0.job.tenant == call.job.tenant } < backlog.ofTenant
    }

    /// Keeps a call, and returns the number to take it out by.
    mutating func keep(_ call: WaitingCall) -> Int {
        lastKept += 1
        kept[lastKept] = call
        return lastKept
    }

    /// Takes out all calls that match, waiting for whatever.
    mutating func remove(where matches: (WaitingCall) -> Bool) -> [WaitingCall] {
        let numbers = kept.filter { matches($0.value) }.keys.sorted()
        return queue.remove(where: matches) + numbers.compactMap { kept.removeValue(forKey: $0) }
    }

    /// Takes calls for a worker; leaves some for the workers that are idle.
    mutating func take() -> (calls: [WaitingCall], holding: [FairQueue<WaitingCall>.Hold]) {
        let share = (queue.count + idle.count) / (idle.count + 1)
        let taken = queue.take(max(1, min(batch, share)))
        if !taken.elements.isEmpty { serving += 1 }
        return (taken.elements, taken.holding)
    }

    /// Refuses everything that waits, once no connection is left.
    mutating func closeIfAway() -> [WaitingCall] {
        guard connected == 0 else { return [] }
        isAway = true
        return remove { _ in true }
    }

    /// What to call now that the last call is answered, if somebody waits for that.
    mutating func takeDrained() -> (@Sendable () -> Void)? {
        guard phase != .running, serving == 0, queue.isEmpty, kept.isEmpty else { return nil }
        defer { whenDrained = nil }
        return whenDrained
    }
}
