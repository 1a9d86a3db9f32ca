import Crypto
import HTTP
import Identity
import Policy
import Testing

@Suite("The calls that nodes admit")
struct CallBookTests {
    /// The counters that nodes share, for one credential; stands for the database.
    private struct Counters {
        var window: Int64 = 0
        var taken: [Meter: Int] = [:]

        mutating func grant(_ order: [CallBook.Order], endsIn: Duration) -> [CallGrant?] {
            var isShort = false
            return order.map { part in
                guard !isShort else { return nil }
                let room = max(0, part.limit - taken[part.meter, default: 0])
                let count = min(room, max(part.wanted, min(part.spare, room / 16)))
                taken[part.meter, default: 0] += count
                isShort = count < part.wanted
                return CallGrant(count: count, remaining: room - count, began: window, endsIn: endsIn)
            }
        }

        mutating func next() { (window, taken) = (window + 60, [:]) }
    }

    /// Nodes over the same counters, and a clock.
    private struct Nodes {
        var counters = Counters()
        var books: [CallBook]
        var now = ContinuousClock.Instant.now
        /// When the window is over.
        var end: ContinuousClock.Instant
        let presented: PresentedCredential
        var principal: Principal
        var asked = 0

        init(_ count: Int, _ limits: CallLimits) throws {
            books = Array(repeating: CallBook(), count: count)
            end = now + .seconds(60)
            let workspace = try #require(WorkspaceID("wsp_" + String(repeating: "1", count: 32)))
            presented = try Self.credential(in: workspace)
            principal = Principal(
                workspace: workspace, credential: workspace.row, member: nil,
                access: ToolAccess(
                    readOnly: false, customerComments: false, customerCommentFactors: 0),
                limits: limits)
        }

        static func credential(in workspace: WorkspaceID, _ key: UInt8 = 1) throws -> PresentedCredential {
            let pepper = try #require(TokenPepper([UInt8](repeating: key, count: 16)))
            var headers = HTTPHeaders()
            headers.append(.authorization, "Bearer " + AccessToken(for: workspace, kind: .token).text)
            let request = HTTPRequest(
                method: .post, target: "/", headers: headers, body: [], peer: "127.0.0.1", arrival: .now)
            return try Authenticator(pepper: pepper).credential(in: request, for: workspace.text)
        }

        mutating func fill(_ node: Int) {
            let order = books[node].order(of: presented, at: now)
            guard !order.isEmpty else { return }
            asked += 1
            let grants = counters.grant(order, endsIn: end - now)
            books[node].settle(order, grants, of: presented, sent: now, received: now)
        }

        /// Makes a call; asks the counters where the node has nothing, and ahead of need where it says so.
        mutating func call(_ node: Int, isSensitive: Bool = false, asks: Bool = false) -> Result<
            CallStanding?, CallRefusal
        > {
            var asks = asks
            while true {
                switch books[node].admit(presented, principal, isSensitive: isSensitive, asks: asks, at: now) {
                case .admitted(let standing, let isLow):
                    if isLow { fill(node) }
                    return .success(standing)
                case .refused(let refusal): return .failure(refusal)
                case .unfunded: fill(node)
                }
                asks = false
            }
        }

        mutating func admitted(_ node: Int, of calls: Int, isSensitive: Bool = false) -> Int {
            (0..<calls).count { _ in call(node, isSensitive: isSensitive).failure == nil }
        }

        mutating func limit(_ limits: CallLimits) {
            principal = Principal(
                workspace: principal.workspace, credential: principal.credential, member: nil,
                access: principal.access, limits: limits)
        }

        mutating func nextWindow() {
            now = end
            end = now + .seconds(60)
            counters.next()
        }
    }

    private static func limits(
        _ perMinute: Int?, sensitive: Int? = nil, month: Int? = nil, server: Int? = nil, workspace: Int? = nil
    ) -> CallLimits {
        CallLimits(
            credential: .init(perMinute: perMinute, perMonth: month, sensitivePerMinute: sensitive),
            server: .init(perMinute: server), workspace: .init(perMinute: workspace))
    }

    @Test("are exactly as many as the limit on one node", arguments: [1, 2, 15, 99, 100, 1_000, 12_345])
    func exact(limit: Int) throws {
        var nodes = try Nodes(1, Self.limits(limit))
        #expect(nodes.admitted(0, of: limit + 50) == limit)
        nodes.nextWindow()
        #expect(nodes.admitted(0, of: limit + 50) == limit)
    }

    @Test("are never more than the limit on several, and fewer by no more than the others may hold")
    func several() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let count = Int.random(in: 2...5, using: &random)
            let limit = Int.random(in: 1...2_000, using: &random)
            var nodes = try Nodes(count, Self.limits(limit, workspace: Bool.random() ? limit : nil))
            let favourite = Int.random(in: 0..<count, using: &random)
            var admitted = 0
            for _ in 0..<(limit * 2) {
                let node = Bool.random() ? favourite : Int.random(in: 0..<count, using: &random)
                if nodes.call(node).failure == nil { admitted += 1 }
            }
            let held = limit < 100 ? 0 : (count - 1) * (limit / 50)
            #expect((limit - held...limit).contains(admitted), "\(count) nodes, limit \(limit)")
        }
    }

    @Test("are taken one by one where limits are small, so that none is held for nobody")
    func small() throws {
        var nodes = try Nodes(3, Self.limits(30, sensitive: 100))
        for call in 0..<30 { #expect(throws: Never.self) { try nodes.call(call % 3).get() } }
        #expect(nodes.counters.taken[.credentialMinute] == 30)
        #expect(nodes.asked == 30, "One question a call")
        #expect(nodes.call(0).failure?.meter == .credentialMinute)
    }

    @Test("are few questions to the database where limits are large")
    func questions() throws {
        var nodes = try Nodes(1, Self.limits(100_000))
        #expect(nodes.admitted(0, of: 90_000) == 90_000)
        #expect(nodes.asked < 100)
    }

    @Test("are sensitive up to their own limit, and others beyond it")
    func sensitive() throws {
        var nodes = try Nodes(2, Self.limits(1_000, sensitive: 100))
        #expect(nodes.admitted(0, of: 60, isSensitive: true) + nodes.admitted(1, of: 60, isSensitive: true) == 100)
        let refusal = try #require(nodes.call(1, isSensitive: true).failure)
        #expect(refusal.meter == .sensitiveMinute && refusal.limit == 100)
        #expect(nodes.admitted(1, of: 10) == 10)
    }

    @Test("are refused for the limit that holds the longest, until its window is over")
    func refusal() throws {
        var nodes = try Nodes(1, Self.limits(5))
        #expect(nodes.admitted(0, of: 9) == 5)
        nodes.now += .milliseconds(20_500)
        #expect(nodes.call(0, asks: true).failure == CallRefusal(meter: .credentialMinute, limit: 5, retryAfter: 40))
        nodes.nextWindow()
        #expect(try nodes.call(0).get() == CallStanding(limit: 5, remaining: 4, reset: 60))
    }

    @Test("are refused without a question for a second, and then one call asks for all")
    func belief() throws {
        var nodes = try Nodes(1, Self.limits(5))
        _ = nodes.admitted(0, of: 6)
        let asked = nodes.asked
        for _ in 0..<20 { _ = nodes.call(0) }
        #expect(nodes.asked == asked)
        func outlook() -> CallBook.Outlook {
            nodes.books[0].outlook(nodes.presented, isSensitive: false, at: nodes.now)
        }
        func isRefused() -> Bool {
            guard case .refused = outlook() else { return false }
            return true
        }
        #expect(isRefused())
        nodes.now += CallBook.belief
        #expect(outlook() == .doubtful)
        #expect(isRefused(), "While one asks")
        // Somebody made room meanwhile.
        nodes.counters.taken = [:]
        #expect(throws: Never.self) { try nodes.call(0, asks: true).get() }
        #expect(outlook() == .open)
    }

    @Test("follow a limit that is raised or lowered with the next call")
    func change() throws {
        var nodes = try Nodes(1, Self.limits(500))
        #expect(nodes.admitted(0, of: 20) == 20)
        nodes.limit(Self.limits(25))
        // What was taken in advance under the old limit is not admitted any more.
        #expect(nodes.admitted(0, of: 20) <= 5)
        nodes.limit(Self.limits(nil))
        #expect(nodes.admitted(0, of: 2_000) == 2_000)
    }

    @Test("that are left of all windows are taken out, once, and have to be asked for again")
    func takeOut() throws {
        var nodes = try Nodes(1, Self.limits(1_000, month: 5_000, workspace: 40))
        #expect(nodes.admitted(0, of: 3) == 3)
        let (workspace, window) = (nodes.principal.workspace, nodes.counters.window)
        func remainder(_ meter: Meter, _ count: Int) -> CallBook.Remainder {
            CallBook.Remainder(meter: meter, owner: workspace.row, began: window, count: count)
        }
        #expect(
            nodes.books[0].takeOut() == [
                workspace: [remainder(.credentialMinute, 17), remainder(.credentialMonth, 29)]
            ])
        #expect(nodes.books[0].takeOut() == [:])
        let asked = nodes.asked
        #expect(nodes.admitted(0, of: 1) == 1 && nodes.asked == asked + 1)
    }

    // MARK: Servers

    /// Callers that belong to servers on one node, and the counters of each server.
    private struct Servers {
        var book = CallBook()
        var counters: [RowID: Counters] = [:]
        let workspace: WorkspaceID
        let limits: CallLimits
        let now = ContinuousClock.Instant.now

        func principal(of server: RowID?) -> Principal {
            Principal(
                workspace: workspace, credential: workspace.row, member: nil, server: server,
                access: ToolAccess(
                    readOnly: false, customerComments: false, customerCommentFactors: 0),
                limits: limits)
        }

        mutating func call(_ presented: PresentedCredential, of server: RowID) -> Result<CallStanding?, CallRefusal> {
            while true {
                switch book.admit(presented, principal(of: server), isSensitive: false, at: now) {
                case .admitted(let standing, _): return .success(standing)
                case .refused(let refusal): return .failure(refusal)
                case .unfunded:
                    let order = book.order(of: presented, at: now)
                    let grants = counters[server, default: Counters()].grant(order, endsIn: .seconds(60))
                    book.settle(order, grants, of: presented, sent: now, received: now)
                }
            }
        }
    }

    private func servers(_ limits: CallLimits) throws -> (Servers, a: RowID, b: RowID) {
        let workspace = try #require(WorkspaceID("wsp_" + String(repeating: "1", count: 32)))
        let ids = try ["a", "b"].map { try #require(RowID(uuid: String(repeating: $0, count: 32))) }
        return (Servers(workspace: workspace, limits: limits), ids[0], ids[1])
    }

    @Test("are counted together for all credentials of a server, and apart for each server")
    func together() throws {
        var (servers, a, b) = try servers(Self.limits(30, server: 40))
        let credentials = try (0..<3).map { _ in try Nodes.credential(in: servers.workspace) }
        func admitted(_ credential: Int, _ server: RowID) -> Int {
            (0..<100).count { _ in servers.call(credentials[credential], of: server).failure == nil }
        }
        // The first one's own limit is nearer; the counters here are those of its server alone.
        #expect(admitted(0, a) == 30)
        #expect(servers.call(credentials[0], of: a).failure?.meter == .credentialMinute)
        servers.counters[a]?.taken[.credentialMinute] = 0
        #expect(admitted(1, a) == 10)
        let refusal = try #require(servers.call(credentials[1], of: a).failure)
        #expect(refusal.meter == .serverMinute && refusal.meter.scope == .server && refusal.limit == 40)
        #expect(admitted(2, b) == 30)
    }

    @Test("tell of the server's limit where it is the nearest")
    func nearest() throws {
        var (servers, a, _) = try servers(Self.limits(1_000, server: 40, workspace: 5_000))
        let presented = try Nodes.credential(in: servers.workspace)
        #expect(try servers.call(presented, of: a).get() == CallStanding(limit: 40, remaining: 39, reset: 60))
    }

    @Test("of one server are not admitted for another to which the credential was moved meanwhile")
    func moved() throws {
        var (servers, a, b) = try servers(Self.limits(nil, server: 5))
        let presented = try Nodes.credential(in: servers.workspace)
        func admit(_ server: RowID) -> CallBook.Admission {
            servers.book.admit(presented, servers.principal(of: server), isSensitive: false, at: servers.now)
        }
        #expect(admit(a) == .unfunded)
        let order = servers.book.order(of: presented, at: servers.now)
        #expect(order.map(\.server) == [a] && order.map(\.meter) == [.serverMinute])
        #expect(admit(b) == .unfunded)
        let grant = CallGrant(count: 1, remaining: 4, began: 0, endsIn: .seconds(60))
        servers.book.settle(order, [grant], of: presented, sent: servers.now, received: servers.now)
        #expect(admit(b) == .unfunded)
    }

    @Test("are remembered of so many credentials and no more")
    func bound() throws {
        var book = CallBook(capacity: 8)
        let nodes = try Nodes(1, Self.limits(1_000))
        for _ in 0..<100 {
            let presented = try Nodes.credential(in: nodes.presented.workspace)
            _ = book.admit(presented, nodes.principal, isSensitive: false, at: nodes.now)
            #expect(book.count <= 8)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}
