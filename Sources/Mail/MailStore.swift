import Dispatch
import MCP
import Postgres
import Synchronization

/// The rows of notes and logs. Every function that returns something waits for the database.
struct MailStore: Sendable {
    /// A note as it was found.
    struct Note: Sendable {
        let body: [UInt8]
        /// Drawn anew with each change, so that a change finds out whether another was quicker.
        let version: Int64
    }

    /// How often a change is tried when others change the same.
    static let attempts = 50

    private let pool: WorkerPool

    init(_ pool: WorkerPool) { self.pool = pool }

    func note(at address: Address) throws(MailroomError) -> Note? {
        try run(
            """
            SELECT n.body, n.version FROM mail_notes AS n
            WHERE n.workspace_id = \(address.tenant)::uuid AND n.address = \(address.name)
                AND n.expires_at > clock_timestamp()
            """, of: address.tenant
        ) { rows in
            guard rows.rowCount == 1, let body = rows.bytea(0, 0), let version = rows.int64(0, 1) else { return nil }
            return Note(body: body, version: version)
        }
    }

    /// Puts a note in the place of another, or of none.
    ///
    /// - Returns: `false` if the old one is not there any more, so that nothing was changed.
    func replace(
        _ old: Note?, by body: [UInt8]?, at address: Address, for lifetime: Duration
    ) throws(MailroomError) -> Bool {
        let version = Int64.random(in: 0...Int64.max)
        let expiry: SQL = "clock_timestamp() + \(lifetime.microseconds)::bigint * interval '1 microsecond'"
        let statement: SQL =
            switch (old, body) {
            case (nil, let body):
                """
                INSERT INTO mail_notes AS n (workspace_id, address, body, version, expires_at)
                VALUES (\(address.tenant)::uuid, \(address.name), \(body)::bytea, \(version), \(expiry))
                ON CONFLICT (workspace_id, address) DO UPDATE
                SET body = excluded.body, version = excluded.version, expires_at = excluded.expires_at
                WHERE n.expires_at <= clock_timestamp()
                RETURNING 1
                """
            case (let old?, let body?):
                """
                UPDATE mail_notes AS n SET body = \(body)::bytea, version = \(version), expires_at = \(expiry)
                WHERE n.workspace_id = \(address.tenant)::uuid AND n.address = \(address.name)
                    AND n.version = \(old.version)
                RETURNING 1
                """
            case (let old?, nil):
                """
                DELETE FROM mail_notes AS n
                WHERE n.workspace_id = \(address.tenant)::uuid AND n.address = \(address.name)
                    AND n.version = \(old.version)
                RETURNING 1
                """
            }
        return try run(statement, of: address.tenant) { $0.rowCount == 1 }
    }

    /// Adds an event behind the last one.
    func append(_ event: [UInt8], to address: Address, for lifetime: Duration) throws(MailroomError) -> Int {
        for _ in 0..<Self.attempts {
            let position = try run(
                """
                INSERT INTO mail_events (workspace_id, address, position, body, expires_at)
                SELECT \(address.tenant)::uuid, \(address.name), coalesce(max(e.position), 0) + 1, \(event)::bytea,
                    clock_timestamp() + \(lifetime.microseconds)::bigint * interval '1 microsecond'
                FROM mail_events AS e
                WHERE e.workspace_id = \(address.tenant)::uuid AND e.address = \(address.name)
                ON CONFLICT DO NOTHING
                RETURNING position
                """, of: address.tenant
            ) { rows in rows.rowCount == 1 ? rows.int64(0, 0) : nil }
            if let position { return Int(position) }
        }
        throw MailroomError("A log was written to by others again and again")
    }

    /// The events behind a position; the last event of a log keeps those before it.
    func events(at address: Address, after position: Int) throws(MailroomError) -> [LoggedEvent]? {
        try run(
            """
            SELECT e.position, CASE WHEN e.position > \(Int64(position)) THEN e.body END,
                max(e.expires_at) OVER () > clock_timestamp()
            FROM mail_events AS e
            WHERE e.workspace_id = \(address.tenant)::uuid AND e.address = \(address.name)
            ORDER BY e.position
            """, of: address.tenant
        ) { rows in
            guard rows.rowCount > 0, rows.bool(0, 2) == true else { return nil }
            return (0..<rows.rowCount).compactMap { row in
                guard let position = rows.int64(row, 0), let body = rows.bytea(row, 1) else { return nil }
                return LoggedEvent(body, at: Int(position))
            }
        }
    }

    /// Looks for one event without waiting; `nil` if it cannot be had.
    func event(_ position: Int, at address: Address, _ finish: @escaping @Sendable ([UInt8]?) -> Void) {
        submit(
            """
            SELECT e.body FROM mail_events AS e
            WHERE e.workspace_id = \(address.tenant)::uuid AND e.address = \(address.name)
                AND e.position = \(Int64(position))
            """, of: address.tenant
        ) { rows in
            rows.rowCount == 1 ? rows.bytea(0, 0) : nil
        } finish: { outcome in
            finish((try? outcome.get()) ?? nil)
        }
    }

    /// Drops what has expired, of all tenants, without waiting.
    func sweep() {
        submit("SELECT sweep_mail()", of: nil) { _ in
            true
        } finish: { _ in
        }
    }

    // MARK: Statements

    /// Runs a statement as a tenant and waits for what its rows say.
    private func run<Value: Sendable>(
        _ statement: SQL, of tenant: String, _ read: @escaping @Sendable (QueryResult) -> Value
    ) throws(MailroomError) -> Value {
        let isDone = DispatchSemaphore(value: 0)
        let found = Mutex<Result<Value, MailroomError>?>(nil)
        submit(statement, of: tenant, read) { outcome in
            found.withLock { $0 = outcome }
            isDone.signal()
        }
        isDone.wait()
        return try (found.withLock(\.self) ?? .failure(MailroomError("There was no answer"))).get()
    }

    private func submit<Value: Sendable>(
        _ statement: SQL,
        of tenant: String?,
        _ read: @escaping @Sendable (QueryResult) -> Value,
        finish: @escaping @Sendable (Result<Value, MailroomError>) -> Void
    ) {
        let setting: SQL = "SELECT set_config('workport.workspace_id', \(tenant ?? ""), true)"
        let job = Job(
            tenant: FairShareKey(tenant ?? "mail"),
            deadline: .now + .seconds(15),
            isPatient: true,
            plan: {
                .read([setting, statement]) { outcome in
                    finish(outcome.map { read($0[1]) }.mapError { MailroomError($0.message) })
                }
            },
            refuse: { finish(.failure(MailroomError("The database took no statement: \($0.rawValue)"))) }
        )
        guard pool.submit(job) != .accepted else { return }
        finish(.failure(MailroomError("Too many statements wait for the database")))
    }
}

extension Duration {
    /// Whole microseconds.
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
