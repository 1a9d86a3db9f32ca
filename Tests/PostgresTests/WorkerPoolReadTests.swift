import Postgres
import TestSupport
import Testing

@Suite("Reads of several calls")
struct WorkerPoolReadTests {
    private let database: TestDatabase
    private let owner: Connection

    init() throws {
        database = try TestDatabase.make()
        owner = try database.connect(as: .owner)
    }

    /// A pool that has not started, so that what is submitted first leaves in one flush.
    private func pool(
        workers: Int = 1,
        events: PoolEvents = PoolEvents(),
        _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) -> WorkerPool {
        var configuration = PoolConfiguration(url: database.url(.application))
        configuration.workers = workers
        configuration.backlog = 5000
        configuration.backlogPerTenant = 5000
        change(&configuration)
        return WorkerPool(configuration, observer: events)
    }

    /// Submits reads in order before the pool starts, and waits for all.
    private func together(_ pool: WorkerPool, _ calls: [[SQL]]) async -> [Ending] {
        let pending = calls.map { pool.begin($0) }
        pool.start()
        var endings: [Ending] = []
        for call in pending { endings.append(await call.ending) }
        return endings
    }

    @Test("each see their own setting, among thousands and through failures")
    func settingsNeverMix() async {
        let pool = pool(workers: 3)
        pool.start()
        let right = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
            for number in 0..<4000 {
                group.addTask {
                    var statements: [SQL] = [
                        "SELECT set_config('workport.tenant', \(String(number)), true)",
                        "SELECT current_setting('workport.tenant', true), \(number)::bigint",
                    ]
                    if number % 5 == 0 { statements.append("SELECT 1 / (\(number)::bigint * 0)") }
                    let ending = await pool.read(statements, tenant: "tenant \(number % 7)")
                    if number % 5 == 0 { return ending.error?.sqlState?.rawValue == "22012" }
                    return ending.rows?[1] == ["\(number)", "\(number)"]
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(right == 4000)
    }

    @Test("leave in one flush when they wait together")
    func oneFlush() async {
        let events = PoolEvents()
        let endings = await together(pool(events: events), (0..<10).map { ["SELECT \($0)::bigint"] })
        #expect(endings == (0..<10).map { .answered([["\($0)"]]) })
        #expect(events.all.contains(.flushed(10)))
    }

    @Test(
        "are untouched by another's error",
        arguments: [
            "SELECT 1 / 0", "SELECT nonsense", "SELEC", "SELECT 'x'::int", "", "SELECT \("a\0b")::text",
        ] as [SQL])
    func oneFails(_ bad: SQL) async {
        let endings = await together(
            pool(), [["SELECT 'first'"], ["SELECT 'before'", bad, "SELECT 'after'"], ["SELECT 'last'"]]
        )
        #expect(endings[0] == .answered([["first"]]))
        #expect(endings[1].error != nil)
        #expect(endings[2] == .answered([["last"]]))
    }

    @Test("find no setting of a call that failed before them")
    func settingGoneAfterError() async {
        let endings = await together(
            pool(),
            [
                ["SELECT set_config('workport.tenant', 'secret', true)", "SELECT 1 / 0"],
                ["SELECT coalesce(current_setting('workport.tenant', true), '')"],
                [
                    "SELECT set_config('workport.tenant', 'own', true)",
                    "SELECT current_setting('workport.tenant', true)",
                ],
                ["SELECT coalesce(current_setting('workport.tenant', true), '')"],
            ]
        )
        #expect(endings[0].error?.sqlState?.rawValue == "22012")
        #expect(endings[1] == .answered([[""]]))
        #expect(endings[2].rows?[1] == ["own"])
        #expect(endings[3] == .answered([[""]]))
    }

    @Test("prepare a statement again when the call that was to prepare it failed")
    func promiseBroken() async {
        // The first call's error keeps its second statement from being prepared, on which the second call counts.
        let endings = await together(pool(), [["SELECT 1 / 0", "SELECT 'shared'"], ["SELECT 'shared'"]])
        #expect(endings[0].error?.sqlState?.rawValue == "22012")
        #expect(endings[1] == .answered([["shared"]]))
    }

    @Test("get the whole result, however large", .timeLimit(.minutes(20)))
    func large() async {
        // Both directions exceed every socket buffer: who only sends or only reads would wait forever.
        let text = String(repeating: "x", count: 4 << 20)
        let endings = await together(pool(), (0..<6).map { _ in ["SELECT \(text)::text"] })
        #expect(endings.allSatisfy { $0.rows?[0][0]?.utf8.count == 4 << 20 })
    }

    @Test("hear of errors that come with the commit")
    func deferredConstraint() async throws {
        try owner.execute(
            script: """
                CREATE TABLE pairs (id int PRIMARY KEY, other int REFERENCES pairs DEFERRABLE INITIALLY DEFERRED);
                GRANT SELECT, INSERT ON pairs TO workport_app;
                """
        )
        let endings = await together(
            pool(), [["INSERT INTO pairs VALUES (1, 2)"], ["SELECT count(*) FROM pairs"]]
        )
        #expect(endings[0].error?.sqlState == .foreignKeyViolation)
        #expect(endings[1] == .answered([["0"]]))
    }

    @Test("may be empty")
    func empty() async {
        #expect(await together(pool(), [[], ["SELECT 1"]]) == [.answered([]), .answered([["1"]])])
    }

    @Test("go on after a table changed under a prepared statement")
    func changedTable() async throws {
        try owner.execute(script: "CREATE TABLE things (id int); GRANT SELECT ON things TO workport_app")
        try owner.execute(script: "INSERT INTO things VALUES (1)")
        let events = PoolEvents()
        let pool = pool(events: events)
        pool.start()
        #expect(await pool.read(["SELECT id FROM things"]) == .answered([["1"]]))
        try owner.execute(script: "ALTER TABLE things ALTER id TYPE text USING 'now ' || id")
        #expect(await pool.read(["SELECT id FROM things"]) == .answered([["now 1"]]))
        #expect(events.count(.repeated(.server)) == 1)
    }

    @Test("go on after the server forgot its prepared statements")
    func forgottenStatements() async {
        let pool = pool()
        pool.start()
        #expect(await pool.read(["SELECT 'known'"]) == .answered([["known"]]))
        #expect(await pool.read(["DEALLOCATE ALL"]).error == nil)
        #expect(await pool.read(["SELECT 'known'"]) == .answered([["known"]]))
    }

    @Test("leave a bounded number of prepared statements on the server")
    func boundedStatements() async throws {
        let pool = pool { $0.preparedStatements = 32 }
        pool.start()
        for number in 0..<200 {
            #expect(await pool.read([SQL(verbatim: "SELECT \(number)")]) == .answered([["\(number)"]]))
        }
        let ending = await pool.read(["SELECT count(*) FROM pg_prepared_statements"])
        let count = try #require(ending.rows?[0][0].flatMap { Int($0) })
        #expect(count <= 34)
        #expect(await pool.read(["SELECT 199"]) == .answered([["199"]]))
    }
}
