import Dispatch
package import MCP
package import Postgres
import Synchronization

/// A mailroom that every node of the service shares: notes and logs are rows, letters are notifications.
///
/// Letters of all addresses go over one channel, so a node hears them all and drops those that nobody here listens for.
/// They leave apart from the transactions of calls: PostgreSQL lets only one session at a time commit a `NOTIFY`, and no
/// write of a tool should wait in that line. What is kept is kept under the tenant of its address, behind row-level
/// security.
///
/// Functions that wait must not be called on a worker of the pool, which would wait for itself.
package final class PostgresMailroom: Mailroom {
    private let store: MailStore
    private let outbox: Outbox
    private let listener: NotificationListener
    private let receivers = Receivers()
    private let pool: WorkerPool
    private let housekeeping = DispatchQueue(label: "workport.mail.housekeeping")
    private let isStopped = Atomic(false)
    private let onEvent: @Sendable (Event) -> Void
    private let caughtUpAt = Mutex<ContinuousClock.Instant?>(nil)

    /// What an operator should know.
    package enum Event: Sendable {
        /// Letters are heard (again).
        case listening
        /// Letters may be lost until the connection is back.
        case lost(PostgresError)
    }

    /// Makes a mailroom; nothing is heard before ``start()``.
    ///
    /// - Parameters:
    ///   - pool: What runs its statements. Letters can be posted once it has started.
    ///   - url: The same database, for the connection that listens.
    package init(_ pool: WorkerPool, url: String, onEvent: @escaping @Sendable (Event) -> Void = { _ in }) {
        self.pool = pool
        self.onEvent = onEvent
        store = MailStore(pool)
        outbox = Outbox(pool)
        listener = NotificationListener(url: url, channel: Postmark.channel)
    }

    /// Begins to listen and to drop what has expired; returns at once.
    package func start() {
        listener.start { [weak self] event in self?.hear(event) }
        scheduleSweep()
    }

    /// Stops listening.
    package func stop() {
        isStopped.store(true, ordering: .relaxed)
        listener.stop()
    }

    // MARK: Letters

    package func post(_ letters: [String], to address: Address) {
        outbox.post(letters.map { .letter($0, to: address.name) })
    }

    package func receive(at address: Address, _ body: @escaping @Sendable (Delivery) -> Void) -> Reception {
        receivers.add(at: address.name, body)
    }

    package var caughtUp: ContinuousClock.Instant? { caughtUpAt.withLock(\.self) }

    private func hear(_ event: NotificationListener.Event) {
        switch event {
        case .caughtUp(let time): caughtUpAt.withLock { $0 = time }
        case .listening:
            // Also the first time: somebody may have begun to receive before anything could be heard.
            receivers.deliverGap()
            onEvent(.listening)
        case .lost(let error): onEvent(.lost(error))
        case .notification(let payload):
            guard let postmark = Postmark(payload), receivers.isAnybody(at: postmark.address) else { return }
            switch postmark.content {
            case .letter(let text): receivers.deliver(.letter(text), to: postmark.address)
            case .event(let position, let bytes):
                let event = LoggedEvent(bytes, at: position)
                receivers.deliver(.event(event), to: postmark.address)
            case .reference(let tenant, let position): fetch(position, at: postmark.address, of: tenant)
            }
        }
    }

    /// Delivers an event that was too long for a letter; those who miss it are told of a gap.
    private func fetch(_ position: Int, at name: String, of tenant: String) {
        let address = Address(tenant: tenant, name: name)
        store.event(position, at: address) { [receivers] bytes in
            receivers.deliver(bytes.map { .event(LoggedEvent($0, at: position)) } ?? .gap, to: name)
        }
    }

    // MARK: Notes and logs

    package func note(at address: Address) throws(MailroomError) -> [UInt8]? { try store.note(at: address)?.body }

    package func amend<Result>(
        _ address: Address,
        for lifetime: Duration,
        _ body: (inout [UInt8]?) -> Result
    ) throws(MailroomError) -> Result {
        for _ in 0..<MailStore.attempts {
            let old = try store.note(at: address)
            var bytes = old?.body
            let result = body(&bytes)
            if old == nil, bytes == nil { return result }
            if try store.replace(old, by: bytes, at: address, for: lifetime) { return result }
        }
        throw MailroomError("A note was changed by others again and again")
    }

    package func append(
        _ event: [UInt8], to address: Address, for lifetime: Duration
    ) throws(MailroomError) -> Int {
        let position = try store.append(event, to: address, for: lifetime)
        outbox.post([.event(event, at: position, of: address)])
        return position
    }

    package func events(at address: Address, after position: Int) throws(MailroomError) -> [LoggedEvent]? {
        try store.events(at: address, after: position)
    }

    // MARK: Housekeeping

    /// Drops what has expired, every minute; each node does, and a row is dropped once.
    private func scheduleSweep() {
        housekeeping.asyncAfter(deadline: .now() + .seconds(60)) { [weak self] in
            guard let self, !isStopped.load(ordering: .relaxed) else { return }
            store.sweep()
            scheduleSweep()
        }
    }
}
