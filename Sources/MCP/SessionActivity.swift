import Crypto
import Synchronization
import Telemetry

/// When each session was last used, to end those that rest too long.
///
/// Processes tell each other which sessions are in use, now and then, so that a session that works at one of them has not
/// rested at another. One that this process has not heard of is taken as fresh: after a restart, or when the memory is
/// full, a session may rest longer than it should, but never longer than it lives. A session with an open stream does not
/// rest.
final class SessionActivity: Sendable {
    private struct Use {
        var last: Int64
        /// When other processes were told.
        var told: Int64

        /// Tells whether the others are to be told, which they are of a use when they have not heard for a while.
        mutating func note(_ now: Int64, isTold: Bool, _ idleTime: Int64) -> Bool {
            last = max(last, now)
            let isDue = !isTold && now - told > idleTime / 6
            if isTold || isDue { told = now }
            return isDue
        }
    }

    /// What a session is found by.
    private struct Key: Hashable {
        let digest: [UInt8]

        func hash(into hasher: inout Hasher) { hasher.combine(digest: digest) }
    }

    private struct State {
        var uses: [Key: Use] = [:]
        var held: [Key: Int] = [:]

        /// Remembers a use, and returns whether the others are to be told.
        mutating func note(_ key: Key, at now: Int64, isTold: Bool, _ idleTime: Int64) -> Bool {
            if uses.count >= SessionActivity.capacity {
                uses = uses.filter { now - $0.value.last <= idleTime }
                guard uses.count < SessionActivity.capacity || uses[key] != nil else { return false }
            }
            return uses[key, default: Use(last: now, told: now)].note(now, isTold: isTold, idleTime)
        }
    }

    private static let capacity = 1 << 16
    private static let address = Address(name: "sessions")

    private let idleTime: Int64?
    private let mailroom: any Mailroom
    private let state = Mutex(State())
    private let reception: Mutex<Reception?> = Mutex(nil)

    init(idleTime: Duration?, mailroom: any Mailroom, clock: WallClock) {
        self.idleTime = idleTime?.microseconds
        self.mailroom = mailroom
        guard idleTime != nil else { return }
        let news = mailroom.receive(at: Self.address) { [weak self] delivery in
            guard case .letter(let name) = delivery, let digest = Hex.decode(name) else { return }
            self?.note(digest, at: clock.now, isTold: true)
        }
        reception.withLock { $0 = news }
    }

    /// Notes that a session is used, and tells whether it may be: a session that rested too long stays closed.
    func touch(_ digest: [UInt8], at now: Int64) -> Bool {
        guard let idleTime else { return true }
        let key = Key(digest: digest)
        let (isOpen, mustTell) = state.withLock { state in
            if let use = state.uses[key], now - use.last > idleTime, state.held[key] == nil { return (false, false) }
            return (true, state.note(key, at: now, isTold: false, idleTime))
        }
        if mustTell { tell(digest) }
        return isOpen
    }

    /// Keeps a session in use, here and elsewhere, until the reception is released.
    func hold(_ digest: [UInt8], _ clock: WallClock) -> Reception {
        guard let idleTime else { return Reception {} }
        let key = Key(digest: digest)
        state.withLock { $0.held[key, default: 0] += 1 }
        let alarm = Alarm(after: .microseconds(idleTime / 3), repeats: true) { [weak self] in
            self?.note(digest, at: clock.now, isTold: false)
        }
        return Reception { [weak self] in
            alarm.cancel()
            guard let self else { return }
            state.withLock { state in
                let rest = state.held[key, default: 1] - 1
                state.held[key] = rest > 0 ? rest : nil
            }
            note(digest, at: clock.now, isTold: false)
        }
    }

    /// Remembers a use; tells the others of it when they have not heard for a while.
    private func note(_ digest: [UInt8], at now: Int64, isTold: Bool) {
        guard let idleTime else { return }
        let mustTell = state.withLock { $0.note(Key(digest: digest), at: now, isTold: isTold, idleTime) }
        if mustTell { tell(digest) }
    }

    private func tell(_ digest: [UInt8]) { mailroom.post(Hex.encode(digest), to: Self.address) }
}
