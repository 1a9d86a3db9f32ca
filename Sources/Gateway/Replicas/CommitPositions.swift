import Postgres
import Synchronization

/// How far the primary's log goes: a replica that has come there has everything that was answered before it was asked.
struct CommitPosition: Sendable, Equatable {
    /// A place in the log, as the database writes it.
    let place: String
    /// The log's timeline, which changes when a standby becomes the primary.
    let timeline: String
}

/// Asks the primary how far its log goes, once for all who want to know at the same time.
///
/// Whoever asks gets a position that was read afterwards. While one question is on its way others gather for the next,
/// so the primary is asked the less for each read the more reads there are.
final class CommitPositions: Sendable {
    typealias Use = @Sendable (CommitPosition?) -> Void

    private struct State {
        var waiting: [Use] = []
        /// Whether a question is about to leave that will take all of them with it.
        var isScheduled = false
    }

    private let pool: WorkerPool
    private let state = Mutex(State())
    private static let tenant = FairShareKey("positions")
    private static let patience = Duration.seconds(2)

    /// - Parameter configuration: Of the connections to the primary; one of its own is used here, so that nobody waits
    ///   for a position behind calls.
    init(_ configuration: PoolConfiguration) {
        var configuration = configuration
        configuration.workers = 1
        configuration.applicationName = "workport positions"
        pool = WorkerPool(configuration)
    }

    func start() { pool.start() }

    func stop() { pool.drain(deadline: .seconds(1)) }

    /// Calls `use` on another thread, once: with `nil` if the primary does not answer.
    func ask(_ use: @escaping Use) {
        let isFirst = state.withLock { state in
            state.waiting.append(use)
            let wasScheduled = state.isScheduled
            state.isScheduled = true
            return !wasScheduled
        }
        guard isFirst else { return }
        let job = Job(
            tenant: Self.tenant,
            deadline: .now + Self.patience,
            plan: {
                let asking = self.takeAll()
                return .read(["SELECT p.position, p.timeline FROM commit_position() AS p"]) { outcome in
                    let position = (try? outcome.get()).flatMap { Self.position(from: $0[0]) }
                    for use in asking { use(position) }
                }
            },
            refuse: { _ in self.giveUp() }
        )
        if case .full = pool.submit(job) { giveUp() }
    }

    private func takeAll() -> [Use] {
        state.withLock { state in
            let waiting = state.waiting
            state = State()
            return waiting
        }
    }

    private func giveUp() {
        for use in takeAll() { use(nil) }
    }

    private static func position(from rows: QueryResult) -> CommitPosition? {
        guard rows.rowCount == 1, let place = rows.string(0, 0), let timeline = rows.string(0, 1) else { return nil }
        return CommitPosition(place: place, timeline: timeline)
    }
}
