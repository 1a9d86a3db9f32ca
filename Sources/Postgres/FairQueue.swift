/// Waiting elements of several tenants, given out in turn: one of each tenant before a second of any.
///
/// A tenant that holds as many workers as it may is passed over until one of them returns.
struct FairQueue<Element> {
    private struct Tenant {
        var waiting = Queue<Element>()
        var held = 0
    }

    private let bound: Int
    private let boundPerTenant: Int
    private let workersPerTenant: Int
    private var tenants: [FairShareKey: Tenant] = [:]
    /// Tenants with waiting elements, the next in turn first.
    private var turns = Queue<FairShareKey>()
    /// How many elements wait.
    private(set) var count = 0

    init(bound: Int, boundPerTenant: Int, workersPerTenant: Int) {
        self.bound = bound
        self.boundPerTenant = boundPerTenant
        self.workersPerTenant = workersPerTenant
    }

    var isEmpty: Bool { count == 0 }

    /// Appends an element, unless the queue or the tenant's share of it is full.
    mutating func append(_ element: Element, for key: FairShareKey) -> Bool {
        var tenant = tenants.removeValue(forKey: key) ?? Tenant()
        defer { if tenant.held > 0 || !tenant.waiting.isEmpty { tenants[key] = tenant } }
        guard count < bound, tenant.waiting.count < boundPerTenant else { return false }
        if tenant.waiting.isEmpty { turns.append(key) }
        tenant.waiting.append(element)
        count += 1
        return true
    }

    /// Gives elements back that were taken, so that they are the next of their tenant; bounds do not apply.
    mutating func putBack(_ elements: [(key: FairShareKey, element: Element)]) {
        for (key, element) in elements.reversed() {
            var tenant = tenants.removeValue(forKey: key) ?? Tenant()
            if tenant.waiting.isEmpty { turns.prepend(key) }
            tenant.waiting.prepend(element)
            tenants[key] = tenant
            count += 1
        }
    }

    /// Whether a worker that asks would get something of this tenant.
    func isEligible(_ key: FairShareKey) -> Bool {
        (tenants[key]?.held ?? 0) < workersPerTenant
    }

    /// Takes up to `limit` elements for one worker, and counts it for each tenant among them.
    ///
    /// - Returns: The elements in order, and the tenants to ``release(_:)`` when the worker is done.
    mutating func take(_ limit: Int) -> (elements: [Element], holding: [FairShareKey]) {
        var taken: [Element] = []
        var holding: [FairShareKey] = []
        var passed = 0
        while taken.count < limit, passed < turns.count, let key = turns.popFirst() {
            guard var tenant = tenants[key] else { continue }
            let isHeld = holding.contains(key)
            guard isHeld || tenant.held < workersPerTenant else {
                turns.append(key)
                passed += 1
                continue
            }
            tenants[key] = nil
            if let element = tenant.waiting.popFirst() {
                taken.append(element)
                count -= 1
            }
            if !isHeld {
                tenant.held += 1
                holding.append(key)
            }
            if !tenant.waiting.isEmpty { turns.append(key) }
            tenants[key] = tenant
            passed = 0
        }
        return (taken, holding)
    }

    /// A worker holds these tenants no more.
    mutating func release(_ keys: [FairShareKey]) {
        for key in keys {
            guard var tenant = tenants.removeValue(forKey: key) else { continue }
            tenant.held -= 1
            if tenant.held > 0 || !tenant.waiting.isEmpty { tenants[key] = tenant }
        }
    }

    /// The least of a value over all elements.
    func minimum<Value: Comparable>(_ value: (Element) -> Value) -> Value? {
        tenants.values.compactMap { $0.waiting.minimum(value) }.min()
    }

    /// Takes out all elements that match.
    mutating func remove(where matches: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        for key in Array(tenants.keys) {
            guard var tenant = tenants.removeValue(forKey: key) else { continue }
            removed += tenant.waiting.remove(where: matches)
            if tenant.held > 0 || !tenant.waiting.isEmpty { tenants[key] = tenant }
        }
        count -= removed.count
        _ = turns.remove { key in tenants[key]?.waiting.isEmpty ?? true }
        return removed
    }
}
