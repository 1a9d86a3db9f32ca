import Dispatch
import Postgres
import TestSupport
import Testing

@Suite("Reads that are alike")
struct WorkerPoolSharingTests {
    private let database: TestDatabase
    private let owner: Connection

    init() throws {
        database = try TestDatabase.make()
        owner = try database.connect(as: .owner)
        try owner.execute(script: "CREATE SEQUENCE openings; GRANT USAGE ON openings TO workport_app")
    }

    /// An opening that counts how often it runs, and sets what the statements after it see.
    private func opening(_ setting: String) -> SQL {
        let opening: SQL = "SELECT nextval('openings'), set_config('workport.tenant', \(setting), true)"
        return opening.asCommonOpening
    }

    /// The same, for calls that may follow each other whatever each sets.
    private func renewal(_ setting: String) -> SQL {
        let opening: SQL = "SELECT nextval('openings'), set_config('workport.tenant', \(setting), true)"
        return opening.asRenewingOpening
    }

    private let seen: SQL = "SELECT current_setting('workport.tenant', true)"

    /// Submits calls to a worker that knows how quick their kinds are and is busy until all of them wait.
    private func together(
        knowing known: [[SQL]],
        events: PoolEvents = PoolEvents(),
        groupTime: Duration = .seconds(3600),
        _ submit: (WorkerPool) -> [PendingCall]
    ) async -> [Ending] {
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = 1
        configuration.batch = 64
        configuration.groupTime = groupTime
        let pool = WorkerPool(configuration, observer: events)
        pool.start()
        for statements in known { _ = await pool.beginAlike(statements).ending }
        let everybodyWaits = DispatchSemaphore(value: 0)
        // Only a worker that is busy by now takes all that follows at once: one that is not might find some of it first.
        let isAccepted = await withCheckedContinuation { busy in
            let occupation = Job(
                tenant: FairShareKey("one"), deadline: .now + .seconds(1200),
                plan: {
                    .write { _ in
                        busy.resume(returning: true)
                        everybodyWaits.wait()
                    }
                }, refuse: { _ in busy.resume(returning: false) })
            if pool.submit(occupation) != .accepted { busy.resume(returning: false) }
        }
        #expect(isAccepted)
        let pending = submit(pool)
        everybodyWaits.signal()
        var endings: [Ending] = []
        for call in pending { endings.append(await call.ending) }
        return endings
    }

    private func openings() throws -> Int {
        Int(try owner.query("SELECT last_value FROM openings").string(0, 0) ?? "") ?? 0
    }

    @Test("share what they begin with, and each has the rows of its own values")
    func shared() async throws {
        let endings = await together(knowing: [[opening("a"), "SELECT \(0)::bigint", seen]]) { pool in
            (0..<20).map { pool.beginAlike([opening("a"), "SELECT \($0)::bigint", seen]) }
        }
        #expect(endings.map { $0.rows?[1] } == (0..<20).map { ["\($0)"] })
        #expect(endings.allSatisfy { $0.rows?[2] == ["a"] && $0.rows?[0] == endings[0].rows?[0] })
        #expect(try openings() == 2)
    }

    @Test("share nothing with those that begin with other values, or go on with other statements")
    func apart() async throws {
        let endings = await together(
            knowing: [[opening("a"), seen], [opening("b"), "SELECT 'other'", seen]]
        ) { pool in
            (0..<12).map { number in
                let setting = number % 2 == 0 ? "a" : "b"
                return pool.beginAlike(
                    number % 3 == 0 ? [opening(setting), "SELECT 'other'", seen] : [opening(setting), seen])
            }
        }
        for (number, ending) in endings.enumerated() {
            #expect(ending.rows?.last == [number % 2 == 0 ? "a" : "b"])
        }
        #expect(try openings() == 2 + 4)
    }

    @Test("of several callers are one transaction where each opening sets all anew, and each sees what its own has set")
    func renewed() async throws {
        let settings = ["a", "b", ""]
        let endings = await together(knowing: [[renewal("a"), "SELECT now()", seen]]) { pool in
            (0..<12).map { number in
                pool.beginAlike(
                    [renewal(settings[number % 3]), "SELECT now()", seen], tenant: settings[number % 3])
            }
        }
        for (number, ending) in endings.enumerated() { #expect(ending.rows?.last == [settings[number % 3]]) }
        #expect(endings.allSatisfy { $0.rows?[1] == endings[0].rows?[1] })
        #expect(try openings() == 1 + 3)
    }

    @Test("of several callers are answered when one of them fails", arguments: [0, 5, 9])
    func oneOfSeveralFails(_ bad: Int) async {
        let endings = await together(knowing: [[renewal("a"), "SELECT 10 / \(1)::bigint", seen]]) { pool in
            (0..<10).map { number in
                pool.beginAlike(
                    [renewal("\(number % 3)"), "SELECT 10 / \(number == bad ? 0 : 1)::bigint", seen],
                    tenant: "\(number % 3)")
            }
        }
        for (number, ending) in endings.enumerated() {
            if number == bad {
                #expect(ending.error?.sqlState?.rawValue == "22012")
            } else {
                #expect(ending.rows?.dropFirst() == [["10"], ["\(number % 3)"]])
            }
        }
    }

    @Test("do not see what another has set when their own opening fails")
    func renewalFails() async {
        func renewal(_ divisor: Int) -> SQL {
            let opening: SQL = "SELECT set_config('workport.tenant', (10 / \(divisor)::bigint)::text, true)"
            return opening.asRenewingOpening
        }
        let endings = await together(knowing: [[renewal(1), seen]]) { pool in
            [1, 0, 2, 0, 1].map { pool.beginAlike([renewal($0), seen], tenant: "\($0)") }
        }
        #expect(endings.map(\.rows?.last) == [["10"], nil, ["5"], nil, ["10"]])
        #expect(endings.map { $0.error?.sqlState?.rawValue } == [nil, "22012", nil, "22012", nil])
    }

    @Test("consist of their opening alone, and all fail if that does")
    func openingAloneFails() async {
        func opening(_ divisor: Int) -> SQL {
            let opening: SQL = "SELECT 10 / \(divisor)::bigint"
            return opening.asCommonOpening
        }
        let endings = await together(knowing: [[opening(1)]]) { pool in
            (0..<6).map { _ in pool.beginAlike([opening(0)]) }
        }
        for ending in endings { #expect(ending.error?.sqlState?.rawValue == "22012") }
    }

    @Test("consist of their opening alone, which then runs once for all")
    func openingAlone() async throws {
        let endings = await together(knowing: [[opening("a")]]) { pool in
            (0..<9).map { _ in pool.beginAlike([opening("a")]) }
        }
        #expect(endings.allSatisfy { $0 == endings[0] && $0.rows?.count == 1 })
        #expect(try openings() == 2)
    }

    @Test("are answered when one of them fails", arguments: [0, 4, 9])
    func oneFails(_ bad: Int) async {
        let events = PoolEvents()
        let endings = await together(knowing: [[opening("a"), "SELECT 10 / \(1)::bigint", seen]], events: events) {
            pool in
            (0..<10).map { pool.beginAlike([opening("a"), "SELECT 10 / \($0 == bad ? 0 : 1)::bigint", seen]) }
        }
        for (number, ending) in endings.enumerated() {
            if number == bad {
                #expect(ending.error?.sqlState?.rawValue == "22012")
            } else {
                #expect(ending.rows?.dropFirst() == [["10"], ["a"]])
            }
        }
        // Those behind the one that failed were not run, and are sent again.
        #expect(events.count(.repeated(.server)) == 9 - bad)
    }

    @Test("are answered when the deadline of one of them passes")
    func oneTakesLong() async {
        let endings = await together(knowing: [[opening("a"), "SELECT pg_sleep(\(0)::bigint)", seen]]) { pool in
            (0..<6).map { number in
                pool.beginAlike(
                    [opening("a"), "SELECT pg_sleep(\(number == 2 ? 3600 : 0)::bigint)", seen],
                    within: number == 2 ? .seconds(2) : .seconds(1200))
            }
        }
        for (number, ending) in endings.enumerated() {
            #expect(number == 2 ? ending.error?.kind == .timeout : ending.rows?.last == ["a"])
        }
    }

    @Test("leave alone when they take longer than a group may")
    func slow() async throws {
        _ = await together(knowing: [[opening("a"), seen]], groupTime: .nanoseconds(1)) { pool in
            (0..<8).map { _ in pool.beginAlike([opening("a"), seen]) }
        }
        #expect(try openings() == 9)
    }

    @Test("stay apart from reads that write something")
    func withWrites() async throws {
        let endings = await together(knowing: [[opening("a"), seen]]) { pool in
            (0..<8).map { _ in pool.begin([opening("a"), seen]) }
        }
        #expect(endings.allSatisfy { $0.rows?.last == ["a"] })
        #expect(try openings() == 9)
    }
}
