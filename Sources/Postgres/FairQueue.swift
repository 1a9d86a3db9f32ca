/// Waiting elements of several tenants, given out so that each tenant gets the share of the workers' time that its weight
/// is of the weights of all who wait.
///
/// Weighted fair queueing by virtual time: a tenant's clock advances by what its elements cost, divided by its weight, and
/// the tenant whose clock is furthest behind is next. An element is charged what its tenant's elements have cost lately when it is
/// taken, and ``settle(_:cost:)`` corrects the charge when its true cost is known, so a tenant with expensive calls gets
/// fewer of them. Who comes back after a pause starts where the others are: a pause saves nothing up. Costs are in
/// nanoseconds of a worker.
///
/// A tenant that holds as many workers as it may is passed over until one of them returns; while others call as well, so is
/// one of which workers have as many elements as they may have then. That leaves a worker, and a core of the database, to
/// whoever calls modestly, and costs some of the rate of a tenant that wants everything. A tenant that is turned away, as it
/// asks for more than there is, beside one that is not, gets a few elements at a time, and after each flush nothing for as
/// long as it took (``pause(_:)``): the processors rest, and who calls modestly finds one that is free. No flush has
/// elements of both, for those of one would be answered when those of the other are.
///
/// How much may wait of a tenant is bounded by its own bound and by the room that is left (dynamic thresholds): whoever
/// comes next finds as much room as each of those has that fill the queue. ``wait(for:)`` tells its length in time.
struct FairQueue<Element> {
    /// A worker's claim on a tenant.
    struct Hold: Equatable {
        let key: FairShareKey
        /// How many elements of it the worker took.
        var count = 0
    }

    private struct Tenant {
        var waiting = Queue<Element>()
        /// Workers that have something of it, and how much all of them have.
        var held = 0
        var taken = 0
        /// The tenant's clock.
        var used: Int64
        /// What one element of it costs, lately.
        var cost: Int64
        /// By how much slower its clock goes.
        var weight: Int64
        /// What the clock is to be corrected by before it is looked at again.
        var correction: Int64 = 0
        /// After how many of its flushes it gets nothing for a while.
        var pauses = 0
        /// When it was last turned away for what it had waiting.
        var turnedAway: ContinuousClock.Instant?
        /// Whether it stands among those that may be forgotten.
        var isResting = false

        var isActive: Bool { held > 0 || pauses > 0 || !waiting.isEmpty }
    }

    /// How many elements a flush takes of a tenant that asks for more than there is, beside others that do not.
    private static var few: Int { 2 }

    private let bound: Int
    private let boundPerTenant: Int
    private let workersPerTenant: Int
    private let workersBesideOthers: Int
    private let batch: Int
    /// Who has called lately, and who of them asks for no more than there is.
    private var callers = RecentCallers()
    private var modestCallers = RecentCallers()
    /// When somebody last called.
    private var lastCall = ContinuousClock.now
    /// The weights that are not 1.
    private(set) var weights: [FairShareKey: Int64] = [:]
    private var tenants: [FairShareKey: Tenant] = [:]
    /// Tenants with waiting elements.
    private var turns = Turns()
    /// Tenants that have nothing and whose clocks may still be ahead, in the order in which they are looked at.
    private var resting = Queue<FairShareKey>()
    /// The clock of the tenant that was last given something.
    private var now: Int64 = 0
    /// How many workers are held, each counted for every tenant that it is held for.
    private var held = 0
    /// How many pauses there are.
    private var pauses = 0
    /// What an element of anybody costs, lately.
    private var cost: Int64
    /// How many elements wait.
    private(set) var count = 0

    /// - Parameters:
    ///   - workersPerTenant: How many workers a tenant may hold.
    ///   - workersBesideOthers: How many workers' worth of elements a tenant may have taken while others call.
    ///   - batch: How many elements a worker takes at most.
    ///   - cost: What an element is taken to cost until it is known better.
    init(
        bound: Int,
        boundPerTenant: Int,
        workersPerTenant: Int,
        workersBesideOthers: Int? = nil,
        batch: Int = 16,
        cost: Int64 = 500_000
    ) {
        self.bound = bound
        self.boundPerTenant = boundPerTenant
        self.workersPerTenant = workersPerTenant
        self.workersBesideOthers = workersBesideOthers ?? workersPerTenant
        self.batch = batch
        self.cost = cost
    }

    var isEmpty: Bool { count == 0 }

    /// How many tenants are remembered.
    var tenantCount: Int { tenants.count }

    /// Appends an element, unless the tenant has as much waiting as there is room left, or as it may.
    mutating func append(_ element: Element, for key: FairShareKey) -> Bool {
        guard hasRoom(for: key) else { return false }
        update(key) { $0.append(element) }
        count += 1
        return true
    }

    /// Whether another element of the tenant would be accepted.
    func hasRoom(for key: FairShareKey) -> Bool {
        (tenants[key]?.waiting.count ?? 0) < min(boundPerTenant, bound - count)
    }

    /// Gives elements back that were taken, so that they are the next of their tenant; bounds do not apply.
    mutating func putBack(_ elements: [(key: FairShareKey, element: Element)]) {
        for (key, element) in elements.reversed() {
            update(key) { $0.prepend(element) }
            count += 1
        }
    }

    /// Changes what waits of a tenant, and puts it in line if nothing did.
    private mutating func update(_ key: FairShareKey, _ change: (inout Queue<Element>) -> Void) {
        var tenant = tenants.removeValue(forKey: key) ?? Tenant(used: now, cost: cost, weight: weights[key] ?? 1)
        let isInLine = !tenant.waiting.isEmpty
        change(&tenant.waiting)
        if !isInLine { insert(&tenant, key) }
        tenants[key] = tenant
    }

    /// Puts a tenant in line, not before those that are being served.
    private mutating func insert(_ tenant: inout Tenant, _ key: FairShareKey) {
        tenant.used = max(tenant.used + tenant.correction, now)
        tenant.correction = 0
        turns.insert(key, used: tenant.used)
    }

    /// Sets how many times the share of a tenant of weight 1 a tenant has.
    mutating func weigh(_ key: FairShareKey, _ weight: Int64) {
        weights[key] = weight > 1 ? weight : nil
        tenants[key]?.weight = max(1, weight)
    }

    /// Notes that a tenant calls, so that others leave room for it for a while.
    mutating func note(_ key: FairShareKey, at now: ContinuousClock.Instant) {
        lastCall = now
        callers.note(key, at: now)
        if !asksTooMuch(tenants[key]) { modestCallers.note(key, at: now) }
    }

    /// Notes that a tenant is turned away, which tells something of it if more waits than a worker takes at once.
    mutating func noteTurnedAway(_ key: FairShareKey, at now: ContinuousClock.Instant) {
        lastCall = now
        guard let waiting = tenants[key]?.waiting.count, waiting >= batch else { return }
        callers.note(key, at: now)
        tenants[key]?.turnedAway = now
    }

    /// Whether a tenant has been turned away lately for what it asks for.
    private func asksTooMuch(_ tenant: Tenant?) -> Bool {
        guard let last = tenant?.turnedAway else { return false }
        return last + RecentCallers.memory > lastCall
    }

    /// Whether a worker that asks would get something of this tenant.
    func isEligible(_ key: FairShareKey) -> Bool {
        guard let tenant = tenants[key] else { return true }
        return tenant.held < workersPerTenant && tenant.taken < limit(of: tenant, key)
    }

    /// Whether a worker that asks would get something.
    var mayGive: Bool { turns.contains(where: isEligible) }

    /// How many elements of a tenant workers may have.
    private func limit(of tenant: Tenant, _ key: FairShareKey) -> Int {
        guard tenant.pauses == 0 else { return 0 }
        guard !callers.isAlone(key, at: lastCall) else { return .max }
        return workersBesideOthers * (isCurbed(tenant, key) ? min(Self.few, batch) : batch)
    }

    /// Whether a tenant asks for more than there is, beside one that does not.
    private func isCurbed(_ tenant: Tenant, _ key: FairShareKey) -> Bool {
        asksTooMuch(tenant) && !modestCallers.isAlone(key, at: lastCall, beside: { !asksTooMuch(tenants[$0]) })
    }

    /// How long the next element of a tenant would wait, as far as is known: what stands before it by the tenants' turns,
    /// over the workers that the tenant may have, and the pauses between.
    func wait(for key: FairShareKey) -> Int64 {
        let tenant = tenants[key]
        let own = Int64(tenant?.waiting.count ?? 0)
        // Of every other tenant that waits, one more comes before it; there are no more than wait.
        let others = min(Int64(count) - own, (own + 1) * Int64(turns.count - (own > 0 ? 1 : 0)))
        // Those that all who wait may have together.
        let shared = min(workersPerTenant, workersBesideOthers * max(1, turns.count))
        let workers = callers.isAlone(key, at: lastCall) ? workersPerTenant : shared
        var ownCost = tenant?.cost ?? cost
        if let tenant, isCurbed(tenant, key) { ownCost *= 2 }
        return (own * ownCost + others * cost) / Int64(workers)
    }

    /// Takes up to `limit` elements for one worker, and counts it for each tenant among them.
    ///
    /// - Returns: The elements in order, and the tenants to ``release(_:)`` when the worker is done.
    mutating func take(_ limit: Int) -> (elements: [Element], holding: [Hold]) {
        var taken: [Element] = []
        var holding: [Hold] = []
        var passed: [FairShareKey] = []
        // Whether those that are taken ask for more than there is.
        var areCurbed: Bool?
        while taken.count < limit, let key = turns.popFirst() {
            guard var tenant = tenants.removeValue(forKey: key) else { continue }
            defer { tenants[key] = tenant }
            let place = holding.firstIndex { $0.key == key }
            let isCurbed = isCurbed(tenant, key)
            guard isCurbed == areCurbed ?? isCurbed, place != nil || tenant.held < workersPerTenant,
                tenant.taken < self.limit(of: tenant, key), let element = tenant.waiting.popFirst()
            else {
                passed.append(key)
                continue
            }
            areCurbed = isCurbed
            if place == nil {
                tenant.held += 1
                held += 1
                holding.append(Hold(key: key))
            }
            holding[place ?? holding.count - 1].count += 1
            tenant.taken += 1
            taken.append(element)
            count -= 1
            now = max(now, tenant.used)
            tenant.used += tenant.cost / tenant.weight
            if !tenant.waiting.isEmpty { insert(&tenant, key) }
        }
        for key in passed { if let tenant = tenants[key] { turns.insert(key, used: tenant.used) } }
        return (taken, holding)
    }

    /// Corrects what a taken element was charged to what it has cost.
    ///
    /// Learns from it too, slowly and in steps: one call that hung says little about the next one.
    mutating func settle(_ key: FairShareKey, cost actual: Int64) {
        cost = Self.learnt(cost, actual)
        guard var tenant = tenants.removeValue(forKey: key) else { return }
        tenant.correction += (actual - tenant.cost) / tenant.weight
        tenant.cost = Self.learnt(tenant.cost, actual)
        tenants[key] = tenant
    }

    private static func learnt(_ known: Int64, _ actual: Int64) -> Int64 {
        max(1, known + (min(actual, known * 8) - known) / 32)
    }

    /// A worker holds these tenants no more.
    mutating func release(_ holding: [Hold]) {
        for hold in holding {
            guard var tenant = tenants.removeValue(forKey: hold.key) else { continue }
            tenant.held -= 1
            tenant.taken -= hold.count
            held -= 1
            tenants[hold.key] = tenant
            rest(hold.key)
        }
        forgetResting()
    }

    /// Lets those of the tenants that ask for more than there is, beside others that do not, have nothing until
    /// ``resume(_:)``, which is due after as long as the worker held them.
    ///
    /// - Returns: Those tenants.
    mutating func pause(_ holding: [Hold]) -> [FairShareKey] {
        var paused: [FairShareKey] = []
        for hold in holding {
            guard let tenant = tenants[hold.key], isCurbed(tenant, hold.key) else { continue }
            tenants[hold.key]?.pauses += 1
            pauses += 1
            paused.append(hold.key)
        }
        return paused
    }

    /// Ends a pause of each of these tenants.
    mutating func resume(_ paused: [FairShareKey]) {
        for key in paused {
            tenants[key]?.pauses -= 1
            pauses -= 1
            rest(key)
        }
        forgetResting()
    }

    /// Puts a tenant among those that may be forgotten, if it has nothing.
    private mutating func rest(_ key: FairShareKey) {
        guard let tenant = tenants[key], !tenant.isActive, !tenant.isResting else { return }
        tenants[key]?.isResting = true
        resting.append(key)
    }

    /// Forgets tenants that have nothing and no clock ahead of the others; looks at a few, in turn.
    private mutating func forgetResting() {
        // Nobody has anything, so nobody is ahead of anybody.
        if count == 0, held == 0, pauses == 0 {
            tenants.removeAll(keepingCapacity: true)
            resting = Queue()
            return
        }
        for _ in 0..<min(4, resting.count) {
            guard let key = resting.popFirst(), let tenant = tenants[key] else { continue }
            tenants[key]?.isResting = false
            guard !tenant.isActive else { continue }
            if tenant.used + tenant.correction <= now { tenants[key] = nil } else { rest(key) }
        }
    }

    /// The least of a value over all elements.
    func minimum<Value: Comparable>(_ value: (Element) -> Value) -> Value? {
        tenants.values.compactMap { $0.waiting.minimum(value) }.min()
    }

    /// Takes out all elements that match.
    mutating func remove(where matches: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        for (key, tenant) in tenants where !tenant.waiting.isEmpty {
            var tenant = tenant
            removed += tenant.waiting.remove(where: matches)
            tenants[key] = tenant
            rest(key)
        }
        turns.removeAll { tenants[$0]?.waiting.isEmpty ?? true }
        count -= removed.count
        forgetResting()
        return removed
    }
}
