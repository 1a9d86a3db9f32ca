package import Identity

/// What one node knows of the calls that may be made: it admits, refuses, or says what has to be asked for. Knows neither
/// clock nor database.
///
/// A node takes calls of a window from the database in shares and admits them by itself, so that all nodes together never
/// admit more than a limit, and most calls touch no counter. What it has left when another finds the window empty is as
/// much as the limit may be missed by: a fiftieth of a limit per minute, 32 of one per hour or month, for each other node.
/// Limits below 100 and sensitive writes are taken one by one, for calls that are there, and are not missed at all.
package struct CallBook: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// How long a node believes without asking again that a window is empty: so late it hears of a limit that was raised.
    package static let belief = Duration.seconds(1)

    /// What is held of one credential, of one server, or of one workspace.
    private struct Account: Sendable {
        /// By the place of their meter; `nil` where calls are not counted, and none at all where no calls are.
        private var purses: [Purse?] = []
        /// Calls that wait for a share, and the sensitive ones among them.
        var waiting = 0
        var sensitive = 0
        var lastUsed: Instant

        init(lastUsed: Instant) { self.lastUsed = lastUsed }

        subscript(meter: Meter) -> Purse? {
            get { purses.isEmpty ? nil : purses[meter.place] }
            _modify {
                if purses.isEmpty { purses = [Purse?](repeating: nil, count: 4) }
                yield &purses[meter.place]
            }
        }
    }

    private struct Caller: Sendable {
        let credential: RowID
        /// The server to which it belongs, if it belongs to one.
        var server: ServerKey?
        var account: Account
    }

    private struct ServerKey: Sendable, Hashable {
        let workspace: WorkspaceID
        let id: RowID
    }

    private var callers: [PresentedCredential: Caller] = [:]
    private var servers: [ServerKey: Account] = [:]
    private var workspaces: [WorkspaceID: Account] = [:]
    private let capacity: Int

    /// - Parameter capacity: Credentials, servers and workspaces, that are remembered; beyond them the unused ones are forgotten.
    package init(capacity: Int = 40_000) { self.capacity = max(1, capacity) }

    /// How many credentials are remembered.
    package var count: Int { callers.count }

    // MARK: Before anything is looked up

    /// What is known of a call before its token is checked.
    package enum Outlook: Sendable, Equatable {
        /// It is not to be served.
        case refused(CallRefusal, credential: RowID)
        /// The window that was empty is asked for again by this call; meanwhile others are still refused.
        case doubtful
        /// Its window has just begun, of which the node has nothing yet.
        case unfunded(credential: RowID)
        case open
    }

    /// What is known of a call by a token that was good a moment ago, if it was here.
    package mutating func outlook(
        _ presented: PresentedCredential, isSensitive: Bool, at now: Instant
    ) -> Outlook {
        guard let place = place(of: presented) else { return .open }
        let credential = callers.values[place.caller].credential
        if let refusal = refusal(at: place, isSensitive, at: now) {
            return .refused(refusal, credential: credential)
        }
        var isDoubtful = false
        for meter in Meter.allCases where meter.counts(isSensitive) {
            guard purse(meter, place)?.isDoubtful(at: now) == true else { continue }
            isDoubtful = true
            change(meter, place) { $0?.believe(until: now + Self.belief) }
        }
        if isDoubtful { return .doubtful }
        guard purse(.credentialMinute, place)?.isCurrent(at: now) == false else { return .open }
        callers.values[place.caller].account.waiting = max(1, callers.values[place.caller].account.waiting)
        return .unfunded(credential: credential)
    }

    // MARK: When it is known who calls

    /// Whether a call is admitted.
    package enum Admission: Sendable, Equatable {
        /// It is, and counted.
        ///
        /// - Parameter isLow: Whether more should be asked for before somebody has to wait.
        case admitted(CallStanding?, isLow: Bool)
        case refused(CallRefusal)
        /// The database has to be asked, with ``order(of:at:)``, and then this again.
        case unfunded
    }

    /// Admits a call, or tells why not.
    ///
    /// - Parameters:
    ///   - asks: Whether the database is to be asked also where the window was empty a moment ago.
    package mutating func admit(
        _ presented: PresentedCredential,
        _ principal: Principal,
        isSensitive: Bool,
        asks: Bool = false,
        at now: Instant
    ) -> Admission {
        let place = prepare(presented, principal, at: now)
        var isFunded = true
        for meter in Meter.allCases where meter.counts(isSensitive) {
            if let purse = purse(meter, place), purse.funds(at: now) == 0 { isFunded = false }
        }
        guard isFunded else {
            if !asks, let refusal = refusal(at: place, isSensitive, at: now) { return .refused(refusal) }
            wait(place, isSensitive)
            return .unfunded
        }
        var nearest: CallStanding?
        var isLow = false
        for meter in Meter.allCases where meter.counts(isSensitive) {
            guard var purse = purse(meter, place) else { continue }
            purse.spend()
            change(meter, place) { $0 = purse }
            if purse.isLow(of: meter.spare(of: purse.limit), at: now) { isLow = true }
            let remaining = purse.left + purse.beyond
            guard nearest.map({ remaining < $0.remaining }) ?? true else { continue }
            nearest = CallStanding(
                limit: purse.limit, remaining: remaining, reset: purse.ends.map { ($0 - now).wholeSeconds } ?? 0)
        }
        return .admitted(nearest, isLow: isLow)
    }

    // MARK: Shares

    /// What a node asks the database for.
    package struct Order: Sendable, Equatable {
        package let meter: Meter
        /// The server whose calls they are, for a server's meter.
        package let server: RowID?
        package let limit: Int
        /// For calls that wait.
        package let wanted: Int
        /// For calls to come, as long as there is plenty.
        package let spare: Int
    }

    /// What is to be asked for, in the order in which it is granted; nothing if there is enough.
    package func order(of presented: PresentedCredential, at now: Instant) -> [Order] {
        guard let place = place(of: presented) else { return [] }
        let caller = callers.values[place.caller]
        let waiting = caller.account.waiting
        let ofServer = place.server.map { servers.values[$0].waiting } ?? 0
        let ofWorkspace = workspaces.values[place.workspace].waiting
        return Meter.allCases.compactMap { meter in
            guard let purse = purse(meter, place) else { return nil }
            let need =
                switch meter.scope {
                case .credential: meter == .sensitiveMinute ? caller.account.sensitive : waiting
                case .server: max(ofServer, waiting)
                case .workspace: max(ofWorkspace, waiting)
                }
            let wanted = max(0, need - purse.funds(at: now))
            let spare = meter.spare(of: purse.limit)
            guard wanted > 0 || purse.isLow(of: spare, at: now) else { return nil }
            return Order(
                meter: meter, server: meter.scope == .server ? caller.server?.id : nil, limit: purse.limit,
                wanted: wanted, spare: spare)
        }
    }

    /// Puts in what the database granted.
    ///
    /// - Parameter grants: One for each part of the order; `nil` where it was not looked at, for one before fell short.
    package mutating func settle(
        _ order: [Order],
        _ grants: [CallGrant?],
        of presented: PresentedCredential,
        sent: Instant,
        received: Instant
    ) {
        guard let place = place(of: presented) else { return }
        let server = callers.values[place.caller].server?.id
        for (part, grant) in zip(order, grants) {
            // The credential was moved to another server meanwhile: what was counted is as good as admitted.
            guard let grant, part.meter.scope != .server || part.server == server else { continue }
            change(part.meter, place) { purse in
                // So it is where the limit was changed meanwhile.
                guard purse?.limit == part.limit else { return }
                purse?.take(grant, isShort: grant.count < part.wanted, sent: sent, received: received)
            }
        }
        // Who still waits says so again.
        callers.values[place.caller].account.waiting = 0
        callers.values[place.caller].account.sensitive = 0
        if let server = place.server { servers.values[server].waiting = 0 }
        workspaces.values[place.workspace].waiting = 0
    }

    // MARK: Giving back

    /// Calls of one window that a node took and did not admit.
    package struct Remainder: Sendable, Equatable {
        package let meter: Meter
        /// The credential, the server or the workspace whose calls they are.
        package let owner: RowID
        /// When the window began, in seconds since 1970.
        package let began: Int64
        package let count: Int

        package init(meter: Meter, owner: RowID, began: Int64, count: Int) {
            self.meter = meter
            self.owner = owner
            self.began = began
            self.count = count
        }
    }

    /// Takes out what is held of all windows, for each workspace in the order in which rows are locked.
    ///
    /// Calls that come later have to ask for theirs.
    package mutating func takeOut() -> [WorkspaceID: [Remainder]] {
        var found: [WorkspaceID: [Remainder]] = [:]
        func takeOut(_ meters: [Meter], of owner: RowID, in workspace: WorkspaceID, _ account: inout Account) {
            for meter in meters {
                guard account[meter] != nil, let (began, count) = account[meter]?.takeOut() else { continue }
                found[workspace, default: []].append(Remainder(meter: meter, owner: owner, began: began, count: count))
            }
        }
        for place in callers.indices {
            let (workspace, credential) = (callers[place].key.workspace, callers[place].value.credential)
            takeOut(Meter.of(.credential), of: credential, in: workspace, &callers.values[place].account)
        }
        for place in servers.indices {
            let key = servers[place].key
            takeOut(Meter.of(.server), of: key.id, in: key.workspace, &servers.values[place])
        }
        for place in workspaces.indices {
            let workspace = workspaces[place].key
            takeOut(Meter.of(.workspace), of: workspace.row, in: workspace, &workspaces.values[place])
        }
        return found.mapValues { $0.sorted(by: Self.isLockedBefore) }
    }

    /// The order in which everybody locks rows: that of the meters' owners, and for one owner that of its meters.
    private static func isLockedBefore(_ one: Remainder, _ other: Remainder) -> Bool {
        let (place, otherPlace) = (one.meter.order, other.meter.order)
        guard one.meter.scope == other.meter.scope else { return place < otherPlace }
        return one.owner == other.owner ? place < otherPlace : one.owner < other.owner
    }

    // MARK: What is held

    /// Where a caller, its server and its workspace are held, so that they are looked up once.
    private struct Place {
        let caller: Dictionary<PresentedCredential, Caller>.Index
        let server: Dictionary<ServerKey, Account>.Index?
        let workspace: Dictionary<WorkspaceID, Account>.Index
    }

    private func place(of presented: PresentedCredential) -> Place? {
        guard let caller = callers.index(forKey: presented),
            let workspace = workspaces.index(forKey: presented.workspace)
        else { return nil }
        guard let key = callers.values[caller].server else {
            return Place(caller: caller, server: nil, workspace: workspace)
        }
        guard let server = servers.index(forKey: key) else { return nil }
        return Place(caller: caller, server: server, workspace: workspace)
    }

    private func purse(_ meter: Meter, _ place: Place) -> Purse? {
        switch meter.scope {
        case .credential: callers.values[place.caller].account[meter]
        case .server: place.server.flatMap { servers.values[$0][meter] }
        case .workspace: workspaces.values[place.workspace][meter]
        }
    }

    private mutating func change(_ meter: Meter, _ place: Place, _ body: (inout Purse?) -> Void) {
        switch meter.scope {
        case .credential: body(&callers.values[place.caller].account[meter])
        case .server:
            guard let server = place.server else { return }
            body(&servers.values[server][meter])
        case .workspace: body(&workspaces.values[place.workspace][meter])
        }
    }

    /// Of the windows that are known to be empty the one that lasts the longest.
    private func refusal(at place: Place, _ isSensitive: Bool, at now: Instant) -> CallRefusal? {
        var longest: (meter: Meter, limit: Int, wait: Duration)?
        for meter in Meter.allCases where meter.counts(isSensitive) {
            guard let purse = purse(meter, place), purse.isEmpty(at: now), let ends = purse.ends else { continue }
            if let known = longest, known.wait >= ends - now { continue }
            longest = (meter, purse.limit, ends - now)
        }
        return longest.map { CallRefusal(meter: $0.meter, limit: $0.limit, retryAfter: $0.wait.wholeSeconds) }
    }

    private mutating func wait(_ place: Place, _ isSensitive: Bool) {
        callers.values[place.caller].account.waiting += 1
        if isSensitive { callers.values[place.caller].account.sensitive += 1 }
        if let server = place.server { servers.values[server].waiting += 1 }
        workspaces.values[place.workspace].waiting += 1
    }

    /// Makes room for a caller, and takes over limits that were changed.
    private mutating func prepare(_ presented: PresentedCredential, _ principal: Principal, at now: Instant) -> Place {
        var place = place(of: presented)
        let server = principal.server.map { ServerKey(workspace: presented.workspace, id: $0) }
        if place.map({ callers.values[$0.caller].server != server }) ?? true {
            makeRoom(at: now)
            let caller = Caller(credential: principal.credential, account: Account(lastUsed: now))
            callers[presented, default: caller].server = server
            if let server, servers[server] == nil { servers[server] = Account(lastUsed: now) }
            if workspaces[presented.workspace] == nil { workspaces[presented.workspace] = Account(lastUsed: now) }
            place = self.place(of: presented)
        }
        guard let place else { preconditionFailure("All were put in.") }
        callers.values[place.caller].account.lastUsed = now
        if let server = place.server { servers.values[server].lastUsed = now }
        workspaces.values[place.workspace].lastUsed = now
        for meter in Meter.allCases {
            let limit = meter.limit(in: principal.limits)
            guard purse(meter, place)?.limit != limit else { continue }
            change(meter, place) { $0 = limit.map { Purse(limit: $0) } }
        }
        return place
    }

    /// Forgets callers who have not come for a minute, and all if that is not enough. What is held of them is lost to their
    /// windows.
    private mutating func makeRoom(at now: Instant) {
        if callers.count >= capacity {
            callers = callers.filter { now - $0.value.account.lastUsed < .seconds(60) }
            if callers.count > capacity / 2 { callers = [:] }
        }
        if servers.count >= capacity {
            servers = servers.filter { now - $0.value.lastUsed < .seconds(60) }
            if servers.count > capacity / 2 { servers = [:] }
        }
        if workspaces.count >= capacity {
            workspaces = workspaces.filter { now - $0.value.lastUsed < .seconds(60) }
            if workspaces.count > capacity / 2 { workspaces = [:] }
        }
    }
}

extension Meter {
    /// Those of one kind of owner.
    fileprivate static func of(_ scope: Scope) -> [Meter] { allCases.filter { $0.scope == scope } }

    /// Its place in the list of all.
    fileprivate var order: Int { Meter.allCases.firstIndex(of: self) ?? 0 }

    /// Its place among those of the same owner.
    fileprivate var place: Int {
        switch self {
        case .credentialMinute, .serverMinute, .workspaceMinute: 0
        case .credentialHour, .serverHour, .workspaceHour: 1
        case .credentialMonth, .serverMonth, .workspaceMonth: 2
        case .sensitiveMinute: 3
        }
    }
}

extension Duration {
    /// Whole seconds, rounded up; 1 at least.
    fileprivate var wholeSeconds: Int { max(1, Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)) }
}
