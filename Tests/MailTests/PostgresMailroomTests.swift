import Dispatch
import Glibc
import MCP
import Mail
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A mailroom over PostgreSQL", .timeLimit(.minutes(20)))
struct PostgresMailroomTests {
    private let nodes: MailNodes

    init() throws { nodes = try MailNodes() }

    @Test("delivers letters at every node, in order, to those who receive")
    func letters() {
        let (here, there, elsewhere) = (Inbox(), Inbox(), Inbox())
        let address = nodes.address("spot")
        let receptions = [
            nodes.first.receive(at: address) { here.put($0) }, nodes.second.receive(at: address) { there.put($0) },
            nodes.second.receive(at: nodes.address("other")) { elsewhere.put($0) },
        ]
        let texts = (0..<700).map { "letter \($0) äöü \"quoted\"" }
        for text in texts { nodes.first.post(text, to: address) }
        #expect(here.letters(until: texts[699]) == texts)
        #expect(there.letters(until: texts[699]) == texts)
        #expect(elsewhere.all { _ in true }.isEmpty)
        withExtendedLifetime(receptions) {}
    }

    @Test("keeps notes that every node finds, until they expire or are taken away")
    func notes() throws {
        let address = nodes.address("note")
        #expect(try nodes.first.note(at: address) == nil)
        let count = try nodes.first.amend(address, for: .seconds(60)) { note in
            note = [0, 1, 255]
            return note?.count
        }
        #expect(count == 3)
        #expect(try nodes.second.note(at: address) == [0, 1, 255])
        try nodes.second.amend(address, for: .seconds(60)) { $0?.append(7) }
        #expect(try nodes.first.note(at: address) == [0, 1, 255, 7])
        try nodes.first.amend(address, for: .seconds(60)) { $0 = nil }
        #expect(try nodes.second.note(at: address) == nil)
        try nodes.first.amend(address, for: .zero) { $0 = [1] }
        #expect(try nodes.second.note(at: address) == nil)
        // What has expired is as if it had never been.
        try nodes.second.amend(address, for: .seconds(60)) { note in
            #expect(note == nil)
            note = [2]
        }
        #expect(try nodes.first.note(at: address) == [2])
    }

    @Test("loses no change when many change one note at two nodes")
    func concurrency() throws {
        let address = nodes.address("counter")
        let confirmed = Mutex([Int](repeating: 0, count: 8))
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            let room = index.isMultiple(of: 2) ? nodes.first : nodes.second
            for _ in 0..<20 {
                // On a machine that is busy one may come too late for its deadline, and is told so.
                do {
                    try room.amend(address, for: .seconds(60)) { $0 = ($0 ?? []) + [UInt8(index)] }
                    confirmed.withLock { $0[index] += 1 }
                } catch {}
            }
        }
        let note = try #require(try nodes.first.note(at: address))
        let counts = confirmed.withLock { $0 }
        #expect(counts.reduce(0, +) > 0)
        for index in 0..<8 { #expect((counts[index]...20).contains(note.count { $0 == UInt8(index) })) }
    }

    @Test("numbers the events of a log, and delivers short and long ones at every node")
    func logs() throws {
        let inbox = Inbox()
        let address = nodes.address("log")
        let reception = nodes.second.receive(at: address) { inbox.put($0) }
        #expect(try nodes.first.events(at: address, after: 0) == nil)
        let events = [[1, 2], [], Array(repeating: UInt8(65), count: 100_000), [3]] as [[UInt8]]
        for (index, event) in events.enumerated() {
            #expect(try nodes.first.append(event, to: address, for: .seconds(60)) == index + 1)
        }
        let heard = inbox.all { $0.count { $0.event != nil } == 4 }.compactMap(\.event)
        let expected = events.enumerated().map { LoggedEvent($1, at: $0 + 1) }
        #expect(heard.sorted { $0.position < $1.position } == expected)
        #expect(try nodes.second.events(at: address, after: 0) == expected)
        #expect(try nodes.second.events(at: address, after: 2) == Array(expected.dropFirst(2)))
        #expect(try nodes.second.events(at: address, after: 9)?.isEmpty == true)
        _ = try nodes.first.append([4], to: nodes.address("gone"), for: .zero)
        #expect(try nodes.second.events(at: nodes.address("gone"), after: 0) == nil)
        withExtendedLifetime(reception) {}
    }

    @Test("keeps the notes and logs of tenants apart, also where their addresses have the same name")
    func tenants() throws {
        try nodes.first.amend(nodes.address("same"), for: .seconds(60)) { $0 = [1] }
        _ = try nodes.first.append([1], to: nodes.address("same"), for: .seconds(60))
        let foreign = nodes.address("same", of: 1)
        #expect(try nodes.first.note(at: foreign) == nil)
        #expect(try nodes.first.events(at: foreign, after: 0) == nil)
        try nodes.first.amend(foreign, for: .seconds(60)) { $0 = [2] }
        #expect(try nodes.second.note(at: nodes.address("same")) == [1])
        // The rows themselves are behind the tenant setting: without it the service's role sees none.
        let application = try nodes.database.connect(as: .application)
        for table in ["mail_notes", "mail_events"] {
            #expect(try application.query(SQL(verbatim: "SELECT 1 FROM \(table)")).rowCount == 0)
        }
    }

    @Test("says that something may be lost, when its connection was")
    func gap() throws {
        let inbox = Inbox()
        let reception = nodes.first.receive(at: nodes.address("spot")) { inbox.put($0) }
        try nodes.interrupt()
        nodes.second.post("after", to: nodes.address("spot"))
        let deliveries = inbox.all { $0.contains { $0.letter == "after" } }
        #expect(deliveries.first?.isGap == true)
        #expect(deliveries.last?.letter == "after")
        withExtendedLifetime(reception) {}
    }

    @Test("drops what has expired, of every tenant, and nothing else")
    func sweep() throws {
        for tenant in 0..<2 {
            try nodes.first.amend(nodes.address("old", of: tenant), for: .zero) { $0 = [1] }
            try nodes.first.amend(nodes.address("new", of: tenant), for: .seconds(60)) { $0 = [1] }
            _ = try nodes.first.append([1], to: nodes.address("old", of: tenant), for: .zero)
            // A log lives as long as its last event.
            _ = try nodes.first.append([1], to: nodes.address("new", of: tenant), for: .zero)
            _ = try nodes.first.append([2], to: nodes.address("new", of: tenant), for: .seconds(60))
        }
        _ = try nodes.database.connect(as: .application).query("SELECT sweep_mail()")
        let server = try nodes.database.connect(as: .superuser)
        #expect(try server.query("SELECT DISTINCT address FROM mail_notes").string(0, 0) == "new")
        #expect(try server.query("SELECT count(*) FROM mail_notes").int64(0, 0) == 2)
        #expect(try server.query("SELECT count(*) FROM mail_events").int64(0, 0) == 4)
    }

    @Test("tells of changed settings in the transaction that changes them")
    func settings() throws {
        let (workspace, credential) = (Inbox(), Inbox())
        let owner = try nodes.database.connect(as: .owner)
        let rows = try owner.transaction { connection in
            _ = try connection.query("SELECT set_config('workport.workspace_id', \(nodes.tenants[0]), true)")
            return try connection.query(
                """
                INSERT INTO credentials (workspace_id, name, prefix, secret_digest, preview)
                VALUES (\(nodes.tenants[0])::uuid, 'a', 'p', sha256('x'), 'v') RETURNING replace(id::text, '-', '')
                """
            )
        }
        let id = try #require(rows.string(0, 0))
        let receptions = [
            nodes.second.receive(at: Address(name: "changes/workspace/\(nodes.tenants[0])")) { workspace.put($0) },
            nodes.second.receive(at: Address(name: "changes/credential/\(id)")) { credential.put($0) },
        ]
        func change(_ statement: String) throws {
            try owner.transaction { connection in
                _ = try connection.query("SELECT set_config('workport.workspace_id', \(nodes.tenants[0]), true)")
                _ = try connection.query(SQL(verbatim: statement))
            }
        }
        try change("UPDATE credentials SET last_used_at = now()")
        try change("UPDATE credentials SET read_only = true")
        try change("UPDATE credentials SET revoked_at = now()")
        try change("UPDATE workspaces SET name = 'new' WHERE slug = 'one'")
        try change("UPDATE workspaces SET mcp_read_only = true WHERE slug = 'one'")
        try change("UPDATE workspaces SET status = 'suspended' WHERE slug = 'one'")
        let lists = ["list:tools", "list:prompts", "list:resources", "access:"]
        #expect(credential.letters(until: "access:") == lists)
        #expect(workspace.letters(until: "access:") == lists)
        withExtendedLifetime(receptions) {}
    }

    @Test("knows up to when it has heard everything, also after an interruption")
    func caughtUp() throws {
        let heard = Inbox()
        let reception = nodes.second.receive(at: nodes.address("words")) { heard.put($0) }
        for interruptions in 0..<2 {
            if interruptions > 0 { try nodes.interrupt() }
            nodes.first.post("a word", to: nodes.address("words"))
            #expect(heard.letters(until: "a word").last == "a word")
            let posted = ContinuousClock.now
            // The suite's limit of time ends what never comes.
            while nodes.second.caughtUp.map({ $0 <= posted }) ?? true { sched_yield() }
        }
        withExtendedLifetime(reception) {}
    }

    @Test("says what is wrong when the database is away, and waits for nobody for ever")
    func outage() throws {
        var configuration = PoolConfiguration(url: "postgresql://nobody@127.0.0.1:1/nothing")
        configuration.workers = 1
        let pool = WorkerPool(configuration)
        pool.start()
        let room = PostgresMailroom(pool, url: configuration.url)
        let address = nodes.address("note")
        #expect(throws: MailroomError.self) { try room.note(at: address) }
        #expect(throws: MailroomError.self) { try room.amend(address, for: .seconds(1)) { $0 = [1] } }
        #expect(throws: MailroomError.self) { try room.append([1], to: address, for: .seconds(1)) }
        pool.drain(deadline: .seconds(1))
    }
}
