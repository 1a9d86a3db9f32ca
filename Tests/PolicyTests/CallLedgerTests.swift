import Catalog
import Dispatch
import HTTP
import Identity
import Policy
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite("The counters of calls in the database")
struct CallLedgerTests {
    private let database: TestDatabase
    private let owner: Connection
    private let pepper: TokenPepper
    private let workspace: WorkspaceID
    private let credential: RowID
    private let presented: PresentedCredential

    init() throws {
        database = try TestDatabase.make(migrations: true)
        owner = try database.connect(as: .owner)
        pepper = try #require(TokenPepper([UInt8](repeating: 1, count: 16)))
        workspace = try WorkspaceCreation.create(name: "One", slug: "one", on: owner)
        (presented, credential) = try Self.credential(in: workspace, owner, pepper)
    }

    private static func credential(
        in workspace: WorkspaceID, of server: String? = nil, _ owner: Connection, _ pepper: TokenPepper
    ) throws -> (PresentedCredential, RowID) {
        var settings = CredentialRegistry.Settings()
        settings.server = server.map { .server($0) }
        let (token, id) = try CredentialRegistry(owner, in: workspace, pepper: pepper).create(settings)
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + token.text)
        let request = HTTPRequest(
            method: .post, target: "/", headers: headers, body: [], peer: "127.0.0.1", arrival: .now)
        return (try Authenticator(pepper: pepper).credential(in: request, for: workspace.text), id)
    }

    /// Who calls, and by which credential.
    private struct TestCaller {
        let presented: PresentedCredential
        let credential: RowID
        var server: RowID?
    }

    /// Makes a server and some credentials that belong to it.
    private func callers(_ count: Int, of handle: String, in workspace: WorkspaceID) throws -> [TestCaller] {
        let server = try ServerRegistry(owner, in: workspace).create(handle: handle, name: handle, .init())
        return try (0..<count).map { _ in
            let (presented, credential) = try Self.credential(in: workspace, of: handle, owner, pepper)
            return TestCaller(presented: presented, credential: credential, server: server)
        }
    }

    private func principal(_ caller: TestCaller, _ limits: CallLimits) -> Principal {
        Principal(
            workspace: caller.presented.workspace, credential: caller.credential, member: nil, server: caller.server,
            access: ToolAccess(
                readOnly: false, customerComments: false, customerCommentFactors: 0),
            limits: limits)
    }

    /// Makes calls on several nodes at once, two on each, until each was refused; gives how many were admitted.
    ///
    /// - Parameter callers: Who makes them in turn.
    private func race(_ limits: CallLimits, nodes: Int, _ callers: [TestCaller]? = nil) throws -> Int {
        let callers = callers ?? [TestCaller(presented: presented, credential: credential)]
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 2
        configuration.workersPerTenant = 2
        let pools = (0..<nodes).map { _ in WorkerPool(configuration) }
        for pool in pools { pool.start() }
        defer { for pool in pools { pool.drain(deadline: .seconds(2)) } }
        let admitted = Mutex(0)
        let done = DispatchSemaphore(value: 0)
        for (node, pool) in pools.enumerated() {
            let limiter = CallLimiter(pool: pool, metrics: Metrics(version: "0", tools: []))
            for turn in 0..<2 {
                let caller = callers[(node + turn) % callers.count]
                let (presented, principal) = (caller.presented, principal(caller, limits))
                let job = Job(
                    tenant: FairShareKey("one"), deadline: .now + .seconds(60), isPatient: true,
                    plan: {
                        .write { database in
                            let count = Self.calls(limiter, presented, principal, database)
                            admitted.withLock { $0 += count }
                            done.signal()
                        }
                    },
                    refuse: { _ in done.signal() })
                #expect(pool.submit(job) == .accepted)
            }
        }
        for _ in 0..<(nodes * 2) { #expect(done.wait(timeout: .now() + .seconds(60)) == .success) }
        return admitted.withLock { $0 }
    }

    private static func calls(
        _ limiter: CallLimiter, _ presented: PresentedCredential, _ principal: Principal,
        _ database: borrowing Database
    ) -> Int {
        var count = 0
        while true {
            switch limiter.admitOnWorker(presented, principal, isSensitive: false, asks: false) {
            case .success: count += 1
            case .failure: return count
            case nil:
                guard (try? limiter.take(presented, principal.credential, from: database)) != nil else { return -1 }
            }
        }
    }

    /// Runs a test again that a new month has come in the middle of.
    private func month() throws -> String? {
        try owner.query("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM')").string(0, 0)
    }

    @Test("let several nodes have what the limit says and no more", arguments: [7, 99, 500, 5_000])
    func exact(limit: Int) throws {
        var before = try month()
        var admitted = try race(CallLimits(credential: .init(perMonth: limit)), nodes: 3)
        if try month() != before {
            before = try month()
            admitted = try race(CallLimits(credential: .init(perMonth: limit)), nodes: 3)
        }
        #expect(admitted == limit)
        #expect(try race(CallLimits(credential: .init(perMonth: limit)), nodes: 2) == 0)
        #expect(try race(CallLimits(credential: .init(perMonth: limit + 11)), nodes: 2) == 11, "A higher limit")
    }

    @Test("grant what is left, for those that wait first, and leave later windows alone where one falls short")
    func grants() throws {
        func take(_ meters: [Meter], _ limits: [Int], _ wanted: [Int], _ spare: [Int]) throws -> [[Int64?]] {
            try owner.transaction { owner in
                _ = try owner.query(Tenancy.set(workspace))
                let rows = try owner.query(
                    """
                    SELECT got, remaining, began, ends_in FROM take_calls(\(credential.digits)::uuid, NULL,
                        \(meters.map(\.rawValue))::text[], \(limits)::bigint[], \(wanted)::bigint[], \(spare)::bigint[])
                    """)
                return (0..<rows.rowCount).map { row in (0..<4).map { rows.int64(row, $0) } }
            }
        }
        let month: [Meter] = [.credentialMonth]
        let first = try take(month, [1_000], [1], [20])[0]
        #expect(first[0] == 20 && first[1] == 980)
        #expect((first[3] ?? 0) > 0 && (first[3] ?? 0) <= 31 * 86_400 * 1_000_000)
        #expect(try take(month, [1_000], [70], [20])[0].prefix(2) == [70, 910])
        #expect(try take(month, [100], [3], [20])[0].prefix(2) == [3, 7], "A lower limit")
        let short = try take([.credentialMonth, .workspaceMonth], [100, 50], [9, 1], [2, 0])
        #expect(short[0].prefix(2) == [7, 0] && short[1] == [nil, nil, nil, nil])
        #expect(try take([.workspaceMonth], [50], [1], [0])[0].prefix(2) == [1, 49])
    }

    @Test("begin anew with a window, whatever was taken of the one before")
    func windows() throws {
        #expect(try race(CallLimits(credential: .init(perMonth: 30)), nodes: 1) == 30)
        try owner.transaction { owner in
            _ = try owner.query(Tenancy.set(workspace))
            _ = try owner.query("UPDATE credential_calls SET starts_at = starts_at - interval '40 days'")
        }
        #expect(try race(CallLimits(credential: .init(perMonth: 30)), nodes: 2) == 30)
    }

    @Test("count a server's calls together, and apart for each server and workspace", arguments: [7, 99, 500])
    func servers(limit: Int) throws {
        let limits = CallLimits(credential: .init(), server: .init(perMonth: limit))
        let other = try WorkspaceCreation.create(name: "Two", slug: "two", on: owner)
        let (a, b) = (try callers(2, of: "a", in: workspace), try callers(1, of: "b", in: workspace))
        let foreign = try callers(2, of: "a", in: other)
        let before = try month()
        #expect(try race(limits, nodes: 3, a) == limit)
        #expect(try race(limits, nodes: 2, b) == limit)
        #expect(try race(limits, nodes: 2, foreign) == limit)
        try #require(try month() == before, "A new month has come meanwhile")
        #expect(try race(limits, nodes: 2, a) == 0)
        // The narrowest of the three holds.
        let both = CallLimits(
            credential: .init(perMonth: limit), server: .init(perMonth: limit + 3),
            workspace: .init(perMonth: limit + 9))
        #expect(try race(both, nodes: 2, a) == 3)
        #expect(try race(both, nodes: 2, b) == 3)
        #expect(try race(both, nodes: 2, a) == 0)
    }

    // MARK: Giving back

    /// A node with two workers, for the length of a test.
    private func onNode(_ body: (CallLimiter, WorkerPool) throws -> Void) throws {
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 2
        let pool = WorkerPool(configuration)
        pool.start()
        defer { pool.drain(deadline: .seconds(2)) }
        try body(CallLimiter(pool: pool, metrics: Metrics(version: "0", tools: [])), pool)
    }

    /// Makes some calls on a node, each when the one before is admitted.
    private func call(_ limiter: CallLimiter, _ caller: TestCaller, _ limits: CallLimits, times: Int) throws {
        for _ in 0..<times {
            let isAdmitted = Mutex(false)
            while !isAdmitted.withLock({ $0 }) {
                switch limiter.admit(caller.presented, principal(caller, limits), isSensitive: false, asks: false) {
                case .admitted: isAdmitted.withLock { $0 = true }
                case .refused(let refusal): throw refusal
                case .wait(let refill):
                    let done = DispatchSemaphore(value: 0)
                    refill.gate.whenOpen { done.signal() }
                    done.wait()
                    if let failure = refill.failure { throw failure }
                }
            }
        }
    }

    /// What nodes have taken of each window.
    private func taken() throws -> [String: Int64] {
        let rows = try database.connect(as: .superuser).query(
            """
            SELECT meter, sum(taken)::bigint FROM (
                SELECT meter, taken FROM credential_calls UNION ALL SELECT meter, taken FROM server_calls
                UNION ALL SELECT meter, taken FROM workspace_calls
            ) AS c GROUP BY meter
            """)
        return Dictionary(
            uniqueKeysWithValues: (0..<rows.rowCount).map { (rows.string($0, 0) ?? "", rows.int64($0, 1) ?? -1) })
    }

    private let manyAMonth = CallLimits(
        credential: .init(perMonth: 2_000), server: .init(perMonth: 3_000), workspace: .init(perMonth: 1_000))

    @Test("have all that a node did not admit when it ends, of each of the three, and others can have it")
    func givingBack() throws {
        let callers = try callers(2, of: "a", in: workspace)
        let meters = ["credential_month", "server_month", "workspace_month"]
        let before = try month()
        try onNode { limiter, _ in
            for caller in callers { try call(limiter, caller, manyAMonth, times: 4) }
            let held = try taken()
            try #require(try month() == before, "A new month has come meanwhile")
            #expect(meters.allSatisfy { (held[$0] ?? 0) > 8 }, "\(held)")
            try limiter.giveBack(until: .now + .seconds(30))
            #expect(try taken() == Dictionary(uniqueKeysWithValues: meters.map { ($0, 8) }))
            try limiter.giveBack(until: .now + .seconds(30))
            #expect(try taken() == Dictionary(uniqueKeysWithValues: meters.map { ($0, 8) }), "Nothing twice")
        }
        #expect(try race(manyAMonth, nodes: 2, callers) == 1_000 - 8)
    }

    @Test("have back what was still being taken when the node ended")
    func underWay() throws {
        let caller = try callers(1, of: "a", in: workspace)[0]
        try onNode { limiter, _ in
            guard
                case .wait = limiter.admit(
                    caller.presented, principal(caller, manyAMonth), isSensitive: false, asks: false)
            else {
                Issue.record("The node has taken nothing yet")
                return
            }
            try limiter.giveBack(until: .now + .seconds(30))
            #expect(
                try taken() == ["credential_month": 0, "server_month": 0, "workspace_month": 0])
        }
    }

    @Test("keep what was taken of a window that is over, and never have less than nothing")
    func nextWindow() throws {
        let caller = try callers(1, of: "a", in: workspace)[0]
        try onNode { limiter, _ in
            try call(limiter, caller, manyAMonth, times: 1)
            let held = try taken()
            let server = try database.connect(as: .superuser)
            try server.execute(
                script: """
                    UPDATE credential_calls SET starts_at = starts_at + interval '40 days';
                    UPDATE server_calls SET taken = 3
                    """)
            try limiter.giveBack(until: .now + .seconds(30))
            let left = try taken()
            #expect(left["credential_month"] == held["credential_month"])
            #expect(left["server_month"] == 0 && left["workspace_month"] == 1)
        }
    }

    @Test("are not told by a node whose database is gone, which says so and ends in time")
    func unreachable() throws {
        let caller = try callers(1, of: "a", in: workspace)[0]
        try onNode { limiter, pool in
            try call(limiter, caller, manyAMonth, times: 1)
            pool.drain(deadline: .seconds(2))
            #expect(throws: PostgresError.self) { try limiter.giveBack(until: .now + .seconds(5)) }
        }
    }

    @Test("show nothing of a workspace to another, and take nothing for its credentials and servers")
    func isolation() throws {
        let callers = try callers(1, of: "a", in: workspace)
        let limits = CallLimits(
            credential: .init(perMonth: 30), server: .init(perMonth: 90), workspace: .init(perMonth: 90))
        #expect(try race(limits, nodes: 1, callers) == 30)
        let other = try WorkspaceCreation.create(name: "Two", slug: "two", on: owner)
        let application = try database.connect(as: .application)
        for table in ["credential_calls", "server_calls", "mcp_servers", "workspace_calls"] {
            let count: SQL = "SELECT count(*) FROM \(verbatim: table)"
            #expect(try application.query(count).int64(0, 0) == 0)
            let seen = try application.transaction { connection in
                _ = try connection.query(Tenancy.set(other))
                return try connection.query(count).int64(0, 0)
            }
            #expect(seen == 0)
        }
        for meter in ["credential_month", "server_month"] {
            #expect(throws: PostgresError.self) {
                try application.transaction { connection in
                    _ = try connection.query(Tenancy.set(other))
                    _ = try connection.query(
                        """
                        SELECT got FROM take_calls(
                            \(credential.digits)::uuid, \(callers[0].server?.digits)::uuid, ARRAY[\(meter)],
                            '{10}'::bigint[], '{1}'::bigint[], '{0}'::bigint[])
                        """)
                }
            }
        }
    }
}
