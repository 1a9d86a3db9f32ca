/// How long the call at the head of a flush has been taking, and what is to be done about it.
struct HeadWatch {
    /// What the time asks for.
    enum Action: Equatable {
        case wait
        /// Ask the server to stop the head: nobody waits for it any more.
        case cancel
        /// Send those behind the head elsewhere.
        case displace(head: Int)
        /// The server does not react: end the connection.
        case giveUp
    }

    private var head: Int?
    private var since = ContinuousClock.now
    private var cancelledAt: ContinuousClock.Instant?
    private var hasDisplaced = false

    /// Looks at the clock once; the caller does what it says.
    mutating func look(at ledger: PipelineLedger, now: ContinuousClock.Instant, _ limits: Pipeline.Limits) -> Action {
        guard let current = ledger.head, let group = ledger.headGroup else { return .wait }
        if current != head {
            head = current
            since = now
            cancelledAt = nil
            hasDisplaced = false
        }
        if group.contains(where: { ledger.entries[$0].isInVain(at: now) }) {
            guard let cancelledAt else {
                guard since + limits.cancelDelay <= now else { return .wait }
                self.cancelledAt = now
                return .cancel
            }
            return cancelledAt + limits.cancelGrace <= now ? .giveUp : .wait
        }
        guard let displacement = limits.displacement, !hasDisplaced, since + displacement <= now else { return .wait }
        hasDisplaced = true
        return .displace(head: current)
    }

    /// When to look again although nothing has arrived; soon, for callers go away without a sound.
    func nextAlarm(_ ledger: PipelineLedger, _ limits: Pipeline.Limits) -> ContinuousClock.Instant? {
        var alarms = ledger.entries.filter { !$0.isReported }.map(\.deadline)
        if !alarms.isEmpty { alarms.append(.now + limits.look) }
        if let cancelledAt {
            alarms.append(cancelledAt + limits.cancelGrace)
            return alarms.min()
        }
        if let group = ledger.headGroup {
            let (now, dropped) = (ContinuousClock.now, ledger.entries[group].filter { $0.isReported && !$0.isAnswered })
            alarms += dropped.map { $0.isInVain(at: now) ? since + limits.cancelDelay : $0.deadline }
        }
        if let displacement = limits.displacement, !hasDisplaced { alarms.append(since + displacement) }
        return alarms.min()
    }
}
