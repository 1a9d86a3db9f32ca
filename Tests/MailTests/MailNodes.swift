import Dispatch
import MCP
import Mail
import Postgres
import Synchronization
import TestSupport

/// Two nodes of a service: each has workers and a mailroom, and they share a database.
final class MailNodes: Sendable {
    let database: TestDatabase
    /// The workspaces of the database, as tenants.
    let tenants: [String]
    let first: PostgresMailroom
    let second: PostgresMailroom
    private let pools: [WorkerPool]
    private let listening = EventCount()

    init() throws {
        database = try TestDatabase.make(migrations: true)
        let owner = try database.connect(as: .owner)
        tenants = try ["one", "two"].map { slug in
            let rows = try owner.query(
                "INSERT INTO workspaces (slug, name) VALUES (\(slug), \(slug)) RETURNING replace(id::text, '-', '')"
            )
            return rows.string(0, 0) ?? ""
        }
        let url = database.url(.application)
        var configuration = PoolConfiguration(url: url)
        configuration.workers = 2
        pools = [WorkerPool(configuration), WorkerPool(configuration)]
        let listening = listening
        let rooms = pools.map { pool in
            PostgresMailroom(pool, url: url) { if case .listening = $0 { listening.add() } }
        }
        (first, second) = (rooms[0], rooms[1])
        for pool in pools { pool.start() }
        for room in rooms { room.start() }
        listening.wait(for: 2)
    }

    deinit {
        for room in [first, second] { room.stop() }
        for pool in pools { pool.drain(deadline: .seconds(2)) }
    }

    /// Ends the connections on which the mailrooms listen, and returns when they listen again.
    func interrupt() throws {
        _ = try database.connect(as: .superuser).query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'workport notifications' AND datname = current_database()
            """
        )
        listening.wait(for: 4)
    }

    func address(_ name: String, of tenant: Int = 0) -> Address { Address(tenant: tenants[tenant], name: name) }
}

/// Counts what happens, for those who wait for it.
final class EventCount: Sendable {
    private let count = Mutex(0)
    private let changed = DispatchSemaphore(value: 0)

    func add() {
        count.withLock { $0 += 1 }
        changed.signal()
    }

    /// Returns when `least` events have happened, or after so long that they never will.
    func wait(for least: Int) {
        while count.withLock({ $0 }) < least {
            guard changed.wait(timeout: .now() + .seconds(30)) == .success else { return }
        }
    }
}

/// What arrived at an address.
final class Inbox: Sendable {
    private let deliveries = Mutex<[Delivery]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func put(_ delivery: Delivery) {
        deliveries.withLock { $0.append(delivery) }
        arrived.signal()
    }

    /// What arrived, once something holds of it, or after so long that it never will.
    func all(until isComplete: ([Delivery]) -> Bool) -> [Delivery] {
        while true {
            let all = deliveries.withLock { $0 }
            if isComplete(all) { return all }
            guard arrived.wait(timeout: .now() + .seconds(30)) == .success else { return all }
        }
    }

    /// The letters, once one of them is `last`.
    func letters(until last: String) -> [String] {
        all { $0.contains { $0.letter == last } }.compactMap(\.letter)
    }
}

extension Delivery {
    var letter: String? { if case .letter(let text) = self { text } else { nil } }
    var event: LoggedEvent? { if case .event(let event) = self { event } else { nil } }
    var isGap: Bool { if case .gap = self { true } else { false } }
}
