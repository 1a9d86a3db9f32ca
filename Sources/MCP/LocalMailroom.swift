import Synchronization
package import Telemetry

/// A mailroom in the memory of one process, for tests and for servers that have one.
package final class LocalMailroom: Mailroom {
    private struct Log {
        var events: [[UInt8]] = []
        var expiresAt: Int64
    }

    private struct State {
        var nextID = 0
        var receivers: [Address: [Int: @Sendable (Letter) -> Void]] = [:]
        var notes: [Address: (bytes: [UInt8], expiresAt: Int64)] = [:]
        var logs: [Address: Log] = [:]
        var sweptAt: Int64 = 0
    }

    private let clock: WallClock
    private let state = Mutex(State())

    /// Makes an empty mailroom.
    package init(clock: WallClock = .system) { self.clock = clock }

    package func post(_ letter: [UInt8], to address: Address) {
        deliver(Letter(letter), to: address)
    }

    package func receive(at address: Address, _ body: @escaping @Sendable (Letter) -> Void) -> Reception {
        let id = state.withLock { state in
            state.nextID += 1
            state.receivers[address, default: [:]][state.nextID] = body
            return state.nextID
        }
        return Reception { [weak self] in self?.forget(id, at: address) }
    }

    package func note(at address: Address) -> [UInt8]? {
        let now = clock.now
        return state.withLock { state in
            state.notes[address].flatMap { $0.expiresAt > now ? $0.bytes : nil }
        }
    }

    package func amend<Result>(
        _ address: Address,
        for lifetime: Duration,
        _ body: (inout [UInt8]?) throws -> Result
    ) rethrows -> Result {
        let now = clock.now
        return try state.withLock { state in
            sweep(&state, at: now)
            var bytes = state.notes[address].flatMap { $0.expiresAt > now ? $0.bytes : nil }
            let result = try body(&bytes)
            state.notes[address] = bytes.map { ($0, now + lifetime.microseconds) }
            return result
        }
    }

    package func append(_ event: [UInt8], to address: Address, for lifetime: Duration) -> Int {
        let now = clock.now
        let position = state.withLock { state in
            sweep(&state, at: now)
            var log = state.logs[address] ?? Log(expiresAt: 0)
            log.events.append(event)
            log.expiresAt = now + lifetime.microseconds
            state.logs[address] = log
            return log.events.count
        }
        deliver(Letter(event, position: position), to: address)
        return position
    }

    package func events(at address: Address, after position: Int) -> [Letter]? {
        let now = clock.now
        return state.withLock { state in
            guard let log = state.logs[address], log.expiresAt > now else { return nil }
            return log.events.enumerated().dropFirst(max(position, 0)).map { Letter($1, position: $0 + 1) }
        }
    }

    private func deliver(_ letter: Letter, to address: Address) {
        let bodies = state.withLock { state in
            (state.receivers[address] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
        for body in bodies { body(letter) }
    }

    private func forget(_ id: Int, at address: Address) {
        state.withLock { state in
            state.receivers[address]?[id] = nil
            if state.receivers[address]?.isEmpty == true { state.receivers[address] = nil }
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
