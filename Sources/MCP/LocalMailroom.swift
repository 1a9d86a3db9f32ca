import Synchronization
package import Telemetry

/// A mailroom in the memory of one process, for tests and for servers that have one.
package final class LocalMailroom: Mailroom {
    private struct Log {
        var events: [[UInt8]] = []
        var expiresAt: Int64
    }

    private struct State {
        var notes: [Address: (bytes: [UInt8], expiresAt: Int64)] = [:]
        var logs: [Address: Log] = [:]
        var sweptAt: Int64 = 0
    }

    private let clock: WallClock
    private let receivers = Receivers()
    private let state = Mutex(State())

    /// Makes an empty mailroom.
    package init(clock: WallClock = .system) { self.clock = clock }

    package func post(_ letters: [String], to address: Address) {
        for letter in letters { receivers.deliver(.letter(letter), to: address.name) }
    }

    package func receive(at address: Address, _ body: @escaping @Sendable (Delivery) -> Void) -> Reception {
        receivers.add(at: address.name, body)
    }

    package var caughtUp: ContinuousClock.Instant? { .now }

    package func note(at address: Address) throws(MailroomError) -> [UInt8]? {
        let now = clock.now
        return state.withLock { state in
            state.notes[address].flatMap { $0.expiresAt > now ? $0.bytes : nil }
        }
    }

    package func amend<Result>(
        _ address: Address,
        for lifetime: Duration,
        _ body: (inout [UInt8]?) -> Result
    ) throws(MailroomError) -> Result {
        let now = clock.now
        return state.withLock { state in
            sweep(&state, at: now)
            var bytes = state.notes[address].flatMap { $0.expiresAt > now ? $0.bytes : nil }
            let result = body(&bytes)
            state.notes[address] = bytes.map { ($0, now + lifetime.microseconds) }
            return result
        }
    }

    package func append(
        _ event: [UInt8], to address: Address, for lifetime: Duration
    ) throws(MailroomError) -> Int {
        let now = clock.now
        let position = state.withLock { state in
            sweep(&state, at: now)
            var log = state.logs[address] ?? Log(expiresAt: 0)
            log.events.append(event)
            log.expiresAt = now + lifetime.microseconds
            state.logs[address] = log
            return log.events.count
        }
        receivers.deliver(.event(LoggedEvent(event, at: position)), to: address.name)
        return position
    }

    package func events(at address: Address, after position: Int) throws(MailroomError) -> [LoggedEvent]? {
        let now = clock.now
        return state.withLock { state in
            guard let log = state.logs[address], log.expiresAt > now else { return nil }
            return log.events.enumerated().dropFirst(max(position, 0)).map { LoggedEvent($1, at: $0 + 1) }
        }
    }

    /// Drops what has expired, once a minute.
    private func sweep(_ state: inout State, at now: Int64) {
        guard now - state.sweptAt > 60_000_000 else { return }
        state.sweptAt = now
        state.notes = state.notes.filter { $0.value.expiresAt > now }
        state.logs = state.logs.filter { $0.value.expiresAt > now }
    }
}
