import Dispatch
package import Postgres
import Synchronization
package import Telemetry

/// Keeps the events of read calls for a moment and writes them together.
///
/// A write appends its event in its own transaction. A read has no transaction worth waiting for, so its event waits
/// here for at most ``interval`` or ``batchSize`` events and goes to the database with its neighbours, through the
/// same workers as every call, of which it never has more than one. What a flush has for several statements is spread over
/// the time until the next one: in one go it would keep a core of the database busy for a tenth of a second, which those
/// who call then would notice. Calls are counted with it, those of a busy credential several flushes later: see
/// ``UsageLedger``. A process that is killed loses what waited; one that is stopped loses nothing.
package final class AuditTrail: Sendable {
    /// How long an event waits at most before it is written.
    ///
    /// A second, for what a flush costs depends on how many workspaces it is for, and less on how many events each has.
    private static let interval = Duration.seconds(1)
    /// The longest pause between two statements, which is also what ``finish(by:)`` may have to wait for one.
    private static let longestPause = Duration.milliseconds(50)
    private static let batchSize = 2_048
    /// How many events and workspaces share a statement: enough that its start and the commit cost little, and so few that
    /// what it locks of a workspace, a lane of its chain and its counters, is free again after some milliseconds.
    ///
    /// The fewer the sooner others have the core that writes them; the most where there are many of them, which is cheaper.
    private static let eventsTogether = 64...128
    private static let statementsOfFlush = 20
    private static let workspacesTogether = 64
    /// Shares the workers as if it were a workspace of its own.
    private static let tenant = FairShareKey("audit")
    /// Beyond this many waiting events the newest are dropped and counted.
    private static let bound = 100_000

    /// An event that waits.
    private final class Entry: Sendable {
        let event: AuditEvent

        init(_ event: AuditEvent) { self.event = event }
    }

    private struct State {
        /// What came since the last flush.
        var waiting: [Entry] = []
        /// Calls that are to be counted.
        var usage = UsageLedger()
        /// What the last flushes have left to write.
        var portions: [Portion] = []
        /// How many events are kept, with those that are being written.
        var count = 0
        var isWriting = false
        var isScheduled = false
        /// Whether the database took nothing at the last try, and the next one is not due yet.
        var isHeld = false
        var spacing = Spacing(over: AuditTrail.interval, pausingAtMost: AuditTrail.longestPause)

        /// The portion to write next, if there is one.
        mutating func takeNext() -> Portion? {
            isWriting = !portions.isEmpty
            return isWriting ? portions.removeFirst() : nil
        }
    }

    private let state = Mutex(State())
    private let pool: WorkerPool
    private let metrics: Metrics
    private let log: Log
    private let queue = DispatchQueue(label: "workport.audit")
    /// Entered while portions are being written.
    private let writing = DispatchGroup()

    package init(pool: WorkerPool, metrics: Metrics, log: Log) {
        self.pool = pool
        self.metrics = metrics
        self.log = log
    }

    /// Keeps an event until the next flush.
    package func record(_ event: AuditEvent) { keep(Entry(event), counting: event) }

    /// Counts a call whose event was written in its own transaction.
    package func count(_ event: AuditEvent) { keep(nil, counting: event) }

    /// Keeps an event that is part of a call, which is counted by itself.
    package func note(_ event: AuditEvent) { keep(Entry(event), counting: nil) }

    private func keep(_ entry: Entry?, counting call: AuditEvent?) {
        let action = state.withLock { state -> Action in
            guard state.count < AuditTrail.bound else { return .drop }
            if let call { state.usage.add(call) }
            if let entry {
                state.waiting.append(entry)
                state.count += 1
            }
            if state.waiting.count >= AuditTrail.batchSize, !state.isWriting, !state.isHeld { return .flush }
            if state.isScheduled { return .none }
            state.isScheduled = true
            return .schedule
        }
        switch action {
        case .none: break
        case .drop: metrics.increment(.auditEventsDropped)
        case .flush: flush()
        case .schedule: after(AuditTrail.interval) { self.tick() }
        }
    }

    private func after(_ time: Duration, _ body: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .microseconds(Int(time / .microseconds(1))), execute: body)
    }

    /// Whether all events kept so far have been written or given up; calls may be left to count.
    package var isSettled: Bool { state.withLock { $0.count == 0 } }

    /// Hands what waits to the workers.
    package func flush() {
        let first = state.withLock { state -> Portion? in
            let sums = state.usage.takeDue(at: .now, all: state.spacing.isHurried)
            state.portions += Self.portions(of: state.waiting, counting: sums)
            state.waiting.removeAll(keepingCapacity: true)
            state.spacing.spread(state.portions.count)
            guard !state.isWriting, let first = state.takeNext() else { return nil }
            writing.enter()
            return first
        }
        if let first { submit(first) }
    }

    /// Writes what waits, and returns when that is done or has failed, or at the deadline.
    package func finish(by deadline: ContinuousClock.Instant) {
        state.withLock { $0.spacing.isHurried = true }
        flush()
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        _ = writing.wait(timeout: .now() + .milliseconds(Int(left / .milliseconds(1))))
    }

    /// One after the other, so that the other workers are there for calls.
    private func submit(_ portion: Portion) {
        state.withLock { $0.spacing.begin(at: .now) }
        let job = Job(
            tenant: AuditTrail.tenant,
            deadline: .now + .seconds(10),
            isPatient: true,
            plan: { .write { database in self.write(portion, to: database) } },
            refuse: { _ in self.giveBack([portion]) }
        )
        if pool.submit(job) != .accepted { giveBack([portion]) }
    }

    private enum Action { case none, drop, flush, schedule }

    private func tick() {
        state.withLock { state in
            state.isScheduled = false
            state.isHeld = false
        }
        flush()
        let schedules = state.withLock { state -> Bool in
            guard !state.isScheduled, !state.usage.isSettled else { return false }
            state.isScheduled = true
            return true
        }
        if schedules { after(AuditTrail.interval) { self.tick() } }
    }

    /// What waits of one workspace.
    private struct Group {
        let workspace: WorkspaceID
        var entries: [Entry]
        var sums: [UsageCount.Sum]
    }
    /// What is written together.
    private typealias Portion = [Group]

    /// Puts workspaces in one order, so that nodes that write for the same ones wait for each other at most.
    private static func portions(of entries: [Entry], counting sums: [UsageCount.Sum]) -> [Portion] {
        var groups: [WorkspaceID: Group] = [:]
        for entry in entries {
            let workspace = entry.event.workspace
            groups[workspace, default: Group(workspace: workspace, entries: [], sums: [])].entries.append(entry)
        }
        for sum in sums {
            groups[sum.workspace, default: Group(workspace: sum.workspace, entries: [], sums: [])].sums.append(sum)
        }
        var portions: [Portion] = []
        var room = 0
        let most = max(
            eventsTogether.lowerBound, min(entries.count / statementsOfFlush, eventsTogether.upperBound)
        )
        for group in groups.values.sorted(by: { $0.workspace.row < $1.workspace.row }) {
            var rest = group.entries[...]
            var sums = group.sums.sorted { $0.credential < $1.credential }
            repeat {
                if room == 0 || portions[portions.count - 1].count == workspacesTogether {
                    portions.append([])
                    room = most
                }
                let part = rest.prefix(room)
                portions[portions.count - 1].append(
                    Group(workspace: group.workspace, entries: Array(part), sums: sums))
                sums = []
                rest = rest.dropFirst(part.count)
                room -= part.count
            } while !rest.isEmpty
        }
        return portions
    }

    private func write(_ portion: Portion, to database: borrowing Database) {
        let unwritten = write(portion[...], to: database)
        tidy(portion, in: database)
        let written = Self.events(of: portion) - Self.events(of: unwritten)
        state.withLock { $0.count -= written }
        unwritten.isEmpty ? proceed() : giveBack([unwritten])
    }

    /// Writes what waits of some workspaces with one statement.
    ///
    /// - Returns: What is to be tried again.
    private func write(_ groups: ArraySlice<Group>, to database: borrowing Database) -> Portion {
        let events = groups.flatMap { $0.entries.map(\.event) }
        do {
            _ = try database.query(AuditTrail.statement(appending: events, counting: groups.flatMap(\.sums)))
            metrics.increment(.auditEvents, by: events.count)
        } catch let error as PostgresError where Self.willNeverBeTaken(error) {
            // What the database does not take of one workspace is no reason to lose the others' events.
            if groups.count > 1 {
                let middle = groups.startIndex + groups.count / 2
                return write(groups[..<middle], to: database) + write(groups[middle...], to: database)
            }
            metrics.increment(.auditEventsDropped, by: events.count)
            log.warning("Audit events dropped", Self.fields(error, events.count))
        } catch {
            if let error = error as? PostgresError {
                log.warning("Audit events kept", Self.fields(error, events.count))
            }
            return Array(groups)
        }
        return []
    }

    private static func events(of portion: Portion) -> Int { portion.reduce(0) { $0 + $1.entries.count } }

    /// Whether it is the events that the database refuses, as when their workspace is gone; everything else passes.
    private static func willNeverBeTaken(_ error: PostgresError) -> Bool {
        error.sqlState.map { $0.family == "22" || $0.family == "23" } ?? false
    }

    private static func fields(_ error: PostgresError, _ events: Int) -> LogFields {
        [
            .error: .string(error.message), .sqlState: .string(error.sqlState?.rawValue ?? "none"),
            .count: .integer(events),
        ]
    }

    /// Makes hours of what was counted for one of the workspaces, and removes old counts, now and then: each is drawn about
    /// once a minute where there are always calls, for a flush comes after a second.
    private func tidy(_ groups: Portion, in database: borrowing Database) {
        for group in groups where Int.random(in: 0..<60) == 0 {
            _ = try? database.transaction { transaction in
                let workspace = group.workspace
                _ = try transaction.queries([
                    Tenancy.set(workspace), UsageCount.summing(workspace), UsageCount.clearing(workspace),
                ])
            }
        }
    }

    /// Goes on with the next portion when it is time for that.
    private func proceed() {
        let pause = state.withLock { $0.portions.isEmpty ? .zero : $0.spacing.pause(at: .now) }
        guard pause == .zero else { return after(pause) { self.proceed() } }
        if let next = state.withLock({ $0.takeNext() }) { submit(next) } else { writing.leave() }
    }

    /// Puts back what could not be written, before all that was to follow; the next tick tries again, and nothing does before.
    private func giveBack(_ portions: [Portion]) {
        let schedules = state.withLock { state -> Bool in
            state.portions.insert(contentsOf: portions, at: 0)
            state.isWriting = false
            state.isHeld = true
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        writing.leave()
        if schedules { after(AuditTrail.interval) { self.tick() } }
    }
}
