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
    }

    private struct State {
        var uses: [[UInt8]: Use] = [:]
        var held: [[UInt8]: Int] = [:]
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
        let isOpen = state.withLock { state in
            guard let use = state.uses[digest], now - use.last > idleTime else { return true }
            return state.held[digest] != nil
        }
        if isOpen { note(digest, at: now, isTold: false) }
        return isOpen
    }

    /// Keeps a session in use, here and elsewhere, until the reception is released.
    func hold(_ digest: [UInt8], _ clock: WallClock) -> Reception {
        guard let idleTime else { return Reception {} }
        state.withLock { $0.held[digest, default: 0] += 1 }
        let alarm = Alarm(after: .microseconds(idleTime / 3), repeats: true) { [weak self] in
            self?.note(digest, at: clock.now, isTold: false)
        }
        return Reception { [weak self] in
            alarm.cancel()
            guard let self else { return }
            state.withLock { state in
                let rest = state.held[digest, default: 1] - 1
                state.held[digest] = rest > 0 ? rest : nil
            }
            note(digest, at: clock.now, isTold: false)
        }
    }

    /// Remembers a use; tells the others of the first, and of a later one when they have not heard for a while.
    private func note(_ digest: [UInt8], at now: Int64, isTold: Bool) {
        guard let idleTime else { return }
        let mustTell = state.withLock { state in
            if state.uses.count >= Self.capacity {
                state.uses = state.uses.filter { now - $0.value.last <= idleTime }
            }
            guard state.uses.count < Self.capacity || state.uses[digest] != nil else { return false }
            var use = state.uses[digest] ?? Use(last: now, told: now)
            use.last = max(use.last, now)
            let isDue = !isTold && now - use.told > idleTime / 6
            if isTold || isDue { use.told = now }
            state.uses[digest] = use
            return isDue
        }
        if mustTell { mailroom.post(Hex.encode(digest), to: Self.address) }
    }
}
